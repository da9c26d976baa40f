"""Bad files of many kinds: a clear fault or harmless passage; no traceback, no hang, no wrong number."""

import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import bangfu
from bangfu.errors import BangfuError, DataFault
from tests.register.bad_files import CUT, HEADER, NO_NUMBERS, NO_TABLE, NO_TEXT
from tests.register.four import HOUSEHOLDS, INCOMES, PARTICIPATION, as_parquet, frame, write


def refused(folder):
    """The rules and rows of the faults that refuse a register."""
    with pytest.raises(DataFault) as caught:
        bangfu.load_register(folder)
    assert caught.value.text("zh") != caught.value.text("en")
    return [(f.table, f.rule, f.rows) for f in caught.value.faults]


def used_nowhere(register):
    with pytest.raises(DataFault):
        register.to_pandas()


def faults(folder):
    """The rules and rows of all faults."""
    return [(f.rule, f.column, f.rows) for f in bangfu.check(folder) if f.severity == "fault"]


@pytest.mark.parametrize(
    ("incomes", "rule", "rows"),
    NO_TABLE,
)
def test_a_text_that_is_no_table(tmp_path, incomes, rule, rows):
    assert refused(write(tmp_path, incomes=incomes)) == [("incomes", rule, rows)]


@pytest.mark.parametrize(
    ("content", "rule"),
    NO_TEXT,
)
def test_bytes_of_no_or_of_two_encodings(tmp_path, content, rule):
    (write(tmp_path) / "households.csv").write_bytes(content)
    assert [r for _, r, _ in refused(tmp_path)] == [rule]


@pytest.mark.parametrize(
    "change",
    CUT,
)
def test_a_parquet_file_that_is_cut_or_none(tmp_path, change):
    path = as_parquet(write(tmp_path), "incomes", frame(INCOMES))
    path.write_bytes(change(path.read_bytes()))
    assert refused(tmp_path) == [("incomes", "readable", ())]


def test_a_parquet_file_that_is_broken_in_the_middle(tmp_path):
    rows = pd.concat([frame(INCOMES)] * 5_000).assign(year=np.arange(35_000))
    path = as_parquet(write(tmp_path), "incomes", rows)
    content = bytearray(path.read_bytes())
    content[1_000:20_000] = b"\0" * 19_000
    path.write_bytes(content)
    for look in (lambda: bangfu.check(tmp_path), lambda: bangfu.load_register(tmp_path).to_pandas()):
        with pytest.raises(BangfuError, match="broken in the middle"):
            look()


def test_parquet_columns_that_stand_twice(tmp_path):
    table = pa.Table.from_pandas(frame(INCOMES), preserve_index=False)
    pq.write_table(table.append_column("year", table["year"]), tmp_path / "incomes.parquet")
    write(tmp_path)
    (tmp_path / "incomes.csv").unlink()
    assert refused(tmp_path) == [("incomes", "column_once", ())]


def test_tables_without_rows(tmp_path):
    write(
        tmp_path,
        households="household_id,village_id",
        incomes=HEADER,
        participation="household_id,model,from_year\n",
    )
    found = [(f.table, f.rule) for f in bangfu.check(tmp_path) if f.severity == "fault"]
    assert found == [("households", "rows_present"), ("incomes", "rows_present")]
    register = bangfu.load_register(tmp_path)
    used_nowhere(register)
    assert "not to be used" in repr(register)


@pytest.mark.parametrize("kind", ["object", "float64", "str"])
def test_nobody_takes_part(tmp_path, kind):
    none = pd.DataFrame({c: pd.Series([], dtype=kind) for c in ("household_id", "model", "from_year")})
    as_parquet(write(tmp_path), "participation", none)
    assert set(bangfu.load_register(tmp_path).to_pandas()["cohort"]) == {0}
    assert faults(tmp_path) == []


def test_numbers_that_are_none(tmp_path):
    rows = frame(INCOMES).astype({"income_wage": float})
    table = pa.Table.from_pandas(rows, preserve_index=False)
    wage = pa.array([float("nan"), float("inf"), -float("inf"), None, 100, 100, 9000])
    table = table.set_column(table.schema.get_field_index("income_wage"), "income_wage", wage)
    write(tmp_path)
    (tmp_path / "incomes.csv").unlink()
    pq.write_table(table, tmp_path / "incomes.parquet")
    assert faults(tmp_path) == [("finite", "income_wage", (1, 2, 3))]
    register = bangfu.load_register(tmp_path)
    used_nowhere(register)
    read = register.sources["incomes"].typed.to_pandas()
    assert read["income_wage"].dropna().tolist() == [100, 100, 9000]


@pytest.mark.parametrize("cell", NO_NUMBERS)
def test_text_that_only_some_engines_take_for_a_number(tmp_path, cell):
    write(tmp_path, incomes=INCOMES.replace("a,2018,3,9000,0,0,9000", f"a,2018,3,{cell},0,0,9000"))
    register = bangfu.load_register(tmp_path)
    used_nowhere(register)
    assert register.sources["incomes"].typed.to_pandas()["income_wage"].isna().tolist()[-1]
    assert faults(tmp_path) == [("type_number", "income_wage", (7,))]


