"""The main job on a study in miniature: same bytes twice, differences named, and no kill that loses anything."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bangfu.errors import DataFault, WrongUse
from bangfu.reproduce import reproduce, reproduce_on
from bangfu.reproduce.compare import differences
from bangfu.reproduce.lock import only_run
from bangfu.scratch import root as scratch
from tests.register.damages import TEXT, tables, write
from tests.shared import ROOT
from tests.small_study import contents, small_study


@pytest.fixture(scope="module")
def committed(tmp_path_factory):
    return small_study(tmp_path_factory.mktemp("study") / "root")


@pytest.fixture
def root(committed, tmp_path):
    shutil.copytree(committed, tmp_path / "root")
    return tmp_path / "root"


def rebuild(root, **options):
    said = []
    return reproduce(root, quiet=True, say=said.append, **options), said


def test_the_same_bytes_again_and_the_tree_left_alone(root, tmp_path):
    before = contents(root)
    found, said = rebuild(root, out=tmp_path / "kept")
    assert (found, said) == ([], [])
    assert contents(root) == before
    assert contents(tmp_path / "kept") == {k: v for k, v in before.items() if not k.startswith("data/")}
    names = {name.split("/")[-1] for name in before}
    assert {"manifest.json", "01_one_SYNTHETIC.svg", "02_two_SYNTHETIC.csv", "01_one.ipynb"} <= names


def test_the_manifest_names_what_made_each_figure(root):
    manifest = json.loads((root / "figures/manifest.json").read_text(encoding="utf-8"))["figures"]
    assert {(f["figure"], f["notebook"], f["cell"]) for f in manifest} == {
        ("01_one", "01_one.ipynb", 2),
        ("02_two", "02_two.ipynb", 2),
    }
    assert all(f["badge"] == "synthetic" for f in manifest)


def test_what_differs_is_named_and_kept_only_when_asked(root):
    path = root / "notebooks/01_one.ipynb"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[1, 2, 3], [1, 2, 3]", "[1, 2, 3], [3, 2, 1]"), encoding="utf-8")
    (root / "figures/en/stray.png").write_bytes(b"x")
    before = contents(root)
    found, said = rebuild(root)
    assert contents(root) == before
    kinds = {d.path: d.kind for d in found}
    assert kinds["figures/en/01_one_SYNTHETIC.png"] == "changed"
    assert kinds["figures/en/stray.png"] == "gone"
    assert kinds["notebooks/01_one.ipynb"] == "changed"
    assert found[-1].path == "figures/manifest.json"
    assert any("01_one.ipynb: cell 2: output 0: data image/png" in line for line in said)
    found, _ = rebuild(root, keep=True)
    assert found
    assert rebuild(root) == ([], [])


def test_a_failing_notebook_changes_nothing(root):
    path = root / "notebooks/02_two.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("print('total', 0.1", "print('total', 1 / 0 + 0.1"),
        encoding="utf-8",
    )
    before = contents(root)
    with pytest.raises(Exception, match=r"02_two.ipynb did not run.*ZeroDivisionError"):
        rebuild(root, keep=True)
    assert contents(root) == before


def test_a_second_run_is_refused(root):
    held = "import sys, time\nfrom pathlib import Path\nfrom bangfu.reproduce.lock import only_run\n"
    held += "with only_run(Path(sys.argv[1])):\n    print('held', flush=True)\n    time.sleep(60)\n"
    process = subprocess.Popen([sys.executable, "-c", held, str(root)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "held\n"
        with pytest.raises(WrongUse, match="another bangfu reproduce"):
            rebuild(root)
    finally:
        process.kill()
        process.wait()
    with only_run(root):  # the system freed the dead process's lock
        pass


def test_killed_in_the_middle_of_a_run(root):
    """kill -9 while notebooks run: the tree is as it was, and the next start removes what was left."""
    before = contents(root)
    code = "import sys\nfrom pathlib import Path\nfrom bangfu.reproduce import reproduce\n"
    code += "reproduce(Path(sys.argv[1]), keep=True, quiet=True)\n"
    process = subprocess.Popen([sys.executable, "-c", code, str(root)], cwd=ROOT)
    home = scratch()
    deadline = time.monotonic() + 60
    while not list(home.glob(f"{process.pid}-*/reproduce-*/build/drawn-*")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert list(home.glob(f"{process.pid}-*")), "the run made no folder of its own"
    os.kill(process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
    process.wait()
    assert contents(root) == before
    deadline = time.monotonic() + 30
    while _runs_in(process.pid) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert _runs_in(process.pid) == [], "notebooks ran on after their parent was killed"
    assert rebuild(root) == ([], [])
    assert not list(home.glob(f"{process.pid}-*"))


def _runs_in(dead):
    """Processes that still work in a dead run's folder (seen where the system has /proc)."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if f"/{dead}-".encode() in path.read_bytes():
                found.append(path.parent.name)
    return found


EDIT = ("[1, 2, 3], [1, 2, 3]", "[1, 2, 3], [3, 2, 1]")
KILLED = (
    "import os, sys\nfrom pathlib import Path\nfrom bangfu.reproduce import main\n"
    "stop = lambda path: os.kill(os.getpid(), 9) if path == sys.argv[2] else None\n"
    "whole = main.accept\n"
    "main.accept = lambda root, build, found: whole(root, build, found, stop)\n"
    "main.reproduce(Path(sys.argv[1]), keep=True, quiet=True)\n"
)


