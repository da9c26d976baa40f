"""A sound register of forty invented households, and many ways to damage one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

TOML = 'id = "forty"\ntitle_en = "Forty"\ntitle_zh = "四十户"\nkind = "{kind}"\n'
YEARS = (2014, 2015, 2016, 2017, 2018)
Tables = dict[str, pd.DataFrame]


def tables(seed: int = 0) -> Tables:
    """Forty households in eight villages of four townships in two counties; a third joins in 2016 or 2017."""
    rng = np.random.default_rng(seed)
    number = np.arange(40)
    names = [f"{n:03d}" for n in number + 1]
    village = number % 8
    homes = pd.DataFrame({
        "household_id": names, "village_id": [f"V{v:02d}" for v in village], "township_id": [f"T{v // 2}" for v in village],
        "county_id": [f"C{v // 4}" for v in village], "observed_year": 2014, "labour": number % 3, "weight": 1.0 + number % 2,
    })  # fmt: skip
    joined = pd.DataFrame({
        "household_id": names[::3], "model": [("courtyard", "cooperative")[i // 8 % 2] for i in range(len(names[::3]))],
        "from_year": [2016 + i % 2 for i in range(len(names[::3]))], "to_year": pd.array([None] * len(names[::3]), "Int64"),
    })  # fmt: skip
    rows = pd.DataFrame({"household_id": np.repeat(names, len(YEARS)), "year": np.tile(YEARS, len(names))})
    rows["members"] = 2 + np.repeat(number % 3, len(YEARS))
    rows["income_wage"] = np.rint(rng.normal(9000, 900, len(rows)) + 300 * (rows["year"] - 2014))
    rows["income_transfer"] = np.rint(rng.normal(1000, 100, len(rows)))
    rows["income_total"] = rows["income_wage"] + rows["income_transfer"]
    return {"households": homes, "incomes": rows, "participation": joined}


def write(folder: Path, parts: Tables, form: str = "csv", kind: str = "survey", more: str = "") -> Path:
    """A folder of CSV or Parquet files, or one workbook."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "register.toml").write_text(TOML.format(kind=kind) + more, encoding="utf-8")
    if form == "book":
        with pd.ExcelWriter(folder / "county.xlsx") as book:
            for name, frame in parts.items():
                frame.to_excel(book, sheet_name=name, index=False)
        return folder / "county.xlsx"
    for name, frame in parts.items():
        if form == "csv":
            frame.to_csv(folder / f"{name}.csv", index=False)
        else:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    return folder


def cell(table: str, column: str, value: object, *rows: int) -> Callable[[Tables], None]:
    """Put a value into some rows of a column."""

    def change(parts: Tables) -> None:
        frame = parts[table]
        if column not in frame:
            frame[column] = 1
        frame[column] = frame[column].astype(object)
        frame.loc[list(rows or (3,)), column] = value

    return change


def every(table: str, column: str, make: Callable[[pd.Series], object]) -> Callable[[Tables], None]:
    """Replace a column."""
    return lambda parts: parts[table].__setitem__(column, make(parts[table][column]))


def again(table: str, row: int = 2, **other: object) -> Callable[[Tables], None]:
    """A row once more, with other content."""

    def change(parts: Tables) -> None:
        frame = parts[table]
        parts[table] = pd.concat([frame, frame.iloc[[row]].assign(**other)], ignore_index=True)

    return change


def emptied(table: str) -> Callable[[Tables], None]:
    return lambda parts: parts.__setitem__(table, parts[table].iloc[:0])


def many_years(parts: Tables) -> None:
    rows = parts["incomes"]
    parts["incomes"] = pd.concat([rows.assign(year=rows["year"] + 5 * k) for k in range(-11, 3)])


