"""The house stands as it is drawn: imports point downwards, the size has a ceiling, one version; each gate sees what is planted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bangfu
from tests.shared import ROOT

LINT = "from importlinter.cli import lint_imports_command as lint; lint(['--no-cache'])"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """The library's code, its contract and the tools, to be altered."""
    other = shutil.ignore_patterns("*.toml", "*.csv", "*.md", "*.typ", "*.css", "*.js", "*.j2", "__pycache__")
    shutil.copytree(ROOT / "src" / "bangfu", tmp_path / "src" / "bangfu", ignore=other)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    for name in ("pyproject.toml", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(house: Path, *words: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(house / "src"), *filter(None, [os.environ.get("PYTHONPATH")])]),
        "PYTHONUTF8": "1",
    }
    return subprocess.run(
        [sys.executable, *words], cwd=house, env=environment, text=True, encoding="utf-8", capture_output=True, check=False
    )  # fmt: skip


def plant(house: Path, file: str, code: str) -> None:
    with (house / "src" / "bangfu" / file).open("a", encoding="utf-8") as out:
        out.write(code)


def test_rooms_import_downwards_only(house: Path) -> None:
    pytest.importorskip("importlinter")
    done = run(house, "-c", LINT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("file", "code", "said"),
    [
        (
            "register/names.py",
            "from bangfu.figures.figure import Figure\n",
            "register is not allowed to import bangfu.figures",
        ),
        (
            "cells/codes.py",
            "def late():\n    from bangfu.moments import Moments\n",
            "cells is not allowed to import bangfu.moments",
        ),
        (
            "estimates/ranks.py",
            "if TYPE_CHECKING:\n    from bangfu.compare import ModelComparison\n",
            "estimates is not allowed to import bangfu.compare",
        ),
        ("loft.py", "", "loft"),
    ],
    ids=["plain", "in a function", "for types alone", "a room without a place"],
)
def test_an_upward_import_is_refused(house: Path, file: str, code: str, said: str) -> None:
    pytest.importorskip("importlinter")
    plant(house, file, code)
    done = run(house, "-c", LINT)
    assert done.returncode == 1
    assert said in re.sub(r"\s+", " ", done.stdout)


def test_the_size_is_within_its_ceilings(house: Path) -> None:
    done = run(house, "tools/size.py")
    assert done.returncode == 0, done.stdout
    plant(house, "words.py", "X = 1\n" * 400)
    done = run(house, "tools/size.py")
    assert done.returncode == 1
    assert re.search(r"longest file.*TOO MANY", done.stdout)


def test_the_page_is_as_the_imports_draw_it(house: Path) -> None:
    fresh = run(house, "tools/house.py", "--check")
    assert fresh.returncode == 0, fresh.stdout + fresh.stderr
    plant(house, "papers/write.py", "from bangfu.notebooks import run\n")
    assert run(house, "tools/house.py", "--check").returncode == 1
    assert run(house, "tools/house.py").returncode == 0
    assert "papers --> notebooks" in (house / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_what_the_page_names_is_there() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:src|tests|tools)/[\w/.]+)`", page):
        assert (ROOT / name).exists(), name


def test_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert project["dynamic"] == ["version"]
    cited = re.search(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(encoding="utf-8"), re.M)
    assert cited
    assert cited[1] == bangfu.__version__
