"""A table as a value, and its three formats through maketables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from bangfu.errors import Language
from bangfu.words import BADGES, TERMS, Word

INVENTED = Word(
    "All households are invented; the numbers say nothing about any place.",
    "农户均由程序生成,并非真实,数字不反映任何地方。",
)

_LATEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "[": "{[}", "]": "{]}", '"': r"\textquotedbl{}", "`": r"\textasciigrave{}",
}  # fmt: skip
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff\ufffe\uffff]+")
_MINUS = re.compile(r"(?<![\w-])-(?=\d)")
_RANDOM_ID = re.compile(r'<div id="(\w+)"')


@dataclass(frozen=True, slots=True)
class PaperTable:
    """One table in both languages; texts are plain, every format escapes them itself.

    Attributes
    ----------
    id : str
        File name.
    title : Word
    head : tuple of Word
        Column heads, the first of the row names.
    rows : tuple of tuple of Word
        Cells as printed.
    notes : tuple of Word
        One paragraph each.
    synthetic : bool
        Opens title and notes with the badge, and stands in the file name.
    """

    id: str
    title: Word
    head: tuple[Word, ...]
    rows: tuple[tuple[Word, ...], ...]
    notes: tuple[Word, ...]
    synthetic: bool

    @property
    def stem(self) -> str:
        """The file name without ending."""
        return f"{self.id}_SYNTHETIC" if self.synthetic else self.id

    def heading(self, lang: Language) -> str:
        """The title as printed."""
        colon = "：" if lang == "zh" else ": "
        return f"{BADGES['synthetic'][lang]}{colon}{self.title[lang]}" if self.synthetic else self.title[lang]

    def printed_notes(self, lang: Language) -> list[str]:
        """The notes as printed; on invented households they open by saying so."""
        return [n[lang] for n in ((INVENTED, *self.notes) if self.synthetic else self.notes)]

    def frame(self, lang: Language = "en") -> pd.DataFrame:
        """The cells as printed, indexed by the row names."""
        body = [[_clean(c[lang]) for c in row] for row in self.rows]
        heads = [_clean(h[lang]) for h in self.head]
        index = pd.Index([row[0] for row in body], name=heads[0])
        return pd.DataFrame([row[1:] for row in body], index=index, columns=heads[1:])

    def latex(self, lang: Language = "en") -> str:
        """A ``table`` float; needs booktabs, tabularx, threeparttable and makecell, and XeLaTeX with xeCJK for Chinese."""
        frame = self.frame(lang).map(latex_text)
        frame.index = frame.index.map(latex_text)
        frame.columns = frame.columns.map(latex_text)
        table = self._made(
            frame, "\n".join(map(latex_text, self.printed_notes(lang))), latex_text(self.heading(lang))
        )
        text: str = table.make(type="tex")
        return f"% {TERMS['synthetic'].en if self.synthetic else self.id}\n{text}\n"

    def html(self, lang: Language = "en") -> str:
        """A page of its own with the table."""
        table = self._made(self.frame(lang), "\n".join(self.printed_notes(lang)), self.heading(lang))
        body: str = table.make(type="gt").as_raw_html()
        found = _RANDOM_ID.search(body)
        if found:
            body = body.replace(found[1], self.id)
        return (
            f'<!DOCTYPE html>\n<html lang="{lang}">\n<head><meta charset="utf-8"><title>{_html(self.heading(lang))}</title></head>\n'
            f"<body>\n{body}\n</body>\n</html>\n"
        )

    def docx(self, lang: Language = "en") -> bytes:
        """A Word document with the table; the same bytes every time."""
        table = self._made(self.frame(lang), "\n".join(self.printed_notes(lang)), self.heading(lang))
        document: Any = table.make(type="docx")
        packed, same = BytesIO(), BytesIO()
        document.save(packed)
        with ZipFile(packed) as read, ZipFile(same, "w", ZIP_DEFLATED) as write:
            for name in read.namelist():
                write.writestr(ZipInfo(name, (1980, 1, 1, 0, 0, 0)), read.read(name), ZIP_DEFLATED)
        return same.getvalue()

    def _made(self, frame: pd.DataFrame, notes: str, caption: str) -> Any:
        from maketables import MTable

        return MTable(frame, notes=notes, caption=caption, tab_label=f"tab:{self.id}")


def latex_text(text: str) -> str:
    """Text that LaTeX prints as it stands.

    >>> print(latex_text("-5% to 2% of_x & [y]"))
    $-$5\\% to 2\\% of\\_x \\& {[}y{]}
    """
    return _MINUS.sub("$-$", "".join(_LATEX.get(c, c) for c in text))


def _clean(text: str) -> str:
    """One line, without characters that no format can hold."""
    return _UNPRINTABLE.sub(" ", text)


def _html(text: str) -> str:
    from html import escape

    return escape(_clean(text))
