"""Methods of a class whose work is done in a room above its own."""

from __future__ import annotations

from collections.abc import Callable
from types import MethodType
from typing import Any

_METHODS: dict[str, Callable[..., Any]] = {}


class FromAbove:
    """A method that :mod:`bangfu.attach` gives to a class, so that no room imports what is above it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = f"{owner.__name__}.{name}"

    def __get__(self, value: object | None, owner: type) -> Callable[..., Any]:
        function = _METHODS[self.name]
        return function if value is None else MethodType(function, value)


def attach(name: str, function: Callable[..., Any]) -> None:
    """Give a class its method, by the name ``Class.method``."""
    _METHODS[name] = function
