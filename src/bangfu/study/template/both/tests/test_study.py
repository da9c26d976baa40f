"""Checks of this study: register and campaign have no faults, the notebooks agree on the configuration and run."""

import ast
from pathlib import Path

import pytest

import bangfu
from bangfu.notebooks.normal import load
from bangfu.notebooks.run import execute

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))


def configuration(notebook: Path) -> str:
    """The first code cell, without its comments."""
    cell = next(c for c in load(notebook).cells if c.cell_type == "code")
    return ast.unparse(ast.parse(cell.source))


def test_notebooks_agree() -> None:
    assert len({configuration(n) for n in NOTEBOOKS}) == 1


def test_register_has_no_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOKS[0].parent)
    names: dict[str, object] = {}
    exec(configuration(NOTEBOOKS[0]), names)
    faults = [f.text() for f in bangfu.check(str(names["REGISTER"])) if f.severity == "fault"]
    assert not faults, "\n".join(faults)


def test_campaign_has_no_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NOTEBOOKS[0].parent)
    names: dict[str, object] = {}
    exec(configuration(NOTEBOOKS[0]), names)
    bangfu.load_campaign(str(names["CAMPAIGN"]))  # names every fault


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda n: n.stem)
def test_notebook_runs(notebook: Path) -> None:
    execute(notebook)
