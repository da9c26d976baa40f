"""The design as a value: checked once, named in messages, kept in JSON, and the same on the command line."""

from __future__ import annotations

import inspect
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import bangfu
from bangfu import Design
from bangfu.cells.agreement import settled
from bangfu.cli import app
from bangfu.cli.options import HELP
from bangfu.design import KINDS, choices
from bangfu.errors import BangfuError, WrongUse

from .register import write

OTHERS: dict[str, Any] = {
    "outcome": "headcount", "anticipation": 2, "by": {"labour": [1, 2], "land_mu": None}, "adjust": True,
    "line": {2015: 2855, 2016: 2952.0}, "base_year": 2018, "prices": "prices.csv", "drawn_by_lot": True, "seed": 5,
}  # fmt: skip
"""A value other than the usual one, for options without a list of values."""


def other(option: str) -> Any:
    known = choices(KINDS[option])
    return known[-1] if known else OTHERS[option]


@pytest.mark.parametrize("option", KINDS)
def test_json_keeps_every_option(option: str) -> None:
    design = Design.of(None, **{option: other(option)})
    assert Design.from_json(design.to_json()) == design and hash(design) == hash(
        Design.from_json(design.to_json())
    )
    assert option == "leavers" or design != Design()
    assert set(json.loads(design.to_json())) == set(KINDS)


@pytest.mark.parametrize("option", [o for o in KINDS if choices(KINDS[o])])
def test_an_unknown_value_names_the_option_and_what_was_meant(option: str) -> None:
    near = f"{choices(KINDS[option])[0]}x"
    with pytest.raises(
        WrongUse,
        match=f"unknown {option} '{near}'; choose one of: .* \\({option}=\\); did you mean '{near[:-1]}'",
    ) as refused:
        Design.of(None, **{option: near})
    assert option in refused.value.text("zh") and near[:-1] in refused.value.text("zh")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"contrl": "never"}, "unknown option 'contrl'; .*did you mean 'control'"), ({"anticipation": -1}, "anticipation must be"),
        ({"anticipation": 1.0}, "anticipation must be"), ({"seed": True}, "seed must be"), ({"adjust": "no"}, "adjust must be"),
        ({"by": {"labour": (2, 1)}}, "breaks of labour must rise"), ({"by": {"labour": ("a",)}}, "by must be numbers"),
        ({"by": 3}, "by must be names"), ({"by": [3]}, "by must be names"), ({"line": 0}, "line must be"),
        ({"line": {"soon": 3}}, "line must be"), ({"line": float("nan")}, "line must be"), ({"outcome": 1}, "outcome must be"),
        ({"prices": 1}, "prices must be"), ({"control": None}, "unknown control None"), ({"leavers": "censor"}, "unknown leavers"),
        ({"outcome": "log:y", "scale": "percent"}, "is on the scale log"),
    ],
)  # fmt: skip
def test_one_message_each(options: dict[str, Any], message: str) -> None:
    with pytest.raises(WrongUse, match=message) as refused:
        Design.of(None, **options)
    assert refused.value.zh != refused.value.en


def test_text_that_is_no_design() -> None:
    for text in ("[]", "{", "3"):
        with pytest.raises(WrongUse, match="JSON object of options"):
            Design.from_json(text)


def test_a_logarithm_is_a_scale() -> None:
    design = Design(outcome="log:y")
    assert (design.outcome, design.scale, design.column) == ("y", "log", "log:y")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("eight") / "register")


def test_nothing_is_left_open_and_cells_agree_with_their_own_design(folder: Path) -> None:
    register = bangfu.load_register(folder)
    for options in (
        {},
        {"outcome": "headcount", "line": 3000},
        {"by": {"labour": [1]}, "late": "missing", "base_year": 2018},
    ):
        result = bangfu.compare_models(register, **options)
        for name in ("outcome", "scale", "exposure", "by", "late", "best"):
            assert getattr(result.design, name) is not None
        assert settled(result.cells, result.design) == result.design
        again = bangfu.compare_models(result.cells, design=result.design)
        assert again.table.equals(result.table) and again.design == result.design
        assert result.about | json.loads(result.design.to_json()) == result.about


@pytest.mark.parametrize(
    "said", [{"by": {"labour": [2]}}, {"exposure": "campaign"}, {"line": 3000}, {"base_year": 2017}, {"prices": "prices.csv"}]
)  # fmt: skip
def test_what_contradicts_cells_is_refused(
    folder: Path, said: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    cells = bangfu.load_register(folder).cells(by={"labour": [1]}, late="missing")
    (option,) = said
    for way in (bangfu.compare_models, bangfu.group_time_effects, lambda c, **o: c.moments(**o)):
        with pytest.raises(WrongUse, match=f"made already, with another {option}"):
            way(cells, **said)
    with pytest.raises(WrongUse, match="made already"):
        bangfu.compare_models(cells).under(**said)


def test_cells_take_only_what_is_summed(folder: Path) -> None:
    with pytest.raises(WrongUse, match="unknown option of cells 'control'"):
        bangfu.load_register(folder).cells(control="never")


def test_an_outcome_of_ones_own_is_kept_under_other_rules(folder: Path) -> None:
    own = {"doubled": lambda t: 2 * t["income_total"] / t["members"]}
    result = bangfu.compare_models(bangfu.load_register(folder), own)
    assert result.design.scale == "level" and result.effects.unit == ""
    adjusted = result.under(by={"labour": [1]}, late="missing", adjust=True)
    assert adjusted.design.outcome == "doubled" and not adjusted.table.equals(result.table)


def flags(command: str) -> set[str]:
    callback = next(c for c in app.registered_commands if c.name == command).callback
    assert callback is not None
    return set(inspect.signature(callback).parameters)


@pytest.mark.parametrize("command", ["compare", "cells"])
def test_every_option_is_a_flag(command: str) -> None:
    assert {f.name for f in fields(Design)} == set(HELP) <= flags(command)


@pytest.mark.parametrize("option", KINDS)
def test_a_flag_does_what_its_keyword_does(
    option: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    said = {"by": {"labour": [1]}, "late": "missing"} | {option: other(option)}
    said |= {"line": said.get("line", 3000.0)} if option in ("outcome", "line") else {}
    try:
        expected = bangfu.compare_models(bangfu.load_register(folder), **said)
        text = expected.text()
    except BangfuError as why:
        run = CliRunner().invoke(app, words(folder, said, tmp_path))
        assert type(run.exception) is type(why)  # the same refusal, which names flags there
        return
    run = CliRunner().invoke(app, words(folder, said, tmp_path))
    assert run.exit_code == 0, run.output
    about = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))["about"]
    assert {k: about[k] for k in KINDS} == json.loads(expected.design.to_json())
    assert text in run.output


def words(folder: Path, said: dict[str, Any], place: Path) -> list[str]:
    out = ["compare", str(folder), "--json", str(place / "out.json")]
    for name, value in said.items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            out.append(flag)
        elif name == "by":
            for fact, breaks in value.items():
                out += [flag, f"{fact}={','.join(map(str, breaks))}" if breaks else fact]
        elif isinstance(value, dict):
            out += [flag, ",".join(f"{k}={v}" for k, v in value.items())]
        else:
            out += [flag, str(value)]
    return out
