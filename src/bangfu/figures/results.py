"""What all figures of a comparison share: badge and foot of their register, names and colours of arms, units."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from bangfu.cells import CellsInfo
from bangfu.compare.release import marks
from bangfu.compare.terms import UNITS
from bangfu.errors import Language
from bangfu.figures.figure import Number
from bangfu.figures.style import arm_colour, arm_marker
from bangfu.figures.table import NO_ARMS
from bangfu.formats import interval, number
from bangfu.release import INSIDE, setting
from bangfu.words import Word

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axis import Axis

    from bangfu.compare import ModelComparison
    from bangfu.compare.statement import Statement

Arm = Callable[[str], Word]
"""How an arm prints: :meth:`bangfu.cells.CellsInfo.arm`."""

DECIMALS = {"percent": 1, "yuan": 0, "log points": 1, "share": 3, "": 3}

CAUTION = Word(
    "A gain goes with taking part; it is not shown to be caused by it, and results may differ for other households.",
    "相对增收与参加相关,不等于因果;推广到其他农户,未必有同样结果。",
)


def badge(info: CellsInfo) -> str:
    """The badge of a figure that is drawn from a register."""
    return "synthetic" if info.kind == "synthetic" else "own"


def source_of(result: ModelComparison) -> Word:
    """The foot of a figure of a comparison, with all that stands beside its numbers."""
    said = (*marks(result), *(r.words for r in result.remarks))
    return source(result.cells.info, result.cells.years, said)


def source(info: CellsInfo, years: tuple[int, ...], remarks: tuple[Word, ...] = ()) -> Word:
    """The foot: of what register, what is to be said of it, and that its households are invented where they are."""
    title = Word(
        f"{info.title_en}, {years[0]}-{years[-1]}", f"{info.title_zh},{years[0]}—{years[-1]}年"
    )  # the badge of a register of one's own
    inside = (INSIDE,) if setting() == "inside" and info.kind != "synthetic" and INSIDE not in remarks else ()
    for said in (*inside, *(a.words for a in info.accepted), *remarks):
        title = Word(f"{title.en}; {said.en}", f"{title.zh};{said.zh}")
    if info.kind != "synthetic":
        return title
    return Word(
        f"{title.en}. All households are invented; they say nothing about any real county.",
        f"{title.zh}。农户均由程序生成,并非真实,不反映任何县的情况。",
    )


def counted(result: ModelComparison) -> Word:
    """Joiners, comparison households and villages, for a subtitle."""
    joined, never, villages = (number(n.value) for n in counts(result).values())
    return Word(
        f"{joined} joiners, {never} comparison households, {villages} villages",
        f"参加户{joined}户,对照户{never}户,{villages}个村",
    )


def counts(result: ModelComparison) -> dict[str, Number]:
    """The numbers that :func:`counted` prints."""
    joined = result.counts["cohort"] > 0
    return {
        "joiners": Number(int(result.counts.loc[joined, "households"].sum()), "count"),
        "comparison": Number(int(result.counts.loc[~joined, "households"].sum()), "count"),
        "villages": Number(len(result.cells.villages), "count"),
    }


def backing(statements: Iterable[Statement], room: str = "") -> dict[str, Number]:
    """The numbers that statements print, by key; a figure that is not of the main comparison puts its own room before it."""
    return {
        f"{room}{key}": Number(
            value, UNIT_NAMES.get(unit, unit) or "own", *((low, high) if low == low else ())
        )
        for s in statements
        for key, (value, unit, low, high) in s.numbers.items()
    }


UNIT_NAMES = {"percent": "%"}


def measured(row: Mapping[Hashable, Any], unit: str) -> Number:
    """An estimate as a number that texts print, with its interval where there is one."""
    low, high = (float(row[end]) for end in ("ci_low", "ci_high"))
    ends = (low, high) if low == low else (None, None)
    return Number(float(row["estimate"]), unit, *ends)


def colour(arm: str, info: CellsInfo) -> str:
    """The colour of an arm of a register."""
    return arm_colour(arm, info.models)


def marker(arm: str, info: CellsInfo) -> str:
    """The marker of an arm of a register."""
    return arm_marker(arm, info.models)


def labelled(frame: pd.DataFrame, info: CellsInfo) -> pd.DataFrame:
    """A figure's data with the arms' titles beside their identifiers, where a register has its own."""
    if not info.own_names:
        return frame
    out = frame.copy()
    for column in (c for c in ("arm", "other") if c in frame.columns):
        names = [info.arm(a) if isinstance(a, str) and a not in NO_ARMS else None for a in frame[column]]
        at = list(out.columns).index(column) + 1
        out.insert(at, f"{column}_en", [n.en if n else "" for n in names])
        out.insert(at + 1, f"{column}_zh", [n.zh if n else "" for n in names])
    return out


def single(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of arms of one model that could be estimated: what titles speak of."""
    return table[~table["arm"].str.contains("+", regex=False) & table["estimate"].notna()]


def amount(value: float, unit: str, lang: Language, *, sign: bool = True) -> str:
    """An estimate with its unit."""
    return f"{number(value, DECIMALS[unit], sign=sign)}{UNITS[unit][lang]}"


def span(low: float, high: float, unit: str, lang: Language) -> str:
    """An interval with its unit; empty where there is none."""
    if unit == "percent":
        return interval(low, high, DECIMALS[unit], unit="%", lang=lang)
    text = interval(low, high, DECIMALS[unit], lang=lang)
    return f"{text}{UNITS[unit][lang]}" if text else ""


def in_unit(text: Word, unit: str) -> Word:
    """A label with its unit in brackets, where there is one."""
    if not UNITS[unit].en:
        return text
    return Word(f"{text.en} ({UNITS[unit].en.strip()})", f"{text.zh}({UNITS[unit].zh})")


def scale_name(scale: str, unit: str) -> Word:
    """A scale as it prints: the level by the outcome's unit, where it has one."""
    if scale == "level" and unit in ("yuan", "share"):
        return Word("yuan", "元") if unit == "yuan" else Word("share", "比例")
    return {"percent": Word("percent", "百分比"), "level": Word("level", "差额"), "log": Word("log", "对数")}[
        scale
    ]


def thousands(axis: Axis) -> None:
    """Tick labels of whole numbers as they print everywhere else."""
    axis.set_major_formatter(lambda v, _: number(v, 0 if float(v).is_integer() else 1))


def opening(text: str) -> str:
    """A text that opens a sentence; names keep their capitals."""
    return text[:1].upper() + text[1:]