@pytest.mark.parametrize(
    "at", ["figures/en/01_one_SYNTHETIC.png", "figures/zh/01_one_SYNTHETIC.png", "figures/manifest.json"]
)
def test_a_store_that_was_killed_is_named_and_completed(root, at):
    """Killed in the middle: no file is half written, plain reproduce says so, the next --accept completes the change."""
    path = root / "notebooks/01_one.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace(*EDIT), encoding="utf-8")
    shutil.copytree(root, root.parent / "whole")
    rebuild(root.parent / "whole", keep=True)
    old, new = contents(root), contents(root.parent / "whole")
    done = subprocess.run([sys.executable, "-c", KILLED, str(root), at], check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    half = contents(root)
    assert half != new and all(text in (old.get(name), new.get(name)) for name, text in half.items())
    found, said = rebuild(root)
    assert found[-1].path == "figures/manifest.json"
    assert "not as figures/manifest.json has them" in said[0] and "git checkout undoes it" in said[0]
    (root / "figures/.en.png.x.part").write_bytes(b"left by a kill in the middle of a file")
    rebuild(root, keep=True)
    assert contents(root) == new
    assert rebuild(root) == ([], [])


def test_git_checkout_undoes_a_store_that_was_killed(root):
    """Nothing outside the committed files remembers the store."""
    path = root / "notebooks/01_one.ipynb"
    before = contents(root)
    path.write_text(path.read_text(encoding="utf-8").replace(*EDIT), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(root), "figures/zh/01_one_SYNTHETIC.png"], check=False, capture_output=True
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    for name, text in before.items():
        (root / name).write_bytes(text)
    for name in contents(root).keys() - before.keys():
        (root / name).unlink()
    assert rebuild(root) == ([], [])


def test_differences_name_the_line(tmp_path):
    for name, text in (("a", "x,y\n1,2\n"), ("b", "x,y\n1,3\n")):
        (tmp_path / name / "figures/en").mkdir(parents=True)
        (tmp_path / name / "figures/en/f.csv").write_text(text)
    (found,) = differences(tmp_path / "a", tmp_path / "b")
    assert str(found) == "changed figures/en/f.csv: line 2: committed '1,2', built '1,3'"


def test_a_folder_that_holds_something_is_refused_before_the_long_work(root, tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken/mine.txt").write_text("mine")
    (root / "notebooks/01_one.ipynb").write_text("not a notebook")
    with pytest.raises(WrongUse, match="exists already"):
        rebuild(root, out=tmp_path / "taken")
    assert contents(tmp_path / "taken") == {"mine.txt": b"mine"}


def test_another_register_goes_to_the_notebooks_that_read_one(root, tmp_path):
    register = write(tmp_path / "register", tables(), kind="synthetic")
    with pytest.raises(WrongUse, match="no notebook reads a register"):
        reproduce_on(root, register, tmp_path / "out", quiet=True)
    with pytest.raises(WrongUse, match="no folder or workbook"):
        reproduce_on(root, tmp_path / "absent", tmp_path / "out", quiet=True)
    path = root / "notebooks/01_one.ipynb"
    call = "from bangfu.notebooks.data import register_folder; print(register_folder().name, 0.1 + 0.2 > 0.3)"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("print('total', 0.1 + 0.2 > 0.3)", call), encoding="utf-8")
    before, said = contents(root), []
    reproduce_on(root, register, tmp_path / "out", quiet=True, say=said.append)
    assert contents(root) == before
    made = contents(tmp_path / "out")
    assert b"register True" in made["notebooks/01_one.ipynb"]
    assert not any("02_two" in name for name in made)
    assert said == ["left out, as they read no register: 02_two.ipynb"]
    path.write_text(text.replace("print('total', 0.1 + 0.2 > 0.3)", f"{call}; 1 / 0"), encoding="utf-8")
    said = []
    reproduce_on(root, register, tmp_path / "again", quiet=True, say=said.append)
    assert said[0].startswith("left out, as these data do not bear it: 01_one.ipynb did not run: ")
    assert "ZeroDivisionError" in said[0]
    kept = contents(tmp_path / "again")
    assert set(kept) == {
        "figures/index.html",
        "figures/manifest.json",
        "figures/results.json",
        "left_out.txt",
    }
    assert kept["left_out.txt"].decode().splitlines() == said


@pytest.mark.parametrize("form", ["csv", "book"])
def test_a_register_at_fault_is_refused_before_any_notebook(root, tmp_path, monkeypatch, form):
    from bangfu.reproduce import main

    path = root / "notebooks/01_one.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("print(", "register_folder(); print("), encoding="utf-8"
    )
    monkeypatch.setattr(main, "build", lambda *a, **k: pytest.fail("a notebook was run"))
    parts = tables()
    TEXT["an unknown household joins"][1](parts)
    with pytest.raises(DataFault, match="unknown_household"):
        reproduce_on(root, write(tmp_path / "bad", parts, form), tmp_path / "out", quiet=True)
    assert not (tmp_path / "out").exists()
