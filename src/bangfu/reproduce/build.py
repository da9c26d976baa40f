"""Build everything that is committed, in a folder of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from bangfu.atomic import write_bytes
from bangfu.errors import BangfuError
from bangfu.figures.show import FOLDER
from bangfu.notebooks.run import ONE_THREAD
from bangfu.reproduce.manifest import NAME, manifest

Report = Callable[[str], None]
"""Called with the name of each step that is done."""


def build(root: Path, out: Path, report: Report, *, workers: int = 2) -> None:
    """Run every notebook of ``root`` and collect notebooks, figures and manifest in ``out``.

    Parameters
    ----------
    root, out : Path
    report : callable
        Told each notebook when it is done.
    workers : int
        Notebooks at a time, each in a process of its own with one thread.

    Raises
    ------
    BangfuError
        When a notebook fails, or two notebooks draw a figure of the same name.
    """
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    if not notebooks:
        raise BangfuError(
            f"there are no notebooks in {root / 'notebooks'}", f"{root / 'notebooks'} 中没有笔记本"
        )
    (out / "notebooks").mkdir(parents=True)
    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(_run, path, out): path for path in notebooks}
        try:
            for future in as_completed(running):
                future.result()
                report(running[future].name)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    for folder in sorted(out.glob("drawn-*")):
        _merge(folder, out / "figures")
        shutil.rmtree(folder)
    write_bytes(out / "figures" / NAME, manifest(out))


def steps(root: Path) -> int:
    """How many steps :func:`build` reports."""
    return len(list((root / "notebooks").glob("*.ipynb")))


def _run(path: Path, out: Path) -> None:
    copy = out / "notebooks" / path.name
    shutil.copyfile(path, copy)
    drawn = out / f"drawn-{path.stem}"
    drawn.mkdir()
    command = [sys.executable, "-m", "bangfu.notebooks.run", str(copy)]
    done = subprocess.run(
        command,
        env=os.environ | ONE_THREAD | {FOLDER: str(drawn)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        last = [line for line in done.stderr.splitlines() if line.strip()][-1:] or ["no message"]
        raise BangfuError(f"{path.name} did not run: {last[0]}", f"{path.name} 运行失败:{last[0]}")


def _merge(folder: Path, figures: Path) -> None:
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        target = figures / file.relative_to(folder)
        if target.exists():
            name = target.relative_to(figures).as_posix()
            raise BangfuError(
                f"two notebooks draw the figure {name}; give one another name",
                f"两个笔记本画了同名的图 {name},请改名",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
