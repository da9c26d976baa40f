"""Identifiers: units, clusters, arms, covariates. One thing has one name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from bangfu.frames.refusal import Masked, refuse
from bangfu.frames.values import by_values

EXACT = 2.0**53
"""Whole numbers beyond this lose digits as floats."""

_TEXT, _NUMBER = ("string", "empty"), ("integer", "floating", "mixed-integer-float")


@dataclass(frozen=True, slots=True)
class Codes:
    """A column of identifiers.

    Attributes
    ----------
    of : int array (rows,)
        Position in ``values``; -1 where missing.
    values : Series
        The distinct identifiers, as they stand.
    """

    of: NDArray[np.int64]
    values: pd.Series

    def at(self, marked: Masked) -> Masked:
        """Rows of some of the values."""
        return np.append(marked, False)[self.of]


def identifiers(column: pd.Series, name: str, *, blank: bool = False, any_value: bool = False) -> Codes:
    """A column of text or whole numbers that name something.

    Parameters
    ----------
    column : Series
    name : str
    blank : bool
        Whether it may be missing or blank.
    any_value : bool
        Whether dates, yes and no, and numbers that are not whole may stand too (covariates).

    Raises
    ------
    BangfuError
        For text among numbers, blanks, and identifiers that only differ in blanks, width or a trailing ``.0``.
    """
    column = by_values(column)
    _alike(column, name, any_value)
    of, values = pd.factorize(column)
    codes = Codes(of.astype(np.int64), pd.Series(values))
    text = pd.api.types.infer_dtype(codes.values, skipna=True) in _TEXT
    empty = np.zeros(len(values), dtype=bool)
    if text:
        refuse(
            name, codes.at(codes.values.map(_broken).to_numpy(dtype=bool)), ("text with broken characters stands", "含损坏的字符"),
            ("read the file in its own encoding", "请按原编码重新读取文件"),
        )  # fmt: skip
        empty = (folded(codes.values) == "").to_numpy(dtype=bool)
        refuse(
            name, codes.at(twins(codes.values)),
            ("identifiers that differ only in blanks, width or a trailing .0 from others stand", "有标识仅在空格、全半角或末尾.0上与其他标识不同"),
            ("write each in one way", "请统一写法"),
        )  # fmt: skip
    elif not any_value:
        number = codes.values.to_numpy(dtype=float)
        with np.errstate(invalid="ignore"):
            wrong = ~np.isfinite(number) | (number % 1 != 0)
            if pd.api.types.is_float_dtype(codes.values.dtype):
                wrong |= np.abs(number) > EXACT
        refuse(
            name, codes.at(wrong), ("numbers that are not whole, or have lost digits as floats, stand", "含非整数,或因浮点而丢失末位的数"),
            ("read identifiers as text", "请将标识按文本读入"),
        )  # fmt: skip
    of = np.where(codes.at(empty), -1, codes.of)
    if not blank:
        refuse(
            name,
            of < 0,
            ("missing or blank", "缺失或空白"),
            ("every row needs it: fill it in", "每行都须填写"),
        )
    return Codes(of, codes.values)


def folded(values: pd.Series) -> pd.Series:
    """Text after NFKC, without outer, doubled and invisible blanks, and whole numbers without ``.0``."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = pc.utf8_normalize(pa.array(values, type=pa.large_string(), from_pandas=True), form="NFKC")
    text = pc.replace_substring_regex(text, r"[\x{200B}-\x{200D}\x{2060}\x{FEFF}]", "")
    text = pc.utf8_trim_whitespace(pc.replace_substring_regex(text, r"[\s\x{0085}\x{2028}\x{2029}]+", " "))
    text = pc.replace_substring_regex(text, r"^(-?\d+)\.0+$", r"\1")
    return pd.Series(text.to_numpy(zero_copy_only=False), index=values.index, dtype=object)


def twins(values: pd.Series) -> Masked:
    """Which of some distinct texts are another spelling of one before them."""
    return folded(values).duplicated().to_numpy(dtype=bool)


def _broken(text: str) -> bool:
    """Whether half a character stands in a text, which no file can hold."""
    return not text.isascii() and any("\ud800" <= c <= "\udfff" for c in text)


def _alike(column: pd.Series, name: str, any_value: bool) -> None:
    """Refuse text among numbers, and what is neither."""
    kind = pd.api.types.infer_dtype(column, skipna=True)
    if kind in _TEXT or kind in _NUMBER or column.isna().all():
        return
    do = (
        "write all as text (column.astype(str)), after making sure that 1, 1.0 and '1' are the same",
        "请先确认 1、1.0 与 '1' 是否同一,再统一为文本",
    )
    if any_value and not kind.startswith("mixed"):
        return
    there = column.notna().to_numpy()
    if kind.startswith("mixed"):
        texts = np.fromiter((isinstance(v, str) for v in column), dtype=bool, count=len(column))
        rarer = texts if texts.sum() * 2 <= there.sum() else ~texts
        refuse(
            name,
            there & rarer,
            ("text and numbers (or other kinds) are mixed", "文本与数值(或其他类型)混杂"),
            do,
        )
    refuse(
        name, there, ("values that are neither text nor whole numbers stand", "既非文本也非整数"),
        ("write identifiers as text or whole numbers", "标识须为文本或整数"),
    )  # fmt: skip


def arm_names(column: pd.Series, name: str, starts: NDArray[np.int64]) -> NDArray[np.object_]:
    """Arms as text by row; empty for rows that are never treated.

    Those carry no arm, or all the same label, which no treated row has: an arm without a first time would otherwise
    make a comparison unit of one that took part.

    Parameters
    ----------
    column : Series
    name : str
    starts : int array (rows,)
        First treated times; 0 for never.

    Raises
    ------
    BangfuError
    """
    codes = identifiers(column, name, blank=True)
    texts = folded(codes.values.map(lambda v: v if isinstance(v, str) else f"{v:.0f}").astype(str))
    treated, given = starts != 0, codes.of >= 0
    refuse(
        name, treated & ~given, ("the arm of treated units is missing", "参加单位的参加组合缺失"),
        ("name what they took up", "请填写参加组合"),
    )  # fmt: skip
    labels = np.unique(codes.of[~treated])
    zero = np.append((texts == "0").to_numpy(dtype=bool), False)[codes.of]
    if len(labels) > 1 or np.isin(codes.of[treated], labels).any():
        refuse(
            name, ~treated & given & ~zero, ("an arm stands without a first treated time", "有参加组合而无起始时间"),
            ("give the first time, or leave the arm empty where nothing was taken up", "请补上起始时间;未参加的请将参加组合留空"),
        )  # fmt: skip
    odd = [not all(part.strip() for part in text.split("+")) or not text.isprintable() for text in texts]
    refuse(
        name, treated & codes.at(np.array(odd, dtype=bool)), ("arms with an empty part or control characters stand", "参加组合含空项或控制字符"),
        ("write names joined with +", "请写为以+连接的名称"),
    )  # fmt: skip
    return np.where(treated, np.append(texts.to_numpy(dtype=object), "")[codes.of], "")
