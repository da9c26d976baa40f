"""Outputs: nothing that is there is replaced unasked, and what is no regular file, or is read, never."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import bangfu
from bangfu import atomic
from bangfu.atomic import new_folder, output
from bangfu.cells import Cells
from bangfu.errors import WrongUse
from bangfu.papers import comparison_tables, write_tables
from tests.attack.command import tree

SHEET = "户编号,村,年份,人口,收入\nA1,东村,2016,2,100\n"
FILE_DOORS = ("compare", "cells", "moments", "merge", "suggest")
FOLDER_DOORS = ("simulate", "new", "convert", "reproduce")


def words(door: str, register: Path, target: Path, folder: Path) -> list[object]:
    """The command that would write ``target``."""
    sheet, mapping, cells = folder / "sheet.csv", folder / "mapping.toml", folder / "given.parquet"
    return {
        "compare": ["compare", register, "--json", target],
        "cells": ["cells", register, "--out", target],
        "moments": ["cells", register, "--moments", "--inside", "--out", target],
        "merge": ["cells", cells, "--out", target],
        "suggest": ["convert", sheet, "--suggest", "--out", target],
        "simulate": ["simulate", "--households", 60, "--out", target],
        "new": ["new", target, "--register", register],
        "convert": ["convert", sheet, "--mapping", mapping, "--out", target],
        "reproduce": ["reproduce", "--register", register, "--out", target],
    }[door]


@pytest.fixture
def place(register, sixty, tmp_path, cells_file) -> Path:
    """Beside the register: what the doors read, and somebody else's things."""
    (tmp_path / "sheet.csv").write_text(SHEET, encoding="utf-8")
    (tmp_path / "mapping.toml").write_bytes(
        (Path(atomic.__file__).parents[2] / "data/surveys/generic.toml").read_bytes()
    )
    (tmp_path / "given.parquet").write_bytes(cells_file.read_bytes())
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "mine.txt")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "folder_link").symlink_to(tmp_path / "empty")
    os.mkfifo(tmp_path / "pipe")
    if os.getuid() == 0:
        os.mknod(tmp_path / "device", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    else:
        (tmp_path / "device").symlink_to("/dev/null")
    return tmp_path


@pytest.fixture(scope="session")
def cells_file(sixty, tmp_path_factory) -> Path:
    return bangfu.load_register(sixty).cells().save(tmp_path_factory.mktemp("cells") / "cells.parquet")


NEVER = ("link", "dangling", "loop", "folder_link", "pipe", "device", "full", "empty", "register")
"""What no file may take the place of, even with ``--overwrite``."""


@pytest.mark.parametrize("target", ["mine.txt", *NEVER])
@pytest.mark.parametrize("door", FILE_DOORS)
def test_a_file_that_is_there_stays(door, target, register, place, run):
    before = tree(place)
    for more in [[], ["--overwrite"]]:
        if more and (target == "mine.txt" or door == "suggest"):
            continue
        ended = run(*words(door, register, place / target, place), *more)
        assert ended.code == 2 and len(ended.err.strip().splitlines()) == 1, ended
        assert target in ended.err
        assert tree(place) == before


@pytest.mark.parametrize(
    "target",
    ["mine.txt", "link", "dangling", "loop", "folder_link", "pipe", "device", "full", "register", "-"],
)
@pytest.mark.parametrize("door", FOLDER_DOORS)
def test_a_folder_that_is_there_stays(door, target, register, place, run):
    before = tree(place)
    ended = run(*words(door, register, Path("-") if target == "-" else place / target, place))
    assert ended.code == 2 and len(ended.err.strip().splitlines()) == 1, ended
    assert tree(place) == before


@pytest.mark.parametrize(
    "target", ["incomes.parquet", "register.toml", "new.json", "sub/new.json", "participation.csv"]
)
@pytest.mark.parametrize("by", ["name", "link", "dots", "hard link"])
@pytest.mark.parametrize("door", ["compare", "cells", "moments"])
def test_what_is_read_is_never_written(door, target, by, register, place, run):
    before = tree(register)
    path = register / target
    if by == "link":
        (place / "other").symlink_to(register)
        path = place / "other" / target
    elif by == "dots":
        path = place / "empty" / ".." / "register" / target
    elif by == "hard link":
        if not path.exists():
            return
        os.link(path, place / "twin")
        path = place / "twin"
    ended = run(*words(door, register, path, place), *(() if by == "hard link" else ["--overwrite"]))
    assert ended.code == 2
    assert tree(register) == before


@pytest.mark.parametrize("door", FOLDER_DOORS[1:2] + FOLDER_DOORS[3:])
def test_no_folder_is_made_in_what_is_read(door, register, place, run):
    before = tree(register)
    ended = run(*words(door, register, register / "below", place))
    assert ended.code == 2 and "what this command reads" in ended.err
    assert tree(register) == before


def test_a_file_of_cells_is_not_merged_into_itself(place, run):
    before = tree(place)
    ended = run("cells", place / "given.parquet", "--out", place / "given.parquet", "--overwrite")
    assert ended.code == 2 and tree(place) == before


@pytest.mark.parametrize("door", FILE_DOORS[:4])
def test_overwrite_replaces_a_regular_file_and_keeps_its_mode(door, register, place, run):
    target = place / "mine.txt"
    target.chmod(0o640)
    assert run(*words(door, register, target, place), "--overwrite").code == 0
    assert target.read_bytes() != b"mine" and stat.S_IMODE(target.stat().st_mode) == 0o640
    assert not [p for p in place.iterdir() if p.name.startswith(".")]


def test_standard_output_takes_the_document_and_nothing_else(register, run):
    ended = run("compare", register, "--json", "-")
    assert ended.code == 0 and json.loads(ended.out)["schema"] == 3 and "SYNTHETIC" in ended.err
    assert not Path("-").exists()


def test_python_refuses_as_the_command_line_does(place, cells_file):
    cells = Cells.load(cells_file)
    (table, *_) = comparison_tables(bangfu.compare_models(cells))
    write_tables([table], place / "tables", languages=["en"], formats=["html"])
    before = tree(place)
    for save in (cells.save, cells.moments(inside=True).save):
        for target in ("mine.txt", "link", "pipe", "full"):
            with pytest.raises(WrongUse):
                save(place / target)
        with pytest.raises(WrongUse):
            save(place / "link", overwrite=True)
    with pytest.raises(WrongUse, match="exists already"):
        write_tables([table], place / "tables", languages=["en"], formats=["html"])
    assert tree(place) == before


def test_private_files_and_those_that_follow_the_users_mask(tmp_path):
    before = os.umask(0o027)
    try:
        with output(tmp_path / "shared") as beside:
            beside.write_bytes(b"x")
        with output(tmp_path / "private", private=True) as beside:
            beside.write_bytes(b"x")
        with new_folder(tmp_path / "inside", private=True) as folder:
            assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
        with new_folder(tmp_path / "outside") as folder:
            assert stat.S_IMODE(folder.parent.stat().st_mode) == 0o700
    finally:
        os.umask(before)
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir()}
    assert modes == {"shared": 0o640, "private": 0o600, "inside": 0o700, "outside": 0o750}


