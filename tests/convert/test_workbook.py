"""Workbooks: several sheets, stacked or joined, hidden ones, formulas, days from 1904, and bytes that are not whole."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bangfu.convert import convert, suggest
from bangfu.convert.reading import open_file
from bangfu.convert.workbook import Workbook as Opened
from bangfu.errors import BangfuError, DataFault, WrongUse

from .sheets import LONG, long_csv, mapping, tables, xlsx

Rows = list[list[Any]]


def book(path: Path, sheets: dict[str, Rows], hidden: tuple[str, ...] = ()) -> Path:
    """A workbook with sheets."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name in hidden else "visible"
        for row in rows:
            sheet.append(row)
    made.save(path)
    return path


WIDE: Rows = [["户编号", "村", "家庭人口", "2015年纯收入", "2016年纯收入", "2017年纯收入"]]
WIDE += [[f"{i:03d}", f"V{i // 3}", 3, 1000 + i, 1100 + i, 1200 + i] for i in range(6)]
JOINED = {("000", "cooperative", 2016), ("004", "courtyard", 2017)}
ONE_PER_JOINING: Rows = [
    ["户编号", "帮扶模式", "参加时间"],
    ["000", "合作社", "2017年"],
    ["000", "合作社", "2016年3月"],
    ["004", "庭院经济", "2017"],
]
BY_YEAR: Rows = [["户编号", "2015年是否参加合作社", "2016年是否参加合作社", "2017年是否参加合作社"]]
BY_YEAR += [[f"{i:03d}", "否", "是" if i == 0 else "否", "是" if i == 0 else "否"] for i in range(6)]
LONG_ANSWERS: Rows = [["户编号", "年份", "是否参加合作社"]]
LONG_ANSWERS += [
    [f"{i:03d}", y, "是" if i == 0 and y > 2015 else "否"] for i in range(6) for y in (2015, 2016, 2017)
]


def long(prefix: str = "", years: tuple[int, ...] = (2015, 2016, 2017), dated: bool = True) -> Rows:
    rows: Rows = [["户编号", "村", *(["年份"] if dated else []), "人口", "纯收入", "是否参加合作社"]]
    for i in range(3):
        for y in years:
            joined = "是" if i == 0 and y > 2015 else "否"
            rows.append([f"{prefix}{i:03d}", f"{prefix}V", *([y] if dated else []), 3, y + i, joined])
    return rows


def joined(folder: Path) -> set[tuple[str, str, int]]:
    made = tables(folder)["participation"]
    return set(zip(made["household_id"], made["model"], made["from_year"].astype(int), strict=True))


@pytest.mark.parametrize(
    ("sheets", "hidden", "expected", "incomes"),
    [
        ({"收入": WIDE, "参加情况": ONE_PER_JOINING}, (), JOINED, 18),
        ({"封面": [["某县台账"]], "参加情况": ONE_PER_JOINING, "收入": WIDE}, (), JOINED, 18),
        ({"旧": ONE_PER_JOINING, "收入": WIDE, "参加": ONE_PER_JOINING}, ("旧",), JOINED, 18),
        ({"收入": WIDE, "参加": BY_YEAR}, (), {("000", "cooperative", 2016)}, 18),
        ({"收入": WIDE, "参加": LONG_ANSWERS}, (), {("000", "cooperative", 2016)}, 18),
        ({"甲镇": long("A"), "乙镇": long("B")}, (), {(f"{p}000", "cooperative", 2016) for p in "AB"}, 18),
        ({f"{y}年": long("", (y,), False) for y in (2015, 2016, 2017)}, (), {("000", "cooperative", 2016)}, 9),
        ({"户": [["户编号", "村", "家庭人口"], *([r[0], r[1], 3] for r in WIDE[1:])],
          "收入": [[r[0], *r[3:]] for r in WIDE], "参加": ONE_PER_JOINING}, (), JOINED, 18),
    ],
)  # fmt: skip
def test_a_workbook_by_its_own_suggestion(
    tmp_path: Path,
    sheets: dict[str, Rows],
    hidden: tuple[str, ...],
    expected: set[tuple[str, str, int]],
    incomes: int,
) -> None:
    path = book(tmp_path / "台账.xlsx", sheets, hidden)
    found = suggest(path)
    assert found.missing == ()
    (tmp_path / "m.toml").write_text(found.text, encoding="utf-8")
    report = convert(path, tmp_path / "m.toml", tmp_path / "r")
    assert joined(tmp_path / "r") == expected
    assert len(tables(tmp_path / "r")["incomes"]) == incomes
    assert {e.column for e in report.notes if e.rule == "hidden_sheets"} == set(hidden)
    assert all(name in report.text() and name in report.text("zh") for name in hidden)


