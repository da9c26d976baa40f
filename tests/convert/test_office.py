"""Office sheets as they come: titles, merged cells, totals, units in cells, lost digits, duplicates."""

from __future__ import annotations

import datetime
from pathlib import Path

import pandas as pd
import pytest

import bangfu
from bangfu.convert import convert, suggest
from bangfu.errors import DataFault

from .sheets import LONG, long_csv, mapping, office, tables, xlsx


def rules(caught: pytest.ExceptionInfo[DataFault]) -> dict[str, tuple[int, ...]]:
    return {f.rule: f.rows for f in caught.value.faults}


def test_a_messy_sheet_by_its_own_suggestion(tmp_path: Path) -> None:
    sheet = office(tmp_path)
    (tmp_path / "m.toml").write_text(suggest(sheet).text, encoding="utf-8")
    report = convert(sheet, tmp_path / "m.toml", tmp_path / "register")
    made = tables(tmp_path / "register")
    homes = made["households"].set_index("household_id")
    assert list(homes.index) == [f"{i:03d}" for i in range(1, 13)]  # leading zeros kept
    assert homes.loc["001", "members"] == 4  # a full-width digit
    # 东村 of 甲镇 and 东村 of 乙镇 are two villages; merged cells reach down, not over the subtotal
    assert list(homes["village_id"]) == [
        f"{t}-{v}" for t in ("甲镇", "乙镇") for v in ("东村", "西村") for _ in "123"
    ]
    incomes = made["incomes"].set_index(["household_id", "year"])
    assert incomes.loc[("002", 2017), "income_wage"] == 2002  # 2,002 as text
    assert incomes.loc[("002", 2017), "income_business"] == 5000  # 0.5万元 in a column of 元
    assert incomes.loc[("002", 2017), "income_total"] == 2002 + 5000 + 100
    joined = made["participation"].set_index("household_id")["from_year"]
    assert dict(joined) == {"002": 2016, "003": 2017, "006": 2016, "007": 2017, "010": 2016, "011": 2017}
    assert {(e.rule, e.count) for e in report.dropped} == {
        ("blank_row", 1),
        ("total_row", 2),
        ("footnote", 1),
    }
    assert report.rows_in == {"台账.xlsx": 16}
    assert report.record_rows == {"台账.xlsx": 36}
    assert report.rows_out == {"households": 12, "incomes": 36, "participation": 6}
    assert [f for f in bangfu.check(tmp_path / "register") if f.severity == "fault"] == []
    assert bangfu.load_register(tmp_path / "register").info.title.zh == "台账"


