"""The main job: build, compare, say what differs, and store it when asked to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from bangfu.atomic import new_folder, write_text
from bangfu.errors import BangfuError, Language
from bangfu.register import load_register
from bangfu.register.home import home_of
from bangfu.reproduce.accept import accept
from bangfu.reproduce.build import Report, build, chosen
from bangfu.reproduce.compare import Difference, differences
from bangfu.reproduce.lock import only_run
from bangfu.reproduce.manifest import PLACES, unlike_manifest
from bangfu.reproduce.publish import NotMade
from bangfu.scratch import private_folder

LEFT_OUT = "left_out.txt"
"""In a build from another register: what is not in it, and why."""

_UNBORNE: dict[Language, str] = {
    "en": "left out, as these data do not bear it: {}",
    "zh": "未包括,现有数据不支持:{}",
}
_UNREAD: dict[Language, str] = {"en": "left out, as they read no register: {}", "zh": "未包括,不读取台账:{}"}


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
    with _kept(out, [root / "data", *(root / place for place in PLACES)]) as kept, only_run(root):
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
            if kept is not None:
                shutil.copytree(folder, kept, dirs_exist_ok=True)
    return found


def reproduce_on(
    root: Path,
    register: Path,
    out: Path,
    *,
    quiet: bool = False,
    say: Callable[[str], None] = print,
    lang: Language = "en",
    inside: bool = False,
) -> Sequence[BangfuError]:
    """Build from another register into a new folder, and nowhere else; what these data do not bear is said.

    Whatever can be built is kept; what is not there, and why, is listed in ``left_out.txt``.

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
    inside : bool
        Whole, and marked as not for release; else who is too few to be told of is in no number, unless the register is
        synthetic (:mod:`bangfu.release`).

    Returns
    -------
    sequence of BangfuError
        Parts that failed; empty when all that these data bear was built.

    Raises
    ------
    WrongUse
        When there is no such register, ``out`` exists already, or no notebook reads a register.
    DataFault
        When the register is at fault; no notebook is run.
    """
    home_of(register)
    left_out = [p.name for p in chosen(root) if p not in chosen(root, register)]
    refused: list[BangfuError] = []
    with new_folder(out, inputs=[register]) as kept:
        opened = load_register(register)
        for accepted in opened.accepted:
            say((accepted if inside or opened.info.synthetic else accepted.masked).words[lang])
        with _built(root, quiet=quiet, register=register, refused=refused, inside=inside) as folder:
            shutil.copytree(folder, kept, dirs_exist_ok=True)
        failed = [why for why in refused if isinstance(why, NotMade)]
        lines = [why.text(lang) for why in failed]
        lines += sorted(_UNBORNE[lang].format(w.text(lang)) for w in refused if w not in failed)
        if left_out:
            lines.append(_UNREAD[lang].format(", ".join(left_out)))
        if lines:
            write_text(kept / LEFT_OUT, "\n".join(lines) + "\n")
    for line in lines:
        say(line)
    return failed


@contextmanager
def _kept(out: Path | None, inputs: list[Path]) -> Iterator[Path | None]:
    """The new folder that keeps a build, held from the beginning; or none."""
    if out is None:
        yield None
        return
    with new_folder(out, inputs=inputs) as folder:
        yield folder


@contextmanager
def _built(
    root: Path,
    *,
    quiet: bool,
    register: Path | None = None,
    refused: list[BangfuError] | None = None,
    inside: bool = False,
) -> Iterator[Path]:
    """A build in a folder of its own, gone afterwards."""
    folder = private_folder("reproduce") / "build"
    folder.mkdir()
    try:
        with _progress(len(chosen(root, register)), quiet) as report:
            build(root, folder, report, register=register, refused=refused, inside=inside)
        yield folder
    finally:
        shutil.rmtree(folder.parent, ignore_errors=True)


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
