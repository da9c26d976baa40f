"""Make a study folder from the templates."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from bangfu.atomic import new_folder, refuse_taken
from bangfu.campaign.make import new_record
from bangfu.errors import DataFault, Language, WrongUse
from bangfu.register.home import home_of
from bangfu.register.info import read_info

TEMPLATE = Path(__file__).parent / "template"

SHIPPED = "register_folder()"
"""What the configuration cell says where no register was named: the shipped one."""


def new_study(folder: str | Path, register: str | Path | None = None, lang: Language = "en") -> Path:
    """Make a study folder: notebooks with one configuration cell, empty tables for a campaign, a test, a README.

    Parameters
    ----------
    folder : path
        New or empty.
    register : path, optional
        A register's folder; the shipped, synthetic one where absent.
    lang : {"en", "zh"}
        Of the texts.

    Returns
    -------
    Path

    Raises
    ------
    WrongUse
        When the folder holds something, or there is no such register.
    """
    target = Path(folder)
    reads = [] if register is None else [Path(register)]
    refuse_taken(target, reads)
    named = SHIPPED if register is None else repr(_seen_from(Path(register), target / "notebooks"))
    with new_folder(target, inputs=reads) as beside:
        for source in sorted(p for p in (TEMPLATE / lang).rglob("*") if p.is_file()):
            _put(source, beside, named)
        for source in sorted((TEMPLATE / "both").rglob("*.py")):
            _put(source, beside, named)
        new_record(beside / "campaign")
        (beside / ".gitignore").write_bytes(b".ipynb_checkpoints/\n__pycache__/\n.pytest_cache/\ntables/\n")
    return target


def _put(source: Path, folder: Path, register: str) -> None:
    """One template into its place; a page of notes and code becomes a notebook."""
    text = source.read_text(encoding="utf-8").replace("@REGISTER@", register)
    if source.parent.name == "notebooks":
        path = folder / "notebooks" / f"{source.stem}.ipynb"
        text = notebook(text)
    else:
        path = folder / source.relative_to(
            source.parents[1] if source.parent.name == "tests" else source.parent
        )
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode("utf-8"))


def notebook(text: str) -> str:
    """A notebook from Markdown in which code stands between fences of ``python``.

    >>> "import bangfu" in notebook("# Title\\n\\n```python\\nimport bangfu\\n```\\n")
    True
    """
    import nbformat
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    from bangfu.notebooks.normal import normalise
    from bangfu.notebooks.normal import text as written

    cells: list[Any] = []
    for i, part in enumerate(text.split("```")):
        source = part.removeprefix("python").strip("\n") if i % 2 else part.strip()
        if source:
            cells.append(new_code_cell(source) if i % 2 else new_markdown_cell(source))
    made = new_notebook(cells=cells)
    made.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.validate(made)
    return written(normalise(made))


def _seen_from(register: Path, notebooks: Path) -> str:
    """The register's path as the notebooks see it; whole where that cannot be (another drive)."""
    home = home_of(register)
    if not home.books and not (home.folder / "register.toml").is_file():
        raise WrongUse(
            f"{register} holds no register.toml; name a register's folder or workbook",
            f"{register} 中没有 register.toml;请给出农户台账文件夹或工作簿",
        )
    _, faults = read_info(home)
    if any(f.severity == "fault" for f in faults):
        raise DataFault(faults)
    try:
        return Path(os.path.relpath(register.resolve(), notebooks.resolve())).as_posix()
    except ValueError:
        return register.resolve().as_posix()
