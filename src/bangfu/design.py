"""The design of a comparison: every option as one value, checked once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import isfinite
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, cast, get_args, get_origin, get_type_hints

from bangfu.errors import WrongUse
from bangfu.literals import (
    Base,
    Best,
    Cluster,
    Control,
    Errors,
    Exposure,
    Late,
    Leavers,
    Missing,
    Scale,
    Switchers,
    one_of,
)

SEED = 20_170_601

Pairs = tuple[tuple[str, tuple[float, ...] | None], ...]
By = str | Sequence[str] | Mapping[str, Sequence[float] | None] | Pairs
"""Household facts, each with its breaks or none; a design keeps pairs."""
Years = tuple[tuple[int, float], ...]
Line = float | str | Mapping[int, float] | Years
"""Yuan at the base year's prices; a published series; or yuan of each year at its own prices. A design keeps pairs."""

LOG = "log:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is compared with what, and how.

    An option that is ``None`` follows from the data: see each. Every value is checked when the design is made, and one
    that is not possible is refused by name; ``scale="yuan"`` is the older name of ``"level"``.

    Attributes
    ----------
    outcome : str, optional
        ``income_per_head`` of a register, the first outcome of cells. ``log:<outcome>`` is ``scale="log"`` of it.
    scale : {"percent", "level", "log"}, optional
        Ratio of means; difference in the outcome's own unit; difference of logarithms. Percent where the unit is known
        (incomes in yuan, poverty indices), level elsewhere.
    exposure : {"participation", "campaign"}, optional
        Taken up (of a register, unless said); or offered in the village (intention to treat).
    control : {"never", "never_elsewhere", "never_same_village", "not_yet"}
    missing : {"pairwise", "complete", "cross_section"}
    switchers : {"censor", "own_arm", "drop"}
    leavers : {"treated"}
        Households that leave still count as joiners.
    base : {"universal", "varying"}
        The last observed year before joining; before joining ``varying`` takes the year before instead.
    anticipation : int
        Years before joining that may already be affected.
    cluster : {"village_id", "township_id", "county_id"}
    by : sequence of str, or mapping of str to breaks, optional
        Household facts known before joining: covariate cells. Kept as a tuple of (fact, breaks or ``None``).
    late : {"refuse", "missing"}, optional
        Facts that are not older than joining: an error (of a register, unless said), or a covariate cell of their own.
    adjust : bool
        Adjust the gains themselves by ``by``.
    errors : {"cr2", "jackknife", "normal", "multiplier"}
        ``jackknife`` leaves out one village at a time. The last two only match other programs: with few villages they
        cover far less than they say.
    best : {"high", "low"}, optional
        Which gain ranks first; ``low`` for poverty outcomes.
    line : float, str or mapping of int to float, optional
        Poverty line, yuan per head a year; a series of the reference data; or a value for each year.
    base_year : int, optional
        Whose prices; the register's last year.
    prices : path, optional
        A price index of one's own in place of the shipped one.
    drawn_by_lot : bool
        Villages were: adds randomisation p-values.
    seed : int
        Of all draws.
    """

    outcome: str | None = None
    scale: Scale | None = None
    exposure: Exposure | None = None
    control: Control = "never"
    missing: Missing = "pairwise"
    switchers: Switchers = "censor"
    leavers: Leavers = "treated"
    base: Base = "universal"
    anticipation: int = 0
    cluster: Cluster = "village_id"
    by: By | None = None
    late: Late | None = None
    adjust: bool = False
    errors: Errors = "cr2"
    best: Best | None = None
    line: Line | None = None
    base_year: int | None = None
    prices: str | Path | None = None
    drawn_by_lot: bool = False
    seed: int = SEED

    def __post_init__(self) -> None:
        for name, kind in KINDS.items():
            value = getattr(self, name)
            if value is not None or not _optional(kind):
                object.__setattr__(self, name, _checked(name, value, kind))
        if self.outcome is not None and self.outcome.startswith(LOG):
            if self.scale not in (None, "log"):
                raise WrongUse(
                    f"outcome {self.outcome!r} is on the scale log, not {self.scale}; take scale='log', or the outcome {self.outcome.removeprefix(LOG)!r}",
                    f"指标 {self.outcome!r} 只能用 scale='log',不能用 {self.scale};或改用指标 {self.outcome.removeprefix(LOG)!r}",
                )
            object.__setattr__(self, "scale", "log")
            object.__setattr__(self, "outcome", self.outcome.removeprefix(LOG))

    @classmethod
    def of(cls, design: Design | None, **options: Any) -> Design:
        """A design, the usual one without, in which some options are changed.

        Raises
        ------
        WrongUse
            For an option that there is not, or a value that it may not have.
        """
        for name in options:
            one_of("option", name, KINDS)
        return replace(design or cls(), **options)

    def replace(self, **changes: Any) -> Self:
        """The same design in which some options are changed."""
        return cast(Self, Design.of(self, **changes))

    @property
    def column(self) -> str:
        """The outcome as cells hold it: ``log:<outcome>`` on that scale."""
        return f"{LOG if self.scale == 'log' else ''}{self.outcome or ''}"

    @property
    def facts(self) -> dict[str, tuple[float, ...] | None]:
        """``by`` as a mapping."""
        return dict(_facts(self.by or ()))

    def options(self) -> dict[str, Any]:
        """Every option as JSON holds it; ``Design(**options)`` is the same design."""
        out = asdict(self)
        if self.by is not None:
            out["by"] = {name: list(breaks) if breaks else None for name, breaks in self.facts.items()}
        if isinstance(self.line, tuple):
            out["line"] = {str(year): value for year, value in self.line}
        return out

    def to_json(self) -> str:
        """The design as a JSON object."""
        return json.dumps(self.options(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Design:
        """The inverse of :meth:`to_json`.

        Raises
        ------
        WrongUse
            For a text that is no JSON object, or an option that there is not.
        """
        try:
            options = json.loads(text)
        except ValueError:
            options = None
        if not isinstance(options, dict):
            raise WrongUse("a design is a JSON object of options", "设定应为由各选项组成的 JSON 对象")
        return cls.of(None, **options)


if TYPE_CHECKING:

    class Settled(Design):
        """A design in which nothing is left open; :func:`bangfu.cells.agreement.settled` makes one."""

        outcome: str
        scale: Scale
        exposure: Exposure
        by: Pairs
        late: Late
        best: Best

else:
    Settled = Design

KINDS: dict[str, Any] = get_type_hints(Design)
"""Option -> what it may be."""


def choices(kind: Any) -> tuple[str, ...]:
    """The values of an option that has a list of them.

    >>> choices(KINDS["scale"]), choices(KINDS["seed"])
    (('percent', 'level', 'log'), ())
    """
    return next((get_args(k) for k in (kind, *get_args(kind)) if get_origin(k) is Literal), ())


def _optional(kind: Any) -> bool:
    return type(None) in get_args(kind)


def _checked(name: str, value: Any, kind: Any) -> Any:
    if known := choices(kind):
        return one_of(name, value, known)
    if name == "by":
        return _facts(value)
    if name == "line":
        return _line(value)
    if name == "prices":
        return str(_typed(name, value, (str, Path), "a path", "文件路径"))
    if name == "outcome":
        return _typed(name, value, str, "a name", "指标名称")
    if kind is bool:
        return _typed(name, value, bool, "True or False", "True 或 False")
    if isinstance(value, bool):
        value = str(value)
    whole = int(_typed(name, value, Integral, "a whole number", "整数"))
    if whole < 0:
        raise _wrong(name, value, "a whole number of at least 0", "不小于0的整数")
    return whole


def _typed(name: str, value: Any, kind: Any, en: str, zh: str) -> Any:
    if not isinstance(value, kind):
        raise _wrong(name, value, en, zh)
    return value


def _wrong(name: str, value: object, en: str, zh: str) -> WrongUse:
    return WrongUse(f"{name} must be {en}, not {value!r}", f"{name} 应为{zh},而不是 {value!r}")


def _facts(by: Any) -> Pairs:
    """Names, or names with rising breaks."""
    pairs: dict[Any, Any]
    if isinstance(by, Mapping):
        pairs = dict(by)
    elif isinstance(by, str):
        pairs = {by: None}
    elif isinstance(by, Sequence) and all(isinstance(f, tuple) and len(f) == 2 for f in by):
        pairs = dict(by)
    elif isinstance(by, Sequence):
        pairs = dict.fromkeys(by)
    else:
        raise _wrong(
            "by",
            by,
            "names of household facts, or a mapping of names to breaks",
            "农户情况的名称,或名称到分组界限的映射",
        )
    out = []
    for name, breaks in pairs.items():
        _typed("by", name, str, "names of household facts", "农户情况的名称")
        if breaks is not None:
            if isinstance(breaks, str) or not all(_number(b) for b in breaks):
                raise _wrong(
                    "by", {name: breaks}, "numbers as breaks, such as (2, 5, 10)", "数字界限,如 (2, 5, 10)"
                )
            breaks = tuple(float(b) for b in breaks)
            if not breaks or list(breaks) != sorted(set(breaks)):
                raise WrongUse(
                    f"by: breaks of {name} must rise: {breaks}", f"by:{name} 的分组界限须由小到大:{breaks}"
                )
        out.append((name, breaks))
    return tuple(out)


def _line(line: Any) -> Line:
    if isinstance(line, str):
        return line
    values = dict(line) if isinstance(line, Mapping | tuple) else {0: line}
    if (
        not values
        or not all(_number(v) and v > 0 for v in values.values())
        or not all(str(y).lstrip("-").isdigit() for y in values)
    ):
        raise _wrong(
            "line",
            line,
            "yuan per head a year above 0, a series' name, or a value for each year",
            "大于0的每人每年元数、序列名或逐年数值",
        )
    if isinstance(line, Mapping | tuple):
        return tuple(sorted((int(y), float(v)) for y, v in values.items()))
    return float(line)


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and isfinite(float(value))
