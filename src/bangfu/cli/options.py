"""Options that several commands take: from what is typed to what the library takes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from bangfu.errors import WrongUse

if TYPE_CHECKING:
    from bangfu.campaign import Campaign

BY = "Household fact known before joining, or fact=break,break; may be repeated."
LATE = "Facts of the year of joining or later: refuse, or missing (a group of their own)."


def facts(texts: list[str] | None) -> dict[str, list[float] | None]:
    """``labour`` or ``land_mu=2,5,10``."""
    out: dict[str, list[float] | None] = {}
    for text in texts or ():
        name, _, breaks = text.partition("=")
        try:
            out[name] = [float(b) for b in breaks.split(",")] if breaks else None
        except ValueError:
            raise WrongUse(
                f"--by: breaks of {name} are not numbers: {breaks!r}; for example --by {name}=2,5,10",
                f"--by:{name} 的分组界限不是数字:{breaks!r};例如 --by {name}=2,5,10",
            ) from None
    return out


def line(text: str | None) -> float | str | None:
    """Yuan, or a series' name."""
    try:
        return None if text is None else float(text)
    except ValueError:
        return text


def campaign(folder: Path | None) -> Campaign | None:
    """A campaign's record."""
    if folder is None:
        return None
    from bangfu.campaign import load_campaign

    return load_campaign(folder)
