"""Folders for work in progress: private, held by a lock, and nothing is removed that is not surely left by the dead."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from bangfu import scratch
from bangfu.errors import WrongUse
from tests.attack.command import tree


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A home and a temporary folder of one's own; the scratch folder is not there yet."""
    (tmp_path / "home").mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.delenv(scratch.PLACE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    scratch._begun.cache_clear()
    yield tmp_path
    scratch._begun.cache_clear()


@pytest.fixture
def victim(tmp_path) -> Path:
    folder = tmp_path / "victim"
    (folder / "999999-left").mkdir(parents=True)
    (folder / "999999-left" / "mine").write_text("mine")
    (folder / scratch.MARKER).write_text("")
    return folder


def test_one_private_root(home):
    root = scratch.root()
    assert root.is_relative_to(home / "home") and stat.S_IMODE(root.stat().st_mode) == 0o700
    folder = scratch.private_folder("spill")
    assert folder.parent.parent == root and stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert (folder.parent / scratch.MARKER).is_file()


def test_links_in_the_temporary_folder_lead_nowhere(home, victim):
    """``ln -s /victim $TMPDIR/bangfu-x-0``."""
    before = tree(victim)
    for name in (f"bangfu-x-{os.getuid()}", f"bangfu-spill-{os.getuid()}", "bangfu-0"):
        (home / "tmp" / name).symlink_to(victim)
    scratch.private_folder("spill")
    assert tree(victim) == before


def plant(root: Path, victim: Path, kind: str) -> None:
    if kind == "a link to a folder with a marker":
        (root / "1-a").symlink_to(victim)
        return
    folder = root / f"{os.getpid()}-planted"
    folder.mkdir()
    (folder / "mine").write_text("mine")
    if kind == "a marker that is a link":
        (folder / scratch.MARKER).symlink_to(victim / scratch.MARKER)
    elif kind == "a marker that is a folder":
        (folder / scratch.MARKER).mkdir()
    elif kind == "a marker that is a pipe":
        os.mkfifo(folder / scratch.MARKER)


@pytest.mark.parametrize(
    "kind",
    ["a link to a folder with a marker", "no marker", "a marker that is a link", "a marker that is a folder", "a marker that is a pipe"],
)  # fmt: skip
def test_what_has_no_marker_of_its_own_stays(home, victim, kind):
    plant(scratch.root(), victim, kind)
    before = {k: v for k, v in tree(home).items() if k.startswith(("victim", "home")) and "lock" not in k}
    own = scratch.private_folder("spill").parent
    after = {k: v for k, v in tree(home).items() if own.name not in k and "lock" not in k}
    assert {k: after[k] for k in before} == before


def test_the_dead_go_with_their_links_and_the_living_stay(home, victim):
    """A container's process of the same number lives while it holds its marker; the number says nothing."""
    root = scratch.root()
    for name in (f"{os.getpid()}-dead", "1-dead", "999999-alive"):
        (root / name).mkdir()
        (root / name / scratch.MARKER).touch()
        (root / name / "inner").symlink_to(victim)
        (root / name / "deep").mkdir()
        (root / name / "deep" / "file").write_text("x")
    before = tree(victim)
    hold = "import sys, time\nfrom filelock import FileLock\nlock = FileLock(sys.argv[1])\nlock.acquire()\nprint('held', flush=True)\ntime.sleep(60)\n"
    alive = subprocess.Popen(
        [sys.executable, "-c", hold, str(root / "999999-alive" / scratch.MARKER)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert alive.stdout.readline() == "held\n"
        own = scratch.private_folder("spill").parent
        assert sorted(p.name for p in root.iterdir() if p.is_dir()) == sorted([own.name, "999999-alive"])
        assert (root / "999999-alive" / "deep" / "file").read_text() == "x"
    finally:
        alive.kill()
        alive.wait()
    assert tree(victim) == before
    scratch._begun.cache_clear()
    scratch.private_folder("spill")
    assert not (root / "999999-alive").exists()


def test_a_root_that_another_could_have_made_is_refused(home, victim):
    root = scratch.root()
    root.rmdir()
    root.symlink_to(victim)
    with pytest.raises(WrongUse, match="a link, another user's or open to others"):
        scratch.root()
    root.unlink()
    for mode in (0o755, 0o770, 0o701, 0o777):
        root.mkdir()
        root.chmod(mode)
        with pytest.raises(WrongUse, match="chmod 700"):
            scratch.root()
        root.rmdir()
    root.write_text("a file")
    with pytest.raises(WrongUse):
        scratch.root()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder to another user")
def test_a_root_of_another_user_is_refused(home):
    root = scratch.root()
    os.chown(root, 12345, 12345)
    with pytest.raises(WrongUse, match="another user's"):
        scratch.root()


@pytest.mark.parametrize("home_is", ["/dev/null", "/nowhere/at/all", "relative", ""])
def test_a_home_that_cannot_be_written(home, monkeypatch, home_is):
    monkeypatch.setenv("HOME", home_is)
    monkeypatch.setenv("XDG_CACHE_HOME", "/dev/null/cache")
    root = scratch.root()
    assert root == home / "tmp" / f"bangfu-{os.getuid()}" and stat.S_IMODE(root.stat().st_mode) == 0o700
    assert scratch.private_folder("spill").is_dir()


def test_no_place_at_all(home, monkeypatch):
    monkeypatch.setenv(scratch.PLACE, "/dev/null/x")
    with pytest.raises(WrongUse, match=scratch.PLACE):
        scratch.root()
    monkeypatch.setenv(scratch.PLACE, str(home / "named"))
    assert scratch.root() == home / "named"


CHILD = (
    "import os, sys\nfrom bangfu.scratch import private_folder\nprint(private_folder('spill'), flush=True)\n"
)


@pytest.mark.parametrize(
    ("how", "left"),
    [
        ("", False),
        ("raise SystemExit(3)", False),
        (
            "os.fork() or sys.exit(); os.wait(); print(os.listdir(private_folder('spill').parent), flush=True)",
            False,
        ),
        ("os.kill(os.getpid(), 9)", True),
        ("os._exit(1)", True),
    ],
)
def test_folders_go_at_the_end_or_at_the_next_start(home, how, left):
    environment = os.environ | {"TMPDIR": str(home / "tmp")}
    ended = subprocess.run(
        [sys.executable, "-c", CHILD + how], env=environment, capture_output=True, text=True, check=False
    )
    folder = Path(ended.stdout.splitlines()[0])
    assert folder.parent.exists() == left
    if "fork" in how:
        assert scratch.MARKER in ended.stdout.splitlines()[-1]
    scratch.private_folder("spill")
    assert not folder.parent.exists()


def test_a_folder_being_begun_is_not_taken_for_a_dead_one(home):
    """Between the folder and its lock another process waits."""
    root = scratch.root()
    with FileLock(root / "lock"):
        code = CHILD.replace(
            "import os, sys", "import os, sys\nfrom bangfu import scratch\nscratch._PATIENCE = 0.2"
        )
        waits = subprocess.run(
            [sys.executable, "-c", code], env=dict(os.environ), capture_output=True, text=True, check=False
        )
    assert waits.returncode != 0 and "Timeout" in waits.stderr


def test_many_starts_at_once(home):
    """Several processes: nobody's folder goes while it is used."""
    code = (
        CHILD
        + "import time\nfrom pathlib import Path\nf = private_folder('x')\ntime.sleep(.3)\nassert f.is_dir()\n"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code], env=dict(os.environ), stdout=subprocess.DEVNULL)
        for _ in range(6)
    ]
    assert [p.wait() for p in running] == [0] * 6
    assert not [p for p in scratch.root().iterdir() if p.is_dir()]
