"""Shipped mappings on small files of the surveys' shape; every expected number is worked by hand."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import bangfu
from bangfu.convert import convert
from bangfu.errors import DataFault, WrongUse
from bangfu.places import data

from .sheets import tables


def dta(path: Path, columns: dict[str, list[object]], **more: object) -> Path:
    pyreadstat.write_dta(pd.DataFrame(columns), str(path), **more)
    return path


def cfps(folder: Path) -> list[Path]:
    """Three waves: 100000001 goes on with changing ids, splits in 2016; 100000003 has codes; 9-digit ids."""
    w14 = dta(
        folder / "cfps2014famecon_201906.dta",
        {
            "fid14": [100000001, 100000002, 100000003],
            "fid12": [100000001.0, -8.0, 100000003.0],
            "cid14": [11, 11, 12],
            "countyid14": [5, 5, 6],
            "familysize": [4, 2, 3],
            "fwage_1": [8000.0, 0.0, -8.0],
            "foperate_1": [2000.0, -500.0, 1000.0],
            "fproperty_1": [0.0, 77.0, 0.0],
            "ftransfer_1": [500.0, 600.0, 300.0],
            "felse_1": [500.0, 0.0, 0.0],
            "fincome1": [11000.0, 177.0, -9.0],
            "pce": [9000.0, 3000.0, -1.0],
            "q": [5, 5, 5],
        },
        variable_value_labels={"q": {1: "是", 5: "否"}},
    )
    w16 = dta(
        folder / "cfps2016famecon_201807.dta",
        {
            "fid16": [100000001, 200000009, 300000002, 100000003],
            "fid14": [100000001, 100000001, 100000002, 100000003],
            "cid16": [11, 11, 11, 12],
            "familysize16": [3, 1, 2, 3],
            "fwage_1": [9000.0, 5000.0, 10.0, 100.0],
            "foperate_1": [0.0, 0.0, 0.0, 0.0],
            "fproperty_1": [0.0, 0.0, 0.0, 0.0],
            "ftransfer_1": [0.0, 0.0, 0.0, 0.0],
            "felse_1": [0.0, 0.0, 0.0, 0.0],
            "fincome1": [9000.0, 5000.0, 10.0, 100.0],
            "q": [1, 79, 5, 5],
        },
    )
    w18 = dta(
        folder / "cfps2018famecon_202101.dta",
        {
            "fid18": [100000001, 300000002],
            "fid16": [100000001, 300000002],
            "fid14": [100000001, 100000002],
            "cid18": [11, -9],
            "familysize18": [3, 2],
            "fwage_1": [9500.0, 20.0],
            "foperate_1": [0.0, 0.0],
            "fproperty_1": [0.0, 0.0],
            "ftransfer_1": [0.0, 0.0],
            "fincome1": [9500.0, 20.0],
            "q": [1, 1],
        },
    )
    return [w14, w16, w18]


def cfps_mapping(folder: Path) -> Path:
    """The shipped mapping with a question of one's own, as its last lines say."""
    text = (data("surveys") / "cfps.toml").read_text(encoding="utf-8")
    text = text.replace(
        "[variables]\n",
        '[variables]\nmy_question = { from = "q", missing = "choice", never = [79], optional = true }\n',
        1,
    )
    text += (
        '\n[[models]]\nid = "mine"\ntitle_en = "mine"\ntitle_zh = "自定"\n'
        '\n[[participation]]\nmodel = "mine"\nyes = "my_question"\n'
    )
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_cfps_three_waves(tmp_path: Path) -> None:
    report = convert(cfps(tmp_path), cfps_mapping(tmp_path), tmp_path / "register")
    made = tables(tmp_path / "register")
    incomes = made["incomes"].set_index(["household_id", "year"])
    assert list(made["households"]["household_id"]) == ["100000001", "100000002", "100000003", "200000009"]
    assert list(made["households"]["village_id"]) == ["11", "11", "12", "11"]
    # 100000002 is called 300000002 from 2016 on and stays one household; the split-off 200000009 is new
    assert sorted(incomes.index) == sorted(
        [("100000001", y) for y in (2014, 2016, 2018)]
        + [("100000002", y) for y in (2014, 2016, 2018)]
        + [("100000003", y) for y in (2014, 2016)]
        + [("200000009", 2016)]
    )
    assert incomes.loc[("100000001", 2014), "income_other"] == 500
    assert incomes.loc[("100000002", 2014), "income_business"] == -500  # a loss stays a loss
    assert incomes.loc[("100000002", 2014), "income_property"] == 77  # 77 is no code in an amount
    assert pd.isna(incomes.loc[("100000003", 2014), "income_wage"])  # -8 is missing, not zero
    assert pd.isna(incomes.loc[("100000003", 2014), "income_total"])
    joined = made["participation"].set_index("household_id")
    assert dict(joined["from_year"]) == {"100000001": 2016, "100000002": 2018}
    rules = {(e.rule, e.column): e.count for e in report.notes}
    assert rules["split_new", ""] == 1
    assert rules["linked", ""] == 5
    assert rules["missing_code", "fwage_1"] == 1
    register = bangfu.load_register(tmp_path / "register")
    assert register.info.title.zh == "中国家庭追踪调查"
    assert [f for f in bangfu.check(tmp_path / "register") if f.severity == "fault"] == []


