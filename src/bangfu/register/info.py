"""What a register says of itself: ``register.toml``, or the sheet ``register`` of its workbook."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from bangfu.characters import unfit
from bangfu.errors import DataFault, Fault
from bangfu.glyphs import lacking
from bangfu.register.described import described
from bangfu.register.home import Home
from bangfu.register.names import folded
from bangfu.words import MODELS, Model, Word

KINDS = ("synthetic", "survey", "administrative")
CONCEPTS = ("disposable", "net")
_MUST = ("id", "title_en", "title_zh", "kind")
_LONG = ("citation", "notes")
"""Texts that may have several lines."""
_TEXTS = (*_MUST, "income_concept", "licence", *_LONG)
_SIMULATED = ("scenario", "seed", "households", "households_per_village", "changed_parameters")
"""What ``bangfu simulate`` adds."""
_KEYS = (*_TEXTS, "own_consumption", "models", "accept", "not_totals", *_SIMULATED)
_MODEL = ("id", "title_en", "title_zh")


@dataclass(frozen=True, slots=True)
class RegisterInfo:
    """A register's title, kind and terms.

    Attributes
    ----------
    id : str
    title : Word
    kind : {"synthetic", "survey", "administrative"}
    income_concept : {"disposable", "net"}
        可支配收入 or 纯收入.
    own_consumption : bool or None
        Whether income includes what the household grew and ate; ``None`` where not known.
    licence, citation, notes : str
    models : tuple of Model
        Income models, the three by default.
    accept : tuple of (str, str)
        Rules whose faults the owner lets pass, each with the reason.
    not_totals : tuple of str
        Identifiers with a word of totals that truly are names; ``*`` stands for any characters.
    """

    id: str
    title: Word
    kind: str
    income_concept: str
    own_consumption: bool | None
    licence: str
    citation: str
    notes: str
    models: tuple[Model, ...]
    accept: tuple[tuple[str, str], ...] = ()
    not_totals: tuple[str, ...] = ()

    @property
    def synthetic(self) -> bool:
        """Whether the households are invented."""
        return self.kind == "synthetic"

    @property
    def names(self) -> dict[str, Word]:
        """The models' titles by identifier."""
        return {m.id: m.name for m in self.models}


UNKNOWN = RegisterInfo("", Word("", ""), "administrative", "disposable", None, "", "", "", ())
"""Of a register that does not say: taken for a real one, so that nothing of it is shown."""


def read_info(home: Home) -> tuple[RegisterInfo, list[Fault]]:
    """What the register says, with every fault and warning of it; :data:`UNKNOWN` where it is at fault."""
    try:
        content, table = described(home)
    except DataFault as fault:
        return UNKNOWN, list(fault.faults)
    faults = [*_texts(content, table), *_values(content, table), *_unknown_keys(content, _KEYS, table)]
    models = MODELS if content.get("models") is None else tuple(_models(content["models"], table, faults))
    accept = content.get("accept", {})
    faults += _accepts(accept, table)
    if any(f.severity == "fault" for f in faults):
        return UNKNOWN, faults
    info = RegisterInfo(
        id=content["id"],
        title=Word(content["title_en"], content["title_zh"]),
        kind=content["kind"],
        income_concept=content.get("income_concept", "disposable"),
        own_consumption=content.get("own_consumption"),
        licence=content.get("licence", ""),
        citation=content.get("citation", ""),
        notes=content.get("notes", ""),
        models=models,
        accept=tuple(accept.items()),
        not_totals=tuple(content.get("not_totals", ())),
    )
    return info, faults


def _texts(content: Mapping[str, Any], table: str) -> Iterator[Fault]:
    for key in _TEXTS:
        value = content.get(key, "")
        if not isinstance(value, str):
            words = "must be a text, in quotes", "应为文本,请加引号"
            yield Fault(table, "value_type", *words, column=key)
        elif key in _MUST and not value.strip():
            yield Fault(table, "key_present", "this key is missing; add it", "缺少该项,请补上", column=key)
        else:
            yield from _fit(value, key, table, "\n\r\t" if key in _LONG else "")


def _fit(text: str, key: str, table: str, allowed: str = "") -> Iterator[Fault]:
    found = unfit(text, allowed)
    if found:
        words = f"holds {found[0]}; write the text again without it", f"含有{found[1]},请删去"
        yield Fault(table, "characters_fit", *words, column=key)
        return
    if missing := lacking(text):
        codes = ", ".join(f"{c} U+{ord(c):04X}" for c in missing[:5])
        words = (
            f"holds characters that the bundled fonts lack ({codes}); figures and briefs print their codes: write it without them",
            f"含有随附字体没有的字符({codes}),图和简报只能印出其编码,请改写",
        )
        yield Fault(table, "characters_printed", *words, column=key, severity="warning")


