"""Build everything that is committed, in a folder of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from bangfu.atomic import write_bytes
from bangfu.errors import BangfuError, WrongUse
from bangfu.figures.show import FOLDER
from bangfu.notebooks.data import reads_register
from bangfu.notebooks.run import REGISTER, environment
from bangfu.release import SETTING
from bangfu.reproduce.manifest import NAME, manifest
from bangfu.reproduce.publish import publish

Report = Callable[[str], None]
"""Called with the name of each step that is done."""


def build(
    root: Path,
    out: Path,
    report: Report,
    *,
    workers: int = 2,
    register: Path | None = None,
    refused: list[BangfuError] | None = None,
    inside: bool = False,
) -> None:
    """Run every notebook of ``root`` and collect notebooks, figures and manifest in ``out``.

    Parameters
    ----------
    root, out : Path
    report : callable
        Told each notebook when it is done.
    workers : int
        Notebooks at a time, each in a process of its own with one thread.
    register : Path, optional
        Build from this register instead, and only the notebooks that read one.
    refused : list of BangfuError, optional
        Takes why notebooks cannot run on these data, and what else cannot be made; the rest is built. Without it the
        first one ends the build.
    inside : bool
        Whole, and marked as not for release; see :mod:`bangfu.release`.

    Raises
    ------
    BangfuError
        When a notebook fails, or two notebooks draw different figures of the same name.
    """
    notebooks = chosen(root, register)
    (out / "notebooks").mkdir(parents=True)
    with ThreadPoolExecutor(workers) as pool:
        running = {pool.submit(_run, path, out, register, inside): path for path in notebooks}
        try:
            for future in as_completed(running):
                try:
                    future.result()
                except BangfuError as why:
                    if refused is None:
                        raise
                    refused.append(why)
                    _leave_out(running[future], out)
                report(running[future].name)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    for folder in sorted(out.glob("drawn-*")):
        _merge(folder, out / "figures")
        shutil.rmtree(folder)
    write_bytes(out / "figures" / NAME, manifest(out, root, register), overwrite=True)
    publish(out, root, register, refused, inside=inside)
    write_bytes(
        out / "figures" / NAME, manifest(out, root, register), overwrite=True
    )  # again, with what was published


def chosen(root: Path, register: Path | None = None) -> list[Path]:
    """The notebooks that :func:`build` runs: all of them, or with another register those that read one.

    Raises
    ------
    WrongUse
        When there are none.
    """
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    if not notebooks:
        raise WrongUse(
            f"there are no notebooks in {root / 'notebooks'}", f"{root / 'notebooks'} 中没有笔记本"
        )
    if register is None:
        return notebooks
    found = [path for path in notebooks if reads_register(path)]
    if not found:
        raise WrongUse(
            "no notebook reads a register, so --register changes nothing: a notebook that does opens its register "
            "with register_folder of bangfu.notebooks.data",
            "没有笔记本读取农户台账,--register 不起作用;需要时请在笔记本中用 bangfu.notebooks.data 的 register_folder 打开台账",
        )
    return found


def _run(path: Path, out: Path, register: Path | None, inside: bool) -> None:
    copy = out / "notebooks" / path.name
    shutil.copyfile(path, copy)
    drawn = out / f"drawn-{path.stem}"
    drawn.mkdir()
    command = [sys.executable, "-m", "bangfu.notebooks.run", "--with-parent", str(copy)]
    more = {FOLDER: str(drawn)}
    if register:
        more |= {REGISTER: str(register.resolve()), SETTING: "inside" if inside else "release"}
    with subprocess.Popen(
        command,
        env=environment(**more),
        stdin=subprocess.PIPE,  # held open: when this process dies, the run ends too
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        said = process.stderr.read() if process.stderr else ""
    if process.returncode:
        last = [line for line in said.splitlines() if line.strip()][-1:] or ["no message"]
        raise BangfuError(f"{path.name} did not run: {last[0]}", f"{path.name} 运行失败:{last[0]}")


def _leave_out(path: Path, out: Path) -> None:
    """Neither the notebook nor what it drew before it stopped."""
    (out / "notebooks" / path.name).unlink(missing_ok=True)
    shutil.rmtree(out / f"drawn-{path.stem}", ignore_errors=True)


def _merge(folder: Path, figures: Path) -> None:
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        target = figures / file.relative_to(folder)
        if target.exists() and target.read_bytes() != file.read_bytes():  # a Chinese edition draws the same
            name = target.relative_to(figures).as_posix()
            raise BangfuError(
                f"two notebooks draw different figures of the name {name}; give one another name",
                f"两个笔记本画了同名而不同的图 {name},请改名",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        file.replace(target)
