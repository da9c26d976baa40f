"""Suggestions: what Chinese and English headers mean, and that they convert the file they were made for."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

import bangfu
from bangfu.convert import convert, suggest
from bangfu.convert.headers import guess
from bangfu.convert.mapping import load_mapping
from bangfu.errors import DataFault

from .doors import LEAVE_OUT, suggested
from .sheets import office, tables, xlsx


@pytest.mark.parametrize(
    ("header", "name", "options"),
    [
        ("户编号", "household_id", []),
        ("家庭人口", "members", []),
        ("家庭常住人口(人)", "members", []),
        ("人均纯收入", "income_total", ['per = ["head"]']),
        ("人均可支配收入(元)", "income_total", ['per = ["head"]']),
        ("家庭年纯收入(万元)", "income_total", []),
        ("工资性收入", "income_wage", []),
        ("人均工资性收入", "income_wage", ['per = ["head"]']),
        ("生产经营性收入", "income_business", []),
        ("经营净收入", "income_business", []),
        ("财产性收入", "income_property", []),
        ("转移性净收入", "income_transfer", []),
        ("2016年转移性收入", "income_transfer", []),
        ("行政村", "village_id", []),
        ("乡镇", "township_id", []),
        ("年份", "year", []),
        ("户主性别", "head_female", ['recode = { "男" = 0, "女" = 1 }']),
        ("耕地面积(亩)", "land_mu", []),
        ("参加合作社时间", "cooperative_since", []),
        ("是否发展庭院经济", "courtyard_yes", []),
        ("龙头企业带动", "enterprise_yes", []),
        ("hhid", "household_id", []),
        ("income_per_head", "income_total", ['per = ["head"]']),
    ],
)
def test_headers(header: str, name: str, options: list[str]) -> None:
    found = guess(header)
    assert found is not None and (found.name, found.options) == (name, options)


@pytest.mark.parametrize("header", ["户主姓名", "身份证号", "联系电话", "备注", "序号", "", "银行账号"])
def test_persons_and_unknown_headers_are_left(header: str) -> None:
    assert guess(header) is None


def test_a_suggestion_says_what_it_guessed_and_left(tmp_path: Path) -> None:
    found = suggest(office(tmp_path))
    assert found.missing == ()
    assert found.unused == ("户主姓名", "备注")
    assert found.guessed["income_wage"] == "2015年工资性收入(元)"
    for line in (
        "header_row = [2, 3]",
        "years = [2015, 2016, 2017]",
        'fill_down = ["乡镇", "行政村"]',
        "guessed from",
    ):
        assert line in found.text
    assert "户主姓名" in found.summary("zh") and "guessed" in found.summary("en")
    assert "某某" not in found.text  # no cell below the headers


def test_what_is_missing_is_named_in_the_text(tmp_path: Path) -> None:
    found = suggest(xlsx(tmp_path / "x.xlsx", [["姓名", "收入"], ["a", 1]]))
    assert found.missing == ("household_id", "village_id", "members", "year", "participation")
    assert "# no_participation = true" in found.text
    assert '# household_id = { from = "..." }  # NOT FOUND' in found.text


def test_a_survey_file_by_its_own_suggestion(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "fid18": [1, 2],
            "cid18": [7, 7],
            "familysize18": [2, 3],
            "fwage_1": [5.0, -8.0],
            "foperate_1": [1.0, 1.0],
            "sex": [2, 1],
        }
    )
    labels = {"fwage_1": {-8: "不适用", -1: "不知道"}, "sex": {1: "男", 2: "女"}}
    path = tmp_path / "cfps2018famecon_202101.dta"
    pyreadstat.write_dta(
        frame.rename(columns={"sex": "性别"}),
        str(path),
        variable_value_labels={**labels, "性别": labels["sex"]} | {"fwage_1": labels["fwage_1"]},
    )
    found = suggest(path)
    assert "--mapping cfps" in found.text and 'kind = "survey"' in found.text
    (tmp_path / "m.toml").write_text(found.text, encoding="utf-8")
    report = convert(path, tmp_path / "m.toml", tmp_path / "r", no_participation=True)
    made = tables(tmp_path / "r")
    assert made["incomes"]["income_wage"].isna().tolist() == [
        False,
        True,
    ]  # a labelled negative code is no number
    assert made["households"]["head_female"].tolist() == [True, False]
    assert ("missing_code", "fwage_1") in {(e.rule, e.column) for e in report.notes}


def test_a_column_that_names_the_models(tmp_path: Path) -> None:
    header = ["户编号", "村", "年份", "人口", "人均纯收入", "帮扶模式"]
    rows = [
        ["1", "A", 2015, 2, 5, "无"],
        ["1", "A", 2016, 2, 5, "庭院经济、合作社"],
        ["2", "A", 2016, 3, 5, "龙头企业+贫困户"],
    ]
    path = xlsx(tmp_path / "t.xlsx", [header, *rows])
    (tmp_path / "m.toml").write_text(suggest(path).text, encoding="utf-8")
    assert len(load_mapping(tmp_path / "m.toml").participation) == 3
    convert(path, tmp_path / "m.toml", tmp_path / "r")
    made = tables(tmp_path / "r")
    assert sorted(map(tuple, made["participation"][["household_id", "model", "from_year"]].to_numpy())) == [
        ("1", "cooperative", 2016), ("1", "courtyard", 2016), ("2", "enterprise", 2016),
    ]  # fmt: skip
    assert made["incomes"]["income_total"].tolist() == [10, 10, 15]
    assert [f for f in bangfu.check(tmp_path / "r") if f.severity == "fault"] == []


def test_a_column_that_names_the_models_beside_a_date(tmp_path: Path) -> None:
    header = ["户编号", "村", "家庭人口", "2015年人均纯收入", "2017年人均纯收入", "带动模式", "参加时间"]
    rows = [
        ["1", "A", 2, 5, 6, "合作社", "2016年6月"],
        ["2", "A", 2, 5, 6, "", ""],
        ["3", "A", 2, 5, 6, "庭院经济", "2017"],
    ]
    path = xlsx(tmp_path / "t.xlsx", [header, *rows])
    (tmp_path / "m.toml").write_text(suggest(path).text, encoding="utf-8")
    convert(path, tmp_path / "m.toml", tmp_path / "r")
    made = tables(tmp_path / "r")["participation"]
    assert sorted(map(tuple, made[["household_id", "model", "from_year"]].to_numpy())) == [
        ("1", "cooperative", 2016), ("3", "courtyard", 2017),
    ]  # fmt: skip


def test_a_yes_without_a_year_dates_nothing(tmp_path: Path) -> None:
    header = ["户编号", "村", "人口", "2015年纯收入", "2016年纯收入", "是否参加合作社"]
    path = xlsx(tmp_path / "t.xlsx", [header, ["1", "A", 2, 5, 6, "是"], ["2", "A", 2, 5, 6, "否"]])
    assert "cannot date" in suggest(path).text
    with pytest.raises(DataFault, match="joining_undated"):  # nor may it be a comparison household
        suggested(path)
    alone = ("[options]\n", "[options]\nno_participation = true\n")
    assert suggested(path, LEAVE_OUT, alone)[1]["households"]["household_id"].tolist() == ["2"]