def _values(content: Mapping[str, Any], table: str) -> Iterator[Fault]:
    for key, known in (("kind", KINDS), ("income_concept", CONCEPTS)):
        value = content.get(key)
        if isinstance(value, str) and value.strip() and value not in known:
            words = f"not one of: {', '.join(known)}", f"应为以下之一:{'、'.join(known)}"
            yield Fault(table, "known_value", *words, column=key, value="" if unfit(value) else value[:40])
    names = content.get("not_totals", [])
    if not isinstance(names, list) or not all(isinstance(n, str) and n.strip() for n in names):
        words = "must be a list of texts, for example ['合计村']", "应为文本列表,例如 ['合计村']"
        yield Fault(table, "value_type", *words, column="not_totals")
    if not isinstance(content.get("own_consumption", True), bool):
        words = "must be true or false, without quotes", "应为 true 或 false,不加引号"
        yield Fault(table, "value_type", *words, column="own_consumption")


def _unknown_keys(
    content: Mapping[str, Any], known: Sequence[str], table: str, at: str = ""
) -> Iterator[Fault]:
    for key in content:
        if key not in known:
            en, zh = _nearest(key, known)
            words = f"no such key{en}; it is not used", f"没有该项{zh},未使用"
            yield Fault(table, "key_known", *words, column=_shown(at + key), severity="warning")


def _models(declared: Any, table: str, faults: list[Fault]) -> Iterator[Model]:
    entries = declared if isinstance(declared, list) else []
    if not entries or not all(isinstance(entry, dict) for entry in entries):
        words = (
            "models must be a list of tables [[models]], at least one",
            "models 应为 [[models]] 列表,至少一个",
        )
        faults.append(Fault(table, "models_listed", *words, column="models"))
        return
    seen: dict[str, str] = {}
    for i, entry in enumerate(entries, start=1):
        texts = [entry.get(key) for key in _MODEL]
        at = f"models {i}: "
        faults += _unknown_keys(entry, _MODEL, table, at)
        if not all(isinstance(t, str) and t.strip() for t in texts) or "+" in texts[0]:
            words = (
                "every model needs id (without +), title_en and title_zh, as texts",
                "每种模式需有 id(不含加号)、title_en、title_zh,均为文本",
            )
            faults.append(Fault(table, "model_complete", *words, column=f"models {i}"))
            continue
        for key, text in zip(_MODEL, texts, strict=True):
            faults += _fit(text, at + key, table)
        if folded(texts[0]) in seen:
            words = (
                f"model {i} has the identifier of model {seen[folded(texts[0])]}, or differs from it only by blanks or width; keep one",
                f"第{i}种模式与第{seen[folded(texts[0])]}种编号相同,或仅空格、全半角不同,请只留一个",
            )
            faults.append(Fault(table, "model_once", *words, column=f"models {i}"))
        seen.setdefault(folded(texts[0]), str(i))
        name = Word(texts[1], texts[2])
        yield Model(texts[0], name, name)


def _accepts(accept: Any, table: str) -> Iterator[Fault]:
    from bangfu.register.accepting import ACCEPTABLE  # whose rules need this module's words

    if not isinstance(accept, dict):
        words = (
            'must be a table [accept] of lines: rule = "reason"',
            '应为 [accept] 表,每行:规则 = "理由"',
        )
        yield Fault(table, "accept_listed", *words, column="accept")
        return
    for rule, reason in accept.items():
        at = _shown(f"accept.{rule}")
        if rule not in ACCEPTABLE:
            en, zh = _nearest(rule, ACCEPTABLE)
            words = (
                f"no rule of this name may be accepted{en}; those on the content of tables may be ({', '.join(ACCEPTABLE)}), those on files, columns and the register's description may not",
                f"没有可接受的规则叫这个名称{zh};可接受的是表内容的规则({'、'.join(ACCEPTABLE)}),文件、列和台账说明的规则不可",
            )
            yield Fault(table, "rule_known", *words, column=at)
        elif not isinstance(reason, str) or not reason.strip():
            words = "the reason is missing: a text that says why", "缺少理由,请写明原因"
            yield Fault(table, "reason_given", *words, column=at)
        else:
            yield from _fit(reason, at, table)


def _nearest(name: str, known: Sequence[str]) -> tuple[str, str]:
    near = get_close_matches(name, known, n=3)
    return (f" (did you mean {', '.join(near)}?)", f"(是否为 {'、'.join(near)}?)") if near else ("", "")


def _shown(key: str) -> str:
    """A key as it may be printed."""
    return "".join("?" if unfit(c) else c for c in key[:60])
