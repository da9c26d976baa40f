"""The figure core: badges that cannot be lost, texts that stay inside, bytes that are the same, numbers withheld."""

import hashlib
import json
import xml.etree.ElementTree as ElementTree

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from bangfu.errors import WrongUse
from bangfu.figures import Figure, Number, show, write
from bangfu.figures.render import csv, png, svg
from bangfu.figures.sheet import DEFICIENCIES, seen, sheets
from bangfu.figures.show import FOLDER
from bangfu.figures.stability import OTHER, SAME
from bangfu.figures.style import MODEL_COLOURS, SOURCE_COLOURS, text_width, wrap
from bangfu.words import Word

SVG = "{http://www.w3.org/2000/svg}"


def draw(panel, lang):
    axes = panel.add_axes((0.1, 0.15, 0.8, 0.8))
    axes.plot([1, 2, 3], [-1, 2, 3])
    axes.set_ylabel({"en": "yuan", "zh": "元"}[lang])


def figure(badge="real", draw=draw, **more):
    word = Word("a <finding> & more", "一个<发现>")
    texts = {
        "title": word,
        "subtitle": Word("12 households", "12户"),
        "reading": Word("It reads 37.5", "读作37.5"),
        "not_shown": Word("not this", "不说明这个"),
        "alt": Word('a "line" from 37.5', "一条线"),
        "source": Word("A register, 2024-05-06", "台账,2024-05-06"),
    }
    data = pd.DataFrame({"name": ["=cmd()"], "value": [37.5]})
    return Figure(
        "01_x", badge, data=data, draw=draw, numbers={"a": Number(37.5, "yuan", 1, 50)}, **(texts | more)
    )


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_synthetic_figure_says_so_everywhere(lang, tmp_path):
    panels = []

    def kept(panel, lang):
        panels.append(panel)
        panel.subplots(1, 2)

    made = figure("synthetic", draw=kept)
    opening = {"en": "SYNTHETIC", "zh": "模拟数据·非真实农户"}[lang]
    assert made.heading(lang).startswith(opening)
    assert made.alternative(lang).startswith(opening)
    assert repr(show(made, lang)).startswith(opening)
    png(made, lang)
    for axes in panels[0].axes:  # every plot area, well inside it
        (stamp,) = axes.texts
        assert "非真实农户" in stamp.get_text() and "SYNTHETIC" in stamp.get_text()
        assert stamp.get_transform() == axes.transAxes and stamp.get_position() == (0.5, 0.5)
    assert csv(made).decode().splitlines()[0].endswith(",badge")
    assert "SYNTHETIC" in csv(made).decode().splitlines()[1]
    assert all("_SYNTHETIC." in path.name for path in write(made, tmp_path))


def test_other_badges_do_not_say_synthetic():
    for badge in ("real", "published"):
        made = figure(badge)
        assert "SYNTHETIC" not in made.heading("en") + made.stem + csv(made).decode()
        assert made.alternative("en").startswith({"real": "REAL RECORD", "published": "PUBLISHED"}[badge])
    with pytest.raises(ValueError, match="unknown badge"):
        figure("plain")


def test_too_few_households_withhold_every_number(tmp_path):
    few, enough = figure("own", smallest_group=9), figure("own", smallest_group=10)
    assert few.withheld and not enough.withheld
    for path in write(few, tmp_path / "few"):
        assert b"37.5" not in path.read_bytes(), path.name
    texts = json.loads((tmp_path / "few/zh/01_x.json").read_text(encoding="utf-8"))
    assert texts["title"] == texts["reading"] == "农户过少，为保护隐私不予显示" and texts["numbers"] == {}
    assert "37.5" not in repr(show(few, "en"))
    assert any(b"37.5" in path.read_bytes() for path in write(enough, tmp_path / "enough"))
    assert png(few, "en") != png(enough, "en")
    with pytest.raises(ValueError, match="smallest group"):
        figure("own")


def test_svg_is_described_and_escaped_and_undated():
    text = svg(figure(), "en").decode()
    root = ElementTree.fromstring(text)
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == "a <finding> & more"
    assert desc.text == 'REAL RECORD 报道记载: a "line" from 37.5'
    assert root.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
    assert "<date" not in text and "Matplotlib" not in text.split("<defs")[0].split("-->")[-1]
    assert root.find(f".//{SVG}text") is None, "letters are outlines, so that no reader lacks the font"


