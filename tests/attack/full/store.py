"""``kill -9`` while a rebuilt tree is stored, file by file: each file is old or new, and the next store completes it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bangfu.reproduce.accept import accept
from bangfu.reproduce.compare import differences
from bangfu.reproduce.main import reproduce
from bangfu.reproduce.manifest import unlike_manifest
from tests.attack.full.journal import Case, fresh_folder
from tests.small_study import contents, small_study

POINTS = 12
EDIT = ("[1, 2, 3], [1, 2, 3]", "[1, 2, 3], [3, 2, 1]")

CHILD = """
import os, sys
from pathlib import Path
from bangfu.reproduce.accept import accept
from bangfu.reproduce.compare import differences
at, root, build, seen = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), 0
found = differences(root, build)
def hook(event, args):
    global seen
    if event in ("open", "os.rename", "os.remove", "shutil.copymode", "shutil.copyfile") and str(args[0]).startswith(str(root)):
        seen += 1
        if seen == at:
            os.kill(os.getpid(), 9)
sys.addaudithook(hook)
accept(root, build, found)
print(seen)
"""


def cases(seed: int) -> Iterator[Case]:
    """At points spread over the whole store."""
    with fresh_folder() as home:
        before = small_study(home / "before", notebooks=1)
        build = Path(shutil.copytree(before, home / "build"))
        path = build / "notebooks/01_one.ipynb"
        path.write_text(path.read_text(encoding="utf-8").replace(*EDIT), encoding="utf-8")
        reproduce(build, keep=True, quiet=True, say=lambda _: None)
        once = Path(shutil.copytree(before, home / "once"))
        done = _child(0, once, build)
        assert done.returncode == 0 and contents(once) == contents(build), done.stderr
        points = int(done.stdout.split()[-1])
        for point in np.unique(np.linspace(1, points, POINTS).round().astype(int)).tolist():
            yield Case(
                "kills",
                f"store at {point} of {points}",
                lambda folder, p=point: _one(folder, before, build, p),
            )


def _child(at: int, root: Path, build: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", CHILD, str(at), str(root), str(build)]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def _one(folder: Path, before: Path, build: Path, point: int) -> str:
    root = Path(shutil.copytree(before, folder / "root"))
    dead = _child(point, root, build)
    assert dead.returncode == -signal.SIGKILL, dead
    old, new = contents(before), contents(build)
    half = {k: v for k, v in contents(root).items() if not k.rsplit("/", 1)[-1].endswith(".part")}
    assert all(text in (old.get(name), new.get(name)) for name, text in half.items()), (
        "a file is half old and half new"
    )
    assert half in (old, new) or unlike_manifest(root), "a tree half stored is taken for whole"
    accept(root, build, differences(root, build))
    assert contents(root) == new, sorted(contents(root).keys() ^ new.keys())
    return "harmless"
