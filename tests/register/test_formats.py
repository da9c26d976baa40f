"""The same register from any kind of file reads the same."""

import pandas as pd
import pytest

import bangfu
from tests.register.four import HOUSEHOLDS, INCOMES, as_parquet, frame, write


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    return bangfu.load_register(write(tmp_path_factory.mktemp("four"))).to_pandas()


def rows():
    return frame(INCOMES)


def crlf_with_lf_inside(folder):
    homes = HOUSEHOLDS.replace("\n", "\r\n").replace("V1", '"V\n1"')
    (folder / "households.csv").write_bytes(homes.encode())


def mixed_ends(folder):
    first, second, *rest = INCOMES.encode().split(b"\n")
    (folder / "incomes.csv").write_bytes(first + b"\r\n" + second + b"\r" + b"\n".join(rest))


def workbook(folder):
    (folder / "incomes.csv").unlink()
    with pd.ExcelWriter(folder / "incomes.xlsx") as book:
        pd.DataFrame({"notes": ["of the office"]}).to_excel(book, sheet_name="notes", index=False)
        rows().to_excel(book, sheet_name="incomes", index=False)


def many_files(folder):
    (folder / "incomes.csv").unlink()
    below = folder / "incomes"
    below.mkdir()
    text = rows().astype({"year": "str"})
    text.iloc[:3].to_parquet(below / "a.parquet", index=False)
    rows().iloc[3:][rows().columns[::-1]].to_parquet(below / "b.parquet", index=False)


def text_by_year(folder):
    (folder / "incomes.csv").unlink()
    for year, part in rows().groupby("year"):
        below = folder / "incomes" / f"year={year}"
        below.mkdir(parents=True)
        part.drop(columns="year").to_csv(below / "part.csv", index=False)


def villages_by_folder(folder):
    homes = frame(HOUSEHOLDS).replace({"village_id": {"V1": "00/1"}})
    (folder / "households.csv").unlink()
    for village, part in homes.groupby("village_id"):
        below = folder / "households" / f"village_id={village.replace('/', '%2F')}"
        below.mkdir(parents=True)
        part.drop(columns="village_id").to_parquet(below / "part.parquet", index=False)


def written(name, content, encoding="utf-8"):
    def write_it(folder):
        (folder / f"{name.split('.')[0]}.csv").unlink()
        (folder / name).write_bytes(content.encode(encoding))

    return write_it


@pytest.mark.parametrize(
    ("change", "village"),
    [
        (written("incomes.tsv", INCOMES.replace(",", "\t")), "V1"),
        (written("incomes.txt", INCOMES, "utf-8-sig"), "V1"),
        (written("incomes.tsv", INCOMES.replace(",", "\t"), "utf-16"), "V1"),
        (written("incomes.CSV", INCOMES.replace("\n", "\r\n")), "V1"),
        (written("households.csv", HOUSEHOLDS.replace("V1", "平安村"), "gb18030"), "平安村"),
        (written("households.csv", HOUSEHOLDS.replace("V1", "𠮷村"), "gb18030"), "𠮷村"),
        (written("incomes.csv", INCOMES.replace("\n", "\n\n")), "V1"),
        (
            lambda f: as_parquet(f, "incomes", rows().astype({"members": "str", "income_wage": "float32"})),
            "V1",
        ),
        (crlf_with_lf_inside, "V\n1"),
        (mixed_ends, "V1"),
        (workbook, "V1"),
        (many_files, "V1"),
        (text_by_year, "V1"),
        (villages_by_folder, "00/1"),
    ],
)
def test_the_same_panel(tmp_path, expected, change, village):
    change(write(tmp_path))
    found = bangfu.load_register(tmp_path).to_pandas()
    want = expected.replace({"village_id": {"V1": village}})
    pd.testing.assert_frame_equal(found[want.columns], want, check_dtype=False)
    assert set(found.columns) == set(want.columns)


@pytest.mark.parametrize("form", ["csv", "parquet", "xlsx"])
def test_rows_are_named_in_the_file_that_they_stand_in(tmp_path, form):
    write(tmp_path)
    (tmp_path / "incomes.csv").unlink()
    below = tmp_path / "incomes"
    below.mkdir()
    faulty = rows()
    faulty.loc[[4, 6], "members"] = -2
    for name, part in (("a", faulty.iloc[:3]), ("b", faulty.iloc[3:])):
        path = below / f"{name}.{form}"
        {"csv": part.to_csv, "parquet": part.to_parquet, "xlsx": part.to_excel}[form](path, index=False)
    found = [f for f in bangfu.check(tmp_path) if f.severity == "fault"]
    assert [(f.rule, f.rows, f.count) for f in found] == [("members_at_least_one", (2, 4), 2)]
    assert found[0].file.replace("\\", "/") == f"incomes/b.{form}"


def test_whole_numbers_stay_whole_numbers_and_join_with_text(tmp_path):
    numbers = {"007": 7, "008": 8, "220882198001011234": 9, "a": 10}
    write(tmp_path)
    for table in ("households", "incomes", "participation"):
        text = (tmp_path / f"{table}.csv").read_text(encoding="utf-8")
        as_parquet(
            tmp_path, table, frame(text).replace({"household_id": numbers}).astype({"household_id": "int64"})
        )
    assert bangfu.load_register(tmp_path).to_pandas()["household_id"].dtype == "int64"
    (tmp_path / "households.parquet").unlink()
    homes = frame(HOUSEHOLDS).replace({"household_id": numbers})
    homes.to_csv(tmp_path / "households.csv", index=False)
    panel = bangfu.load_register(tmp_path).to_pandas()
    assert panel["village_id"].notna().all() and set(panel["household_id"]) == {"7", "8", "9", "10"}
