"""A small expression language for derived columns: parsed, never run as Python.

Allowed: numbers, texts, names of columns and variables, ``col("any header")``, ``+ - * /``, comparisons,
``and or not``, ``a if b else c``, ``in [..]`` and the functions of :data:`FUNCTIONS`. No attributes, no
indexing, no powers, no other calls; at most 500 characters and 120 parts.
"""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from bangfu.characters import half_width
from bangfu.convert.values import cell_text, header, matches, numbers

LONGEST, MOST_PARTS, LARGEST = 500, 120, 1e15
FUNCTIONS = {
    "col": "the column with this header",
    "total": "sum of those that are not missing; missing where all are",
    "coalesce": "the first that is not missing",
    "least": "the smaller",
    "greatest": "the larger",
    "missing": "whether a value is missing",
    "contains": "whether a text contains another",
    "joined": "texts joined with a separator: joined('-', a, b)",
}
_ARITHMETIC = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_ORDER = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
_NODES = (
    *(ast.Expression, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.Name),
    *(ast.Constant, ast.List, ast.Tuple, ast.Load, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or),
    *(*_ARITHMETIC, *_ORDER, ast.Eq, ast.NotEq, ast.In, ast.NotIn),
)


class NotAllowed(ValueError):
    """The expression uses something outside the language; the message says what, in English and in Chinese."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.en, self.zh = en, zh


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; ``names`` are the columns and variables that it reads."""

    text: str
    tree: ast.expr
    names: tuple[str, ...]

    def evaluate(self, look_up: Callable[[str], pd.Series[Any]], index: pd.Index[Any]) -> pd.Series[Any]:
        """The value for every row; ``look_up`` gives a column by name."""
        return _series(_value(self.tree, look_up, index), index)


def parse(text: str) -> Expression:
    """Parse an expression.

    Raises
    ------
    NotAllowed
        When it is no expression of this language.

    >>> parse("a + 2 * b").names
    ('a', 'b')
    """
    if len(text) > LONGEST:
        raise NotAllowed(f"longer than {LONGEST} characters", f"超过{LONGEST}个字符")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise NotAllowed("it cannot be read as an expression", "无法识别为表达式") from None
    parts = list(ast.walk(tree))
    if len(parts) > MOST_PARTS:
        raise NotAllowed(f"more than {MOST_PARTS} parts", f"超过{MOST_PARTS}个部分")
    functions = {id(p.func) for p in parts if isinstance(p, ast.Call)}
    names: list[str] = []
    for part in parts:
        if not isinstance(part, _NODES):
            raise NotAllowed(type(part).__name__, type(part).__name__)
        if isinstance(part, ast.Name) and id(part) not in functions:
            names.append(header(part.id))
        if isinstance(part, ast.Constant):
            _check_constant(part.value)
        if isinstance(part, ast.Call):
            names += _check_call(part)
        if isinstance(part, ast.Compare) and len(part.ops) > 1:
            raise NotAllowed("a chain of comparisons; join two with 'and'", "连续比较;请用 and 连接两个比较")
    return Expression(text, tree.body, tuple(dict.fromkeys(names)))


def is_condition(node: ast.expr) -> bool:
    """Whether the expression says yes or no of a row: a comparison, or several joined."""
    if isinstance(node, ast.BoolOp):
        return all(map(is_condition, node.values))
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not) and is_condition(node.operand)
    called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
    return isinstance(node, ast.Compare) or called in ("missing", "contains")


def named_texts(expression: Expression) -> list[tuple[str, str, bool]]:
    """Columns and the texts looked for in them: (column, text, whether the whole cell must be it)."""
    out = []
    for part in ast.walk(expression.tree):
        if isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "contains":
            out += [(column, t, False) for column in _column(part.args[0]) for t in _texts(part.args[1])]
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq | ast.In):
            out += [(column, t, True) for column in _column(part.left) for t in _texts(part.comparators[0])]
    return out


