"""What a committed notebook must be, apart from what running it shows."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

from bangfu.errors import Fault
from bangfu.notebooks.normal import Notebook, load, normalise, text

_PATHS = re.compile(r"(?<![\w.])/(?:home|root|work|tmp|Users|opt|usr|var|private)/[\w.-]+|[A-Z]:\\\\?Users")
_ESCAPES = re.compile(r"NBVAL_\w+|PYTEST_VALIDATE_\w+|nbval-[\w-]+|raises-exception", re.IGNORECASE)


def faults(path: Path, figures: Path) -> Iterator[Fault]:
    """Every rule that a notebook breaks.

    Parameters
    ----------
    path : Path
        A committed notebook.
    figures : Path
        The folder of committed figures, with ``en`` and ``zh``.
    """
    notebook = load(path)
    if path.read_text(encoding="utf-8") != text(normalise(load(path))):
        yield _fault(
            path,
            "normal_form",
            "not in the committed form (timing, versions or names left in); run it with bangfu.notebooks.run",
            "未整理成提交格式,请用 bangfu.notebooks.run 运行",
        )
    yield from _order(path, notebook)
    for number, cell in enumerate(notebook.cells):
        where = f"cell {number}"
        if _ESCAPES.search(cell.source) or _ESCAPES.search(" ".join(cell.metadata.get("tags", []))):
            yield _fault(
                path,
                "no_escape",
                "a marker keeps this cell from being compared; take it out",
                "该格带有跳过比较的标记,请去掉",
                where,
            )
        for output in cell.get("outputs", []):
            if output.output_type == "error" or output.get("name") == "stderr":
                yield _fault(
                    path,
                    "no_errors",
                    "an error or warning is committed as output; correct the code",
                    "输出中有错误或警告,请改正代码",
                    where,
                )
            if found := _PATHS.search(
                str(output.get("text", ""))
                + str({k: v for k, v in output.get("data", {}).items() if k != "image/png"})
            ):
                yield _fault(
                    path,
                    "no_machine_path",
                    "an output holds a path of a machine",
                    "输出中有本机路径",
                    where,
                    found.group(),
                )
            yield from _image(path, where, output, figures)


def _order(path: Path, notebook: Notebook) -> Iterator[Fault]:
    code = [c for c in notebook.cells if c.cell_type == "code"]
    counts = [c.execution_count for c in code]
    if counts != list(range(1, len(code) + 1)):
        shown = ", ".join(map(str, counts[:8]))
        yield _fault(
            path,
            "in_order",
            "cells were not executed once each from top to bottom",
            "各格没有从上到下各运行一次",
            value=shown,
        )
    if any(not c.source.strip() for c in code):
        yield _fault(path, "no_empty_cell", "an empty code cell; remove it", "有空的代码格,请删除")


def _image(path: Path, where: str, output: Notebook, figures: Path) -> Iterator[Fault]:
    """An embedded image is the committed file, byte for byte."""
    image = output.get("data", {}).get("image/png")
    if image is None:
        return
    name = output.get("metadata", {}).get("bangfu_figure")
    if name is None:
        yield _fault(
            path,
            "image_is_a_figure",
            "an image that is no figure of bangfu; use show()",
            "图片不是 bangfu 的图,请用 show()",
            where,
        )
        return
    committed = figures / f"{name}.png"
    if not committed.is_file():
        yield _fault(
            path, "image_has_a_file", "there is no such committed figure", "没有对应的已提交图片", where, name
        )
    elif committed.read_bytes() != base64.b64decode(image):
        yield _fault(
            path,
            "image_equals_file",
            "the embedded image is not the committed figure",
            "嵌入的图片与已提交的图不同",
            where,
            name,
        )


def _fault(path: Path, rule: str, en: str, zh: str, where: str = "", value: str = "") -> Fault:
    return Fault(path.name, rule, en, zh, column=where, value=value)
