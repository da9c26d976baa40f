"""The main job: build, compare, say what differs, and store it when asked to."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bangfu.atomic import new_folder
from bangfu.reproduce.accept import accept, recover
from bangfu.reproduce.build import Report, build, steps
from bangfu.reproduce.compare import Difference, differences
from bangfu.reproduce.lock import only_run
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
    with only_run(root):
        if rest := recover(root):
            say(rest)
        folder = private_folder("reproduce") / "build"
        folder.mkdir()
        with _progress(steps(root), quiet) as report:
            build(root, folder, report)
        found = differences(root, folder)
        for difference in found:
            say(str(difference))
        if keep and found:
            accept(root, folder, found)
        if out is not None:
            with new_folder(out) as beside:
                shutil.copytree(folder, beside, dirs_exist_ok=True)
        shutil.rmtree(folder)
    return found


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