def test_minus_eight_is_zero_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    mapping = cfps_mapping(tmp_path)
    text = mapping.read_text(encoding="utf-8").replace(
        'income_wage = { from = "fwage_1", missing = "amount" }',
        'income_wage = { from = "fwage_1", missing = "amount", recode = { "-8" = 0 } }',
    )
    mapping.write_text(text, encoding="utf-8")
    convert(cfps(tmp_path), mapping, tmp_path / "register")
    incomes = tables(tmp_path / "register")["incomes"].set_index(["household_id", "year"])
    assert incomes.loc[("100000003", 2014), "income_wage"] == 0


def test_split_offs_can_be_dropped_and_are_counted(tmp_path: Path) -> None:
    mapping = cfps_mapping(tmp_path)
    mapping.write_text(
        mapping.read_text(encoding="utf-8").replace('split_offs = "new"', 'split_offs = "drop"'),
        encoding="utf-8",
    )
    report = convert(cfps(tmp_path), mapping, tmp_path / "register")
    assert "200000009" not in set(tables(tmp_path / "register")["households"]["household_id"])
    assert [(e.rule, e.count) for e in report.dropped] == [("split_off", 1)]


def test_cfps_2012_takes_the_wage_under_its_own_name(tmp_path: Path) -> None:
    zero = {c: [0.0] for c in ("foperate_1", "fproperty_1", "ftransfer_1", "felse_1")}
    file = dta(
        tmp_path / "cfps2012famecon_201906.dta",
        {
            "fid12": [110001],
            "cid": [7],
            "familysize": [2],
            "fwage_1": [1.0],
            "wage_1_adj": [2.0],
            "fincome1": [2.0],
        }
        | zero,
    )
    convert(file, "cfps", tmp_path / "register", no_participation=True)
    assert list(tables(tmp_path / "register")["incomes"]["income_wage"]) == [2.0]


PARTS = ("fwage_1", "foperate_1", "fproperty_1", "ftransfer_1")


