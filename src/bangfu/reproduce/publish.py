"""After notebooks and figures: the page, the briefs and the ledger, from the files of the same build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from bangfu import facts
from bangfu.atomic import write_bytes
from bangfu.brief import Findings, findings, own_brief, shipped_brief
from bangfu.brief.sure import sure
from bangfu.campaign import Campaign, load_campaign
from bangfu.errors import BangfuError, Language, NotEstimable
from bangfu.figures.figure import Number
from bangfu.figures.show import LANGUAGES
from bangfu.ledger import NAME, SOURCES, ledger
from bangfu.notebooks.normal import load
from bangfu.page import page
from bangfu.page.entries import entries
from bangfu.page.words import UNGRADED
from bangfu.page.write import printed
from bangfu.reproduce.manifest import named, register_hash
from bangfu.words import Word

SHOWN_BY = {
    "problems": ("campaign.problems",),
    "studies": ("evidence.headlines(", "evidence_figure(", "evidence.findings("),
    "register": ("compare_models(",),
}
"""What the source of a cell that shows such numbers holds."""


class NotMade(BangfuError):
    """A part of a build that failed; the rest was built."""


def publish(
    out: Path,
    root: Path,
    register: Path | None = None,
    refused: list[BangfuError] | None = None,
    *,
    inside: bool = False,
) -> None:
    """Write page, briefs and ledger into ``out/figures``.

    Parameters
    ----------
    out : Path
        Holds executed ``notebooks/``, and ``figures/`` with their manifest.
    root : Path
        Holds ``data/``.
    register : Path, optional
        A register that takes the place of the shipped one.
    refused : list of BangfuError, optional
        Takes what cannot be made, and the rest is made; without it the first one ends the work.
    inside : bool
        Whole, and marked as not for release; see :mod:`bangfu.release`.
    """
    figures, notebooks = out / "figures", out / "notebooks"
    folder = register or root / SOURCES["synthetic"]
    campaign = load_campaign(root / SOURCES["real"]) if (root / SOURCES["real"]).is_dir() else None
    numbers = facts.study_facts() | (facts.record_facts(campaign) if campaign else {})
    found: Findings | None = None
    grade = UNGRADED
    if register is not None or (folder / "register.toml").is_file():
        with part("comparison", "模式比较", refused):
            found, grade = compared(folder, inside)
    briefs: dict[str, Number] = {}
    if found is not None and (campaign is not None or not found.synthetic):
        with part("brief", "简报", refused):
            briefs = _briefs(figures, numbers, campaign, found, grade)
    drawn = entries(figures, notebooks)
    name = found.dated if found is not None else None
    if name is None and register is not None:
        name = Word(named(register), named(register))
    with part("figures/index.html", "figures/index.html", refused):
        shown = page(figures, notebooks, numbers, sure=grade, name=name, briefs=bool(briefs))
        write_bytes(figures / "index.html", shown, overwrite=True)
    data = dict(json.loads((figures / "manifest.json").read_text(encoding="utf-8"))["data"])
    source = SOURCES["synthetic"]
    if register is not None:
        source = named(register)
        data[source] = register_hash(register)
    counts = found.numbers() if found is not None else {}
    texts = {
        "page": printed({e.badge for e in drawn}, numbers),
        "brief": briefs,
        "register": {
            key: value for key, value in counts.items() if key.startswith(("register.", "arms.told"))
        },
    }
    with part(f"figures/{NAME}", f"figures/{NAME}", refused):
        drawn_in = "" if found is not None and not found.synthetic else source
        content = ledger(drawn, texts, data, register=source, invented=drawn_in, cells=_cells(notebooks))
        write_bytes(figures / NAME, content, overwrite=True)


@contextmanager
def part(en: str, zh: str, refused: list[BangfuError] | None) -> Iterator[None]:
    """One part of a build: what fails in it goes to ``refused``, where that is given, and the rest goes on.

    An error that is not ours may quote what the data hold, so its kind alone is told.
    """
    try:
        yield
    except Exception as error:
        if refused is None:
            raise
        why = why_zh = type(error).__name__
        if isinstance(error, BangfuError):
            why, why_zh = error.en, error.zh
        refused.append(NotMade(f"{en} was not made: {why}", f"未生成{zh}:{why_zh}"))


def compared(folder: Path, inside: bool = False) -> tuple[Findings, Word]:
    """The comparison of a register as a brief tells it, and how sure it is."""
    from bangfu.compare import compare_models
    from bangfu.register import load_register

    register = load_register(folder)
    try:
        result = compare_models(register, inside=inside)
        found = findings(result, folder / "truth" / "att.parquet")
    except NotEstimable as why:
        return Findings(register.info.title, register.info.synthetic, problem=Word(why.en, why.zh)), UNGRADED
    found = replace(found, title=register.info.title)
    return found, sure(found)


def _briefs(
    figures: Path, numbers: facts.Numbers, campaign: Campaign | None, found: Findings, grade: Word
) -> dict[str, Number]:
    """Write both briefs, or neither; gives the numbers that they print."""
    used: dict[str, Number] = {}
    made: dict[Language, bytes] = {}
    for lang in LANGUAGES:
        if found.synthetic and campaign is not None:
            brief = shipped_brief(lang, numbers, campaign, found)
        else:
            brief = own_brief(lang, found, grade)
        used |= brief.numbers
        made[lang] = brief.pdf()
    for lang, content in made.items():
        write_bytes(figures / f"brief.{lang}.pdf", content, overwrite=True)
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
