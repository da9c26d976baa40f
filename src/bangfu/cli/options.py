"""Options that several commands share; those of the design are made from it, so that a flag and a keyword cannot part."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bangfu.design import KINDS, Design, choices
from bangfu.errors import WrongUse
from bangfu.given import kind_of

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.moments import Moments

Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Replace the file if it is there; never a link, a folder, a device or an input."
    ),
]

HELP = {
    "outcome": "Outcome to compare [default: income_per_head, or the first in the file]",
    "scale": "Scale of the gains: percent where the unit is known, else level.",
    "exposure": "Count a household as joining when it took part, or when its village was offered.",
    "control": "Households to compare with.",
    "missing": "Households with missing years to count.",
    "switchers": "What to do with households that take up a second model later.",
    "leavers": "What to do with households that leave a model.",
    "base": "Year before joining to compare with.",
    "anticipation": "Years before joining that may already be affected.",
    "cluster": "Level at which standard errors are clustered.",
    "by": "Household fact known before joining, or fact=break,break; may be given several times.",
    "late": "What to do with facts that are not older than joining.",
    "adjust": "Adjust the gains themselves by the facts.",
    "errors": "Kind of standard errors.",
    "best": "Which end ranks first; low for poverty outcomes.",
    "line": "Poverty line: yuan per head a year, a series' name, or 2015=2855,2016=2952.",
    "base_year": "Year whose prices are used [default: the last year]",
    "prices": "File with your own price index (CSV).",
    "drawn_by_lot": "Villages were drawn by lot.",
    "seed": "Seed of all random draws.",
}


def with_design(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command a flag for every option of the design that it does not name itself.

    The command takes them as ``**options``; what was not said is left out.
    """
    plain = inspect.signature(command, eval_str=True)
    own = [p for p in plain.parameters.values() if p.kind is not p.VAR_KEYWORD]
    names = [f.name for f in fields(Design) if f.name not in plain.parameters]

    def run(**given: Any) -> None:
        options = {name: given.pop(name) for name in names}
        said = {name: _read(name, value) for name, value in options.items() if value not in (None, [])}
        command(**given, **said)

    flags = [
        inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=_kind(n)) for n in names
    ]
    run.__doc__ = command.__doc__
    run.__signature__ = plain.replace(parameters=[p.replace(kind=p.KEYWORD_ONLY) for p in own] + flags)  # type: ignore[attr-defined]
    return run


def _kind(name: str) -> Any:
    kind, usual = KINDS[name], Design.__dataclass_fields__[name].default
    known = ", ".join(choices(kind))
    text = (
        HELP[name] + (f" {known}." if known else "") + (f" [{usual}]" if usual not in (None, False) else "")
    )
    flag = f"--{name.replace('_', '-')}"
    if kind is bool:
        return Annotated[bool | None, typer.Option(flag, help=text)]
    if name == "by":
        return Annotated[list[str] | None, typer.Option(flag, help=text)]
    if name == "prices":
        return Annotated[Path | None, typer.Option(flag, help=text)]
    whole = kind in (int, int | None)
    return (
        Annotated[int | None, typer.Option(flag, help=text)]
        if whole
        else Annotated[str | None, typer.Option(flag, help=text)]
    )


def _read(name: str, value: Any) -> Any:
    if name == "by":
        return _facts(value)
    return _line(value) if name == "line" else value


def _facts(texts: list[str]) -> dict[str, list[float] | None]:
    """``labour`` or ``land_mu=2,5,10``."""
    out: dict[str, list[float] | None] = {}
    for text in texts:
        name, _, breaks = text.partition("=")
        try:
            out[name] = [float(b) for b in breaks.split(",")] if breaks else None
        except ValueError:
            raise WrongUse(
                f"--by: breaks of {name} are not numbers: {breaks!r}; for example --by {name}=2,5,10",
                f"--by:{name} 的分组界限不是数字:{breaks!r};例如 --by {name}=2,5,10",
            ) from None
    return out


def holds(path: Path) -> str:
    """What a path given to a command holds: ``register``, or as :func:`bangfu.given.kind_of`."""
    from bangfu.register.home import is_register

    kind = kind_of(path)
    return "register" if kind in ("folder", "other") and is_register(path) else kind


def loaded_moments(files: list[Path], inside: bool) -> Moments:
    """Files of moments as one; ``inside`` keeps what would not go back to counties, and in the house."""
    from dataclasses import replace

    from bangfu.moments import Moments, merge_moments

    merged = merge_moments(*(Moments.load(p) for p in files))
    return replace(merged, inside=True) if inside else merged


def campaign(folder: Path | None) -> Campaign | None:
    """A campaign's record."""
    if folder is None:
        return None
    from bangfu.campaign import load_campaign

    return load_campaign(folder)


def _line(text: str) -> float | str | dict[str, float]:
    """A number, a series' name, or a value for each year."""
    try:
        if "=" not in text:
            return float(text)
        return {year: float(value) for year, _, value in (part.partition("=") for part in text.split(","))}
    except ValueError:
        return text