def test_cfps_2010_to_2022_by_the_names_of_every_wave(tmp_path: Path) -> None:
    """One family through seven waves; 2010 and 2012 have names of their own, 2022 a family without fid22."""
    files = []
    for wave in (2010, 2012, 2014, 2016, 2018, 2020, 2022):
        ww = f"{wave % 100}"
        own: dict[str, list[object]] = {"fid" if wave == 2010 else f"fid{ww}": [110043]}
        own |= {f"fid{w % 100}": [110043] for w in range(2010, wave, 2)}
        own["cid" if wave <= 2012 else f"cid{ww}"] = [501]
        own["familysize" if wave <= 2014 else f"familysize{ww}"] = [3]
        if wave == 2010:
            own |= {"faminc_net": [9000.0], "indinc_net": [3000.0]}
        else:
            own |= {name: [100.0] for name in PARTS} | {"fincome1": [400.0 if wave != 2016 else 999.0]}
            own |= {"wage_1_adj": [150.0]} if wave == 2012 else {}
            own |= {"finc": [5.0]} if wave >= 2020 else {"felse_1": [0.0]}
        name = f"{'e' if wave == 2014 else ''}cfps{wave}famecon_202306.dta"  # the English edition fits too
        files.append(dta(tmp_path / name, own))
    report = convert(files, "cfps", tmp_path / "r", no_participation=True)
    made = tables(tmp_path / "r")
    incomes = made["incomes"].set_index("year")
    assert list(made["households"]["household_id"]) == ["110043"]
    assert list(incomes.index) == [2010, 2012, 2014, 2016, 2018, 2020, 2022]
    assert list(incomes["income_total"]) == [9000, 400, 400, 999, 400, 400, 400]  # never finc beside fincome1
    assert incomes["income_wage"].isna().tolist() == [True, True, False, True, False, False, False]
    # in 2012 (wage 150) and 2016 the parts do not add up: the total stays, and the report says so
    assert ("parts_emptied", 2) in {(e.rule, e.count) for e in report.notes}
    assert report.rows_out["participation"] == 0
    assert "name a yes/no question" in report.text() and "没有任何参加记录" in report.text("zh")
    with pytest.raises(DataFault, match="--no-participation"):
        convert(files, "cfps", tmp_path / "not_told")
    assert "no verified household question" in report.text()
    assert [f for f in bangfu.check(tmp_path / "r") if f.severity == "fault"] == []


def test_cfps_falls_back_on_the_familys_own_total_and_says_so(tmp_path: Path) -> None:
    columns = {"fid20": [1], "cid20": [2], "familysize20": [2], "finc": [700.0]} | {p: [-8.0] for p in PARTS}
    report = convert(
        dta(tmp_path / "cfps2020famecon_202306.dta", columns), "cfps", tmp_path / "r", no_participation=True
    )
    assert list(tables(tmp_path / "r")["incomes"]["income_total"]) == [700]
    assert ("other_column", "finc") in {(e.rule, e.column) for e in report.notes}


def test_identifiers_that_lost_digits_are_refused_and_never_shown(tmp_path: Path) -> None:
    frame = pd.DataFrame({"fid14": [100000001.0], "cid14": [1]}).astype({"fid14": "float32"})
    for name in ("familysize", "fwage_1", "foperate_1", "fproperty_1", "ftransfer_1", "fincome1"):
        frame[name] = 1.0
    path = tmp_path / "cfps2014famecon_201906.dta"
    frame.to_stata(path, write_index=False)
    with pytest.raises(DataFault, match="single precision") as caught:
        convert(path, "cfps", tmp_path / "register", no_participation=True)
    assert "10000000" not in caught.value.en
    assert not (tmp_path / "register").exists()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_chfs_household_person_and_master_files(tmp_path: Path) -> None:
    """Incomes are of the year before; members and the head come from persons; place and weight from the master."""
    household = dta(
        tmp_path / "chfs2017_hh_202206.dta",
        {
            "hhid": ["0001", "0002"],
            "hhid_2017": ["a1", "a2"],
            "hhid_2015": ["b1", ""],
            "total_consump": [10.0, -9.0],
        },
    )
    persons = {
        "hhid": ["0001", "0001", "0002", "0009"],
        "pline": [1, 2, 1, 1],
        "hhead": [1, 0, 1, 1],
        "a2003": [2, 1, -9, 1],
        "a2005": [1960, 1990, -9, 1950],
    }
    person = dta(tmp_path / "chfs2017_ind_202206.dta", persons)
    master = {
        "hhid": ["0001", "0001", "0002"],
        "hhcid": [77, 77, 78],
        "rural": [1, 1, 0],
        "total_income": [-3000.0, -3000.0, 500.0],
        "weight_hh": [2.5, 2.5, 1.5],
    }
    files = [household, person, dta(tmp_path / "chfs2017_master_202206.dta", master)]
    report = convert(files, "chfs", tmp_path / "register", no_participation=True)
    made = tables(tmp_path / "register")
    assert list(made["incomes"]["household_id"]) == ["a1", "a2"]
    assert list(made["incomes"]["year"]) == [2016, 2016]
    assert list(made["incomes"]["members"]) == [2, 1]
    assert list(made["incomes"]["income_total"]) == [-3000.0, 500.0]
    assert made["incomes"]["consumption"].isna().tolist() == [False, True]
    homes = made["households"]
    assert list(homes["village_id"]) == ["77", "78"] and list(homes["weight"]) == [2.5, 1.5]
    assert homes["head_female"].tolist()[0] is True and pd.isna(homes["head_female"][1])  # -9 is no man
    assert homes["head_birth_year"].tolist()[0] == 1960 and pd.isna(homes["head_birth_year"][1])
    assert ("chfs2017_ind_202206.dta", "not_joined", 1) in {
        (e.where, e.rule, e.count) for e in report.dropped
    }
    assert [f for f in bangfu.check(tmp_path / "register") if f.severity == "fault"] == []
    text = (data("surveys") / "chfs.toml").read_text(encoding="utf-8")
    rural = tmp_path / "rural.toml"
    rural.write_text(text.replace("years = [2016]", 'years = [2016]\nkeep = "rural == 1"'), encoding="utf-8")
    report = convert(files, rural, tmp_path / "rural", no_participation=True)
    assert list(tables(tmp_path / "rural")["households"]["household_id"]) == ["a1"]
    assert ("not_kept", 1) in {(e.rule, e.count) for e in report.dropped}


