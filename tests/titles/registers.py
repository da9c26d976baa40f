"""A register whose models are its own: two that nobody else knows, and a default identifier under another title."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import bangfu

TITLES = {
    "xkoop": ("KOOP-EN", "合作制甲"),
    "cooperative": ("COUNTY-COOP", "县办乙社"),
    "xyard": ("YARD-EN", "院落丙业"),
}
_OLD = {"courtyard": "xkoop", "cooperative": "cooperative", "enterprise": "xyard"}
DECLARED = "\n".join(
    f'[[models]]\nid = "{model}"\ntitle_en = "{en}"\ntitle_zh = "{zh}"\n'
    for model, (en, zh) in TITLES.items()
)

IDENTIFIERS = ("xkoop", "xyard")
"""Nowhere in print."""

OURS = ("courtyard economy", "leading enterprise", "庭院经济", "合作社", "龙头企业")
"""The default models' titles, which this register does not use."""


def own_register(folder: Path, kind: str = "synthetic", households: int = 2_000) -> Path:
    """A simulated register under other names."""
    made = bangfu.simulate(folder, households, seed=5, truth=False)
    taken = pd.read_parquet(made / "participation.parquet")
    taken.assign(model=taken["model"].map(_OLD)).to_parquet(made / "participation.parquet", index=False)
    about = f'id = "own"\ntitle_en = "Own"\ntitle_zh = "自有"\nkind = "{kind}"\n{DECLARED}'
    (made / "register.toml").write_text(about, encoding="utf-8")
    return made


def wrong_words(text: str) -> list[str]:
    """What a reader must not meet in a text about it."""
    return [word for word in (*IDENTIFIERS, *OURS, "cooperative alone", "cooperative and") if word in text]