TEXT: dict[str, tuple[str, Callable[[Tables], None]]] = {
    "an unknown household joins": ("unknown_household", cell("participation", "household_id", "999")),
    "point zero": ("unknown_household", every("participation", "household_id", lambda c: c + ".0")),
    "zeros lost": ("unknown_household", every("participation", "household_id", lambda c: c.str.lstrip("0"))),
    "zeros lost in incomes": ("unknown_household", every("incomes", "household_id", lambda c: c.str.lstrip("0"))),
    "letters of another case": ("unknown_household", lambda p: (every("households", "household_id", lambda c: "h" + c)(p), every("incomes", "household_id", lambda c: "h" + c)(p), every("participation", "household_id", lambda c: "H" + c)(p))),
    "scientific notation": ("digits_kept", cell("participation", "household_id", "2.20882E+17")),
    "an outer blank": ("unknown_household", cell("participation", "household_id", "010 ")),
    "full width": ("unknown_household", cell("participation", "household_id", "０１０")),
    "incomes of nobody": ("unknown_household", cell("incomes", "household_id", "999")),
    "a comma in an amount": ("type_number", cell("incomes", "income_wage", "12,345")),
    "an underscore": ("type_number", cell("incomes", "income_wage", "28_401")),
    "NA": ("type_number", cell("incomes", "income_total", "NA")),
    "yuan": ("type_number", cell("incomes", "income_total", "9000元")),
    "infinite": ("finite", cell("incomes", "income_total", "inf")),
    "nan": ("finite", cell("incomes", "income_total", "NaN ")),
    "absurd": ("amount_possible", cell("incomes", "income_total", 10**12)),
    "absurd consumption": ("amount_possible", cell("incomes", "consumption", -(10**12))),
    "members as text": ("type_number", cell("incomes", "members", "two")),
    "no members": ("members_at_least_one", cell("incomes", "members", 0)),
    "negative members": ("members_at_least_one", cell("incomes", "members", -2)),
    "a trace of members": ("members_at_least_one", cell("incomes", "members", 1e-30)),
    "an empty members": ("required", cell("incomes", "members", None)),
    "a year without end": ("type_integer", cell("incomes", "year", 2**63 - 1)),
    "a year of five digits": ("year_range", cell("incomes", "year", 20170)),
    "a year as a number of days": ("year_range", cell("participation", "from_year", 42736)),
    "a year in words": ("type_integer", cell("participation", "from_year", "2017年")),
    "half a year": ("type_integer", cell("participation", "from_year", 2016.5)),
    "a year that is not a number": ("type_integer", cell("incomes", "year", "nan")),
    "an empty year": ("required", cell("incomes", "year", None)),
    "an empty first year": ("required", cell("participation", "from_year", None)),
    "an empty household": ("required", cell("households", "household_id", None)),
    "an empty joiner": ("required", cell("participation", "household_id", None)),
    "an empty village": ("required", cell("households", "village_id", None)),
    "an empty model": ("required", cell("participation", "model", None)),
    "an undeclared model": ("model_declared", cell("participation", "model", "goats")),
    "a model with a blank": ("model_declared", cell("participation", "model", "courtyard ")),
    "left before joining": ("dropout_after_adoption", cell("participation", "to_year", 2010)),
    "a wrong year of leaving": ("year_range", cell("participation", "to_year", 20)),
    "parts that differ": ("parts_sum_to_total", cell("incomes", "income_wage", 1)),
    "no weight": ("required", cell("households", "weight", None)),
    "weight zero": ("range", cell("households", "weight", 0)),
    "a negative weight": ("range", cell("households", "weight", -1)),
    "weight nan": ("finite", cell("households", "weight", "nan")),
    "weights of incomes": ("weight_fixed", cell("incomes", "weight", 2)),
    "a household again": ("key_unique", again("households")),
    "a household with other facts": ("key_unique", again("households", labour=9)),
    "a household in two villages": ("one_village", again("households", village_id="V07", township_id="T3", county_id="C1")),
    "a household-year again": ("key_unique", again("incomes")),
    "a household-year with other content": ("key_unique", again("incomes", members=5)),
    "a joining again": ("key_unique", again("participation")),
    "a household again and a stranger": ("unknown_household", lambda p: (again("households")(p), p.update(incomes=pd.concat([p["incomes"], p["incomes"].head(5).assign(household_id="999")])))),
    "a village in two counties": ("one_place", cell("households", "county_id", "C9", 0)),
    "a village in two townships": ("one_place", cell("households", "township_id", "T9", 0)),
    "a township in two counties": ("one_place", every("households", "township_id", lambda c: c.replace("T3", "T0"))),
    "a village with a blank": ("one_name", cell("households", "village_id", "V00 ", 0)),
    "a village in full width": ("one_name", cell("households", "village_id", "Ｖ００", 0)),
    "a village with two blanks": ("one_name", lambda p: (cell("households", "village_id", "V 00", 0)(p), cell("households", "village_id", "V  00", 8)(p))),
    "a village with point zero": ("one_name", lambda p: (every("households", "village_id", lambda c: c.str[1:])(p), cell("households", "village_id", "00.0", 0)(p))),
    "a village with what does not show": ("one_name", cell("households", "village_id", "V00\u200b", 0)),
    "a county in full width": ("one_name", cell("households", "county_id", "Ｃ0", 0)),
    "a household with a blank": ("one_name", lambda p: again("households", household_id="003 ")(p)),
    "two households with point zero": ("one_name", lambda p: again("households", household_id="003.0")(p)),
    "a village of small letters": ("one_name", cell("households", "village_id", "v00", 0)),
    "a village whose zero is lost": ("one_name", cell("households", "village_id", "V0", 0)),
    "a village with a broken line": ("one_name", cell("households", "village_id", "V\n00", 0)),
    "a household whose zeros are lost": ("one_name", again("households", household_id="3")),
    "a township of small letters": ("one_name", cell("households", "township_id", "t0", 0)),
    "a subtotal": ("total_row", again("households", household_id="V00小计")),
    "a total with blanks": ("total_row", again("households", household_id="合 计（12户）")),
    "a grand total": ("total_row", again("households", household_id="Grand TOTAL")),
    "a village of totals": ("total_row", cell("households", "village_id", "总计", 0)),
    "a township of means": ("total_row", cell("households", "township_id", "平均", *range(0, 40, 8), *range(1, 40, 8))),
    "a joining long after": ("joining_late", cell("participation", "from_year", 2029)),
    "a joining at the end of time": ("joining_late", cell("participation", "from_year", 2099)),
    "joined twice": ("joined_again", again("participation", 0, from_year=2018)),
    "joined before it left": ("joined_again", lambda p: (cell("participation", "to_year", 2018, 0)(p), again("participation", 0, from_year=2018)(p))),
    "a date of joining": ("year_alone", cell("participation", "from_year", "2017-05-01")),
    "a date of joining in Chinese": ("year_alone", cell("participation", "from_year", "2017年5月")),
    "a date of joining with points": ("year_alone", cell("participation", "from_year", "2017.5.1")),
    "a date of incomes": ("year_alone", cell("incomes", "year", "2017/12/31 00:00")),
    "a misspelt part of income": ("column_known", lambda p: p.update(incomes=p["incomes"].rename(columns={"income_transfer": "income_tranfer"}).drop(columns="income_total"))),
    "a misspelt year of leaving": ("column_known", lambda p: p.update(participation=p["participation"].rename(columns={"to_year": "to_yaer"}))),
    "a misspelt weight": ("column_known", lambda p: p.update(households=p["households"].rename(columns={"weight": "wieght"}))),
    "a capital weight": ("column_known", lambda p: p.update(households=p["households"].rename(columns={"weight": "Weight"}))),
    "sixty-six years": ("years_held", many_years),
    "no households": ("rows_present", emptied("households")),
    "no incomes": ("rows_present", emptied("incomes")),
    "a wrong flag": ("type_flag", cell("participation", "contract", "maybe")),
    "schooling without end": ("range", cell("households", "head_schooling", 300)),
    "a household of a thousand": ("range", cell("households", "members", 1000)),
    "negative support": ("range", cell("participation", "support_yuan", -5)),
    "born in 12": ("year_range", cell("households", "head_birth_year", 12)),
    "land as text": ("type_number", cell("households", "land_mu", "两亩")),
}  # fmt: skip
"""What happens -> the rule that says so, and how it is done; of tables as text."""


