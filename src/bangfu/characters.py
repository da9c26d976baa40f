"""Characters in print: those that no text may hold (they do not show, turn the direction of what follows, or end a file
early), and the width of Chinese punctuation."""

from __future__ import annotations

import json
import re
import unicodedata

_UNFIT = {"Cc": "a control character", "Cf": "a character that does not show", "Cs": "half a character", "Zl": "a line end", "Zp": "a line end"}  # fmt: skip
_ZH = {"Cc": "控制字符", "Cf": "不可见或改变方向的字符", "Cs": "半个字符", "Zl": "换行符", "Zp": "换行符"}

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""Control characters but tab and line feed, those that turn the direction of what follows, line ends, half characters.
Joiners stay: scripts need them."""

_FULL_WIDTH = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（", ")": "）"}


def unfit(text: str, allowed: str = "") -> tuple[str, str] | None:
    """The first such character of a text, named by its code point, in English and Chinese; ``None`` when all is fit.

    >>> unfit("a\\u202eb")
    ('a character that does not show, U+202E', '不可见或改变方向的字符 U+202E')
    """
    for character in text:
        kind = unicodedata.category(character)
        if (kind in _UNFIT and character not in allowed) or character in "\ufffe\uffff":
            code = f"U+{ord(character):04X}"
            return f"{_UNFIT.get(kind, 'no character')}, {code}", f"{_ZH.get(kind, '非字符')} {code}"
    return None


def visible(text: str) -> str:
    """The text with control and direction characters spelt out, so that it prints as it is and does nothing.

    >>> visible("gain\\x1b[2J\\u202e"), visible("庭院 🐑")
    ('gain\\\\x1b[2J\\\\u202e', '庭院 🐑')
    """
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def half_width(text: str) -> str:
    """Text with full-width letters and digits made half-width, without outer white space."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def in_json(text: str) -> str:
    """A JSON text with such characters of its strings escaped: it reads back the same, and prints as it is.

    >>> in_json('{"a": "\u202eb"}')
    '{"a": "\\\\u202eb"}'
    """
    return _UNSEEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def typeset(text: str) -> str:
    """Give a Chinese text full-width punctuation where it touches a Chinese character, brackets in pairs.

    >>> typeset("共12,000户(模拟),95%置信区间:-1.2%至5.6%")
    '共12,000户（模拟），95%置信区间：-1.2%至5.6%'
    >>> typeset("大棚(100)")
    '大棚（100）'
    """
    out: list[str] = []
    for i, character in enumerate(text):
        neighbours = (out[-1:] or [""])[0] + text[i + 1 : i + 2]
        wide = any(
            "\u2e80" <= c <= "\u9fff" or "\u3000" <= c <= "\u303f" or "\uff00" <= c <= "\uffef"
            for c in neighbours
        )
        out.append(_FULL_WIDTH[character] if wide and character in _FULL_WIDTH else character)
    opened: list[int] = []
    for i, character in enumerate(out):  # the two brackets of a pair are of one width
        if character in "(（":
            opened.append(i)
        elif character in ")）" and opened:
            first = opened.pop()
            if out[first] == "（" or character == "）":
                out[first], out[i] = "（", "）"
    return "".join(out)