def test_a_suggestion_says_what_stands_in_no_sheet(tmp_path: Path) -> None:
    found = suggest(book(tmp_path / "t.xlsx", {"收入": [r[:1] + r[2:] for r in WIDE], "说明": [["x"]]}))
    assert found.missing == ("village_id", "participation")
    assert "# no_participation = true" in found.text and "participation" in found.summary("zh")


ADDED = """
[[files]]
name = "main"
match = "*.xlsx"
sheet = "收入"
years = [2015, 2016, 2017]
[files.variables]
household_id = "户编号"
village_id = "村"
members = "家庭人口"
income_total = "{year}年纯收入"
[[files]]
name = "joins"
match = "*.xlsx"
sheet = "参加*"
adds_to = "main"
combine = { since = "min" }
[files.variables]
household_id = "户编号"
since = "参加时间"
[[participation]]
model = "cooperative"
since = "since"
"""


def test_a_joining_without_its_household_is_refused(tmp_path: Path) -> None:
    """7 is not 007: its household would pass for one that never joined."""
    path = book(
        tmp_path / "t.xlsx",
        {"收入": WIDE, "参加": [["户编号", "参加时间"], ["001", 2016], [2, 2016], ["9", None]]},
    )
    m = mapping(tmp_path / "m.toml", ADDED)
    with pytest.raises(DataFault) as caught:
        convert(path, m, tmp_path / "r")
    assert [(f.rule, f.table, f.rows) for f in caught.value.faults] == [
        ("joining_unmatched", "t.xlsx/参加", (3,))
    ]
    m = mapping(tmp_path / "m.toml", '[options]\nunmatched_joining = "drop"\n' + ADDED)
    report = convert(path, m, tmp_path / "r")
    assert ("not_joined", 2) in {(e.rule, e.count) for e in report.dropped}
    assert joined(tmp_path / "r") == {("001", "cooperative", 2016)}


def test_stacked_sheets_of_an_added_file_are_one(tmp_path: Path) -> None:
    head = ["户编号", "参加时间"]
    sheets = {"收入": WIDE, "参加甲": [head, ["001", 2016]], "参加乙": [head, ["004", 2017], ["001", 2015]]}
    path = book(tmp_path / "t.xlsx", sheets)
    body = ADDED.replace('combine = { since = "min" }\n', "")
    with pytest.raises(DataFault) as caught:
        convert(path, mapping(tmp_path / "m.toml", body), tmp_path / "r")
    assert {(f.rule, f.table, f.rows) for f in caught.value.faults} == {
        ("key_unique", "t.xlsx/参加甲", (2,)), ("key_unique", "t.xlsx/参加乙", (3,)),
    }  # fmt: skip
    path = book(tmp_path / "t.xlsx", sheets | {"参加乙": sheets["参加乙"][:2]})
    convert(path, mapping(tmp_path / "m.toml", body), tmp_path / "r")
    assert joined(tmp_path / "r") == {("001", "cooperative", 2016), ("004", "cooperative", 2017)}


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (('"参加*"', '"没有"'), DataFault, "没有; there are: 收入, 参加"),
        (('"参加*"', '"*"'), WrongUse, "fits two of the mapping's files"),
        (('"*.xlsx"\nsheet = "收入"', '"*.csv"'), WrongUse, "no main file"),
    ],
)
def test_sheets_that_do_not_fit(
    tmp_path: Path, change: tuple[str, str], error: type[BangfuError], words: str
) -> None:
    path = book(tmp_path / "t.xlsx", {"收入": WIDE, "参加": [["户编号", "参加时间"], ["001", 2016]]})
    with pytest.raises(error) as caught:
        convert(path, mapping(tmp_path / "m.toml", ADDED.replace(*change)), tmp_path / "r")
    assert words in caught.value.en and caught.value.zh != caught.value.en


