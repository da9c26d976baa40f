"""The rules of a register, as data: table, name, what breaks it, and what to do, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Literal

from bangfu.formats import number
from bangfu.register.kinds import BLANKS, not_finite
from bangfu.register.tables import CELL, COLUMNS, IDENTIFIER, NUMBER, PARTS, REQUIRED, TYPES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.tables import Source

_YEARS = (
    ("incomes", "year"),
    ("participation", "from_year"),
    ("participation", "to_year"),
    ("households", "observed_year"),
    ("households", "head_birth_year"),
    ("households", "registered_from"),
)

_RANGES: tuple[tuple[str, str, float, float], ...] = (
    ("households", "head_schooling", 0, 30),
    ("households", "labour", 0, 50),
    ("households", "members", 1, 100),
    ("households", "land_mu", 0, 100_000),
    ("households", "weight", 1e-12, 1e9),
    ("participation", "support_yuan", 0, 1e8),
)

Breaks = Callable[["ir.Table"], "ir.BooleanValue | None"]

FIRST_YEAR, LAST_YEAR = 1900, 2100

ID_CARD = r"^[1-9][0-9]{5}(18|19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]$"
"""The shape of a citizen's identity number: six digits of place, a date of birth, four more."""

DATE = "^ *[12][0-9]{3}([-/年][01]?[0-9]([-/月]([0-3]?[0-9]日?)?)?|[.][01]?[0-9][.][0-3]?[0-9])([ T].*)?$"
"""As spreadsheets and registers write it, with or without its day or hour; ``2016.5`` may be half a year."""

SCIENTIFIC = r"^[+-]?[0-9](\.[0-9]*)?[eE]\+[0-9]{2,3}$"
"""How a spreadsheet writes a long number."""

LARGEST_INCOME = 1e8
"""Yuan a year of one household."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule on the rows of one table.

    Attributes
    ----------
    table, name, column : str
        A rule applies where its column is there.
    breaks : callable
        From the table as read (see ``bangfu.register.tables.Source``) to a boolean column, true where the rule is broken;
        ``None`` where the columns' stored types cannot break it.
    en, zh : str
    severity : {"fault", "warning"}
    secret : bool
        Never show the value, whatever the register.
    limits : (float, float), optional
        The rule is that the cells lie between; where a file's foot says that they do, no row needs to be read.
    full : bool
        The rule is that no cell is empty; likewise.
    acceptable : bool
        Whether the owner may let it pass: what is at fault can be told and left out.
    """

    table: str
    name: str
    column: str
    breaks: Breaks
    en: str
    zh: str
    severity: Literal["fault", "warning"] = "fault"
    secret: bool = False
    limits: tuple[float, float] | None = None
    full: bool = False
    acceptable: bool = True

    def proved(self, source: Source) -> bool:
        """Whether the feet of the files say that the rule holds."""
        found = source.bounds.get(self.column)
        if found is None:
            return False
        if self.limits and found.low is not None and found.high is not None:
            return self.limits[0] <= found.low and found.high <= self.limits[1]
        return self.full and not found.empty


def _not_converted(column: str, kind: str) -> Breaks:
    """What is not finite is another rule's, of numbers."""

    def breaks(t: ir.Table) -> ir.BooleanValue | None:
        if CELL + column not in t.columns:
            return None
        cell = t[CELL + column]
        there: ir.BooleanValue = cell.notnull()
        return there & ~not_finite(cell) if kind == NUMBER else there

    return breaks


def _date(column: str, *, is_one: bool) -> Breaks:
    """Cells that are no whole number, being dates; or not being dates."""

    def breaks(t: ir.Table) -> ir.BooleanValue | None:
        if CELL + column not in t.columns:
            return None
        dated = t[CELL + column].re_search(DATE)
        return dated if is_one else t[CELL + column].notnull() & ~dated

    return breaks


def _not_finite(column: str) -> Breaks:
    return lambda t: not_finite(t[CELL + column]) if CELL + column in t.columns else None


