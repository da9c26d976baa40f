"""Names that would do something where they are printed: control, direction, markup, formulas."""

from __future__ import annotations

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
