"""Reading what describes a register: ``register.toml``, or the sheets ``register`` and ``models`` of its workbook."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from bangfu.errors import DataFault, Fault
from bangfu.register.excel import rows, sheets
from bangfu.register.home import Home

TOML, SHEET, MODELS = "register.toml", "register", "models"

_LARGEST = 1 << 20
_YES_OR_NO = {"true": True, "false": False, "是": True, "否": False}


def described(home: Home) -> tuple[dict[str, Any], str]:
    """The description as one mapping, and what holds it.

    Raises
    ------
    DataFault
        When there is none, more than one, or it cannot be read.
    """
    file = home.folder / TOML
    books = [b for b in home.books if SHEET in sheets(b, SHEET)]
    if len(books) + file.is_file() > 1:
        names = ", ".join([TOML] * file.is_file() + [b.name for b in books])
        words = (
            f"the register is described more than once ({names}); keep one",
            f"台账说明有多份({names}),请只留一份",
        )
        raise DataFault([Fault(TOML, "description_once", *words)])
    if books:
        return _of_sheets(books[0]), SHEET
    if not file.is_file():
        words = (
            "the file register.toml is missing; add it with id, title_en, title_zh, kind; or, in a workbook, a sheet register with the columns key and value",
            "缺少 register.toml,请补上;工作簿可另加一张 register 工作表,列名为 key、value",
        )
        raise DataFault([Fault(TOML, "file_present", *words)])
    return _of_file(file), TOML


def _of_file(file: Path) -> dict[str, Any]:
    if file.stat().st_size > _LARGEST:
        words = "larger than a megabyte; a description is short", "超过1MB,说明应当简短"
        raise DataFault([Fault(TOML, "readable", *words)])
    try:
        return tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        words = "not UTF-8; save it again as UTF-8", "不是 UTF-8 编码,请另存为 UTF-8"
    except RecursionError:
        words = "nested too deep; a description has at most one table in another", "嵌套过深,请简化"
    except ValueError as error:  # of TOML, and of whole numbers without end
        said = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "a number is too long"
        words = f"not valid TOML: {said}", f"不是有效的 TOML:{said}"
    raise DataFault([Fault(TOML, "readable", *words)])


def _of_sheets(book: Path) -> dict[str, Any]:
    """Keys and values of the sheet ``register`` (``accept.<rule>`` for what is accepted), and the rows of ``models``."""
    content: dict[str, Any] = {}
    for i, cells in enumerate(rows(book, SHEET)):
        key, value = (*cells, "", "")[:2]
        if i == 0 and (key, value) != ("key", "value"):
            words = "the columns must be called key and value", "列名应为 key、value"
            raise DataFault([Fault(SHEET, "column_present", *words)])
        group, _, name = key.partition(".")
        into = content.setdefault(group, {}) if name and isinstance(content.get(group, {}), dict) else content
        if i and (name or key) in into:
            words = "this key appears twice; keep one", "该项重复,请只留一行"
            raise DataFault([Fault(SHEET, "key_unique", *words, rows=(i,))])
        if i and value:
            into[name or key] = _YES_OR_NO.get(value.lower(), value) if key == "own_consumption" else value
    if MODELS in sheets(book, SHEET):
        head, *body = list(rows(book, MODELS)) or [[]]
        content[MODELS] = [{k: v for k, v in zip(head, cells, strict=False) if k} for cells in body]
    return content
