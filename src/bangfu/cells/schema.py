"""What a file of cells may hold: its description, its columns, and the rules that every row keeps.

A digest of every field and column tells which was changed by accident. It is no protection against forgery: whoever
alters a file can make the digests again, and what then keeps the rules is believed.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bangfu.cells.info import PLACE, CellsInfo
from bangfu.cells.paths import Path
from bangfu.characters import unfit, visible
from bangfu.formats import number
from bangfu.given import digests_of, refuse_changed, validated, wrong
from bangfu.literals import MOST_TIMES
from bangfu.register.info import KINDS

FORMAT = 4
LONGEST_NAME = 1_000
LONGEST_TEXT = 20_000
MOST_ROWS = 200_000_000

Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Year = Annotated[int, Field(ge=-9999, le=9999)]


class Described(BaseModel):
    """The description in the file's metadata.

    Attributes
    ----------
    format : int
    rows : int
    years : tuple of int
        Rising.
    outcomes, by : tuple of str
        Each once.
    info : CellsInfo
    sha256 : dict of str to str
        Digest of each field (``info.kind``) and column (``column weight``).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[4]
    rows: Annotated[int, Field(ge=1, le=MOST_ROWS)]
    years: Annotated[tuple[Year, ...], Field(min_length=1, max_length=MOST_TIMES)]
    outcomes: Annotated[tuple[Name, ...], Field(min_length=1, max_length=1_000)]
    by: Annotated[tuple[Name, ...], Field(max_length=100)]
    info: CellsInfo
    sha256: dict[str, str]


def described(meta: dict[str, Any], file: str) -> Described:
    """The description, once it keeps every rule.

    Raises
    ------
    BangfuError
        For the first field that does not.
    """
    from bangfu.cells.spec import check_spec

    info = meta.get("info")
    if isinstance(info, dict):  # a class would fill in or pass over these in silence
        for name in {f.name for f in dataclasses.fields(CellsInfo)} ^ info.keys():
            en, zh = (
                ("no such field is known", "没有此项")
                if name in info
                else ("this field is missing", "缺少此项")
            )
            raise wrong(file, f"info.{name}", en, zh)
    found = validated(TypeAdapter(Described), meta, file)
    if list(found.years) != sorted(set(found.years)):
        raise wrong(file, "years", "must rise, each once", "年份须递增且不重复")
    for field, names in (("outcomes", found.outcomes), ("by", found.by), ("info.models", found.info.models)):
        if len(set(names)) != len(names):
            raise wrong(file, field, "each name may stand once", "名称不可重复")
    if found.info.kind not in KINDS:
        raise wrong(file, "info.kind", f"must be one of {', '.join(KINDS)}", f"应为 {'、'.join(KINDS)} 之一")
    if found.info.unseen < 0:
        raise wrong(file, "info.unseen", "must not be negative", "不能为负")
    for field, text in texts(meta["info"], "info"):
        if len(text) > LONGEST_TEXT:
            raise wrong(file, field, f"a text of more than {number(LONGEST_TEXT)} characters", "文字过长")
        if visible(text) != text and (found_in := unfit(text, allowed="\n\t")):
            raise wrong(file, field, f"holds {found_in[0]}", f"含有{found_in[1]}")
    spec = found.info.spec
    for field, names in (("outcomes", found.outcomes), ("by", found.by)):
        known = spec.get(field)
        if known is not None and not (isinstance(known, list | dict) and set(names) <= set(map(str, known))):
            raise wrong(
                file, field, f"names what info.spec.{field} does not", f"含有 info.spec.{field} 中没有的名称"
            )
    check_spec(meta["info"]["spec"], found.years, file, "info.spec")
    refuse_changed(_of_fields(meta), found.sha256, file)
    known = {*_of_fields(meta), *(f"column {name}" for name in columns(found))}
    for field in found.sha256.keys() - known:
        raise wrong(file, f"sha256.{field[:LONGEST_NAME]}", "no such field is known", "没有此项")
    return found


def columns(found: Described) -> dict[str, pa.DataType]:
    """The columns of the table, in order, and their types."""
    text, whole, real = pa.string(), pa.int64(), pa.float64()
    out = dict.fromkeys((*PLACE, "path", *(f"by:{name}" for name in found.by)), text)
    out |= {"households": whole, "weight": real}
    for name in found.outcomes:
        out |= {f"seen:{name}": whole} | {f"sum:{name}:{year}": real for year in found.years}
        out[f"largest:{name}"] = real
    return out


def check_layout(schema: pa.Schema, rows: int, found: Described, file: str) -> None:
    """Refuse, before rows are read, columns that are missing, unknown, twice there or of another type."""
    wanted = columns(found)
    for name in schema.names:
        if name not in wanted or schema.names.count(name) > 1:
            raise wrong(
                file,
                f"column {name[:LONGEST_NAME]}",
                "not a column of cells, or twice there",
                "不是分村汇总数据的列,或重复",
            )
    for name, kind in wanted.items():
        if name not in schema.names:
            raise wrong(file, f"column {name}", "this column is missing", "缺少此列")
        if schema.field(name).type != kind:
            raise wrong(
                file, f"column {name}", f"is {schema.field(name).type}, must be {kind}", f"类型应为 {kind}"
            )
    if rows != found.rows:
        raise wrong(
            file, "rows", f"{rows} rows instead of {found.rows}", f"共{rows}行,说明中为{found.rows}行"
        )