def test_png_carries_no_program_name():
    assert b"Software" not in png(figure(), "en") and b"atplotlib" not in png(figure(), "en")


def test_the_same_bytes_whatever_the_reader_has_set():
    before = [hashlib.sha256(f(figure(), "zh")).hexdigest() for f in (png, svg)]
    with mpl.rc_context(
        {"font.size": 30, "axes.facecolor": "red", "savefig.dpi": 40, "svg.fonttype": "none"}
    ):
        assert [hashlib.sha256(f(figure(), "zh")).hexdigest() for f in (png, svg)] == before
        assert mpl.rcParams["font.size"] == 30


def test_files_are_written_only_where_the_variable_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(FOLDER, raising=False)
    show(figure(), "en")
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv(FOLDER, str(tmp_path / "out"))
    shown = show(figure(), "en")
    names = sorted(p.relative_to(tmp_path / "out").as_posix() for p in (tmp_path / "out").rglob("*.*"))
    assert names == [f"{lang}/01_x.{end}" for lang in ("en", "zh") for end in ("csv", "json", "png", "svg")]
    data, metadata = shown._repr_mimebundle_()
    assert data["image/png"] == (tmp_path / "out/en/01_x.png").read_bytes()
    assert data["text/plain"] == "a <finding> & more\nIt reads 37.5"
    assert metadata["bangfu_figure"] == "en/01_x"


def test_a_formula_in_data_is_defused():
    assert "'=cmd()" in csv(figure()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "The quick brown fox jumps over the lazy dog " * 4,
        "报道没有说明解决了多少个问题，也没有说明资金来源。" * 6,
        "共359个问题 in 5 areas，" * 9,
    ],
)
def test_wrapped_lines_stay_inside_and_lose_nothing(text):
    lines = wrap(text, 300, 12).split("\n")
    assert len(lines) > 1
    assert all(text_width(line, 12) <= 300 + 12 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in "，。；：！？）" for line in lines)


def test_colours_can_be_told_apart():
    """Pairwise distance in CIE Lab stays above what the eye takes for the same, in grey by lightness alone."""

    def lab(rgb):
        light = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        xyz = light @ np.array([[0.4124, 0.2126, 0.0193], [0.3576, 0.7152, 0.1192], [0.1805, 0.0722, 0.9505]])
        f = np.cbrt(xyz / np.array([0.9505, 1.0, 1.089]))
        return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])

    for names, grey in ((MODEL_COLOURS.values(), 5), (SOURCE_COLOURS.values(), 12), ((SAME, OTHER), 12)):
        colours = [np.array(mpl.colors.to_rgb(c)) for c in names]
        for how in ("colour", "grey", *DEFICIENCIES):
            labs = [lab(seen(c[None, None], how)[0, 0]) for c in colours]
            nearest = min(np.linalg.norm(a - b) for i, a in enumerate(labs) for b in labs[:i])
            assert nearest > (grey if how == "grey" else 15), (how, nearest)


def test_contact_sheets(tmp_path):
    """Both languages on one page, side by side; in grey nothing has a colour."""
    for number in range(3):
        for lang in ("en", "zh"):
            (tmp_path / lang).mkdir(exist_ok=True)
            (tmp_path / lang / f"{number}.png").write_bytes(png(figure(), lang))
    made = sheets(tmp_path, tmp_path / "sheets")
    assert [path.name for path in made] == [f"{how}.png" for how in ("colour", "grey", *DEFICIENCIES)]
    grey, colour = (imread(tmp_path / f"sheets/{how}.png")[..., :3] for how in ("grey", "colour"))
    assert np.ptp(grey, axis=2).max() < 0.01 and np.ptp(colour, axis=2).max() > 0.3
    one = imread(tmp_path / "en/0.png")
    assert colour.shape[1] > 4 * (one.shape[1] // 2) and colour.shape[0] > 2 * (one.shape[0] // 2)
    with pytest.raises(WrongUse, match="no figures"):
        sheets(tmp_path / "sheets", tmp_path / "other")
