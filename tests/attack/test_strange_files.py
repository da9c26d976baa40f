"""Files of cells and of moments as other programs, or bad will, would write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import bangfu
from bangfu.cells import Cells
from bangfu.errors import BangfuError
from bangfu.moments import Moments
from tests.attack import altered, strange
from tests.cells.plain import as_plain
from tests.moments.counties import cells, panel


@pytest.fixture(scope="module")
def whole(sixty, tmp_path_factory) -> Path:
    made = bangfu.load_register(sixty).cells(["income_per_head", "headcount"], by=["labour"], line=3000.0)
    return made.save(tmp_path_factory.mktemp("strange") / "county.parquet")


@pytest.fixture(scope="module")
def handed(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("strange moments")
    return cells(panel(3, 40)).moments().save(home / "county.json", log=home / "log")


@pytest.mark.parametrize("what", strange.CELLS)
def test_cells_are_refused_or_the_same(what, whole, tmp_path):
    path = tmp_path / "county.file"
    strange.CELLS[what](whole, path)
    try:
        found = Cells.load(path)
    except BangfuError as error:
        assert "county.file" in error.en and "county.file" in error.zh and "\n" not in error.en
    else:
        assert as_plain(found) == as_plain(Cells.load(whole))


@pytest.mark.parametrize("what", strange.MOMENTS)
def test_moments_are_refused_or_the_same(what, handed, tmp_path):
    path = tmp_path / "county.file"
    strange.MOMENTS[what](handed, path)
    try:
        found = Moments.load(path)
    except BangfuError as error:
        assert "county.file" in error.en and "county.file" in error.zh and "\n" not in error.en
    else:
        before = Moments.load(handed)
        assert found.table.equals(before.table) and (found.covariance == before.covariance).all()


WRONG = {
    "prices as a text": ("prices", "x"), "a price as a text": ("prices", "2016", "x"), "a price of nothing": ("prices", "2016", 0.0),
    "a year less of prices": ("prices", "2016", KeyError), "a year more of prices": ("prices", "1999", 1.0), "no line of a year": ("line", "2017", None),
    "a line below zero": ("line", "2017", -1.0), "a line without years": ("line", []), "facts as a list": ("by", ["labour"]), "breaks as a text": ("by", "labour", "x"),
    "no breaks": ("by", "labour", []), "breaks that fall": ("by", "labour", [2.0, 1.0]), "a unit that is a number": ("units", "headcount", 3),
    "units as a list": ("units", []), "a base year in words": ("base_year", "2020"), "another exposure": ("exposure", "rumour"), "late as a number": ("late", 1),
    "weights as a number": ("weighted", 1), "a concept as a list": ("income_concept", []), "a field more": ("secret", 1),
}  # fmt: skip
"""What a forger, who makes the digests again, puts where the file says how its outcomes were made."""


@pytest.mark.parametrize("what", WRONG)
def test_how_outcomes_were_made(what, whole, tmp_path, run):
    *place, value = WRONG[what]
    table, meta = altered.read(whole)
    path = tmp_path / "county.file"
    altered.write(table, altered.changed(meta, ("info", "spec", *place), value), path, forged=True)
    for words in (["compare", path], ["cells", path, "--out", tmp_path / "out"]):
        ended = run(*words)
        assert (
            ended.code == 1
            and f"county.file, info.spec.{place[0]}" in ended.err
            and not (tmp_path / "out").exists()
        )


@pytest.mark.parametrize(
    ("field", "value"), [("weighted", "yes"), ("by", []), ("units", {"income": 1}), ("secret", 1)]
)
def test_how_outcomes_of_moments_were_made(field, value, handed, tmp_path):
    content = json.loads(handed.read_text(encoding="utf-8"))
    content["rules"]["spec"][field] = value
    altered.write_moments(tmp_path / "county.file", content, forged=True)
    with pytest.raises(BangfuError, match=f"rules.spec.{field}"):
        Moments.load(tmp_path / "county.file")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_what_is_neither_is_named(lang, whole, handed, tmp_path, run):
    (tmp_path / "county.gz").write_bytes(b"\x1f\x8b")
    ended = run("cells", tmp_path / "county.gz", whole, handed, "--out", tmp_path / "out", "--lang", lang)
    assert ended.code == 2 and ("something else" if lang == "en" else "其他内容") in ended.err
    assert all(name in ended.err for name in ("county.gz", whole.name, handed.name))
