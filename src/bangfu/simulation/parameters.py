"""The parameters of the invented world: one TOML file, validated, changed by scenarios and by users."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bangfu.errors import DataFault, Fault, WrongUse

Value = bool | int | float | str | list[float] | list[str]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes
    ----------
    name : str
        ``group.name``.
    value : number, bool, text or list
    unit, source : str
        ``source`` is ``choice`` where no source is claimed.
    low, high : float or None
        What is accepted; of a list, every entry.
    total : float or None
        What the entries of a list add up to.
    allowed : tuple of str
        The accepted texts.
    """

    name: str
    value: Value
    unit: str
    source: str
    low: float | None = None
    high: float | None = None
    total: float | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Parameters:
    """All parameters by name; values are read with ``p["group.name"]``."""

    entries: Mapping[str, Parameter]
    changed: tuple[str, ...] = field(default=())

    def __getitem__(self, name: str) -> float:
        value = self.entries[name].value
        if isinstance(value, (list, str)):
            raise TypeError(f"{name} is not a number")
        return float(value)

    def integer(self, name: str) -> int:
        """A whole number."""
        return round(self[name])

    def text(self, name: str) -> str:
        """A text."""
        return str(self.entries[name].value)

    def flag(self, name: str) -> bool:
        """True or false."""
        return bool(self.entries[name].value)

    def array(self, name: str) -> NDArray[np.float64]:
        """A list of numbers."""
        return np.asarray(self.entries[name].value, dtype=np.float64)

    @property
    def spills(self) -> bool:
        """Whether households that did not join feel the models."""
        return self["gain.scale"] != 0 and (self["gain.spillover"] != 0 or self["gain.price_effect"] != 0)

    def with_values(self, values: Mapping[str, Any]) -> Parameters:
        """A copy with other values, validated.

        Raises
        ------
        DataFault
            With every unknown name and every value that is not accepted.
        """
        faults = [f for name, value in values.items() for f in _faults(self.entries.get(name), name, value)]
        if faults:
            raise DataFault(faults)
        new = {name: replace(self.entries[name], value=value) for name, value in values.items()}
        different = [n for n in new if new[n].value != self.entries[n].value]
        return Parameters({**self.entries, **new}, tuple(dict.fromkeys((*self.changed, *different))))


def shipped_text() -> str:
    """The shipped parameter file."""
    return (files("bangfu.simulation") / "parameters.toml").read_text(encoding="utf-8")


def defaults() -> Parameters:
    """The shipped parameters."""
    entries = {}
    for name, leaf in _leaves(tomllib.loads(shipped_text())):
        allowed = tuple(leaf.pop("allowed", ()))
        entries[name] = Parameter(name=name, allowed=allowed, **leaf)
    return Parameters(entries)


def load(path: str | Path | None = None) -> Parameters:
    """The shipped parameters, with those of a user's file in their place.

    Parameters
    ----------
    path : path, optional
        TOML in the layout of the shipped file; it may hold fewer parameters, and ``name = value`` in short.

    Raises
    ------
    WrongUse
        When there is no such file.
    DataFault
        When it is not TOML, or names or values are not accepted.
    """
    shipped = defaults()
    if path is None:
        return shipped
    path = Path(path)
    if not path.is_file():
        raise WrongUse(f"no parameter file {path}", f"找不到参数文件 {path}")
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        words = f"not valid TOML: {error}", f"不是有效的 TOML:{error}"
        raise DataFault([Fault(path.name, "readable", *words)]) from None
    return shipped.with_values({name: leaf["value"] for name, leaf in _leaves(content)})


def _leaves(content: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, entry in content.items():
        name = f"{prefix}{key}"
        if isinstance(entry, dict) and "value" in entry:
            yield name, dict(entry)
        elif isinstance(entry, dict):
            yield from _leaves(entry, f"{name}.")
        else:
            yield name, {"value": entry}


def _faults(known: Parameter | None, name: str, value: Any) -> Iterator[Fault]:
    def fault(rule: str, en: str, zh: str) -> Fault:
        return Fault("parameters", rule, en, zh, column=name, value=str(value))

    if known is None:
        yield fault(
            "known_name", "there is no such parameter; see the shipped file", "没有这个参数,请对照随附文件"
        )
        return
    if isinstance(known.value, list):
        if not isinstance(value, list) or len(value) != len(known.value):
            words = f"a list of {len(known.value)} numbers is needed", f"应为{len(known.value)}个数的列表"
            yield fault("list_length", *words)
            return
        numbers = value
    elif isinstance(known.value, bool):
        if not isinstance(value, bool):
            yield fault("flag", "true or false is needed", "应为 true 或 false")
        return
    elif isinstance(known.value, str):
        if value not in known.allowed:
            options = ", ".join(known.allowed)
            yield fault("allowed", f"not one of: {options}", f"应为以下之一:{options}")
        return
    else:
        numbers = [value]
    for number in numbers:
        if isinstance(number, bool) or not isinstance(number, (int, float)) or number != number:
            yield fault("number", "a number is needed", "应为数字")
            return
    whole = all(isinstance(v, int) for v in (known.value if isinstance(known.value, list) else [known.value]))
    if whole and not all(float(number).is_integer() for number in numbers):
        yield fault("whole_number", "a whole number is needed", "应为整数")
    low = -np.inf if known.low is None else known.low
    high = np.inf if known.high is None else known.high
    if not all(low <= number <= high for number in numbers):
        yield fault("range", f"outside {low} to {high}", f"超出{low}至{high}")
    if known.total is not None and abs(sum(numbers) - known.total) > 1e-6:
        yield fault("total", f"the entries must add up to {known.total}", f"各项之和应为{known.total}")
