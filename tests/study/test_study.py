"""``bangfu new``: the folder runs at once, is made in one step, and never overwrites anything."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bangfu.errors import WrongUse
from bangfu.simulation import simulate
from bangfu.study import make, new_study


@pytest.fixture(scope="module")
def register(tmp_path_factory) -> Path:
    return simulate(
        tmp_path_factory.mktemp("data") / "small", households=600, seed=5, households_per_village=20
    )


def config(notebook: Path) -> ast.Module:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return ast.parse("".join(next(c for c in cells if c["cell_type"] == "code")["source"]))


@pytest.mark.slow
def test_its_own_tests_pass(tmp_path, register):
    """A study in Chinese on a register elsewhere: its tests run the notebooks (here the second), which write tables."""
    folder = new_study(tmp_path / "study", register, "zh")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", "not 01", str(folder)],
        capture_output=True, text=True, cwd=folder, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-3000:]
    assert "5 passed" in run.stdout
    assert {p.name for p in (folder / "tables").iterdir()} >= {
        "gains_SYNTHETIC.zh.docx",
        "differences_SYNTHETIC.en.tex",
    }
    assert not [p for p in tmp_path.iterdir() if p.name != "study"]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_in_it(tmp_path, lang):
    folder = new_study(tmp_path / "a" / "study", lang=lang)
    names = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
    campaign = [n for n in names if n.startswith("campaign/")]
    names = [n for n in names if n not in campaign]
    assert {"campaign/CODEBOOK.md", "campaign/actions.csv", "campaign/example/actions.csv"} <= set(campaign)
    assert names == [
        ".gitignore",
        "README.md",
        "notebooks/01_data.ipynb",
        "notebooks/02_comparison.ipynb",
        "notebooks/03_campaign.ipynb",
        "tests/test_study.py",
    ]
    notebooks = ("01_data", "02_comparison", "03_campaign")
    first, *rest = (config(folder / f"notebooks/{n}.ipynb") for n in notebooks)
    assert {ast.dump(other) for other in rest} == {ast.dump(first)}
    typed = {n.target.id: ast.unparse(n.value) for n in first.body if isinstance(n, ast.AnnAssign)}
    assert typed["REGISTER"] == "register_folder()"
    assert typed["LANG"] == repr(lang)
    assert not any(
        "@" in p.read_text(encoding="utf-8").replace("@pytest", "") for p in folder.rglob("*") if p.is_file()
    )


def test_names_the_register_from_where_the_notebooks_are(tmp_path, register):
    folder = new_study(tmp_path / "study", register)
    text = ast.unparse(config(folder / "notebooks/01_data.ipynb"))
    named = ast.literal_eval(text.split("Path = ")[1].splitlines()[0])
    assert (folder / "notebooks" / named).resolve() == register.resolve()


def test_refusals(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(WrongUse, match="exists already"):
        new_study(tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    with pytest.raises(WrongUse, match=r"no register\.toml"):
        new_study(tmp_path / "other", tmp_path / "mine")
    assert not (tmp_path / "other").exists()
    (tmp_path / "empty").mkdir()
    assert (new_study(tmp_path / "empty") / "README.md").is_file()


def test_nothing_is_left_when_it_breaks_off(tmp_path, monkeypatch):
    def breaks(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(make, "notebook", breaks)
    with pytest.raises(KeyboardInterrupt):
        new_study(tmp_path / "study")
    assert not list(tmp_path.iterdir())


def test_command(tmp_path):
    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bangfu.cli", "new", *words], capture_output=True, text=True, check=False
        )

    good = run(str(tmp_path / "study"), "--lang", "zh")
    assert good.returncode == 0
    assert "第一个代码格" in good.stdout
    again = run(str(tmp_path / "study"))
    assert again.returncode == 2
    assert "exists already" in again.stderr
