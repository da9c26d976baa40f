"""Amounts and weights as floats."""

from __future__ import annotations

from decimal import Decimal
from numbers import Real

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.frames.refusal import refuse

Floats = NDArray[np.float64]

LARGE = 1e100
"""No amount is as large; the squares of weighted sums stay finite."""

LEAST, MOST = 1e-9, 1e12
"""Weights between which squares of sums stay exact enough."""

_NUMBERS = ("integer", "floating", "mixed-integer-float")


def by_values(column: pd.Series) -> pd.Series:
    """A categorical column by its values."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return column
    values = pd.Series(column.cat.categories.array)
    return values.reindex(column.cat.codes).reset_index(drop=True)


def numbers(column: pd.Series, name: str) -> Floats:
    """A column of numbers; NaN where missing.

    Whole numbers of any width, floats and decimals are numbers. Text never is, whatever it looks like: 1,234 and 1.234
    mean different numbers in different offices, and nobody is asked. Nor are yes and no.

    Raises
    ------
    BangfuError
        For what is no number, infinite, or larger than 1e100.
    """
    column = by_values(column)
    dtype = column.dtype
    objects = pd.api.types.is_object_dtype(dtype)
    if pd.api.types.is_complex_dtype(dtype) or pd.api.types.is_bool_dtype(dtype):
        good = column.isna().to_numpy()
    elif pd.api.types.is_numeric_dtype(dtype):
        good = np.ones(len(column), dtype=bool)
    elif objects and pd.api.types.infer_dtype(column, skipna=True) not in _NUMBERS:
        good = np.fromiter((is_number(v) for v in column), dtype=bool, count=len(column))
        good |= column.isna().to_numpy()
    else:
        good = column.isna().to_numpy() | objects
    refuse(
        name, ~good, ("text, yes/no or other values that are not numbers stand", "含文本、是否或其他非数值"),
        ("convert them to numbers first, and what is not known to missing (NaN)", "请先转换为数值,不详的留空(NaN)"),
    )  # fmt: skip
    if pd.api.types.is_numeric_dtype(dtype):
        out: Floats = column.to_numpy(dtype=np.float64, na_value=np.nan)
    else:
        values = column.array
        gone = column.isna().to_numpy()
        out = np.array(
            [np.nan if g else _float(v) for v, g in zip(values, gone, strict=True)], dtype=np.float64
        )
    refuse(
        name, np.isinf(out), ("infinite values stand", "含无穷大"),
        ("correct them, or write missing (NaN) where the value is not known", "请改正;不详的留空(NaN)"),
    )  # fmt: skip
    refuse(
        name, np.abs(out) > LARGE, ("values larger than 1e100 stand", "含绝对值大于1e100的数值"),
        ("correct them, or write missing (NaN) where the value is not known", "请改正;不详的留空(NaN)"),
    )  # fmt: skip
    return out


def weights(column: pd.Series, name: str) -> Floats:
    """A column of weights: known, and larger than zero.

    Raises
    ------
    BangfuError
    """
    out = numbers(column, name)
    refuse(
        name, np.isnan(out), ("the weight is missing", "权数缺失"),
        ("fill it in, or leave these rows out", "请补全,或剔除这些行"),
    )  # fmt: skip
    refuse(
        name, (out < LEAST) | (out > MOST),
        ("weights that are not positive numbers (or beyond 1e-9 to 1e12) stand", "权数须为正数(且在1e-9与1e12之间),不符者"),
        ("correct them, or leave these rows out", "请改正,或剔除这些行"),
    )  # fmt: skip
    return out


def is_number(value: object) -> bool:
    """Whether a Python value is a real number; yes and no are not."""
    return isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_)


def _float(value: object) -> float:
    try:
        return float(value)  # type: ignore[arg-type]
    except OverflowError:  # a whole number beyond all floats
        return np.inf
    except ValueError:  # a decimal that signals that it is no number
        return np.nan
