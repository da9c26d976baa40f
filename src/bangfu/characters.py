"""Characters that no printed text may hold: they do not show, turn the direction of what follows, or end a file early."""

from __future__ import annotations

import unicodedata

_UNFIT = {"Cc": "a control character", "Cf": "a character that does not show", "Cs": "half a character", "Zl": "a line end", "Zp": "a line end"}  # fmt: skip
_ZH = {"Cc": "控制字符", "Cf": "不可见或改变方向的字符", "Cs": "半个字符", "Zl": "换行符", "Zp": "换行符"}


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
