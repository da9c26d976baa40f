"""A register of four invented households, worked by hand; and what is wrong with broken ones."""

import json
import sys
from unittest.mock import ANY

import pandas as pd
import pytest

import bangfu
from bangfu.cli import main
from bangfu.errors import DataFault, WrongUse
from tests.register.four import HOUSEHOLDS, INCOMES, PARTICIPATION, TOML, write


@pytest.fixture(params=["csv", "parquet"])
def folder(tmp_path, request):
    (tmp_path / "register.toml").write_text(TOML.format(kind="synthetic"), encoding="utf-8")
    for name, text in (("households", HOUSEHOLDS), ("incomes", INCOMES), ("participation", PARTICIPATION)):
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        if request.param == "parquet":
            pd.read_csv(path, dtype={"household_id": str}).to_parquet(
                tmp_path / f"{name}.parquet", index=False
            )
            path.unlink()
    return tmp_path


def test_the_panel_by_hand(folder):
    panel = bangfu.load_register(folder).to_pandas()
    rows = panel[
        ["household_id", "year", "village_id", "arm", "cohort", "income_total", "income_per_head_nominal"]
    ]
    expected = [
        ("007", 2016, "V1", "", 2017, 3000.5, 1500.25),
        ("007", 2018, "V1", "courtyard+cooperative", 2017, 4100.0, 2050.0),
        ("008", 2016, "V1", "", 0, 400.0, 400.0),
        ("008", 2018, "V1", "", 0, 1200.0, 1200.0),
        ("220882198001011234", 2016, "V2", "", 2018, 200.0, 50.0),
        ("220882198001011234", 2018, "V2", "enterprise", 2018, 200.0, 50.0),
        ("a", 2018, "V2", "", 0, 9000.0, 3000.0),
    ]
    assert list(rows.itertuples(index=False, name=None)) == expected
    assert panel["event_time"].fillna(-99).tolist() == [-1, 1, -99, -99, -2, 0, -99]


def test_counts_and_names(folder):
    register = bangfu.load_register(folder)
    counts = dict(zip(register.units["what"], register.units["count"], strict=True))
    assert counts == {
        "households": 4, "villages": 2, "years": 2, "income rows": 7, "households seen in every year": 3,
        "joined courtyard": 1, "joined cooperative": 1, "joined enterprise": 1,
    }  # fmt: skip
    assert register.years == (2016, 2018)
    assert "Four invented households (synthetic, 2016-2018)" in repr(register)


def test_a_whole_register_has_no_fault_but_an_id_card_number_is_seen_and_never_shown(folder):
    found = bangfu.check(folder, show_values=True)
    assert {(f.rule, f.severity) for f in found} == {("no_id_card", "warning")}
    assert {(f.table, f.rows) for f in found} == {
        ("households", (3,)),
        ("incomes", (5, 6)),
        ("participation", (3,)),
    }
    assert "220882" not in str(found)


def test_a_total_is_the_sum_of_the_parts_where_it_is_absent(folder):
    for path in (folder / "incomes.csv", folder / "incomes.parquet"):
        if path.exists():
            frame = pd.read_csv(path, dtype=str) if path.suffix == ".csv" else pd.read_parquet(path)
            frame = frame.drop(columns="income_total")
            frame.to_csv(path, index=False) if path.suffix == ".csv" else frame.to_parquet(path)
    panel = bangfu.load_register(folder).to_pandas(real=False)
    totals = (panel["income_per_head_nominal"] * panel["members"]).fillna(-1).tolist()
    assert totals == [3000.5, 4100, 400, -1, 200, 200, 9000]  # a blank wage is unknown, not zero


def test_income_without_transfers_is_unknown_where_the_transfer_is(tmp_path):
    text = INCOMES.replace("007,2018,2,1500,2500,100,4100", "007,2018,2,1500,2500,,4100")
    panel = bangfu.load_register(write(tmp_path, incomes=text)).to_pandas(real=False)
    found = panel["income_without_transfers_per_head_nominal"].fillna(-1).tolist()
    assert found == [1500.25, -1, -500, 300, 50, 50, 3000]


@pytest.fixture
def plain(tmp_path):
    return write(tmp_path)


@pytest.mark.parametrize(
    ("table", "old", "new", "rule", "column", "row"),
    [
        ("incomes", "008,2016,1,", "008,2016,-3,", "members_at_least_one", "members", 3),
        ("incomes", "008,2016,1,", "008,20160,1,", "year_range", "year", 3),
        ("incomes", "008,2016,1,", "008,2016-12-31,1,", "type_integer", "year", 3),
        ("incomes", "a,2018,3,9000", "a,2018,3,nine", "type_number", "income_wage", 7),
        ("incomes", "a,2018,3,9000", "a,2018,3,inf", "finite", "income_wage", 7),
        (
            "incomes",
            "a,2018,3,9000,0,0,9000",
            "a,2018,3,9000,0,0,9002",
            "parts_sum_to_total",
            "income_total",
            7,
        ),
        ("incomes", "007,2018,", "007,2016,", "key_unique", "household_id, year", (1, 2)),
        ("incomes", "a,2018", "b,2018", "unknown_household", "household_id", 7),
        ("households", "a,V2", "a,", "required", "village_id", 4),
        ("participation", "007,cooperative", "007,orchard", "model_declared", "model", 2),
        ("participation", "2018,2019", "2018,2017", "dropout_after_adoption", "to_year", 3),
    ],
)
def test_a_fault_is_named(plain, table, old, new, rule, column, row):
    path = plain / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = [f for f in bangfu.check(plain) if f.rule == rule]
    assert [(f.table, f.column, f.rows) for f in found] == [
        (table, column, row if isinstance(row, tuple) else (row,))
    ]


