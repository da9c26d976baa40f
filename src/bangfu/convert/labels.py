"""Value labels of a survey file: what they say of yes and no, of sex and of missing codes, and where a mapping contradicts it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from bangfu.convert.expressions import NotAllowed, Unreadable
from bangfu.convert.mapping import FileSpec, Variable
from bangfu.convert.values import answer_text, answers, female, matches

Labels = Mapping[Any, str]
Read = Callable[["pd.Series[Any]"], "tuple[pd.Series[float], pd.Series[bool]]"]

_NOT_APPLICABLE = re.compile(r"不适用|inapplicable|notapplicable|^n/?a$")
_MISSING = re.compile(
    r"拒绝|拒答|不知道|不清楚|说不清|不详|无法判断|缺失|[未不无没]回答|无应答|漏答|don'?t_?know|donotknow|^dk$|^rf$|refus"
    r"|missing|noanswer|noresponse|nonresponse|^unknown$"
)


def not_applicable(text: str) -> bool:
    """Whether a label says that the question does not apply."""
    return bool(_NOT_APPLICABLE.search(answer_text(text)))


def is_missing(text: str) -> bool:
    """Whether a label says that there is no answer: refused, not known, does not apply."""
    return not_applicable(text) or bool(_MISSING.search(answer_text(text)))


def missing_codes(labels: Labels) -> list[Any]:
    """The codes whose labels say that there is no answer."""
    return [code for code, text in labels.items() if is_missing(text)]


def reader(variable: str) -> Read:
    """How the answers of a variable are read."""
    return female if variable == "head_female" else answers


def decided(raw: pd.Series[Any], labels: Labels, read: Read) -> pd.Series[Any]:
    """Codes replaced by their labels; where labels turn the usual order of codes round, a code without one says nothing."""
    out = raw.map(lambda c: labels.get(c, c)).astype(object)
    said, plain = _said(read, list(labels.values())), _said(read, list(labels))
    if any(a is not None and b is not None and a != b for a, b in zip(said, plain, strict=True)):
        alone = raw.notna() & ~matches(raw, labels)
        out = out.mask(alone, "code without a label")
    return out


def contradictions(v: Variable, source: str, labels: Labels, read: Read) -> list[str]:
    """Where recode, missing or never of a variable say something else than the labels; empty where they agree."""
    given: dict[Any, str] = {}
    for key, value in v.recode.items():
        meant = _said(read, [value])[0]
        given |= {
            c: f"recode {_word(meant)}" for c in _codes(labels, [key]) if _against(read, labels[c], meant)
        }
    for name, codes, meant in (("missing", v.missing, None), ("never", v.never, 0.0)):
        for code in _codes(labels, codes):
            if _said(read, [labels[code]])[0] not in (None, meant):
                given[code] = name
    return [_pair(source, code, labels[code], said) for code, said in given.items()]


def contradicted_expression(
    v: Variable, spec: FileSpec, year: int | None, labelled: Mapping[str, Labels], read: Read
) -> list[str]:
    """The same for an expression of one labelled column, worked out for every code that has a label."""
    parsed = spec.read(v.expression, year)
    if len(parsed.names) != 1 or not labelled.get(parsed.names[0]):
        return []
    source, labels = parsed.names[0], labelled[parsed.names[0]]
    cells = pd.Series([labels[c] if v.labels else c for c in labels], dtype=object)
    try:
        given, _ = read(parsed.evaluate(lambda _: cells, cells.index))
    except (NotAllowed, Unreadable, KeyError, TypeError):
        return []  # said where the rows are read
    return [
        _pair(source, code, text, f"expr {_word(meant)}")
        for (code, text), meant in zip(labels.items(), given, strict=True)
        if pd.notna(meant) and _against(read, text, meant)
    ]


def _codes(labels: Labels, keys: Any) -> list[Any]:
    """The labelled codes that are one of the keys, by the code itself or by its label."""
    codes = pd.Series(list(labels), dtype=object)
    texts = pd.Series(list(labels.values()), dtype=object)
    return list(codes[matches(codes, keys) | matches(texts, keys)])


def _said(read: Read, cells: list[Any]) -> list[float | None]:
    one_by_one = [read(pd.Series([c], dtype=object))[0].iloc[0] for c in cells]
    return [None if pd.isna(s) else float(s) for s in one_by_one]


def _against(read: Read, text: str, meant: float | None) -> bool:
    said = _said(read, [text])[0]
    return said is not None and meant is not None and said != meant


def _word(meant: float | None) -> str:
    return {1.0: "= 1", 0.0: "= 0"}.get(meant if meant is not None else -1.0, "= ?")


def _pair(source: str, code: Any, text: str, given: str) -> str:
    return (
        f"{source}: {code:g} = {text!r} <> {given}"
        if isinstance(code, float)
        else f"{source}: {code} = {text!r} <> {given}"
    )
