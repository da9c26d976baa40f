"""What an invented register says of itself: ``register.toml``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from bangfu.characters import typeset
from bangfu.formats import percent
from bangfu.simulation.gains import sizes
from bangfu.simulation.scenarios import Plan
from bangfu.simulation.villages import MODELS


def register_toml(what: Plan, text: bool) -> str:
    """The text of ``register.toml``; the notes say what no reader may miss."""
    p = what.parameters
    listed = _full_gains(what)
    drawn = (
        "No model has any effect here: the incomes are the same with and without it."
        if p["gain.scale"] == 0
        else f"Which model gains most was drawn by the seed and says nothing about any real model (full gains here: {listed}); "
        "another seed gives another order."
    )
    notes = (
        f"All households, villages and incomes are invented. Scenario {what.scenario.name}, seed {what.seed}. {drawn} "
        "Incomes of the whole household in yuan a year at current prices, recorded with error; the true incomes are in truth/. "
        "Members that leave, split off or join are counted year by year; a household that split off has an identifier of its own "
        f"({'ending in b' if text else 'an odd number'}). exited_in: year of leaving the register of the poor. "
        "中文：农户、村庄和收入均由程序生成，并非真实；哪种模式相对增收最多由随机种子决定，不反映任何真实的模式；"
        "收入为全户全年金额（元，当年价），登记时带有误差，真实收入见 truth/。"
    )
    size = what.villages * what.size
    values = {
        "id": f"synthetic-{what.scenario.name}-{what.seed}",
        "title_en": f"Synthetic register (invented households), {what.scenario.title.en}",
        "title_zh": typeset(f"模拟台账(非真实农户)｜情景:{what.scenario.title.zh}"),
        "kind": "synthetic",
        "income_concept": "disposable",
        "own_consumption": p.flag("record.own_consumption"),
        "licence": "MIT, as bangfu",
        "citation": f"bangfu simulate --scenario {what.scenario.name} --seed {what.seed} --households {size}",
        "scenario": what.scenario.name,
        "seed": what.seed,
        "households": size,
        "households_per_village": what.size,
        "notes": notes,
    }
    changed = {f'"{name}"': p.entries[name].value for name in sorted(p.changed)}
    return _lines(values) + ("\n[changed_parameters]\n" + _lines(changed) if changed else "")


def _lines(values: Mapping[str, Any]) -> str:
    # JSON's texts, numbers, booleans and lists are TOML's
    return "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in values.items())


def codebook(what: Plan) -> str:
    """The text of ``CODEBOOK.md``."""
    return (
        (files("bangfu.simulation") / "codebook.md")
        .read_text(encoding="utf-8")
        .replace("{scenario}", what.scenario.name)
        .replace("{title}", what.scenario.title.en)
        .replace("{seed}", str(what.seed))
        .replace("{households}", str(what.villages * what.size))
        .replace("{per_village}", str(what.size))
        .replace("{gains}", _full_gains(what))
    )


def _full_gains(what: Plan) -> str:
    """The planted gains, largest first."""
    values = sizes(what.parameters, what.seed) * what.parameters["gain.scale"] * 100
    pairs = sorted(zip(MODELS, values, strict=True), key=lambda pair: -pair[1])
    return ", ".join(f"{model} {percent(value, 1)}" for model, value in pairs)