def test_a_household_that_stands_in_two_villages(plain):
    path = plain / "households.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("a,V2", "007,V2"), encoding="utf-8")
    found = {f.rule: f for f in bangfu.check(plain)}
    assert found["key_unique"].rows == found["one_village"].rows == (1, 4)
    assert found["one_village"].column == "village_id"


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ("", "header_present"),
        ("household_id,year,year,members,income_total\n", "column_once"),
        ("household_id,year,members\n007,2016,2\n", "income_present"),
        ("household_id,members,income_total\n007,2,2\n", "column_present"),
        ('household_id,year,members,income_total\n007,2016,2,"30', "quotes_closed"),
        ("household_id,year,members,income_total\n007,2016,2\n", "row_width"),
    ],
)
def test_a_file_that_is_not_a_table(plain, content, rule):
    (plain / "incomes.csv").write_text(content, encoding="utf-8")
    assert rule in {f.rule for f in bangfu.check(plain)}
    with pytest.raises(DataFault):
        bangfu.load_register(plain)


def test_a_cut_parquet_file(plain):
    path = plain / "incomes.parquet"
    pd.read_csv(plain / "incomes.csv", dtype={"household_id": str}).to_parquet(path, index=False)
    (plain / "incomes.csv").unlink()
    path.write_bytes(path.read_bytes()[:-40])
    assert [f.rule for f in bangfu.check(plain) if f.severity == "fault"] == ["readable"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('id = "x"\n', "key_present"),
        (TOML.format(kind="rumour"), "known_value"),
        ("id = \n", "readable"),
        (TOML.format(kind="survey") + 'models = "courtyard"\n', "models_listed"),
        (
            TOML.format(kind="survey") + '[[models]]\nid = "a+b"\ntitle_en = "x"\ntitle_zh = "x"\n',
            "model_complete",
        ),
    ],
)
def test_a_broken_register_toml(plain, text, rule):
    (plain / "register.toml").write_text(text, encoding="utf-8")
    assert rule in {f.rule for f in bangfu.check(plain)}


def test_models_of_ones_own(plain):
    own = TOML.format(kind="synthetic") + '[[models]]\nid = "goats"\ntitle_en = "goats"\ntitle_zh = "养羊"\n'
    (plain / "register.toml").write_text(own, encoding="utf-8")
    register = bangfu.load_register(plain)
    assert register.models == ("goats",)
    assert {f.rule for f in bangfu.check(register) if f.severity == "fault"} == {"model_declared"}


def test_wrong_use(tmp_path):
    with pytest.raises(WrongUse, match="no folder"):
        bangfu.load_register(tmp_path / "none")
    with pytest.raises(WrongUse, match="unknown engine"):
        from bangfu.connect import connect

        connect("abacus")


def run(monkeypatch, capsys, *words):
    """Exit code and output of a command."""
    monkeypatch.setattr(sys, "argv", ["bangfu", *map(str, words)])
    with pytest.raises(SystemExit) as left:
        main()
    return left.value.code, *capsys.readouterr()


def test_the_command(plain, monkeypatch, capsys):
    assert run(monkeypatch, capsys, "check", plain) == (0, ANY, "")
    path = plain / "incomes.csv"
    path.write_text(path.read_text().replace("008,2016,1,", "008,2016,-3,"), encoding="utf-8")
    code, out, _ = run(monkeypatch, capsys, "check", plain, "--json")
    assert code == 1
    assert "members_at_least_one" in {f["rule"] for f in json.loads(out)}
    code, out, err = run(monkeypatch, capsys, "check", plain, "--lang", "zh")
    assert code == 1 and "人数应为1至100" in out and "1项错误" in out and err == ""
    code, out, err = run(monkeypatch, capsys, "check", plain / "none", "--lang", "zh")
    assert (code, out) == (2, "") and "找不到文件夹" in err


def test_the_engine_is_shut_in():
    from bangfu.connect import connect

    con = connect().con
    settings = dict(con.execute("SELECT name, value FROM duckdb_settings()").fetchall())
    assert settings["autoinstall_known_extensions"] == settings["autoload_known_extensions"] == "false"
    assert settings["TimeZone"] == "UTC" and settings["threads"] == "1"
