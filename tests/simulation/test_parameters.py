"""Parameters: all documented, all used, all validated, and a user's copy changes the world."""

from __future__ import annotations

from pathlib import Path

import pytest

from bangfu.errors import DataFault, WrongUse
from bangfu.simulation import draw
from bangfu.simulation.parameters import defaults, load, shipped_text
from tests.shared import ROOT


def test_each_has_a_unit_a_source_and_a_use() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "src/bangfu/simulation").glob("*.py"))
    for name, parameter in defaults().entries.items():
        assert parameter.unit.strip() and parameter.source.strip(), name
        group, own = name.split(".")
        composed = own.removeprefix("courtyard").removeprefix("cooperative").removeprefix("enterprise")
        stems = (f'"{name}"', f"{group}.{{model}}{composed}", f"{group}.{{source}}")
        assert any(stem in code for stem in stems), f"{name} is read nowhere"


def test_defaults_accept_themselves() -> None:
    p = defaults()
    same = p.with_values({name: entry.value for name, entry in p.entries.items()})
    assert not same.changed


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("[shock]\nsd = -1.0", "range"),
        ("[shock]\nsd = 'much'", "number"),
        ("[shock]\nnothing = 1.0", "known_name"),
        ("[gain]\nsizes = [0.1]", "list_length"),
        ("[gain]\norder = 'mine'", "allowed"),
        ("[record]\nown_consumption = 1", "flag"),
        ("[places]\nvillages_per_township = 2.5", "whole_number"),
        ("[offer]\ncourtyard_start = [0.5, 0.5, 0.5]", "total"),
        ("[shock\n", "readable"),
    ],
)
def test_what_is_not_accepted_is_named(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load(path)
    assert [f.rule for f in caught.value.faults] == [rule]


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[shock]\nsd = -1.0\nnothing = 2\n[gain]\nscale = 'big'\n", encoding="utf-8")
    with pytest.raises(DataFault) as caught:
        load(path)
    assert len(caught.value.faults) == 3


def test_a_copy_of_the_file_is_the_default_and_a_change_is_a_change(tmp_path: Path) -> None:
    path = tmp_path / "copy.toml"
    path.write_text(shipped_text(), encoding="utf-8")
    assert draw(400, parameters=str(path)).incomes.equals(draw(400).incomes)
    path.write_text(
        shipped_text().replace("sizes = { value = [0.05, 0.06, 0.08]", "sizes = { value = [0.5, 0.6, 0.8]"),
        encoding="utf-8",
    )
    changed = draw(400, parameters=str(path))
    assert changed.plan.parameters.changed == ("gain.sizes",)
    assert changed.truth.att["value"].max() > draw(400).truth.att["value"].max() * 5


def test_no_such_file_scenario_or_size() -> None:
    with pytest.raises(WrongUse):
        load("not-there.toml")
    with pytest.raises(WrongUse, match="experiment"):
        draw(100, scenario="experimental")
    for wrong in (
        {"households": 0},
        {"households": 100, "households_per_village": 0},
        {"households": 3_000_000},
        {"seed": -1},
    ):
        with pytest.raises(WrongUse):
            draw(**wrong)  # type: ignore[arg-type]