def column(table: str, name: str, values: Callable[[int], pa.Array]) -> Callable[[dict[str, pa.Table]], None]:
    """Put an Arrow array in a column's place."""

    def change(parts: dict[str, pa.Table]) -> None:
        old = parts[table]
        parts[table] = old.set_column(old.schema.get_field_index(name), name, values(old.num_rows))

    return change


_DAY = datetime.date(2017, 1, 1)
STORED: dict[str, tuple[str, Callable[[dict[str, pa.Table]], None]]] = {
    "durations": ("column_type", column("incomes", "income_total", lambda n: pa.array([9000] * n, pa.duration("s")))),
    "durations as years": ("column_type", column("incomes", "year", lambda n: pa.array([2017] * n, pa.duration("s")))),
    "a trace of members": ("members_at_least_one", column("incomes", "members", lambda n: pa.array([1e-300] * n))),
    "yes or no for members": ("column_type", column("incomes", "members", lambda n: pa.array([True] * n))),
    "dates": ("year_alone", column("incomes", "year", lambda n: pa.array([_DAY] * n))),
    "times": ("type_number", column("incomes", "income_total", lambda n: pa.array([datetime.time(1)] * n))),
    "moments": ("type_number", column("incomes", "income_total", lambda n: pa.array([datetime.datetime(2017, 1, 1)] * n))),
    "nested": ("type_number", column("incomes", "income_total", lambda n: pa.array([{"a": 1}] * n))),
    "lists": ("type_number", column("incomes", "income_total", lambda n: pa.array([[1.0]] * n))),
    "bytes": ("type_number", column("incomes", "income_total", lambda n: pa.array([b"\xff\x00"] * n))),
    "a year of 2^63 - 1": ("year_range", column("incomes", "year", lambda n: pa.array([2**63 - 1] * n))),
    "a year of 2^64 - 1": ("type_integer", column("incomes", "year", lambda n: pa.array([2**64 - 1] * n, pa.uint64()))),
    "a year of -2^63": ("year_range", column("participation", "from_year", lambda n: pa.array([-(2**63)] * n))),
    "years not a number": ("type_integer", column("incomes", "year", lambda n: pa.array([float("nan")] * n))),
    "members not a number": ("finite", column("incomes", "members", lambda n: pa.array([float("nan")] * n))),
    "infinite numbers": ("finite", column("incomes", "income_total", lambda n: pa.array([float("inf")] * n))),
    "weights not a number": ("finite", column("households", "weight", lambda n: pa.array([float("nan")] * n))),
    "weights of 1e308": ("type_number", column("households", "weight", lambda n: pa.array([1e308] * n))),
    "decimals without end": ("amount_possible", column("incomes", "income_total", lambda n: pa.array([Decimal(10) ** 30] * n))),
    "fractional identifiers": ("identifier_type", column("households", "household_id", lambda n: pa.array([i + 0.5 for i in range(n)]))),
    "dates as identifiers": ("identifier_type", column("households", "village_id", lambda n: pa.array([_DAY] * n))),
    "nested identifiers": ("identifier_type", column("participation", "household_id", lambda n: pa.array([["001"]] * n))),
    "huge identifiers": ("unknown_household", column("participation", "household_id", lambda n: pa.array([2**64 - 1 - i for i in range(n)], pa.uint64()))),
    "nothing": ("required", column("incomes", "members", lambda n: pa.nulls(n))),
    "nobody": ("required", column("participation", "household_id", lambda n: pa.nulls(n))),
}  # fmt: skip
"""The same of Parquet columns of other types."""