def test_years_that_are_none_and_households_without_members(tmp_path):
    incomes = INCOMES.replace("007,2016", "007,20170").replace("007,2018", "007,2018年")
    incomes = incomes.replace("008,2016,1", "008,2016.5,1").replace("008,2018,1", "008,2018,-1")
    incomes = incomes.replace("a,2018,3", "a,2018-12-31,0")
    write(tmp_path, incomes=incomes)
    assert faults(tmp_path) == [
        ("year_alone", "year", (7,)),
        ("type_integer", "year", (2, 3)),
        ("year_range", "year", (1,)),
        ("members_at_least_one", "members", (4, 7)),
    ]
    used_nowhere(bangfu.load_register(tmp_path))


def test_dates_in_the_year_column_of_a_parquet_file(tmp_path):
    rows = frame(INCOMES)
    rows["year"] = pd.to_datetime(rows["year"].astype(str) + "-12-31")
    as_parquet(write(tmp_path), "incomes", rows)
    assert faults(tmp_path) == [("year_alone", "year", (1, 2, 3, 4, 5))]
    used_nowhere(bangfu.load_register(tmp_path))


def test_identifiers_that_lost_digits(tmp_path):
    rows = frame(INCOMES).assign(household_id=[1.0, 1, 2, 2, 3, 3, 4])
    as_parquet(write(tmp_path), "incomes", rows)
    assert refused(tmp_path) == [("incomes", "identifier_type", ())]
    (tmp_path / "incomes.parquet").unlink()
    rows.assign(household_id=220882198001011234).to_excel(tmp_path / "incomes.xlsx", index=False)
    assert refused(tmp_path) == [("incomes", "digits_kept", (1,))]


def test_a_workbook_that_unpacks_without_end_or_is_none(tmp_path):
    (write(tmp_path) / "incomes.csv").unlink()
    with zipfile.ZipFile(tmp_path / "incomes.xlsx", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * (64 << 20))
    assert refused(tmp_path) == [("incomes", "not_a_bomb", ())]
    (tmp_path / "incomes.xlsx").write_bytes(b"hello")
    assert refused(tmp_path) == [("incomes", "readable", ())]


def test_formulas_of_a_workbook(tmp_path):
    (write(tmp_path) / "incomes.csv").unlink()
    sheet = frame(INCOMES).astype({"income_total": object})
    sheet.loc[2, "income_total"] = "=E4+F4+G4"  # written by a program, never calculated
    sheet.to_excel(tmp_path / "incomes.xlsx", index=False)
    assert refused(tmp_path) == [("incomes", "formula_calculated", (3,))]


@pytest.mark.parametrize("folder", [False, True])
def test_a_link_that_leads_out(tmp_path, folder):
    (write(tmp_path / "register") / "incomes.csv").unlink()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "incomes.csv").write_text(INCOMES, encoding="utf-8")
    if folder:
        (tmp_path / "register" / "incomes").symlink_to(outside)
    else:
        (tmp_path / "register" / "incomes.csv").symlink_to(outside / "incomes.csv")
    assert refused(tmp_path / "register") == [("incomes", "inside_folder", ())]


def test_a_link_to_itself(tmp_path):
    (write(tmp_path) / "incomes.csv").unlink()
    (tmp_path / "incomes.csv").symlink_to(tmp_path / "incomes.csv")
    assert refused(tmp_path) == [("incomes", "table_present", ())]


def test_names_that_other_programs_would_run_pass_unchanged(tmp_path):
    names = ["<script>alert(1)</script>", "=cmd()|'/C calc'!A1", 'a "quoted"\nname', "'; DROP TABLE x; --"]
    homes = frame(HOUSEHOLDS).assign(village_id=names)
    write(tmp_path, households=homes.to_csv(index=False))
    register = bangfu.load_register(tmp_path)
    assert register.households.order_by("household_id").to_pandas()["village_id"].tolist() == names
    assert faults(tmp_path) == []
    assert "<script>" not in register._repr_html_()


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        ('id = "a"\ntitle_en = "b"\ntitle_zh = "c"\nkind = "survey"\nmodels = ["x"]\n', "models_listed"),
        ('id = "a"\ntitle_zh = "中文"\n', "readable"),
    ],
)
def test_a_register_toml_of_another_kind(tmp_path, content, rule):
    (write(tmp_path) / "register.toml").write_bytes(content.encode("gb18030"))
    assert refused(tmp_path) == [("register.toml", rule, ())]


def test_all_faults_in_one_run(tmp_path):
    write(
        tmp_path,
        households=HOUSEHOLDS.replace("a,V2", "007,V2"),
        participation=PARTICIPATION.replace("007,courtyard", "007,goats"),
    )
    (tmp_path / "incomes.csv").unlink()
    (tmp_path / "register.toml").write_text("kind =", encoding="utf-8")
    rules = {(f.table, f.rule) for f in bangfu.check(tmp_path) if f.severity == "fault"}
    assert rules == {
        ("register.toml", "readable"),
        ("incomes", "table_present"),
        ("households", "key_unique"),
        ("households", "one_village"),
    }
