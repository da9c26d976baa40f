"""Texts apart from code: both languages, the same places, every key used and every used key there."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from bangfu.errors import BangfuError
from bangfu.figures.figure import Number
from bangfu.texts import fill, keys_in, say, texts
from bangfu.words import Word
from tests.shared import ROOT
from tests.words.wording import wording

ROOMS = sorted(
    f.name.removesuffix(".toml") for f in files("bangfu.texts").iterdir() if f.name.endswith(".toml")
)
CODE = "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "src/bangfu").rglob("*.py")))
SPEAKING = [
    p.read_text(encoding="utf-8")
    for p in sorted((ROOT / "src/bangfu/compare").glob("*.py"))
    if "texts" in p.read_text(encoding="utf-8")
]
PLACE = re.compile(r"\{[^}]*\}")


@pytest.mark.parametrize("room", ROOMS)
def test_both_languages_stand_side_by_side_with_the_same_places(room: str) -> None:
    for key, word in texts(room).items():
        if key.endswith("no_share"):
            assert (word.en, word.zh) == ("", "")
            continue
        assert word.en.strip() and word.zh.strip(), key
        # a span is "between a and b" in English, and the range itself in Chinese
        assert set(PLACE.findall(word.en.replace("{span}", "{range}"))) == set(PLACE.findall(word.zh)), key
        assert re.search(r"[\u4e00-\u9fff]", word.zh) or key in ("and", "between.range", "between.span"), key
        assert not re.search(r"[\u4e00-\u9fff]", word.en.replace("模拟数据·非真实农户", "")), (
            key
        )  # the badge is in both


@pytest.mark.parametrize("room", ROOMS)
def test_every_key_is_used(room: str) -> None:
    assert [key for key in texts(room) if f'"{key}"' not in CODE] == []


def test_every_used_key_exists() -> None:
    """Keys are written whole where they are used: as an argument, or as a value of a table that chooses between them."""
    used = set(
        re.findall(
            r'(?:say\("\w+", |texts\("\w+"\)\[|titled\([^,]+, |key = |key, )"([a-z_]+\.[a-z_]+)"', CODE
        )
    )
    used |= {k for table in re.findall(r"^_?[A-Z]+ = \{(.*?)\}", "\n".join(SPEAKING), re.M | re.S) for k in re.findall(r': "([a-z_]+\.[a-z_]+)"', table)}  # fmt: skip
    assert len(used) > 60
    assert used - {key for room in ROOMS for key in texts(room)} == set()


@pytest.mark.parametrize("room", ROOMS)
def test_no_text_says_what_the_house_does_not(room: str) -> None:
    faults = [
        f
        for key, w in texts(room).items()
        for text in (w.en, w.zh)
        for f in wording(PLACE.sub("7", text), key)
    ]
    assert [(f.table, f.en, f.value) for f in faults] == []


def test_a_place_without_a_word_is_told() -> None:
    with pytest.raises(BangfuError, match=r"no number \{name\}"):
        say("statements", "arm.unknown", why="x")


def test_words_are_put_in_as_they_are() -> None:
    assert say("statements", "arm.unknown", name="{why}", why="b").en.startswith(
        "No conclusion is drawn for {why} (b)"
    )


def test_numbers_by_key() -> None:
    some = {"a.b": Number(4.26, "%", 1.0, 7.0)}
    text = Word("{a.b:+1}% ({a.b.low:1} to {a.b.high:1})", "{a.b:+1}%")
    assert fill(text, some).en == "+4.3% (1.0 to 7.0)"
    assert keys_in(text) == {"a.b"}