def _missing(column: str) -> Breaks:
    def breaks(t: ir.Table) -> ir.BooleanValue:
        empty: ir.BooleanValue = t[column].isnull()
        # a cell that does not convert is there, and is another rule's
        return empty & t[CELL + column].isnull() if CELL + column in t.columns else empty

    return breaks


def _outside(column: str, low: float, high: float) -> Breaks:
    return lambda t: (t[column] < low) | (t[column] > high)


def _parts_differ(t: ir.Table) -> ir.BooleanValue | None:
    """An unknown part leaves the sum unknown, so that such rows are not held against the total."""
    parts = [t[p] for p in PARTS if p in t.columns]
    if not parts:
        return None
    return (reduce(lambda a, b: a + b, parts) - t["income_total"]).abs() > 1.0


def _dropout_before_adoption(t: ir.Table) -> ir.BooleanValue:
    return t["to_year"] < t["from_year"]


def _id_card(column: str) -> Breaks:
    def breaks(t: ir.Table) -> ir.BooleanValue | None:
        import ibis

        cell = t[column]
        if cell.type().is_integer():
            month, day, century = cell // 10**6 % 100, cell // 10**4 % 100, cell // 10**10 % 100
            dated = month.between(1, 12) & day.between(1, 31) & century.between(18, 20)
            return cell.between(10**17, 10**18 - 1) & dated
        return ibis.ifelse(cell.length() == 18, cell.re_search(ID_CARD), False)

    return breaks


def _blanks(column: str) -> Breaks:
    def breaks(t: ir.Table) -> ir.BooleanValue | None:
        cell = t[column]
        if not cell.type().is_string():
            return None
        return cell.left(1).isin(BLANKS) | cell.right(1).isin(BLANKS)

    return breaks


def _digits_lost(column: str) -> Breaks:
    def breaks(t: ir.Table) -> ir.BooleanValue | None:
        cell = t[column]
        return cell.re_search(SCIENTIFIC) if cell.type().is_string() else None

    return breaks


def _within(table: str, name: str, column: str, low: float, high: float, words: tuple[str, str]) -> Rule:
    return Rule(table, name, column, _outside(column, low, high), *words, limits=(low, high))