def check_rows(table: pa.Table, found: Described, file: str) -> None:
    """Refuse the first row that breaks a rule, then any field or column that is not as it was written."""
    for name, bad, en, zh in _broken(table, found):
        if bad.any():
            row = int(np.argmax(bad)) + 1
            raise wrong(file, f"column {name}, row {number(row)}", en, zh)
    refuse_changed(_of_columns(table), found.sha256, file)


def digests(table: pa.Table, meta: dict[str, Any]) -> dict[str, str]:
    """A digest of every field of the description and of every column."""
    return _of_fields(meta) | _of_columns(table)


def _of_fields(meta: dict[str, Any]) -> dict[str, str]:
    fields = {k: v for k, v in meta.items() if k not in ("info", "sha256")}
    fields |= {f"info.{k}": v for k, v in meta["info"].items()}
    return digests_of(fields)


def _of_columns(table: pa.Table) -> dict[str, str]:
    out = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        content = b""
        if pa.types.is_string(column.type):
            coded = column.dictionary_encode()
            content = json.dumps(coded.dictionary.to_pylist()).encode()
            column = coded.indices.fill_null(-1)
        out[f"column {name}"] = _sha256(content, np.ascontiguousarray(column.to_numpy(zero_copy_only=False)))
    return out


def _sha256(*parts: Any) -> str:
    total = hashlib.sha256()
    for part in parts:
        total.update(part)
    return total.hexdigest()


Rule = tuple[str, NDArray[np.bool_], str, str]


def _broken(table: pa.Table, found: Described) -> Iterator[Rule]:
    """Column, which rows break the rule, and what the rule is."""
    worded = [name for name, kind in columns(found).items() if pa.types.is_string(kind)]
    for name in worded:
        long = pc.fill_null(pc.greater(pc.utf8_length(table[name]), LONGEST_NAME), False)
        yield name, _array(long), f"more than {number(LONGEST_NAME)} characters", "文字过长"
    for name in columns(found):
        if name not in PLACE or name == "village_id":
            yield name, _array(pc.is_null(table[name])), "no cell may be empty", "不可为空"
    taken = table["path"].combine_chunks().dictionary_encode()
    unfit = np.array([not _path(t, found) for t in taken.dictionary.to_pylist()], dtype=bool)
    yield (
        "path",
        unfit[taken.indices.to_numpy()],
        "no treatment path of this file's models",
        "不是有效的参加路径",
    )
    households, weight = (table[name].to_numpy() for name in ("households", "weight"))
    yield "households", households < 1, "must be 1 or more", "应不小于1"
    yield "weight", ~(np.isfinite(weight) & (weight > 0)), "must be finite and above zero", "应为有限正数"
    if found.info.spec.get("weighted") is False:
        yield (
            "weight",
            weight != households,
            "without weights it is the number of households",
            "未加权时应等于户数",
        )
    for name in found.outcomes:
        seen, largest = table[f"seen:{name}"].to_numpy(), table[f"largest:{name}"].to_numpy()
        yield (
            f"largest:{name}",
            ~(np.isfinite(largest) & (largest >= 0)),
            "must be finite and not negative",
            "应为有限的非负数",
        )
        yield (
            f"seen:{name}",
            (seen < 0) | (seen >= 1 << len(found.years)),
            "no set of these years",
            "不是这些年份的组合",
        )
        for t, year in enumerate(found.years):
            column, total = f"sum:{name}:{year}", table[f"sum:{name}:{year}"].to_numpy()
            yield column, ~np.isfinite(total), "must be a finite number", "应为有限数"
            yield (
                column,
                np.abs(total) > households * largest * (1 + 1e-9),
                "is more than all its households can have at the largest",
                "超过各户最大值之和",
            )
            yield (
                column,
                (total != 0) & ((seen >> t) & 1 == 0),
                "a sum in a year that is not seen",
                "未观察年份不应有合计",
            )
            if name == "headcount":
                out = (total < 0) | (total > weight * (1 + 1e-9))
                yield (
                    column,
                    out,
                    "counts more than the row's weight, or less than nobody",
                    "应在0与该行权重之间",
                )
    keys = table.select([*worded, *(f"seen:{name}" for name in found.outcomes)]).to_pandas()
    yield "path", keys.duplicated().to_numpy(), "this row appears twice", "此行重复"


def _path(text: str, found: Described) -> bool:
    """Whether a text is a path as it is written, of models that the file declares."""
    try:
        path = Path.parse(text)
    except ValueError:
        return False
    models = [model for _, model in path.steps]
    known = not found.info.models or set(models) <= set(found.info.models)
    return (
        path.text == text
        and list(path.steps) == sorted(path.steps)
        and len(set(models)) == len(models)
        and known
    )


def _array(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = column.to_numpy().astype(bool)
    return found


def texts(value: Any, field: str) -> Iterator[tuple[str, str]]:
    """Every text of a JSON value, names of fields too, and where it stands."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield field, name
            yield from texts(inner, f"{field}.{name[:40]}")
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from texts(inner, f"{field}.{position}")
