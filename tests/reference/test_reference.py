"""The reference data: valid, sourced, conflicts kept apart, never extrapolated."""

from pathlib import Path

import pandas as pd
import pytest
from frictionless import validate

from bangfu import places, reference
from bangfu.errors import BangfuError, DataFault, WrongUse
from bangfu.packages import description, read

FOLDER = places.data("reference")


def test_package_validates_with_frictionless() -> None:
    report = validate(str(FOLDER / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])


def test_every_table_reads_without_faults() -> None:
    _, faults = read(FOLDER, description(FOLDER))
    assert faults == []


def test_every_value_has_a_source_and_a_status() -> None:
    tables = [
        reference.price_index(),
        reference.poverty_lines(None),
        reference.rural_incomes(),
        reference.studies(),
    ]
    for table in tables:
        assert table["source"].notna().all()
        assert set(table["status"]) <= {"verified", "derived", "unverified"}


def test_recalled_or_cited_values_are_never_verified() -> None:
    for table in (reference.price_index(), reference.poverty_lines(None), reference.rural_incomes()):
        recalled = table["source"].str.contains("recalled")
        assert (table.loc[recalled, "status"] == "unverified").all()
    studies = reference.studies()
    loose = studies["source"].str.contains("recalled|copy|cited|abstract", regex=True)
    assert (studies.loc[loose, "status"] == "unverified").all()


def test_exit_threshold_is_not_the_price_updated_line() -> None:
    assert reference.poverty_line([2020]) == {2020: 3315.0}
    assert reference.poverty_line([2020], "exit_threshold") == {2020: 4000.0}
    line = reference.poverty_line([2019, 2020])
    index = reference.price_index().set_index("year")["value"]
    assert line[2020] == round(line[2019] * index[2020] / 100)


def test_conflicting_releases_stand_side_by_side() -> None:
    poor = reference.rural_incomes(series="registered_poor_net_income")
    assert sorted(poor.loc[poor["year"] == 2015, "value"]) == [2982, 3416]
    assert set(reference.conflicts()["series"]) == {"price_updated", "registered_poor_net_income"}


@pytest.mark.parametrize("area", ["China rural", "China poor areas"])
def test_four_sources_add_up_to_the_total(area: str) -> None:
    table = reference.rural_incomes(area).query("release == 'main'")
    wide = table.pivot(index="year", columns="series", values="value").dropna(subset=["wage"])
    parts = wide[["wage", "business", "property", "transfer"]].sum(axis=1)
    assert len(wide) >= 2
    assert ((parts - wide["disposable_income"]).abs() <= 1).all()


def test_deflator_by_hand() -> None:
    factors = reference.deflator([2016, 2017, 2018], 2018)
    assert factors[2018] == 1
    assert factors[2017] == pytest.approx(1.021)
    assert factors[2016] == pytest.approx(1.021 * 1.013)
    assert reference.deflator([2018], 2016)[2018] == pytest.approx(1 / (1.021 * 1.013))


def test_first_year_of_the_index_reaches_one_year_back() -> None:
    assert reference.deflator([2013, 2014], 2014)[2013] == pytest.approx(1.018)


@pytest.mark.parametrize(("years", "base"), [([2012], 2014), ([2021], 2020), ([2015], 2025)])
def test_missing_year_is_an_error(years: list[int], base: int) -> None:
    with pytest.raises(BangfuError, match="nothing is extrapolated") as caught:
        reference.deflator(years, base)
    assert "不作外推" in caught.value.text("zh")


def test_missing_line_is_an_error() -> None:
    with pytest.raises(BangfuError, match="2019"):
        reference.poverty_line([2019], "exit_threshold")


def test_unknown_area_and_series_are_named() -> None:
    with pytest.raises(WrongUse, match="China rural"):
        reference.price_index("Atlantis")
    with pytest.raises(WrongUse, match="exit_threshold"):
        reference.poverty_lines("4000")


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "own.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_own_series_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    path = _file(tmp_path, "year,value\n2022,110\n2021,105\n")
    assert list(reference.price_index(file=path)["year"]) == [2021, 2022]
    assert reference.deflator([2020, 2022], 2022, path) == {2020: pytest.approx(1.155), 2022: 1}


def test_own_series_as_a_frame() -> None:
    assert reference.deflator([2000], 2001, pd.DataFrame({"year": [2001], "value": [120.0]})) == {2000: 1.2}


def test_gap_in_an_own_series_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BangfuError, match="2021"):
        reference.deflator([2020, 2022], 2022, _file(tmp_path, "year,value\n2020,101\n2022,110\n"))


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("year,value\n2020,2.5\n", "previous_year_100"),
        ("year,value\n2020,652.3\n", "previous_year_100"),
        ("year,value\n2020,abc\n", "type_number"),
        ("year,value\n2020.5,101\n", "type_integer"),
        ("year,value\n2020,nan\n", "type_number"),
        ("year,value\n2020,101\n2020,102\n", "key_unique"),
        ("year,value\n2020,\n", "required"),
        ("year,cpi\n2020,101\n", "column_known"),
        ("year,value\n2020,101,7\n", "row_width"),
        ("year,value\n", "rows_present"),
        ("", "header_present"),
    ],
)
def test_broken_own_series_is_refused_by_rule(tmp_path: Path, text: str, rule: str) -> None:
    with pytest.raises(DataFault) as caught:
        reference.price_index(file=_file(tmp_path, text))
    assert rule in {f.rule for f in caught.value.faults}
    assert caught.value.text("zh") != caught.value.text("en")


def test_own_series_that_is_not_there(tmp_path: Path) -> None:
    for own in (reference.price_index, reference.poverty_lines):
        with pytest.raises(WrongUse, match=r"no\.csv"):
            own(file=tmp_path / "no.csv")


def test_own_lines_take_the_place_of_the_shipped_ones(tmp_path: Path) -> None:
    path = _file(tmp_path, "year,value,note\n2022,4100,county\n2021,4000,county\n")
    assert reference.poverty_line([2021, 2022], file=path) == {2021: 4000.0, 2022: 4100.0}
    with pytest.raises(BangfuError, match=r"own\.csv has no value for 2020"):
        reference.poverty_line([2020], file=path)


@pytest.mark.parametrize(("value", "rule"), [("0.4", "minimum"), ("50", "yuan_a_year"), ("-1", "minimum")])
def test_broken_own_lines_are_refused_by_rule(tmp_path: Path, value: str, rule: str) -> None:
    with pytest.raises(DataFault) as caught:
        reference.poverty_lines(file=_file(tmp_path, f"year,value\n2020,{value}\n"))
    assert {f.rule for f in caught.value.faults} == {rule}
    assert caught.value.text("zh") != caught.value.text("en")


def test_studies_never_give_an_interval_without_an_estimate() -> None:
    studies = reference.studies()
    with_error = studies["std_error"].notna() | studies["ci_low"].notna()
    assert studies.loc[with_error, "estimate"].notna().all()
    assert studies.loc[studies["estimate"].notna(), "unit"].notna().all()
    assert (studies["ci_low"].isna() == studies["ci_high"].isna()).all()


def test_one_headline_per_study() -> None:
    studies = reference.studies()
    assert (studies.groupby("study")["headline"].sum() == 1).all()


def test_statuses_count_every_value() -> None:
    counts = reference.statuses()
    assert counts.groupby("table")["values"].sum().to_dict() == {
        "price_index": 7,
        "poverty_lines": 12,
        "rural_incomes": len(reference.rural_incomes()),
        "studies": len(reference.studies()),
    }
