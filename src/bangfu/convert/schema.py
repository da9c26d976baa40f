"""What a mapping file may hold: its tables, every key and its type, as pydantic models."""

from __future__ import annotations

import codecs
import unicodedata
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    model_validator,
)
from pydantic import ValidationInfo as Info
from pydantic_core import PydanticCustomError

from bangfu.convert.expressions import LARGEST, Expression, NotAllowed, is_condition, parse
from bangfu.convert.values import header
from bangfu.register.info import CONCEPTS, KINDS
from bangfu.register.tables import COLUMNS, IDENTIFIER

MONEY = {"yuan": 1.0, "元": 1.0, "thousand_yuan": 1e3, "千元": 1e3, "ten_thousand_yuan": 1e4, "万元": 1e4}
MONEY |= {"百元": 1e2, "百万元": 1e6, "亿元": 1e8}
AREAS = {"mu": 1.0, "亩": 1.0, "hectare": 15.0, "公顷": 15.0}
UNITS = MONEY | AREAS
"""Unit -> factor to yuan, or to mu (1 hectare is 15 mu)."""

PERIODS = {"year": 1.0, "quarter": 4.0, "month": 12.0}
AGGREGATES = ("sum", "count", "max", "min", "first")
KNOWN = set(COLUMNS["households"]) | set(COLUMNS["incomes"])
"""Variables that become a column of the register; all others only help to make these."""

STORED = {c: kind for columns in COLUMNS.values() for c, kind in columns.items()}
IDENTIFIERS = {c for c, kind in STORED.items() if kind == IDENTIFIER}
AMOUNTS = {c for c in KNOWN if c.startswith("income_")} | {"consumption"}
YEAR_MARKS, WAVE_MARKS = ("{year}", "{yy}"), ("{wave}", "{ww}")


def wrong(rule: str, en: str = "", zh: str = "") -> PydanticCustomError:
    """A fault by the name of its rule; what would be right is filled into the rule's words."""
    return PydanticCustomError(rule, "{en}", {"en": en, "zh": zh or en})  # type: ignore[arg-type]


def _must(test: Callable[[Any], bool], rule: str, en: str = "", zh: str = "") -> AfterValidator:
    def check(value: Any) -> Any:
        if not test(value):
            raise wrong(rule, en, zh)
        return value

    return AfterValidator(check)


def _one_of(known: Collection[str]) -> AfterValidator:
    return _must(lambda v: v in known, "known_value", ", ".join(known), "、".join(known))


def _tuple(*alone: type) -> BeforeValidator:
    """A list; where ``alone`` names a type, one such value too."""
    return BeforeValidator(lambda v: tuple(v) if isinstance(v, list) else (v,) if type(v) in alone else v)


def printable(text: str, also: str = "") -> bool:
    """Without control characters and without marks of direction or format, that nobody sees."""
    return all(unicodedata.category(c) not in ("Cc", "Cf", "Zl", "Zp") or c in also for c in text)


def _constant(value: Any) -> Any:
    if isinstance(value, str | bool) or (isinstance(value, int | float) and abs(value) <= LARGEST):
        return value
    raise wrong("constant")


def _key(value: Any) -> str:
    if not isinstance(value, Key):
        raise wrong("known_key", "from, expr, value")
    return value


def _codes(value: Any, info: Info) -> Any:
    """Missing codes: a list, or the name of one under ``[codes]``."""
    if isinstance(value, str):
        known = (info.context or {}).get("codes", {})
        if value not in known:
            raise PydanticCustomError("known_codes", "", {"near": value, "known": list(known)})
        value = known[value] if isinstance(known[value], list) else []
    return tuple(value) if isinstance(value, list) else value


def _parsed(text: str) -> Expression:
    for mark in (*YEAR_MARKS, *WAVE_MARKS):
        text = text.replace(mark, "2000")
    try:
        return parse(text)
    except NotAllowed as error:
        raise wrong("expression_allowed", error.en, error.zh) from None


def _decodes(name: str) -> bool:
    try:
        return bool(codecs.lookup(name)._is_text_encoding) and "1,".encode(name).decode(name) == "1,"
    except (LookupError, ValueError):
        return False


