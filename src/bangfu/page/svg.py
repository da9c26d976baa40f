"""Figures inside one page: only drawing is let through, and outlines that they share are kept once.

Text in the figures is outlined, so the same few hundred glyphs fill every file. On the page they stand once, under
short names; a download puts those that a figure uses back into it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from bangfu.errors import BangfuError

_SVG, _XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"

_ELEMENTS = frozenset(
    (
        "svg",
        "g",
        "path",
        "use",
        "rect",
        "circle",
        "line",
        "polyline",
        "polygon",
        "ellipse",
        "defs",
        "clipPath",
    )
) | {"linearGradient", "stop", "image", "title", "desc"}
"""What may stand in a figure; anything else (scripts, styles, links, foreign content) is dropped."""

_ATTRIBUTES = re.compile(
    r"(d|x|y|x1|x2|y1|y2|cx|cy|r|rx|ry|width|height|points|transform|style|offset|id|clip-path|viewBox|opacity"
    r"|fill(-[a-z]+)?|stroke(-[a-z]+)?|stop-[a-z]+|gradient[A-Z][a-z]+|preserveAspectRatio)\Z"
)
_NUMBER = re.compile(r"-?\d*\.\d+(?:e-?\d+)?|-?\d+")
_GLYPH_SCALE = "scale(0.015625)"
"""Glyph outlines are in 64ths of a point: whole numbers are exact enough."""


@dataclass(slots=True)
class Shared:
    """Outlines of all figures of one page.

    Attributes
    ----------
    names : dict of str to str
        The outline's attributes as text -> its short name, in order of first use.
    """

    names: dict[str, str] = field(default_factory=dict)

    def name(self, attributes: str) -> str:
        """The short name of an outline."""
        return self.names.setdefault(attributes, f"o{len(self.names)}")

    def markup(self) -> str:
        """All outlines, for one ``<defs>``."""
        return "".join(f"<path id={quoteattr(name)}{text}/>" for text, name in self.names.items())


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure's drawing as it stands on the page.

    Attributes
    ----------
    inner : str
        Markup within ``<svg>``, without title and description.
    whole, body : tuple of float
        ``viewBox`` of the whole figure, and of its body without header and foot, whose words the page sets as text.
    """

    inner: str
    whole: tuple[float, float, float, float]
    body: tuple[float, float, float, float]


def drawing(svg: str, name: str, shared: Shared) -> Drawing:
    """Read one figure.

    Parameters
    ----------
    svg : str
        The file's text.
    name : str
        Unique on the page; opens the identifiers that must be the figure's own.
    shared : Shared
        Takes the outlines.

    Raises
    ------
    BangfuError
        When it is not SVG.
    """
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError as error:
        raise BangfuError(f"the figure {name} is not SVG: {error}", f"图 {name} 不是 SVG:{error}") from None
    box = [float(v) for v in root.get("viewBox", "0 0 648 388.8").split()]
    whole = (box[0], box[1], box[2], box[3])
    outlines = {
        element.get("id", ""): shared.name(_attributes(element, {}, outline=True))
        for defs in root.iter(f"{_SVG}defs")
        for element in defs
        if element.tag == f"{_SVG}path"
    }
    own = {
        element.get("id", ""): f"{name}-{i}"
        for i, element in enumerate(e for e in root.iter() if _tag(e) in ("clipPath", "linearGradient"))
    }
    inner = "".join(_markup(child, outlines | own) for child in root)
    return Drawing(inner, whole, _body(root, whole))


def _body(root: Element, whole: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Where the panel between header and foot lies: the background of the first inner figure."""
    for group in root.iter(f"{_SVG}g"):
        if group.get("id") == "subfigure_1":
            path = group.find(f"{_SVG}g/{_SVG}path")
            numbers = [float(v) for v in _NUMBER.findall(path.get("d", ""))] if path is not None else []
            ys = numbers[1::2]
            if ys and 0 < max(ys) - min(ys) <= whole[3]:
                return (whole[0], round(min(ys), 1), whole[2], round(max(ys) - min(ys), 1))
    return whole


def _tag(element: Element) -> str:
    tag = element.tag if isinstance(element.tag, str) else ""
    return tag.removeprefix(_SVG)


def _markup(element: Element, names: dict[str, str]) -> str:
    tag = _tag(element)
    if tag not in _ELEMENTS or tag in ("title", "desc", "svg"):
        return ""
    if tag == "defs":  # outlines have moved to the shared ones
        kept = [child for child in element if _tag(child) in ("clipPath", "linearGradient")]
        inner = "".join(_markup(child, names) for child in kept)
        return f"<defs>{inner}</defs>" if inner else ""
    if tag == "image" and not element.get(_XLINK, "").startswith("data:image/png;base64,"):
        return ""
    attributes = _attributes(element, names)
    inner = "".join(_markup(child, names) for child in element)
    if tag == "g" and (not attributes or not inner):
        return inner
    return f"<{tag}{attributes}>{inner}</{tag}>" if inner else f"<{tag}{attributes}/>"


def _attributes(element: Element, names: dict[str, str], *, outline: bool = False) -> str:
    return "".join(f" {key}={quoteattr(value)}" for key, value in _kept(element, names, outline))


def _kept(element: Element, names: dict[str, str], outline: bool) -> Iterator[tuple[str, str]]:
    for key, value in element.attrib.items():
        if key == _XLINK:
            if value.startswith("#") and value[1:] in names:
                yield "href", f"#{names[value[1:]]}"
            elif value.startswith("data:image/png;base64,"):
                yield "href", "".join(value.split())
        elif key == "id":
            if value in names and not outline:
                yield "id", names[value]
        elif _ATTRIBUTES.match(key):
            if "url(" in value:
                target = re.fullmatch(r"url\(#([^)]+)\)", value)
                if target and target[1] in names:
                    yield key, f"url(#{names[target[1]]})"
            elif key in ("d", "points"):
                exact = outline and element.get("transform") == _GLYPH_SCALE
                yield key, _short(value, 0 if exact else 2)
            elif key == "style":
                yield key, re.sub(r"\s*([:;])\s*", r"\1", value).strip("; ")
            else:
                yield key, _short(value, 6 if "scale" in value else 2) if key != "viewBox" else value


def _short(text: str, decimals: int) -> str:
    """The same path with fewer digits and no needless spaces."""

    def rounded(match: re.Match[str]) -> str:
        value = f"{float(match[0]):.{decimals}f}"
        value = value.rstrip("0").rstrip(".") if "." in value else value
        return "0" if value in ("-0", "") else value

    text = " ".join(_NUMBER.sub(rounded, text).split()) if not text.startswith("#") else text
    return re.sub(r" ?([A-Za-z]) (?=[-\d])", r"\1", text) if "(" not in text else text


def opening(name: str, title: str, description: str, lang: str, box: Drawing) -> str:
    """The start of the page's ``<svg>``: what a screen reader reads, and both boxes."""
    whole, body = (" ".join(f"{v:g}" for v in values) for values in (box.whole, box.body))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" lang="{lang}" id={quoteattr(name)} viewBox="{body}" data-whole="{whole}" '
        f'aria-labelledby={quoteattr(f"{name}-t {name}-d")} stroke-linejoin="round" stroke-linecap="butt">'
        f"<title id={quoteattr(f'{name}-t')}>{escape(title)}</title><desc id={quoteattr(f'{name}-d')}>{escape(description)}</desc>"
    )