def test_chfs_links_waves_by_the_identifier_of_the_earlier_one(tmp_path: Path) -> None:
    files = []
    for wave, ids in ((2015, {"hhid_2015": ["b1"]}), (2017, {"hhid_2017": ["a1"], "hhid_2015": ["b1"]})):
        hh = {"hhid": [f"x{wave}"], "hhcid": [1], "total_income": [5.0]} | ids
        files.append(dta(tmp_path / f"chfs{wave}_hh_x.dta", hh))
        files.append(dta(tmp_path / f"chfs{wave}_ind_x.dta", {"hhid": [f"x{wave}"], "pline": [1]}))
    report = convert(files, "chfs", tmp_path / "it's", no_participation=True)
    assert ("no_weights", "weight", 1) in {(e.rule, e.column, e.count) for e in report.notes}
    assert "weight" not in tables(tmp_path / "it's")["households"]
    incomes = tables(tmp_path / "it's")["incomes"]
    assert list(zip(incomes["household_id"], incomes["year"], strict=True)) == [("b1", 2014), ("b1", 2016)]


def test_chip_head_and_size_from_the_person_file(tmp_path: Path) -> None:
    household = dta(
        tmp_path / "CHIP2013_rural_household_f_income_asset.dta",
        {"hhcode": ["0101", "0102"], "f01_1": [20000.0, 9000.0]},
    )
    person = dta(
        tmp_path / "CHIP2013_rural_person.dta",
        {
            "hhcode": ["0101", "0101", "0102"],
            "coun": [3, 3, 4],
            "a02": [1, 2, 1],
            "a03": [1, 2, 2],
            "a04_1": [1960, 1985, 1970],
        },
    )
    convert([household, person], "chip", tmp_path / "register", no_participation=True)
    households = tables(tmp_path / "register")["households"]
    assert list(households["head_birth_year"]) == [1960, 1970]
    assert list(households["head_female"]) == [False, True]
    assert list(households["members"]) == [2, 1]


def test_files_that_fit_no_pattern_are_wrong_use(tmp_path: Path) -> None:
    path = dta(tmp_path / "other.dta", {"a": [1]})
    with pytest.raises(WrongUse, match="fits no file"):
        convert(path, "cfps", tmp_path / "register", no_participation=True)