def test_a_file_is_given_once_and_a_text_table_has_no_sheets(tmp_path: Path) -> None:
    path = long_csv(tmp_path / "t.csv", ["1,A,2016,2,100"])
    with pytest.raises(WrongUse, match="given twice"):
        convert([path, tmp_path / "." / "t.csv"], mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    with pytest.raises(WrongUse, match="no sheets"):
        convert(
            path,
            mapping(tmp_path / "m.toml", LONG.replace('match = "*"', 'match = "*"\nsheet = "a"')),
            tmp_path / "r",
        )


def test_files_of_one_name_in_two_folders_are_told_apart(tmp_path: Path) -> None:
    for town in "ab":
        (tmp_path / town).mkdir()
    paths = [long_csv(tmp_path / t / "t.csv", [f"{t}1,{t},2016,2,100"]) for t in "ab"]
    report = convert(paths, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert report.rows_in == {"a/t.csv": 1, "b/t.csv": 1}


HEADER = ["户编号", "村", "年份", "人口", "收入"]


@pytest.mark.parametrize("seed", range(12))
def test_one_flipped_byte_never_changes_a_number(tmp_path: Path, seed: int) -> None:
    path = xlsx(tmp_path / "t.xlsx", [HEADER, *([f"{i}", "A", 2016, 2, 1000 + 7 * i] for i in range(300))])
    m = mapping(tmp_path / "m.toml", LONG)
    convert(path, m, tmp_path / "whole")
    content = bytearray(path.read_bytes())
    for flip in range(5):
        at = random.Random(seed * 100 + flip).randrange(len(content))
        bad = tmp_path / f"bad{flip}.xlsx"
        bad.write_bytes(content[:at] + bytes([content[at] ^ 1 << flip]) + content[at + 1 :])
        try:
            convert(bad, m, tmp_path / f"r{flip}")
        except BangfuError:
            continue
        for name in ("households", "incomes"):
            pd.testing.assert_frame_equal(
                tables(tmp_path / f"r{flip}")[name], tables(tmp_path / "whole")[name]
            )


def rewritten(path: Path, part: str, old: bytes, new: bytes, how: int = zipfile.ZIP_DEFLATED) -> Path:
    """The workbook with one part changed, checksums right."""
    with zipfile.ZipFile(path) as parts:
        content = {n: parts.read(n) for n in parts.namelist()}
    assert old in content[part]
    with zipfile.ZipFile(path, "w", how) as parts:
        for name, data in content.items():
            parts.writestr(name, data.replace(old, new) if name == part else data)
    return path


def test_a_digit_that_flipped_is_no_number(tmp_path: Path) -> None:
    """In a workbook without compression a flipped digit is good XML; only the checksum tells."""
    path = xlsx(
        tmp_path / "t.xlsx",
        [HEADER, ["1", "A", 2016, 2, 90], *([f"{i}", "A", 2016, 2, 7 * i] for i in range(2, 50))],
    )
    value, formula = b'<c r="E2" t="n"><v>90</v></c>', b'<c r="E2"><f>45+45</f><v>90</v></c>'
    rewritten(path, "xl/worksheets/sheet1.xml", value, formula, zipfile.ZIP_STORED)
    convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    path.write_bytes(path.read_bytes().replace(b"<v>343</v>", b"<v>743</v>"))
    with pytest.raises(DataFault, match="workbook_readable"):
        convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "bad")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'<c r="E3" t="n"><v>100</v></c>', b'<c r="E3"><f t="array" ref="E3:E4">A1:A2</f></c>'),
        (b'<c r="E3" t="n"><v>100</v></c>', b'<c r="E3"><f>1+1</f><v></v></c>'),
        (b'<c r="E3" t="n"><v>100</v></c>', b'<c r="E3"><f t="shared" ref="E3:E4" si="0">A1</f></c>'),
    ],
)
def test_formulas_without_values(tmp_path: Path, old: bytes, new: bytes) -> None:
    path = xlsx(tmp_path / "f.xlsx", [HEADER, ["1", "A", 2016, 2, 90], ["2", "A", 2016, 2, 100]])
    rewritten(path, "xl/worksheets/sheet1.xml", old, new)
    with pytest.raises(DataFault) as caught:
        convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert [(f.rule, f.rows) for f in caught.value.faults] == [("formula_value", (3,))]


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet1.xml", b"</sheetData>", b"<row"),
        ("xl/worksheets/sheet1.xml", b'<row r="2"', b'<row r="99999999999"'),
        ("xl/worksheets/sheet1.xml", b'r="A2"', b'r="2A"'),
        ("xl/worksheets/sheet1.xml", b'<c r="D2" t="n"><v>2', b'<c r="D2" t="s"><v>99'),
        ("xl/workbook.xml", b"<sheets>", b"<sheets"),
    ],
)
def test_parts_that_are_not_what_they_should_be(tmp_path: Path, part: str, old: bytes, new: bytes) -> None:
    path = rewritten(xlsx(tmp_path / "t.xlsx", [HEADER, ["1", "A", 2016, 2, 90]]), part, old, new)
    with pytest.raises(BangfuError):
        convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    with pytest.raises(BangfuError):
        suggest(path)
        convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["m.toml", "t.xlsx"]