DESCRIBED: dict[str, tuple[str, str]] = {
    "nested five thousand deep": ("readable", "deep = " + "[" * 5000 + "]" * 5000),
    "tables five thousand deep": ("readable", "deep = " + "{a = " * 5000 + "1" + "}" * 5000),
    "a number without end": ("readable", "notes = " + "9" * 5000),
    "two megabytes": ("readable", f'notes = "{"x" * (2 << 20)}"'),
    "a model twice": ("model_once", '[[models]]\nid = "courtyard"\ntitle_en = "a"\ntitle_zh = "b"\n' * 2),
    "a model twice by width": ("model_once", '[[models]]\nid = "a1"\ntitle_en = "a"\ntitle_zh = "b"\n[[models]]\nid = "a１"\ntitle_en = "a"\ntitle_zh = "b"\n'),
    "a model with a plus": ("model_complete", '[[models]]\nid = "a+b"\ntitle_en = "a"\ntitle_zh = "b"\n'),
    "a model without a name": ("model_complete", '[[models]]\nid = ""\ntitle_en = "a"\ntitle_zh = "b"\n'),
    "a title that turns round": ("characters_fit", '[[models]]\nid = "courtyard"\ntitle_en = "a\\u202Eb"\ntitle_zh = "b"\n'),
    "a bell": ("characters_fit", 'licence = "a\\u0007"'),
    "a delete": ("characters_fit", 'citation = "a\\u007F"'),
    "a mark that does not show": ("characters_fit", 'notes = "a\\u200b"'),
    "own consumption as a text": ("value_type", 'own_consumption = "yes"'),
    "a licence that is a number": ("value_type", "licence = 3"),
    "an unknown concept": ("known_value", 'income_concept = "gross"'),
    "models that are texts": ("models_listed", 'models = ["a"]'),
    "an unknown rule": ("rule_known", '[accept]\nunknown_houshold = "left"\n'),
    "a rule of files": ("rule_known", '[accept]\nreadable = "old disk"\n'),
    "no reason": ("reason_given", '[accept]\nunknown_household = " "\n'),
    "a reason that is a number": ("reason_given", "[accept]\nunknown_household = 3\n"),
    "accept as a text": ("accept_listed", 'accept = "all"'),
}  # fmt: skip
"""Lines of register.toml -> the rule that refuses them."""


def stored(folder: Path, change: Callable[[dict[str, pa.Table]], None]) -> Path:
    """A register of Parquet files with a column of another type."""
    parts = {name: pa.Table.from_pandas(frame, preserve_index=False) for name, frame in tables().items()}
    change(parts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "register.toml").write_text(TOML.format(kind="survey"), encoding="utf-8")
    for name, table in parts.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return folder
