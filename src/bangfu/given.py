"""Files from outside: told by their content, read through a schema, refused by one message that names file and field."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from bangfu.errors import BangfuError, WrongUse
from bangfu.system import refused

if TYPE_CHECKING:
    from pydantic import TypeAdapter

Kind = Literal["folder", "parquet", "json", "other"]
T = TypeVar("T")

LARGEST_TEXT = 64 << 20
"""Bytes of a JSON text; files of moments and descriptions of cells stay far below."""


def kind_of(path: Path) -> Kind:
    """What a path holds, whatever its ending.

    Raises
    ------
    WrongUse
        When there is nothing, or it cannot be opened.
    """
    if path.is_dir():
        return "folder"
    if not path.is_file():
        raise WrongUse(f"no file or folder {path}", f"找不到文件或文件夹 {path}")
    try:
        with path.open("rb") as file:
            head = file.read(1024)
    except OSError as error:
        raise refused(error, path) or error from None
    if head.startswith(b"PAR1"):
        return "parquet"
    return "json" if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{" else "other"


def wrong(file: str, field: str, en: str, zh: str) -> BangfuError:
    """A file that breaks a rule of its format."""
    return BangfuError(
        f"{file}, {field}: {en}; the file was altered or damaged: make it again, or ask for it again",
        f"{file},{field}:{zh};文件被改动或损坏,请重新生成或重新索取",
    )


def read_text(path: Path) -> str:
    """A file of UTF-8.

    Raises
    ------
    BangfuError
        When it cannot be read, or is no such text.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise refused(error, path) or error from None
    except UnicodeError:
        raise _no_object(path.name) from None


def digests_of(fields: Mapping[str, Any]) -> dict[str, str]:
    """A digest of each field of JSON."""
    return {k: hashlib.sha256(json.dumps(v, sort_keys=True).encode()).hexdigest() for k, v in fields.items()}


def refuse_changed(now: Mapping[str, str], stored: Mapping[str, str], file: str) -> None:
    """Refuse the first field whose digest is not the one that was written: it was altered by accident.

    Raises
    ------
    BangfuError
    """
    for field, digest in now.items():
        if stored.get(field) != digest:
            raise wrong(file, field, "is not what was written (its digest differs)", "与写出时不同(摘要不符)")


def json_object(text: str | bytes, file: str) -> dict[str, Any]:
    """A JSON object without repeated names and with finite numbers.

    Raises
    ------
    BangfuError
        For anything else.
    """
    try:
        if len(text) > LARGEST_TEXT:
            raise ValueError
        found = json.loads(text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite)
    except (ValueError, RecursionError):
        raise _no_object(file) from None
    if not isinstance(found, dict):
        raise wrong(file, "JSON", "must be an object", "应为 JSON 对象")
    return found


def validated(schema: TypeAdapter[T], value: Any, file: str, place: str = "") -> T:
    """A value of JSON, which stands at some place of a file, by a schema of pydantic, strictly.

    Raises
    ------
    BangfuError
        For the first field that breaks it.
    """
    from pydantic import ValidationError

    try:
        return schema.validate_json(json.dumps(value), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        field = ".".join(filter(None, (place, *map(str, first["loc"])))) or "JSON"
        known = _WORDS.get(first["type"])
        en, zh = known or (first["msg"], f"不合规定({first['type']})")
        raise wrong(
            file, field, en.format(**first.get("ctx", {})), zh.format(**first.get("ctx", {}))
        ) from None


_WORDS = {
    "missing": ("this field is missing", "缺少此项"),
    "extra_forbidden": ("no such field is known", "没有此项"),
    "unexpected_keyword_argument": ("no such field is known", "没有此项"),
    "int_type": ("must be a whole number", "应为整数"),
    "float_type": ("must be a number", "应为数字"),
    "string_type": ("must be a text", "应为文字"),
    "bool_type": ("must be true or false", "应为 true 或 false"),
    "tuple_type": ("must be a list", "应为列表"),
    "dict_type": ("must be an object", "应为对象"),
    "mapping_type": ("must be an object", "应为对象"),
    "string_too_long": ("a text of more than {max_length} characters", "文字超过{max_length}字"),
    "string_too_short": ("must not be empty", "不能为空"),
    "too_short": ("must not be empty", "不能为空"),
    "too_long": ("a list of more than {max_length} values", "列表超过{max_length}项"),
    "literal_error": ("must be {expected}", "应为 {expected}"),
    "greater_than_equal": ("must be at least {ge}", "不得小于{ge}"),
    "less_than_equal": ("must be at most {le}", "不得大于{le}"),
    "value_error": ("{error}", "{error}"),
}
"""Kind of error -> what is said; others in pydantic's own words."""


def _no_object(file: str) -> BangfuError:
    return BangfuError(
        f"{file} does not hold one whole JSON object (UTF-8, every name once, finite numbers); make it again",
        f"{file} 不是一个完整的 JSON 对象(UTF-8、名称不重复、数字有限);请重新生成",
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError
    return number