_FILLED = _must(lambda v: bool(header(v) if isinstance(v, str) else v), "not_empty")
_ONCE = _must(lambda v: len(set(v)) == len(v), "each_once")
Text = Annotated[str, _FILLED]
Title = Annotated[Text, _must(printable, "printable")]
Notes = Annotated[str, _must(lambda v: printable(v, "\n\r\t"), "printable")]
Header = Annotated[Text, AfterValidator(header)]
Constant = Annotated[Any, PlainValidator(_constant)]
Code = Annotated[Constant, _must(lambda v: not isinstance(v, bool), "constant")]
Formula = Annotated[Text, _must(lambda v: bool(_parsed(v)), "expression_allowed")]
Condition = Annotated[Text, _must(lambda v: is_condition(_parsed(v).tree), "condition")]
Year = Annotated[int, _must(lambda v: 1900 <= v <= 2100, "year_range")]
Row = Annotated[int, _must(lambda v: 1 <= v <= 1000, "row_number")]
Encoding = Annotated[Text, _must(_decodes, "known_value", "utf-8, gb18030, utf-16, ...")]
Delimiter = Annotated[
    str, _must(lambda v: len(v) == 1 and v not in '"\r\n\0' and not v.isalnum(), "delimiter")
]
ModelId = Annotated[Title, _must(lambda v: "+" not in v and v == v.strip(), "model_id")]


class Key(str):
    """The name of a table, which its own key gives: no text of the file is one."""

    __slots__ = ()


class Table(BaseModel):
    """A table of the mapping: strict types, and no key but its own."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Variable(Table):
    """How one variable is made: from a column, an expression or a constant; then codes, then units.

    ``name`` is the key that the variable stands under, not a key of its own. ``labels`` is ``None`` where the mapping does
    not say; ``unit`` is empty so, and the file's own unit counts then.
    """

    name: Annotated[str, PlainValidator(_key)]
    sources: Annotated[tuple[Header, ...], _tuple(str), _FILLED, _ONCE] = Field((), alias="from")
    expression: Formula = Field("", alias="expr")
    value: Constant | None = None
    missing: Annotated[tuple[Code, ...], BeforeValidator(_codes)] = ()
    never: Annotated[tuple[Code, ...], BeforeValidator(_codes)] = ()
    recode: dict[str, Constant] = Field(default_factory=dict)
    labels: bool | None = None
    unit: Annotated[str, _one_of(UNITS)] = ""
    per: Annotated[tuple[Annotated[str, _one_of(("head", *PERIODS))], ...], _tuple(str), _ONCE] = ()
    optional: bool = False
    blank: Annotated[str, _one_of(("unknown", "no"))] = "unknown"
    width: Annotated[int, _must(lambda v: 0 <= v <= 40, "range", "0-40")] = 0

    @property
    def factor(self) -> float:
        """What figures are multiplied by for their periods, to a year."""
        factor = 1.0
        for one in self.per:
            factor *= PERIODS.get(one, 1.0)
        return factor

    @property
    def per_head(self) -> bool:
        """Whether figures are multiplied by the members."""
        return "head" in self.per

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = self.model_fields_set
        if len(given & {"sources", "expression", "value"}) != 1:
            raise wrong("one_origin", "from, expr, value")
        if len(set(self.per) & set(PERIODS)) > 1:
            raise wrong("one_period")
        known, amount = self.name in KNOWN, self.name in AMOUNTS
        units = MONEY if amount else AREAS if self.name == "land_mu" else {} if known else UNITS
        if amount and self.expression and is_condition(_parsed(self.expression).tree):
            raise wrong("amount", self.expression)
        if self.unit not in ("", *units):
            raise wrong("option_fits", f"unit = {self.unit}")
        if self.per and known and not amount:
            raise wrong("option_fits", "per")
        if self.width and known and self.name not in IDENTIFIERS:
            raise wrong("option_fits", "width")
        return self


class FileSpec(Table):
    """One kind of input file, or of sheet."""

    name: Title
    match: Text
    wave: Year | None = None
    years: Annotated[tuple[Year, ...], _tuple(), _FILLED, _ONCE] = ()
    sheet: Annotated[tuple[Text, ...], _tuple(str), _FILLED, _ONCE] = ()
    header_rows: Annotated[
        tuple[Row, ...], _tuple(int), _FILLED, _must(lambda v: list(v) == sorted(set(v)), "row_number")
    ] = Field((1,), alias="header_row")
    encoding: Encoding = ""
    delimiter: Delimiter = ""
    unit_row: Annotated[int, _must(lambda v: 1 <= v <= 1000, "row_number")] = 0
    fill_down: Annotated[tuple[Header, ...], _tuple(), _ONCE] = ()
    not_totals: Annotated[tuple[Text, ...], _tuple(), _FILLED, _ONCE] = ()
    keep: Condition = ""
    adds_to: Text = ""
    key: Text = "household_id"
    combine: dict[str, Annotated[str, _one_of(AGGREGATES)]] = Field(default_factory=dict)
    table: dict[str, Variable] = Field(default_factory=dict, alias="variables")

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The file's variables, the shared ones among them."""
        return tuple(self.table.values())

    @property
    def by_year(self) -> bool:
        """Whether a row holds for one year (of an added file: joined by household and year)."""
        return bool(self.years) or "year" in self.table

    def fill(self, text: str, year: int | None) -> str:
        """The text with ``{wave}``, ``{ww}``, ``{year}``, ``{yy}`` filled in."""
        for marks, number in ((WAVE_MARKS, self.wave), (YEAR_MARKS, year)):
            if number is not None:
                text = text.replace(marks[0], str(number)).replace(marks[1], f"{number % 100:02d}")
        return text

    def read(self, text: str, year: int | None) -> Expression:
        """The expression for one year."""
        return parse(self.fill(text, year))


