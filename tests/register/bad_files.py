"""Files that are no tables, of the register of four households: what a file holds, and the rule that refuses it."""

from __future__ import annotations

from collections.abc import Callable

from tests.register.four import INCOMES

HEADER = INCOMES.split("\n")[0] + "\n"

NO_TABLE: list[tuple[str, str, tuple[int, ...]]] = [
    ("", "header_present", ()),
    ("\n\n\n", "header_present", ()),
    ("x" * (2 << 20), "header_present", ()),
    (HEADER.replace("income_wage", "members") + "1,2,3,4,5,6,7\n", "column_once", ()),
    (HEADER.replace("income_wage", "Members") + "1,2,3,4,5,6,7\n", "column_once", ()),
    (HEADER.replace("income_wage", "") + "1,2,3,4,5,6,7\n", "column_named", ()),
    (HEADER.replace("members", "Members"), "column_present", ()),
    (INCOMES.replace(",", ";"), "delimiter_known", ()),
    (INCOMES.replace(",", "，"), "delimiter_known", ()),
    (INCOMES[:-20], "row_width", (7,)),
    (INCOMES.replace("008,2016,1,0,", "008,2016,1,0,0,"), "row_width", (3,)),
    (INCOMES.replace("a,2018", '"a,2018'), "quotes_closed", (7,)),
    (INCOMES.replace("a,2018", '"a"b,2018'), "quotes_closed", (7,)),
    (INCOMES + "a" * (5 << 20) + ",2016,1,1,1,1,3\n", "cell_length", (8,)),
]
"""Texts in place of ``incomes.csv``, the rule, and the rows that it names."""

NO_TEXT: list[tuple[bytes, str]] = [
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20, "encoding_known"),
    (b"household_id,village_id\na,\xff\xfe\x80\x81\n", "encoding_known"),
    ("household_id,village_id\na,平安村\n".encode("gb18030") + "b,向阳村\n".encode(), "one_encoding"),
]
"""Bytes in place of ``households.csv``, and the rule."""

CUT: list[Callable[[bytes], bytes]] = [
    lambda b: b[:-40],
    lambda b: b[: len(b) // 2],
    lambda b: b"PAR1" + b"\0" * 200,
    lambda b: b"",
    lambda b: INCOMES.encode(),
]
"""What is done to ``incomes.parquet``, so that it is not whole."""

NO_NUMBERS = ["1d", "1_000", "0x10", "1e400", '"9,000"', "９０００", "九千", "-", "12f"]
"""Cells that only some engines take for a number."""
