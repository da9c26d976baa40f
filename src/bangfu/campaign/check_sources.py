"""Sources: there is one, every fact says which, and every place in a text can be found there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import pandas as pd

from bangfu.campaign.faulty import Tables, fault
from bangfu.campaign.spans import WHOLE, Span, sections
from bangfu.errors import BangfuError, Fault

_NAMED = ("components", "places", "actors")
"""What several sources may name; each says which only where it gives the place of the words."""


def sources_faults(tables: Tables) -> Iterator[Fault]:
    """Every fault of sources and of places in texts."""
    source = tables["source"]
    if source.empty:
        words = (
            "no source; fill in source.csv: every record says where its facts come from",
            "没有来源;请先填写 source.csv,写明事实出自何处",
        )
        yield Fault("source", "has_rows", *words)
        return
    facts = {name: t for name, t in tables.items() if "source_id" in t and name != "source"}
    known = ", ".join(source["source_id"])
    for name, frame in facts.items():
        placed = frame["span"].notna() if "span" in frame else pd.Series(True, index=frame.index)
        for row, (of, here) in enumerate(zip(frame["source_id"], placed, strict=True), start=1):
            if of is None and (here or name not in _NAMED):
                words = (
                    f"the record has several sources; say which ({known})",
                    f"有多个来源,请填写是哪一个({known})",
                )
                yield fault(name, "fact_has_source", words, "source_id", row, frame.iloc[row - 1, 0])
    cited = {of for frame in facts.values() for of in frame["source_id"] if of is not None}
    yield from _sources(source, cited)
    yield from _sentences(source, tables["sentences"])
    yield from _spans(tables, facts)


def _sources(source: pd.DataFrame, cited: set[str]) -> Iterator[Fault]:
    """A source is named by facts, or is what another reposts; then it was not read, and no fact names it."""
    reposted = dict(zip(source["reposts"], source["source_id"], strict=True))
    idle = (
        "no fact names this source; name it in source_id, or remove the row",
        "没有事实出自该来源,请填写或删去该行",
    )
    for row, (of, original) in enumerate(zip(source["source_id"], source["reposts"], strict=True), start=1):
        if of in reposted and of in cited:
            by = reposted[of]
            words = (
                f"reposted by {by} and not read itself, yet facts name it; name {by} there",
                f"由 {by} 转载、本身未读到,事实应填 {by}",
            )
            yield fault("source", "reposted_not_cited", words, "source_id", row, of)
        elif of not in reposted and of not in cited:
            yield fault("source", "source_is_cited", idle, "source_id", row, of)
        if original == of:
            words = "a source does not repost itself", "来源不能转载自身"
            yield fault("source", "no_circle", words, "reposts", row, of)


def _sentences(source: pd.DataFrame, sentences: pd.DataFrame) -> Iterator[Fault]:
    """The sentences of a source are numbered, fill it, and keep to the sections of its layout."""
    for row, (of, layout, size) in enumerate(
        source[["source_id", "layout", "characters"]].itertuples(index=False), start=1
    ):
        plan = [name for name, _ in sections(layout)] if layout is not None else []
        if len(plan) != len(set(plan)):
            words = "a section appears twice; give each another name", "同一部分出现两次,请用不同名称"
            yield fault("source", "layout_sections", words, "layout", row, layout)
        own = sentences[sentences["source_id"] == of]
        if own.empty:
            continue
        found = [name for name, _ in groupby(own["section"])]
        counted = [n for _, group in groupby(own["section"]) for n, _ in enumerate(group, start=1)]
        if len(found) != len(set(found)) or list(own["sentence"]) != counted:
            words = (
                "the sentences of a source stand in the order of the text, numbered from 1 in each section",
                "同一来源的句子应按原文顺序排列,各部分从1编号",
            )
            yield Fault("sentences", "in_order", *words, column="section, sentence", value=of)
        elif plan and found != plan:
            words = (
                f"the sections of sentences are {', '.join(found)}; correct layout or sentences",
                f"sentences 中的部分为 {', '.join(found)},与结构不符,请改正",
            )
            yield fault("source", "layout_sections", words, "layout", row, layout)
        elif own["characters"].isna().any() or (not pd.isna(size) and own["characters"].sum() != size):
            words = (
                f"the sentences have {own['characters'].sum()} characters together; correct them or source.characters",
                f"各句合计{own['characters'].sum()}字,与 source.characters 不符,请改正",
            )
            yield fault("source", "sentences_fill_source", words, "characters", row, size)


def _spans(tables: Tables, facts: Tables) -> Iterator[Fault]:
    """A place in the text and its hash come together, and the text has such a place."""
    together = "span and span_sha256 come together", "span 与 span_sha256 应同时填写"
    sizes = dict(zip(tables["source"]["source_id"], tables["source"]["characters"], strict=True))
    layouts = dict(zip(tables["source"]["source_id"], tables["source"]["layout"], strict=True))
    cut: dict[str, dict[tuple[str, int], tuple[int, int]]] = {}
    for of, rows in tables["sentences"].groupby("source_id", sort=False):
        ends = rows["characters"].fillna(0).cumsum().astype(int)
        names = zip(rows["section"], rows["sentence"], ends, rows["characters"].fillna(0), strict=True)
        cut[str(of)] = {(s, int(n)): (int(end - size), int(size)) for s, n, end, size in names}
    for table, frame in facts.items():
        if "span" not in frame:
            continue
        columns = zip(frame["source_id"], frame["span"], frame["span_sha256"], strict=True)
        for row, (of, text, digest) in enumerate(columns, start=1):
            if (text is None) != (digest is None):
                yield fault(table, "span_has_hash", together, "span", row, text or digest)
            if text is None:
                continue
            try:
                span = Span.parse(text)
            except BangfuError as error:
                yield fault(table, "span_form", (error.en, error.zh), "span", row, text)
                continue
            place = span.section, span.sentence
            here = {WHOLE: (0, None), **cut.get(of, {})}
            named = [name for name, _ in sections(layouts[of])] if layouts.get(of) else []
            if place not in here and (of in cut or span.section not in named):
                words = (
                    "the source has no such section or sentence; count from the text's beginning as text.1, or add it to sentences and layout",
                    "来源中没有该部分或该句;请从全文开头计(text.1),或补入 sentences 和 layout",
                )
                yield fault(table, "span_in_text", words, "span", row, text)
                continue
            start, size = here.get(place, (0, None))
            whole = sizes.get(of)
            beyond = not pd.isna(whole) and start + span.end > int(whole)
            if beyond or (size is not None and span.start >= size):
                words = (
                    "ends beyond the text, or begins beyond its sentence; correct it",
                    "超出全文或该句,请改正",
                )
                yield fault(table, "span_in_text", words, "span", row, text)