class Participation(Table):
    """How joining a model is known: by a yes/no variable, by the variable of a date, or by a date that a yes confirms."""

    model: str
    yes: str = ""
    since: str = ""
    until: str = ""
    support_yuan: str = ""
    contract: str = ""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if not self.yes and not self.since:
            raise wrong("one_origin", "yes, since")
        if self.until and not self.since:
            raise wrong("option_fits", "until")
        return self


class Model(Table):
    """An income model of the register's own."""

    id: ModelId
    title_en: Title
    title_zh: Title


class Register(Table):
    """What goes to ``register.toml``."""

    id: Title
    title_en: Title
    title_zh: Title
    kind: Annotated[str, _one_of(KINDS)]
    income_concept: Annotated[str, _one_of(CONCEPTS)] = CONCEPTS[0]
    own_consumption: bool | None = None
    licence: Notes = ""
    citation: Notes = ""
    notes: Notes = ""


class Options(Table):
    """What to do where the files leave a choice."""

    unreadable: Annotated[str, _one_of(("refuse", "missing"))] = "refuse"
    unreadable_joining: Annotated[str, _one_of(("refuse", "leave_out"))] = "refuse"
    duplicates: Annotated[str, _one_of(("refuse", "first", "last"))] = "refuse"
    parts: Annotated[str, _one_of(("keep", "total"))] = "keep"
    unmatched_joining: Annotated[str, _one_of(("refuse", "drop"))] = "refuse"
    no_participation: bool = False
    place_spellings: Annotated[str, _one_of(("refuse", "apart"))] = "refuse"


class Link(Table):
    """How households are followed over waves whose identifiers change."""

    earlier: Annotated[Text, _must(lambda v: any(m in v for m in WAVE_MARKS), "mark_there", "{wave}, {ww}")]
    split_offs: Annotated[str, _one_of(("new", "drop"))] = "new"


_Lines = Annotated[tuple[Notes, ...], _tuple()]


class About(Table):
    """Which files the mapping was written for, and what to beware of."""

    access: Notes = ""
    written_against: _Lines = ()
    verified: _Lines = ()
    unverified: _Lines = ()
    cautions: _Lines = ()
    cautions_zh: _Lines = ()


class Mapping(Table):
    """A whole mapping file."""

    path: Path = Path()
    info: Register = Field(alias="register")
    about: About = About()
    options: Options = Options()
    link: Link | None = None
    codes: dict[str, Annotated[tuple[Code, ...], _tuple(), _FILLED]] = Field(default_factory=dict)
    shared: dict[str, Variable] = Field(default_factory=dict, alias="variables")
    files: Annotated[tuple[FileSpec, ...], _tuple(), _FILLED]
    participation: Annotated[tuple[Participation, ...], _tuple()] = ()
    models: Annotated[tuple[Model, ...], _tuple(), _FILLED] = ()