def _rules() -> tuple[Rule, ...]:
    rules = []
    dates = (
        "dates, where a year is wanted; write the year alone (2017)",
        "是日期,此处只要年份,请只填年份(如2017)",
    )
    for table, columns in COLUMNS.items():
        for column, kind in columns.items():
            if kind in TYPES:
                names = {
                    "integer": ("a whole number", "整数"),
                    "number": ("a number", "数字"),
                    "flag": ("true or false", " true 或 false"),
                }
                en, zh = names[kind]
                breaks = _not_converted(column, kind)
                if (table, column) in _YEARS:
                    breaks = _date(column, is_one=False)
                    rules.append(Rule(table, "year_alone", column, _date(column, is_one=True), *dates))
                words = f"not {en}; correct the cells", f"应为{zh},请改正"
                rules.append(Rule(table, f"type_{kind}", column, breaks, *words))
            if kind == NUMBER:
                rules.append(
                    Rule(
                        table,
                        "finite",
                        column,
                        _not_finite(column),
                        "not a finite number; leave it empty where unknown",
                        "不是有限数值,未知请留空",
                    )
                )
    must = [(table, column) for table, columns in REQUIRED.items() for column in columns]
    empty = "empty, but every row needs it; fill it in", "不能为空,请填写"
    unnamed = (
        "empty: somebody joined, and nobody knows who; fill it in (this cannot be accepted)",
        "不能为空:有人参加而不知是谁,请填写(此项不可接受)",
    )
    for t, c in [*must, ("households", "weight")]:
        nobody = (t, c) == ("participation", "household_id")
        words = unnamed if nobody else empty
        rules.append(Rule(t, "required", c, _missing(c), *words, full=True, acceptable=not nobody))
    years = (
        f"not a year between {FIRST_YEAR} and {LAST_YEAR}; give the year alone",
        f"不是{FIRST_YEAR}至{LAST_YEAR}之间的年份,请只填年份",
    )
    for table, column in _YEARS:
        rules.append(_within(table, "year_range", column, FIRST_YEAR, LAST_YEAR, years))
    for table, column, low, high in _RANGES:
        least, least_zh = (
            (f"between {number(low)} and ", f"{number(low)}至")
            if low in (0, 1)
            else ("above 0, at most ", "大于0、不超过")
        )
        words = (
            f"must be {least}{number(high)}; correct it, or leave it empty if unknown",
            f"应为{least_zh}{'1亿元' if high == 10**8 else number(high)},请改正,未知请留空",
        )
        rules.append(_within(table, "range", column, low, high, words))
    huge = (
        "more than 100 million yuan a year for one household; look for units and misplaced digits",
        "一户一年超过1亿元,请核对单位和错位数字",
    )
    rules += [
        _within("incomes", "amount_possible", c, -LARGEST_INCOME, LARGEST_INCOME, huge)
        for c in (*PARTS, "income_total", "consumption")
    ]
    card = (
        "shaped like an ID-card number; replace it by a number of your own before anything leaves the building",
        "形似身份证号,请先换成自编编号,以免外泄",
    )
    blanks = (
        "has leading or trailing spaces, so it would not match; remove them",
        "首尾有空格,会被视为不同的编号,请删除空格",
    )
    digits = (
        "in scientific notation, whose last digits are lost; write the identifier again, stored as text",
        "为科学计数法,末几位已丢失;请重新填写编号,并存为文本",
    )
    for table, columns in COLUMNS.items():
        for column in (c for c, kind in columns.items() if kind == IDENTIFIER):
            if column != "model":  # which has a rule of its own
                rules.append(
                    Rule(table, "digits_kept", column, _digits_lost(column), *digits, acceptable=False)
                )
            rules += [
                Rule(table, "no_id_card", column, _id_card(column), *card, severity="warning", secret=True),
                Rule(table, "no_blanks", column, _blanks(column), *blanks, severity="warning"),
            ]
    members = "members must be 1 to 100; correct the cells", "人数应为1至100,请改正"
    sums = (
        "the parts differ from income_total by more than 1 yuan; correct one of them",
        "各项收入之和与 income_total 相差超过1元,请核对",
    )
    order = (
        "to_year is before from_year; correct one of them",
        "退出年份 to_year 早于参加年份 from_year,请改正",
    )
    rules += [
        _within("incomes", "members_at_least_one", "members", 1, 100, members),
        Rule("incomes", "parts_sum_to_total", "income_total", _parts_differ, *sums),
        Rule("participation", "dropout_after_adoption", "to_year", _dropout_before_adoption, *order),
    ]
    return tuple(rules)


RULES = _rules()

MODEL_DECLARED, JOINING_LATE = "model_declared", "joining_late"
"""Rules that depend on the register's own models, and on its last year with incomes."""

LATE = 10
"""A joining up to so many years after the last year with incomes may be true; it is not yet in that window."""


def late(last: int) -> Rule:
    """The rule on joinings long after the last year with incomes."""
    words = (
        f"more than {LATE} years after the last year with incomes ({last}), and no joining that could be seen; correct the year, or, where the household "
        "never joined, delete the row",
        f"比有收入的最后一年({last})晚{LATE}年以上,不可能是实际参加年份;请改正,从未参加的请删除该行",
    )
    return Rule(
        "participation", JOINING_LATE, "from_year", lambda t: t["from_year"].between(last + LATE + 1, LAST_YEAR), *words,
        limits=(-LAST_YEAR, last + LATE),
    )  # fmt: skip


def years_of(incomes: ir.Table) -> tuple[int, ...]:
    """The years with incomes, of what may be a year."""
    inside = incomes.filter(incomes["year"].between(FIRST_YEAR, LAST_YEAR))
    return tuple(sorted(inside.select("year").distinct().to_pandas()["year"].astype(int)))
