"""Names that would do something where they are printed: control, direction, markup, formulas."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd

BAD = [
    chr(c)
    for c in (
        *range(0x20),
        *range(0x7F, 0xA0),
        0x61C,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),
        *range(0x2066, 0x206A),
        0xFEFF,
    )
]
HOSTILE = (
    "\x1b[2J\x1b[31mclear", "\x1b]0;title\x07", "turned \u202eround", "bell\x07", "back\x08\x08", "over\rwritten", "nul\0", "c1 \x9b2J",
    "isolate \u2066x\u2069", "line\u2028end", "\ufeffmark", "<script>alert(1)</script>", "</svg><svg onload=alert(1)>", "=1+1", "@cmd", "]]>", "&amp;",
    "#eval(1)", "$x_1$", "\\input{/etc/passwd}", "{{7*7}}", "100% %s %(x)s {0}",
)  # fmt: skip


def silent(text: str) -> bool:
    """No character of it does anything but show."""
    return not any(c in text for c in BAD if c not in "\n\t")


MORE = (
    '<img src=x onerror="alert(1)">', "<iframe src=//x>", "<!-- open", "<style>*{display:none}</style>", "' onmouseover='x", '" onfocus="x', "{% raw %}", "${7*7}",
    "<foreignObject><body onload=x>", 'xlink:href="javascript:x"', "url(javascript:x)", "&#x3c;script&#x3e;", "]]><x/>", '<?xml version="1.0"?>',
    "#read(\"/etc/passwd\")", '#import "x"', "#panic()", "```", "= heading", "@cite <label>", "*b* _i_ ~ \\ //", "#set page(width: 1pt)", "$ x $", "[#x]",
    "\\write18{id}", "\\end{tabular}", "\\catcode`\\@=0", "{\\bf x", "%", "^^5cinput", "&", "~", "\\openout",
    "=cmd|' /C calc'!A0", "+1+cmd|'x'!A0", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1", "＝1+1", '"=1+1', "=HYPERLINK(\"http://x\",\"y\")", ";=1", "'=1",
    '"}', '","kind":"survey"', "\\u0000", "\\", "\ud7ff", "\ufffd", "__proto__", "null", "NaN",
    "[x](javascript:alert(1))", "![x](http://x/y.png)", "| a | b |", "`rm`", "# heading", "---", "<b>", "\n\n# new", "a\n\n---\nb", "**",
    "..", "../../etc/passwd", "C:\\con", "a/b", "~root", "-rf", "--help", "$(id)", "`id`", ";id", "|id", "'; DROP TABLE x; --", "\" or 1=1 --", "%n%s", "{0}", "{name}",
    "\U000e0041\U000e0042", "e\u0301" * 20, "\u0301" * 50, "ﷺ" * 10, "👩‍🌾", "ئۇيغۇر", "བོད", "𠮷", "\u00ad", "\u3164", "\u115f", "\ufe0f", "\u2063", "\u180e",
)  # fmt: skip
"""Markup of HTML, SVG, Typst, TeX, Markdown; formulas; pieces of JSON, SQL, paths and shells; letters that few programs know."""

LONG_NAMES = (
    "x" * 1_000, "长" * 1_000, "<b>" * 333, "=1+" * 333, "a " * 500, "\\x" * 500, "#x" * 500, "&lt;" * 250, "👩‍🌾" * 200, "\u0301" * 1_000, "x" * 999 + "<",
    "长" * 5_000, "'" * 1_000, '"' * 1_000,
)  # fmt: skip


def named(source: Path, folder: Path, name: str) -> Path:
    """A register as if a survey had asked its households, whose title, model, villages and licence have a name."""
    shutil.copytree(source, folder)
    shutil.rmtree(folder / "truth")
    quoted = '"' + "".join(c if c.isascii() and c.isalnum() else f"\\U{ord(c):08X}" for c in name) + '"'
    path = folder / "register.toml"
    text = path.read_text(encoding="utf-8").replace('"synthetic"', '"survey"', 1)
    for key in ("title_en", "title_zh", "licence", "citation", "notes"):
        text = re.sub(rf"^{key} = .*$", lambda _, k=key: f"{k} = {quoted}", text, flags=re.M)
    models = (("courtyard", quoted, quoted), ("cooperative", '"b"', '"乙"'), ("enterprise", '"c"', '"丙"'))
    for identifier, en, zh in models:
        text += f'\n[[models]]\nid = "{identifier}"\ntitle_en = {en}\ntitle_zh = {zh}\n'
    path.write_text(text, encoding="utf-8")
    table = pd.read_parquet(folder / "households.parquet")
    table["village_id"] = name + table["village_id"].astype(str)
    table.to_parquet(folder / "households.parquet", index=False)
    return folder
