"""The two pages as a list of blocks, in one language: what stands where."""

from __future__ import annotations

from collections.abc import Mapping

from bangfu.brief.answer import against, answer, todo
from bangfu.brief.charts import figures
from bangfu.brief.findings import Findings
from bangfu.brief.writer import Block, Writer, listed
from bangfu.compare.headline import in_a_row
from bangfu.exhibits.studies import NEAREST
from bangfu.figures.results import backing
from bangfu.formats import number
from bangfu.texts import texts
from bangfu.words import COMPONENTS, MODELS, TERMS, Word

BRIEF = texts("brief")
EXAMPLE_TITLE = "Worked example, invented households 演示：非真实农户"
STATS = (
    ("{actions.total}", "stats.actions"), ("{claims.words}", "stats.words"), ("{claims.numbered}", "stats.numbered"),
    ("{claims.income}", "stats.income"),
)  # fmt: skip
STUDIES_HEAD = ("studies_head.nearest", "studies_head.studies", "studies_head.gain", "studies_head.by_lot")
KEEP_LINES = (
    "keep_lines.incomes", "keep_lines.joined", "keep_lines.others", "keep_lines.received", "keep_lines.leavers",
    "keep_lines.lots",
)  # fmt: skip


def real_page(w: Writer, components: Mapping[str, int], missing: list[Word]) -> list[Block]:
    """What is on record, what was published, what is missing.

    Parameters
    ----------
    w : Writer
    components : mapping of str to int
        Actions by component.
    missing : list of Word
        The facts that would be needed.
    """
    lang = w.lang
    dots = [
        {"name": COMPONENTS[c][lang], "count": n, "said": number(n) if n else BRIEF["none_reported"][lang]}
        for c, n in components.items()
    ]
    table = [
        [
            f"{m.name[lang]}{'（' if lang == 'zh' else ' ('}{NEAREST[m.id][lang]}{'）' if lang == 'zh' else ')'}",
            *(
                w.say(Word(key, key))
                for key in (
                    f"{{studies.{m.id}}}",
                    f"{{studies.{m.id}_positive}}",
                    f"{{studies.{m.id}_by_lot}}",
                )
            ),
        ]
        for m in MODELS
    ]
    return [
        w.badge("real"),
        w.block("title", BRIEF["real_title"]),
        w.block("quiet", BRIEF["real_opening"]),
        {"kind": "stats", "items": [{"value": w.say(Word(k, k)), "label": BRIEF[label][lang]} for k, label in STATS]},
        {
            "kind": "pair",
            "left": [
                w.block("heading", BRIEF["records"]),
                w.block("text", BRIEF["records_text"]),
                {"kind": "dots", "alt": listed(BRIEF["dots_alt"], [f"{r['name']} {r['said']}" for r in dots], lang), "rows": dots},
            ],
            "right": [
                w.block("heading", BRIEF["studies"]),
                {"kind": "table", "head": [BRIEF[h][lang] for h in STUDIES_HEAD], "rows": table},
                w.block("text", BRIEF["studies_text"]),
            ],
        },
        w.block("heading", BRIEF["missing"]),
        {"kind": "columns", "lines": [m[lang] for m in missing]},
        w.block("quiet", BRIEF["missing_not"]),
        w.block("heading", BRIEF["keep"]),
        {"kind": "columns", "lines": [BRIEF[line][lang] for line in KEEP_LINES]},
    ]  # fmt: skip


def example_page(w: Writer, found: Findings, data: Block) -> list[Block]:
    """The worked example: the answer that such records would give, and its limits."""
    return [
        w.badge("synthetic"),
        {"kind": "title", "words": EXAMPLE_TITLE},
        w.block("text", BRIEF["example_opening"] if found.households else BRIEF["example_opening_bare"]),
        answer_block(w, found, TERMS["not_graded"]),
        *figures(w, found),
        w.box(synthetic=True, record=True),
        {"kind": "pair", "left": [w.note(BRIEF["method"], BRIEF["method_text"])], "right": [data]},
    ]


def own_pages(w: Writer, found: Findings, sure: Word) -> list[list[Block]]:
    """A register of one's own: question, answer, figures; then what to do, what not to conclude, and how."""
    first = [
        {"kind": "badge", "badge": "own", "words": found.dated[w.lang]},
        w.block("title", BRIEF["question"]),
        *([w.block("quiet", BRIEF["own_opening"])] if found.households else []),
        *([w.block("quiet", BRIEF["own_left"])] if found.left is not None else []),
        answer_block(w, found, sure),
        *figures(w, found),
    ]
    second = [
        w.block("heading", BRIEF["own_do"]),
        {"kind": "list", "lines": [w.say(line) for line in todo(found)]},
        *_against(w, found),
        w.box(synthetic=False, record=False),
        w.note(BRIEF["method"], BRIEF["method_text"]),
        w.note(BRIEF["data"], BRIEF["data_own"]),
    ]
    return [first, second]


def _against(w: Writer, found: Findings) -> list[Block]:
    """What speaks against the answer, where there is one."""
    quoted = against(found)
    w.used |= backing(quoted).keys()
    lines = [s.text(w.lang) for s in quoted]
    return [w.block("heading", BRIEF["against"]), {"kind": "list", "lines": lines}] if lines else []


def answer_block(w: Writer, found: Findings, sure: Word) -> Block:
    """The answer, and how sure."""
    said, quoted = answer(found)
    w.used |= backing(quoted).keys()
    return {
        "kind": "answer",
        "words": in_a_row(said)[w.lang],
        "sure": f"{_opened(TERMS['how_sure'][w.lang])}{'：' if w.lang == 'zh' else ': '}{sure[w.lang]}",
    }


def _opened(text: str) -> str:
    return text[:1].upper() + text[1:]