def _column(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "col":
        return [header(t) for t in _texts(node.args[0])]
    return [header(node.id)] if isinstance(node, ast.Name) else []


def _texts(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.List | ast.Tuple) else [node]
    return [p.value for p in parts if isinstance(p, ast.Constant) and isinstance(p.value, str)]


def _check_constant(value: object) -> None:
    good = isinstance(value, str) or (isinstance(value, int | float) and abs(value) <= LARGEST)
    if not good:
        raise NotAllowed(
            f"a constant of type {type(value).__name__} or too large",
            f"类型为 {type(value).__name__} 或过大的常数",
        )


def _check_call(part: ast.Call) -> list[str]:
    if not isinstance(part.func, ast.Name) or part.func.id not in FUNCTIONS or part.keywords or not part.args:
        raise NotAllowed(
            f"a call of something else than {', '.join(FUNCTIONS)}",
            f"调用了以下函数之外的内容:{'、'.join(FUNCTIONS)}",
        )
    constants = [a for a in part.args if isinstance(a, ast.Constant)]
    texts = [a.value for a in constants if isinstance(a.value, str)]
    if part.func.id == "col":
        if len(part.args) != 1 or len(texts) != 1:
            raise NotAllowed(
                'col takes one header in quotes: col("header")', 'col 只接受一个带引号的表头:col("表头")'
            )
        return [header(texts[0])]
    if part.func.id == "contains" and not (len(part.args) == 2 and part.args[1:] == constants[-1:] and texts):
        raise NotAllowed(
            "contains takes a column and a text in quotes", "contains 需要一列和一个带引号的文本"
        )
    if part.func.id == "joined" and not (
        constants[:1] == part.args[:1] and isinstance(constants[0].value, str)
    ):
        raise NotAllowed(
            "joined takes a separator in quotes first: joined('-', a, b)",
            "joined 的第一项应为带引号的分隔符:joined('-', a, b)",
        )
    return []


def _value(node: ast.expr, look_up: Callable[[str], pd.Series[Any]], index: pd.Index[Any]) -> Any:
    def sub(part: ast.expr) -> Any:
        return _value(part, look_up, index)

    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return look_up(header(node.id))
    if isinstance(node, ast.BinOp):
        return _ARITHMETIC[type(node.op)](_number(sub(node.left), index), _number(sub(node.right), index))
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.op, ast.Not):
            truth = _number(sub(node.operand), index)
            return (truth == 0).astype("float64").where(truth.notna())
        sign = -1.0 if isinstance(node.op, ast.USub) else 1.0
        return sign * _number(sub(node.operand), index)
    if isinstance(node, ast.BoolOp):
        return _logic(isinstance(node.op, ast.And), [_number(sub(v), index) for v in node.values])
    if isinstance(node, ast.IfExp):
        test = _number(sub(node.test), index)
        yes, no = _series(sub(node.body), index), _series(sub(node.orelse), index)
        return yes.astype(object).where(test != 0, no).where(test.notna(), None)
    if isinstance(node, ast.Compare):
        return _compared(node, sub, index)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id == "col" and isinstance(node.args[0], ast.Constant):
            return look_up(header(node.args[0].value))
        return _called(node.func.id, [sub(a) for a in node.args], index)
    raise NotAllowed(type(node).__name__, type(node).__name__)


def _compared(node: ast.Compare, sub: Callable[[ast.expr], Any], index: pd.Index[Any]) -> pd.Series[Any]:
    left, right, how = _series(sub(node.left), index), node.comparators[0], node.ops[0]
    if isinstance(how, ast.In | ast.NotIn):
        items = right.elts if isinstance(right, ast.List | ast.Tuple) else [right]
        if not all(isinstance(i, ast.Constant) for i in items):
            raise NotAllowed("'in' needs a list of constants", "in 之后应为常数列表")
        hit = matches(left, [i.value for i in items if isinstance(i, ast.Constant)])
        known = left.map(cell_text).notna()
        return (hit == isinstance(how, ast.In)).astype("float64").where(known)
    other = sub(right)
    if isinstance(how, ast.Eq | ast.NotEq) and (isinstance(other, str) or _is_text(left)):
        texts = left.map(cell_text)
        others = _series(other, index).map(cell_text)
        return (
            ((texts == others) == isinstance(how, ast.Eq))
            .astype("float64")
            .where(texts.notna() & others.notna())
        )
    a, b = _number(left, index), _number(other, index)
    test = {ast.Eq: operator.eq, ast.NotEq: operator.ne, **_ORDER}[type(how)]
    out: pd.Series[Any] = test(a, b).astype("float64").where(a.notna() & b.notna())
    return out


def _called(name: str, given: list[Any], index: pd.Index[Any]) -> Any:
    if name == "contains":
        texts = _series(given[0], index).map(cell_text)
        hits = [float(half_width(given[1]) in t) if isinstance(t, str) else np.nan for t in texts]
        return pd.Series(hits, index=index, dtype="float64")
    if name == "missing":
        return _series(given[0], index).map(cell_text).isna().astype("float64")
    if name == "joined":
        rows = zip(*(_series(g, index).map(cell_text) for g in given[1:]), strict=True)
        done = [None if any(pd.isna(t) for t in row) else str(given[0]).join(row) for row in rows]
        return pd.Series(done, index=index, dtype=object)
    if name == "coalesce":
        out = _series(given[0], index)
        for more in given[1:]:
            out = out.astype(object).where(out.map(cell_text).notna(), _series(more, index))
        return out
    frame = pd.concat([_number(g, index) for g in given], axis=1)
    if name == "total":
        return frame.sum(axis=1, min_count=1)
    return frame.min(axis=1, skipna=False) if name == "least" else frame.max(axis=1, skipna=False)


def _logic(both: bool, given: list[pd.Series[Any]]) -> pd.Series[Any]:
    frame = pd.concat(given, axis=1)
    decided = (frame == 0).any(axis=1) if both else ((frame != 0) & frame.notna()).any(axis=1)
    other = 1.0 if both else 0.0
    return pd.Series(
        np.where(decided, 1 - other, np.where(frame.isna().any(axis=1), np.nan, other)), frame.index
    )


def _is_text(column: pd.Series[Any]) -> bool:
    return not pd.api.types.is_numeric_dtype(column) and bool(numbers(column)[1].any())


def _number(value: Any, index: pd.Index[Any]) -> pd.Series[Any]:
    if isinstance(value, str):
        raise NotAllowed(f"arithmetic with the text {value[:20]!r}", f"对文本 {value[:20]!r} 做算术")
    values, bad = numbers(_series(value, index))
    if bad.any():
        raise Unreadable(bad)
    return values


def _series(value: Any, index: pd.Index[Any]) -> pd.Series[Any]:
    if isinstance(value, pd.Series):
        return value
    dtype = object if isinstance(value, str) else "float64"
    return pd.Series([value] * len(index), index=index, dtype=dtype)


class Unreadable(ValueError):
    """A column that takes part in arithmetic holds something that is not a number."""

    def __init__(self, rows: pd.Series[bool]) -> None:
        super().__init__("not a number")
        self.rows = rows
