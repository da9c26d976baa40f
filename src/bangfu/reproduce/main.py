"""The main job: build, compare, say what differs, and store it when asked to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.atomic import new_folder
from bangfu.errors import BangfuError, Language, WrongUse
from bangfu.register import load_register
from bangfu.register.home import home_of
from bangfu.reproduce.accept import accept
from bangfu.reproduce.build import Report, build, chosen
from bangfu.reproduce.compare import Difference, differences
from bangfu.reproduce.lock import only_run
from bangfu.reproduce.manifest import unlike_manifest
from bangfu.scratch import private_folder


def reproduce(
    root: Path,
    *,
    keep: bool = False,
    out: Path | None = None,
    quiet: bool = False,
    say: Callable[[str], None] = print,
) -> list[Difference]:
    """Rebuild notebooks, figures and manifest and compare them with what is committed.

    Parameters
    ----------
    root : Path
        The repository.
    keep : bool
        Store what differs (``--accept``).
    out : Path, optional
        Keep the build in this new folder.
    quiet : bool
        No progress.
    say : callable
        Where messages go.

    Returns
    -------
    list of Difference
        What differed; empty when all is reproduced.
    """
    free(out)
    with only_run(root):
        if odd := unlike_manifest(root):
            say(
                f"{len(odd)} files are not as figures/manifest.json has them (first: {odd[0]}): edited since, or a store that "
                "was interrupted; --accept completes it, git checkout undoes it"
            )
        with _built(root, quiet=quiet) as folder:
            found = differences(root, folder)
            for difference in found:
                say(str(difference))
            if keep and found:
                accept(root, folder, found)
            if out is not None:
                _copy(folder, out)
    return found


def reproduce_on(
    root: Path,
    register: Path,
    out: Path,
    *,
    quiet: bool = False,
    say: Callable[[str], None] = print,
    lang: Language = "en",
) -> None:
    """Build from another register into a new folder, and nowhere else; what these data do not bear is said.

    Parameters
    ----------
    root : Path
        The repository whose notebooks are run.
    register : Path
        A register's folder or workbook.
    out : Path
        The new folder.
    quiet, say
        As for :func:`reproduce`.
    lang : {"en", "zh"}
        In which it says so.

    Raises
    ------
    WrongUse
        When there is no such register, ``out`` exists already, or no notebook reads a register.
    DataFault
        When the register is at fault; no notebook is run.
    """
    home_of(register)
    free(out)
    left_out = [p.name for p in chosen(root) if p not in chosen(root, register)]
    for accepted in load_register(register).accepted:
        say(accepted.words.en)
    refused: list[BangfuError] = []
    with _built(root, quiet=quiet, register=register, refused=refused) as folder:
        _copy(folder, out)
    for why in sorted(refused, key=str):
        refusal = why.text(lang)
        say(
            f"未包括,现有数据不支持:{refusal}" if lang == "zh"
            else f"left out, as these data do not bear it: {refusal}"
        )  # fmt: skip
    if left_out:
        names = ", ".join(left_out)
        say(f"未包括,不读取台账:{names}" if lang == "zh" else f"left out, as they read no register: {names}")


def free(out: Path | None) -> None:
    """Refuse a folder that holds something before the long work begins."""
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise WrongUse(f"{out} exists already; name a new folder", f"{out} 已存在;请另选一个新文件夹")


@contextmanager
def _built(
    root: Path, *, quiet: bool, register: Path | None = None, refused: list[BangfuError] | None = None
) -> Iterator[Path]:
    """A build in a folder of its own, gone afterwards."""
    folder = private_folder("reproduce") / "build"
    folder.mkdir()
    try:
        with _progress(len(chosen(root, register)), quiet) as report:
            build(root, folder, report, register=register, refused=refused)
        yield folder
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


def _copy(folder: Path, out: Path) -> None:
    with new_folder(out) as beside:
        shutil.copytree(folder, beside, dirs_exist_ok=True)


@contextmanager
def _progress(total: int, quiet: bool) -> Iterator[Report]:
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("notebooks", total=total)
        yield lambda name: progress.update(task, advance=1, description=f"{name} done")
