"""How the outcomes of a file were made: what its ``spec`` may hold, whether of cells or of moments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bangfu.cells.schema import Name, Year
from bangfu.given import validated, wrong
from bangfu.literals import Exposure, Late

Finite = Annotated[float, Field(allow_inf_nan=False)]
Yuan = Annotated[float, Field(gt=0, le=1e15)]
ByYear = dict[str, Yuan]


class Spec(BaseModel):
    """What must agree before cells are merged; a flat panel has but some of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    outcomes: tuple[Name, ...] = ()
    by: dict[Name, Annotated[tuple[Finite, ...], Field(min_length=1)] | None] = {}
    weighted: bool = True
    units: dict[Name, Annotated[str, Field(max_length=100)]] = {}
    base_year: Year = 0
    prices: ByYear = {}
    line: ByYear = {}
    exposure: Exposure = "participation"
    late: Late = "refuse"
    income_concept: Annotated[str, Field(max_length=100)] = ""


def check_spec(spec: dict[str, Any], years: Sequence[int], file: str, place: str) -> None:
    """Refuse a spec that breaks a rule.

    Parameters
    ----------
    spec : dict
        Of JSON.
    years : sequence of int
        Of the file: prices and poverty lines are of these.
    file, place : str
        Where it stands.

    Raises
    ------
    BangfuError
        For the first field that does.
    """
    found = validated(TypeAdapter(Spec), spec, file, place)
    wanted = [str(year) for year in years]
    for name, values in (("prices", found.prices), ("line", found.line)):
        if name in spec and list(values) != wanted:
            raise wrong(
                file, f"{place}.{name}", "must have a value for each of the file's years", "应逐年给出数值"
            )
    for name, breaks in found.by.items():
        if breaks is not None and list(breaks) != sorted(set(breaks)):
            raise wrong(file, f"{place}.by.{name}", "must rise, each once", "须递增且不重复")