def test_days_from_1904_are_told_to_the_reader(tmp_path: Path) -> None:
    made = Workbook()
    made.epoch = CALENDAR_MAC_1904
    made.active.append(HEADER)
    made.save(tmp_path / "t.xlsx")
    opened = Opened(tmp_path / "t.xlsx")
    assert opened.mac and open_file(tmp_path / "t.xlsx", None, opened, opened.first).mac
    assert not Opened(xlsx(tmp_path / "u.xlsx", [HEADER])).mac


def test_merged_headers_over_two_rows_and_formats_to_the_last_column(tmp_path: Path) -> None:
    rows: Rows = [
        ["户编号", "村", "人口", "2015年", None, "2016年", None],
        [None, None, None, "工资", "经营", "工资", "经营"],
    ]
    rows += [["1", "A", 2, 10, 1, 20, 2], ["2", "A", 2, 30, 3, 40, 4]]
    path = xlsx(tmp_path / "t.xlsx", rows, merged=("A1:A2", "D1:E1", "F1:G1"))
    body = '[[files]]\nname = "a"\nmatch = "*"\nheader_row = [1, 2]\nyears = [2015, 2016]\n[variables]\nhousehold_id = "户编号"\n'
    body += 'village_id = "村"\nmembers = "人口"\nincome_wage = "{year}年工资"\nincome_business = "{year}年经营"\n'
    convert(path, mapping(tmp_path / "m.toml", body), tmp_path / "r")
    assert tables(tmp_path / "r")["incomes"]["income_total"].tolist() == [11, 22, 33, 44]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "utf-8-sig"])
def test_text_tables_in_every_encoding_of_chinese_programs(tmp_path: Path, encoding: str) -> None:
    path = long_csv(tmp_path / "t.csv", ["007,东村,2016,3,100", "008,西村,2016,2,-50"], encoding)
    convert(path, mapping(tmp_path / "m.toml", LONG), tmp_path / "r")
    assert tables(tmp_path / "r")["households"]["village_id"].tolist() == ["东村", "西村"]


SIGNS = {
    ".xlsx": b"PK\x03\x04",
    ".csv": "户编号,村,年份,人口,收入\n1,A,2016,2,".encode(),
    ".dta": b"<stata_dta><header>",
}
SIGNS |= {".sav": b"$FL2@(#) SPSS", ".txt": b"\xff\xfe", ".tsv": b""}


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(list(SIGNS)), st.booleans(), st.binary(max_size=300))
def test_any_bytes_are_said_not_raised(tmp_path: Path, ending: str, signed: bool, content: bytes) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes((SIGNS[ending] if signed else b"") + content)
    m = mapping(tmp_path / "m.toml", LONG)
    for act in (lambda: convert(path, m, tmp_path / "r"), lambda: suggest(path)):
        try:
            act()
        except BangfuError as error:
            assert error.zh
        else:
            assert act is not None
    assert {p.name for p in tmp_path.iterdir()} <= {path.name, "m.toml", *(f"a{e}" for e in SIGNS), "r"}
    for left in (tmp_path / "r").glob("*"):
        left.unlink()
    if (tmp_path / "r").exists():
        (tmp_path / "r").rmdir()
