"""After notebooks and figures: the page, the briefs and the ledger, from the files of the same build."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from bangfu import facts
from bangfu.atomic import write_bytes
from bangfu.brief import Findings, findings, own_brief, shipped_brief
from bangfu.brief.sure import sure
from bangfu.campaign import Campaign, load_campaign
from bangfu.errors import NotEstimable
from bangfu.figures.figure import Number
from bangfu.figures.show import LANGUAGES
from bangfu.ledger import NAME, SOURCES, ledger
from bangfu.notebooks.normal import load
from bangfu.page import page
from bangfu.page.entries import entries
from bangfu.page.words import UNGRADED
from bangfu.page.write import printed
from bangfu.reproduce.manifest import folder_hash
from bangfu.words import Word

SHOWN_BY = {
    "problems": ("campaign.problems",),
    "studies": ("evidence.headlines(", "evidence_figure(", "evidence.findings("),
    "register": ("compare_models(",),
}
"""What the source of a cell that shows such numbers holds."""


def publish(out: Path, root: Path, register: Path | None = None) -> None:
    """Write page, briefs and ledger into ``out/figures``.

    Parameters
    ----------
    out : Path
        Holds executed ``notebooks/``, and ``figures/`` with their manifest.
    root : Path
        Holds ``data/``.
    register : Path, optional
        A register that takes the place of the shipped one.
    """
    figures, notebooks = out / "figures", out / "notebooks"
    folder = register or root / SOURCES["synthetic"]
    campaign = load_campaign(root / SOURCES["real"]) if (root / SOURCES["real"]).is_dir() else None
    numbers = facts.study_facts() | (facts.record_facts(campaign) if campaign else {})
    found, grade = compared(folder) if (folder / "register.toml").is_file() else (None, UNGRADED)
    briefs: dict[str, Number] = {}
    if found is not None and (campaign is not None or not found.synthetic):
        briefs = _briefs(figures, numbers, campaign, found, grade)
    drawn = entries(figures, notebooks)
    name = found.dated if found is not None else None
    shown = page(figures, notebooks, numbers, sure=grade, name=name, briefs=bool(briefs))
    write_bytes(figures / "index.html", shown, overwrite=True)
    data = dict(json.loads((figures / "manifest.json").read_text(encoding="utf-8"))["data"])
    source = SOURCES["synthetic"]
    if register is not None and found is not None:
        source = found.title.en
        data[source] = folder_hash(register)
    counts = found.numbers() if found is not None else {}
    texts = {
        "page": printed({e.badge for e in drawn}, numbers),
        "brief": briefs,
        "register": {
            key: value for key, value in counts.items() if key.startswith(("register.", "arms.told"))
        },
    }
    content = ledger(drawn, texts, data, register=source, cells=_cells(notebooks))
    write_bytes(figures / NAME, content, overwrite=True)


def compared(folder: Path) -> tuple[Findings, Word]:
    """The comparison of a register as a brief tells it, and how sure it is."""
    from bangfu.compare import compare_models
    from bangfu.register import load_register

    register = load_register(folder)
    models = register.info.models
    try:
        result = compare_models(register)
        found = findings(result, models, folder / "truth" / "att.parquet")
    except NotEstimable as why:
        return Findings(register.info.title, register.info.synthetic, problem=Word(why.en, why.zh)), UNGRADED
    return replace(found, title=register.info.title), sure(result, found)


def _briefs(
    figures: Path, numbers: facts.Numbers, campaign: Campaign | None, found: Findings, grade: Word
) -> dict[str, Number]:
    """Write both briefs; gives the numbers that they print."""
    used: dict[str, Number] = {}
    for lang in LANGUAGES:
        if found.synthetic and campaign is not None:
            brief = shipped_brief(lang, numbers, campaign, found)
        else:
            brief = own_brief(lang, found, grade)
        used |= brief.numbers
        write_bytes(figures / f"brief.{lang}.pdf", brief.pdf(), overwrite=True)
    return used


def _cells(notebooks: Path) -> dict[str, tuple[str, int]]:
    """For each kind of number that no figure prints: the first notebook cell that shows it."""
    found: dict[str, tuple[str, int]] = {}
    for path in sorted(notebooks.glob("*.ipynb")):
        for cell in load(path).cells:
            if cell.cell_type == "code" and cell.execution_count:
                for room, words in SHOWN_BY.items():
                    if any(word in cell.source for word in words):
                        found.setdefault(room, (path.name, cell.execution_count))
    return found