def test_shipped_office_mapping(tmp_path: Path) -> None:
    header = ["乡镇", "行政村", "户编号", "家庭人口", "耕地面积(亩)", "参加合作社时间"]
    row: list[object] = ["甲镇", "东村", "01", 3, "2.5亩", datetime.date(2016, 5, 1)]
    for year, business in ((2015, 0.4), (2016, 0.6), (2017, "0.8万元")):
        header += [f"{year}年工资性收入(元)", f"{year}年生产经营性收入(万元)", f"{year}年财产性收入(元)"]
        header += [f"{year}年转移性收入(元)", f"{year}年是否发展庭院经济"]
        row += [1000, business, "无", 50, "是" if year == 2017 else "否"]
    convert(xlsx(tmp_path / "s.xlsx", [["title"], header, row]), "office_sheet", tmp_path / "r")
    made = tables(tmp_path / "r")
    # a unit in the cell is not multiplied by the column's once more
    assert list(made["incomes"]["income_business"]) == [4000, 6000, 8000]
    assert made["incomes"]["income_property"].isna().all()
    assert list(made["households"]["land_mu"]) == [2.5]
    assert {tuple(r) for r in made["participation"][["model", "from_year"]].to_numpy()} == {
        ("cooperative", 2016),
        ("courtyard", 2017),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encodings_and_delimiters_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "t.txt"
    lines = ["户编号,村,年份,人口,收入", "007,东村,2016,3,100", "008,𠮷村,2016,2,-50"]
    path.write_bytes("\r\n".join(line.replace(",", delimiter) for line in lines).encode(encoding))
    convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    made = tables(tmp_path / "r")
    assert list(made["households"]["household_id"]) == ["007", "008"]
    assert list(made["households"]["village_id"]) == ["东村", "𠮷村"]
    assert list(made["incomes"]["income_total"]) == [100, -50]


def test_identifiers_of_18_digits(tmp_path: Path) -> None:
    header = ["户编号", "村", "年份", "人口", "收入"]
    m = mapping(tmp_path / "m.toml", LONG)
    good = xlsx(
        tmp_path / "text.xlsx",
        [header, ["123456789012345678", "A", 2016, 2, 5], [20240001.0, "A", 2016, 2, 5]],
    )
    convert(good, m, tmp_path / "r")
    assert list(tables(tmp_path / "r")["households"]["household_id"]) == ["123456789012345678", "20240001"]
    for name, cell in (("int", 123456789012345678), ("float", 1.23456789012345e17), ("text", "1.23457E+17")):
        bad = xlsx(tmp_path / f"{name}.xlsx", [header, [cell, "A", 2016, 2, 5]])
        with pytest.raises(DataFault) as caught:
            convert(bad, m, tmp_path / "no")
        assert rules(caught) == {"identifier_digits": (2,)}  # the row as the sheet shows it
        assert "12345" not in caught.value.en + caught.value.zh
    cut = long_csv(tmp_path / "cut.csv", ["123456789012345000,A,2016,2,5", "123456789012346000,A,2016,2,5"])
    report = convert(cut, m, tmp_path / "cut")
    assert [(e.rule, e.count) for e in report.notes] == [("cut_identifiers", 2)]


def test_every_fault_in_one_run_and_no_value_shown(tmp_path: Path) -> None:
    lines = ["SECRET1,A,20170,3,100", "S2,A,2017,0,100", "S3,A,2017,2,PRIVATE", "S4,A,2017,2,无"]
    path = long_csv(tmp_path / "t.csv", lines)
    with pytest.raises(DataFault) as caught:
        convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert rules(caught) == {"cell_year": (2,), "members_least": (3,), "cell_number": (4, 5)}
    said = caught.value.text("en") + caught.value.text("zh")
    assert "'无'" in said  # a placeholder may be named
    assert not any(word in said for word in ("SECRET1", "PRIVATE", "20170"))


def test_unreadable_cells_become_missing_only_where_the_mapping_says_so(tmp_path: Path) -> None:
    path = long_csv(tmp_path / "t.csv", ["1,A,2016,2,abc", "1,A,2017,2,70", "2,A,20170,2,70"])
    m = mapping(tmp_path / "m.toml", '[options]\nunreadable = "missing"\n' + LONG)
    report = convert(path, m, tmp_path / "r")
    assert list(tables(tmp_path / "r")["incomes"]["income_total"]) == [70]
    assert {(e.rule, e.count) for e in report.dropped} == {("no_year", 1), ("no_income", 1)}
    assert {(e.rule, e.column, e.count) for e in report.notes} == {
        ("unreadable", "收入", 1),
        ("unreadable", "年份", 1),
    }


def test_duplicates_are_refused_unless_equal_or_allowed(tmp_path: Path) -> None:
    same = ["1,A,2016,2,100", "1,A,2016,2,100"]
    m = mapping(tmp_path / "m.toml", LONG)
    report = convert(long_csv(tmp_path / "same.csv", same), m, tmp_path / "same")
    assert [(e.rule, e.count) for e in report.dropped] == [("same_twice", 1)]
    path = long_csv(tmp_path / "two.csv", ["1,A,2016,2,100", "1,A,2016,2,900"])
    with pytest.raises(DataFault) as caught:
        convert(path, m, tmp_path / "no")
    assert rules(caught) == {"duplicate_key": (2, 3)}
    for how, income in (("first", 100), ("last", 900)):
        m = mapping(tmp_path / f"{how}.toml", f'[options]\nduplicates = "{how}"\n' + LONG)
        report = convert(path, m, tmp_path / how)
        assert list(tables(tmp_path / how)["incomes"]["income_total"]) == [income]
        assert [(e.rule, e.count) for e in report.dropped] == [("duplicate_key", 1)]


def test_the_same_sheet_in_two_files_of_two_towns(tmp_path: Path) -> None:
    a = long_csv(tmp_path / "a.csv", ["1,A,2016,2,100"])
    b = long_csv(tmp_path / "b.csv", ["2,B,2016,2,100"], encoding="gb18030")
    report = convert([a, b], mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert report.rows_in == {"a.csv": 1, "b.csv": 1}
    assert len(tables(tmp_path / "r")["households"]) == 2


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("a.csv", b"", "file_empty"),
        ("a.csv", "户编号,村,年份,人口,收入\n".encode(), "rows_left"),
        ("a.csv", '户编号,村,年份,人口,收入\n1,A,2016,2,"10\n'.encode(), "csv_readable"),
        ("a.csv", "户编号,村,年份,人口,收入\n1,A,2016,2,10,9\n".encode(), "row_width"),
        ("a.csv", "户编号,村,年份,人口,收入,收入\n1,A,2016,2,10,9\n".encode(), "header_unique"),
        ("a.csv", "户编号,村,年份,人口\n1,A,2016,2\n".encode(), "column_present"),
        ("a.csv", "某县台账,,,,\n户编号,村,年份,人口,收入\n".encode(), "header_found"),
        ("a.csv", "户编号,村,年份,人口,收入\n1,东,2016,2,10\n".encode() + "2,西,2016,2,10\n".encode("gb18030") + b"\xff\xff", "encoding"),
        ("a.xlsx", b"PK\x03\x04 no workbook", "workbook_readable"),
        ("a.dta", b"no dta" * 50, "file_readable"),
        ("a.sav", b"$FL2 no sav", "file_readable"),
    ],
)  # fmt: skip
def test_broken_files_are_said_by_rule(tmp_path: Path, name: str, content: bytes, rule: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(DataFault) as caught:
        convert(tmp_path / name, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert rule in rules(caught)
    assert caught.value.text("zh") != caught.value.text("en")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "m.toml"])  # nothing half-written


def test_a_formula_without_a_result_is_refused(tmp_path: Path) -> None:
    header = ["户编号", "村", "年份", "人口", "收入"]
    path = xlsx(tmp_path / "f.xlsx", [header, ["1", "A", 2016, 2, 100], ["2", "A", 2016, 2, "=1+1"]])
    with pytest.raises(DataFault) as caught:
        convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert rules(caught) == {"formula_value": (3,)}


def test_a_workbook_that_unpacks_without_end_is_not_opened(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * (4 << 20))
    with pytest.raises(DataFault) as caught:
        convert(tmp_path / "bomb.xlsx", mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert list(rules(caught)) == ["not_a_bomb"]


def test_harmless_texts_pass_through(tmp_path: Path) -> None:
    path = long_csv(tmp_path / "t.csv", ["=cmd(),<script>,2016,2,5"])
    convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    homes = tables(tmp_path / "r")["households"]
    assert list(homes.loc[0, ["household_id", "village_id"]]) == ["=cmd()", "<script>"]
    assert pd.api.types.is_string_dtype(homes["household_id"])
