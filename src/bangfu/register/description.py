"""What :meth:`HouseholdRegister.describe` gives, and how it prints in either language."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import pandas as pd

from bangfu.errors import Language
from bangfu.formats import number, percent
from bangfu.release import INSIDE, guarded, setting
from bangfu.words import BADGES, Word, arm_name

_HEADINGS = {
    "units": Word("Units", "数量"),
    "years": Word("Years", "年份"),
    "completeness": Word("Completeness", "完整程度"),
    "balance": Word("Households by models ever taken up: means", "各参加组合农户的均值"),
    "attrition": Word("Who is still seen", "样本流失"),
}

_COLUMNS = {
    "what": Word("what", "项目"),
    "count": Word("count", "数量"),
    "year": Word("year", "年份"),
    "rows": Word("income rows", "收入记录"),
    "share": Word("share of households", "占全部农户"),
    "table": Word("table", "表"),
    "column": Word("column", "列"),
    "missing": Word("empty cells", "空缺"),
    "share_missing": Word("share empty", "空缺比例"),
    "arm": Word("models taken up", "参加组合"),
    "households": Word("households", "户数"),
    "mean": Word("mean", "均值"),
    "difference": Word("difference in standard deviations", "标准化差异"),
    "seen": Word("seen", "仍有记录"),
    "share_seen": Word("share seen", "仍有记录比例"),
}

_WHAT = {
    "households": "户",
    "villages": "村",
    "years": "年份",
    "income rows": "收入记录",
    "households seen in every year": "每年都有记录的户",
}


@dataclass(frozen=True, slots=True, repr=False)
class Description:
    """Tables about a register.

    Attributes
    ----------
    title : Word
    kind : str
    names : dict of str to Word
        Names of the models.
    units : DataFrame
        ``what, count``.
    years : DataFrame
        ``year, rows, share`` (of the households that the register lists).
    completeness : DataFrame
        ``table, column, missing, share_missing``, one row per column.
    balance : DataFrame
        ``arm, column, households, mean, difference``: weighted means by the models ever taken up, and the difference from
        the households that took up none, in standard deviations of all. Withheld below ten households unless synthetic.
    attrition : DataFrame
        ``arm, year, households, seen, share_seen``.
    """

    title: Word
    kind: str
    names: dict[str, Word]
    units: pd.DataFrame
    years: pd.DataFrame
    completeness: pd.DataFrame
    balance: pd.DataFrame
    attrition: pd.DataFrame

    def text(self, lang: Language = "en") -> str:
        """All tables as text."""
        parts = [self._title(lang)]
        for name in _HEADINGS:
            parts += ["", _HEADINGS[name][lang], self._printed(name, lang).to_string(index=False)]
        return "\n".join(parts)

    def html(self, lang: Language = "en") -> str:
        """All tables as HTML."""
        parts = [f"<p><b>{escape(self._title(lang))}</b></p>"]
        for name in _HEADINGS:
            parts.append(f"<p>{escape(_HEADINGS[name][lang])}</p>")
            parts.append(self._printed(name, lang).to_html(index=False, border=0))
        return "".join(parts)

    def _title(self, lang: Language) -> str:
        if self.kind == "synthetic":
            return f"{BADGES['synthetic'][lang]} · {self.title[lang]}"
        return self.title[lang] if setting() == "release" else f"{self.title[lang]} · {INSIDE[lang]}"

    def _printed(self, name: str, lang: Language) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self, name).copy()
        if self.kind != "synthetic" and setting() == "release":
            frame = guarded(frame)
        for column in frame.columns:
            if column.startswith("share"):
                frame[column] = [percent(100 * v) for v in frame[column]]
            elif column in ("mean", "difference"):
                frame[column] = [number(v, 2) for v in frame[column]]
            elif column in ("count", "rows", "missing", "households", "seen"):
                frame[column] = [number(v) for v in frame[column]]
            elif column == "arm":
                frame[column] = [arm_name(str(v).split("+"), lang, names=self.names) for v in frame[column]]
            elif column == "what" and lang == "zh":
                frame[column] = [self._what(str(v)) for v in frame[column]]
        return frame.rename(columns={c: _COLUMNS[c][lang] for c in frame.columns})

    def _what(self, text: str) -> str:
        joined = {f"joined {word}": title for m, title in self.names.items() for word in (m, title.en)}
        return f"参加{joined[text].zh}" if text in joined else _WHAT.get(text, text)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()