@pytest.mark.parametrize("opens", [output, new_folder])
def test_two_runs_on_one_target(tmp_path, opens):
    """One wins, the other says so: at its start where the first still works, at its end where a stranger was quicker."""
    started, done, said = threading.Event(), threading.Event(), []

    def first():
        with opens(tmp_path / "target") as beside:
            (beside if opens is output else beside / "file").write_text("first")
            started.set()
            done.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    started.wait(10)
    with pytest.raises(WrongUse, match="another run is writing"), opens(tmp_path / "target"):
        said.append("never here")
    done.set()
    thread.join()
    with pytest.raises(WrongUse, match="exists already"), opens(tmp_path / "target"):
        said.append("never here")
    assert not said and [p.name for p in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("opens", [output, new_folder])
@pytest.mark.parametrize("stranger", ["file", "folder", "link"])
def test_a_stranger_who_is_quicker_keeps_what_is_his(tmp_path, opens, stranger):
    target = tmp_path / "target"
    with pytest.raises(WrongUse), opens(target) as beside:
        (beside if opens is output else beside / "file").write_text("mine")
        if stranger == "file":
            target.write_text("his")
        elif stranger == "folder":
            target.mkdir()
            (target / "his").write_text("his")
        else:
            target.symlink_to(tmp_path / "elsewhere")
    assert len(list(tmp_path.iterdir())) == 1
    assert "mine" not in [
        getattr(v, "decode", str)() if isinstance(v, bytes) else v for v in tree(tmp_path).values()
    ]


POINTS = {
    "half written": "target = sys.argv[1]\nwith opens(target) as b:\n    fill(b, 'half')\n    die()\n",
    "before it is named": "atomic._link = lambda *a: die()\nPath.replace = lambda *a: die()\n",
    "after it is named": "link = atomic._link\natomic._link = lambda *a: (link(*a), die())\n"
    "replace = Path.replace\nPath.replace = lambda *a: (replace(*a), die())\n",
    "while the rest is taken away": "whole = atomic._remove\n"
    "atomic._remove = lambda p: die() if p.exists() else whole(p)\n",
}  # fmt: skip
KILLED = (
    "import os, signal, sys\nfrom pathlib import Path\nfrom bangfu import atomic\n"
    "opens = getattr(atomic, sys.argv[2])\ndie = lambda: os.kill(os.getpid(), signal.SIGKILL)\n"
    "fill = lambda b, t: (b if b.is_file() else b / 'file').write_text(t)\n"
)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("opens", [output, new_folder])
def test_killed_at_any_point(tmp_path, opens, point):
    """The target is whole or not there, and the next run on it takes away what lies beside, and nothing else."""
    other = tmp_path / ".target.json.abc.part"
    other.write_text("of a run on target.json")
    code = KILLED + POINTS[point] + "with opens(sys.argv[1]) as b:\n    fill(b, 'whole')\n"
    dead = subprocess.run([sys.executable, "-c", code, str(tmp_path / "target"), opens.__name__], check=False)
    assert dead.returncode == -9
    target = tmp_path / "target"
    if target.exists():
        assert (target if opens is output else target / "file").read_text() == "whole"
        with pytest.raises(WrongUse, match="exists already"), opens(target):
            pass
        if opens is new_folder:
            return
        with output(target, overwrite=True) as beside:
            beside.write_text("again")
    else:
        with opens(target) as beside:
            (beside if opens is output else beside / "file").write_text("again")
    assert sorted(p.name for p in tmp_path.iterdir()) == [other.name, "target"]


def test_what_a_killed_run_leaves_beside_may_be_a_link(tmp_path):
    """Only the link goes, not what it leads to."""
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "file").write_text("mine")
    (tmp_path / ".target.abc.part").symlink_to(victim)
    (tmp_path / ".target.def.part").mkdir()
    (tmp_path / ".target.def.part" / "inner").symlink_to(victim)
    with output(tmp_path / "target") as beside:
        beside.write_text("x")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["target", "victim"]
    assert (victim / "file").read_text() == "mine"


def test_a_lock_that_is_a_link_or_a_pipe_is_not_followed(tmp_path):
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / ".target.lock.part").symlink_to(victim)
    with pytest.raises(OSError), output(tmp_path / "target"):
        pass
    assert victim.read_text() == "mine" and not (tmp_path / "target").exists()


@pytest.mark.parametrize("name", ["长" * 80, "a" * 250, "-x", "a b", "'quoted'", ".hidden", "name.with.dots"])
def test_names_of_every_kind(tmp_path, name):
    with output(tmp_path / name) as beside:
        beside.write_text("x")
    with new_folder(tmp_path / f"{name}2") as folder:
        (folder / "file").write_text("x")
    assert len(list(tmp_path.iterdir())) == 2
