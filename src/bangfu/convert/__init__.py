"""A survey (CFPS, CHFS, CHIP) or an office sheet into a register, by a mapping file."""

import sys
from types import ModuleType
from typing import Any

from bangfu.convert.report import ConvertReport
from bangfu.convert.run import convert
from bangfu.convert.suggest import Suggestion, suggest

__all__ = ["ConvertReport", "Suggestion", "convert", "suggest"]


class _Callable(ModuleType):
    """``bangfu.convert`` names both this package and its function, so the package may be called."""

    def __call__(self, *args: Any, **kwargs: Any) -> ConvertReport:
        return convert(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
