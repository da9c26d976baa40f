"""The ledger: every number has a source, each is computed once more, and no text prints one that has no key."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bangfu.errors import BangfuError
from bangfu.figures import Number
from bangfu.formats import decimals_of, number
from bangfu.ledger import ledger
from bangfu.notebooks.normal import load
from bangfu.page import box as page_box
from bangfu.page import words as page_words
from bangfu.page.entries import Entry, entries
from bangfu.texts import fill, texts
from bangfu.words import Word
from tests.ledger.recompute import RECOUNT, REGISTER
from tests.shared import ROOT

FIGURES = ROOT / "figures"
LEDGER = json.loads((FIGURES / "results.json").read_text(encoding="utf-8"))["numbers"]
MANIFEST = json.loads((FIGURES / "manifest.json").read_text(encoding="utf-8"))
TEXTS = ("page", "brief", "register")
COMPARED = re.compile(r"rank\.|truth\.missed|statement\..*\.(detectable|could)$")
"""Numbers of the comparison's joint inference: held against the comparison itself below."""


def split(name):
    return name.partition(":")[::2]


def test_every_number_says_where_it_comes_from():
    for name, line in LEDGER.items():
        assert line["unit"], name
        if line["register"]:
            assert re.fullmatch(r"[0-9a-f]{64}", line["data"]), name
            assert line["data"] == MANIFEST["data"][line["register"]], name
        elif not name.endswith("rule.smallest"):
            pytest.fail(f"{name} rests on nothing")


def test_the_cell_named_is_a_cell_of_the_notebook():
    for name, line in LEDGER.items():
        if line["notebook"]:
            cells = load(ROOT / "notebooks" / line["notebook"]).cells
            assert line["cell"] in {c.get("execution_count") for c in cells}, name


def test_every_number_of_a_figure_is_that_of_its_file():
    """The figures' files themselves are computed once more by the notebook gate."""
    listed = {name: line["value"] for name, line in LEDGER.items() if split(name)[0] not in TEXTS}
    drawn = {
        f"{path.stem}:{key}": found["value"]
        for path in (FIGURES / "en").glob("*.json")
        for key, found in json.loads(path.read_text(encoding="utf-8"))["numbers"].items()
    }
    assert listed == drawn


def _again(name, line):
    where, key = split(name)
    if line["register"] == "data/register":
        return REGISTER.get(key) if where in TEXTS else None
    return RECOUNT.get(key)


@pytest.mark.parametrize("name", [n for n, line in LEDGER.items() if _again(n, line)])
def test_each_number_computed_by_another_way(name):
    again = float(_again(name, LEDGER[name])())
    assert again == pytest.approx(LEDGER[name]["value"], rel=1e-9)


def test_every_number_of_record_studies_page_and_brief_has_another_way():
    without = {
        split(name)[1]
        for name, line in LEDGER.items()
        if not _again(name, line) and (line["register"] != "data/register" or split(name)[0] in TEXTS)
    }
    assert {key for key in without if not COMPARED.match(key) and not key.startswith("rerun.")} == set()


def test_re_run_numbers_follow_from_their_own_table():
    table = pd.read_csv(FIGURES / "en/08_printed_ours.csv", dtype=str)
    same = table["printed"] == table["ours"]  # both as printed, to the same digits
    expected = {
        "total": len(table),
        "agree": same.sum(),
        "missed": (~same).sum(),
        "studies": table["study"].nunique(),
    }
    for key, value in expected.items():
        assert LEDGER[f"08_printed_ours:rerun.{key}"]["value"] == value


@pytest.fixture(scope="module")
def compared():
    import bangfu

    return bangfu.compare_models(bangfu.load_register(ROOT / "data/register"))


def test_intervals_ranks_and_counts_are_those_of_the_comparison(compared):
    table = compared.table.set_index("arm")
    for arm, row in table.iterrows():
        line = LEDGER[f"brief:gain.{arm}"]
        assert [line["low"], line["high"]] == pytest.approx([row["ci_low"], row["ci_high"]], rel=1e-6)
        joint = LEDGER[f"brief:statement.arm.{arm}"]
        assert [joint["low"], joint["high"]] == pytest.approx([row["band_low"], row["band_high"]], rel=1e-6)
        rank = LEDGER[f"brief:rank.{arm}"]
        assert [rank["low"], rank["high"]] == [row["rank_low"], row["rank_high"]]
    could = next(
        line for name, line in LEDGER.items() if re.match(r"brief:statement\.first\..*\.could$", name)
    )
    assert could["value"] == (table["rank_low"] == 1).sum()
    planted = np.array([LEDGER[f"brief:truth.{arm}"]["value"] for arm in table.index])
    outside = (planted < table["band_low"]) | (planted > table["band_high"])
    assert LEDGER["brief:truth.missed"]["value"] == outside.sum()


def test_joint_intervals_lie_between_one_interval_alone_and_bonferronis(compared):
    """Of seven numbers: wider than each by itself, narrower than by Bonferroni; so is what would be detected."""
    alone = compared.table.assign(other="")
    plain = compared.contrasts[compared.contrasts["way"] == "as_they_are"]
    rows = pd.concat([alone, plain], ignore_index=True)
    members = 1 + len(rows)
    for row in rows.to_dict("records"):
        kind = f"pair.{row['arm']}.{row['other']}" if row["other"] else f"arm.{row['arm']}"
        line = LEDGER[f"brief:statement.{kind}"]
        least, most = (stats.t.ppf(1 - 0.025 / n, row["df"]) * row["std_error"] for n in (1, members))
        power = stats.t.ppf(0.8, row["df"]) * row["std_error"]
        half = (line["high"] - line["low"]) / 2
        assert least < half < most and line["value"] == pytest.approx(row["estimate"], rel=1e-9)
        assert LEDGER[f"brief:statement.{kind}.detectable"]["value"] == pytest.approx(half + power, rel=1e-6)
    joined = LEDGER["brief:statement.joined"]
    smallest, largest = (f([r["std_error"] for r in alone.to_dict("records")]) for f in (min, max))
    half = (joined["high"] - joined["low"]) / 2
    assert half < largest * 3 and LEDGER["brief:statement.joined.detectable"]["value"] > half > smallest
    pairs = [LEDGER[n]["value"] for n in LEDGER if re.match(r"brief:statement\.pair\..*\.detectable$", n)]
    (first,) = (LEDGER[n]["value"] for n in LEDGER if re.match(r"brief:statement\.first\..*\.detectable$", n))
    assert first == max(pairs)


# numbers in texts

TOKEN = re.compile(r"(?<![A-Za-z0-9_./])[-+]?\d[\d,]*(?:\.\d+)?(?![A-Za-z0-9_])")
NOT_RESULTS = re.compile(
    r"\d{4}-\d{2}-\d{2}|(?<!\d)(?:19|20)\d{2}(?:[-–至](?:19|20)\d{2})?(?!\d)"  # dates and years
    r"|95%|<0\.0+1|100 [a-z]+|每100户|data/\w+|\w*/\w+\.csv"  # the level of intervals, the least that is printed of a p-value, icons per hundred, files
)


def tokens(text):
    return [t.rstrip(",").lstrip("+-") for t in TOKEN.findall(NOT_RESULTS.sub(" ", text))]


def prints(token, found):
    values = (found["value"], found.get("low"), found.get("high"))
    places = decimals_of(token)
    forms = {number(abs(v) * scale, places) for v in values if v is not None for scale in (1, 100)}
    return token in forms or token.replace(",", "") in {f.replace(",", "") for f in forms}


def without_key(text, numbers):
    return [t for t in tokens(text) if not any(prints(t, n) for n in numbers)]


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("stem", sorted(p.stem for p in (FIGURES / "en").glob("*.json")))
def test_no_figure_prints_a_number_without_a_key(stem, lang):
    words = json.loads((FIGURES / lang / f"{stem}.json").read_text(encoding="utf-8"))
    counts = [line for name, line in LEDGER.items() if name.startswith("register:")]
    numbers = [*words["numbers"].values(), *(counts if words["badge"] == "synthetic" else [])]
    loose = {
        part: without_key(words[part], numbers) for part in ("title", "subtitle", "reading", "not_shown")
    }
    assert {part: found for part, found in loose.items() if found} == {}


def _texts(value):
    if isinstance(value, Word):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _texts(item)


@pytest.mark.parametrize(
    "said", [texts("brief"), vars(page_words), vars(page_box)], ids=["brief", "page", "box"]
)
def test_page_and_brief_name_every_number_by_its_key(said):
    """Outside the braces there is no digit but the year of the campaign, the level of intervals and the year of joining (0)."""
    found = [t for name, value in said.items() if not name.startswith("__") for t in _texts(value)]
    assert found
    for text in found:
        for one in (text.en, text.zh):
            bare = re.sub(r"\{[^}]*\}", "", one)
            assert set(re.findall(r"\d+", bare)) <= {"0", "2017", "95", "100"}, one


README_RULES = re.compile(
    r"^[^\n]*benchmarks/[^\n]*$|```.*?```|`[^`]*`|\]\([^)]*\)"  # code and addresses
    r"|(?:Python|Java)(?:[\d ., 、]|或|至|or|to|and)*|\d+(?: to \d+)? ?(?:GB|MB)|UTF-8|GB18030|SHA-256|CC BY \d\.\d"
    r"|doi 10\.\S+|\d{4}年\d+月(?:\d+日)?|\d+ (?:April|May) \d{4}|^\d+\. |^\| (?:Figure|图) ?\w+",
    flags=re.S | re.M,
)
"""What is no result: code, versions, sizes, dates, numbering, and lines that name the benchmark that they come from."""


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_no_readme_prints_a_number_without_a_key(name):
    text = README_RULES.sub(" ", (ROOT / name).read_text(encoding="utf-8"))
    assert without_key(text, list(LEDGER.values())) == []


def test_the_finder_finds_in_a_readme():
    text = README_RULES.sub(" ", "Python 3.11 or 3.12, 2 GB\n\n`x 7` benchmarks/a: 9\nof 4711 villages\n")
    assert without_key(text, []) == ["4711"]


def test_the_finder_finds():
    numbers = [{"value": 12.37, "low": 8.4, "high": 16.4}, {"value": 30.0}]
    assert without_key("30 actions, +12.4% (8.4% to 16.4%) in 2017", numbers) == []
    assert without_key("共30项,增收12.5%", numbers) == ["12.5"]
    assert without_key("1,200 households", [{"value": 1200}]) == []


def test_an_unknown_key_is_refused():
    with pytest.raises(BangfuError, match="no number"):
        fill(Word("{a.b} households", "{a.b}户"), {})


def test_a_text_cannot_contradict_a_figure():
    word = dict.fromkeys(
        ("badge_text", "title", "subtitle", "reading", "not_shown", "alt", "source"), Word("", "")
    )
    figure = Entry(
        "01_a", "01_a", "real", word, {}, "", {"actions.total": Number(30, "count")}, "n.ipynb", 1, ""
    )
    with pytest.raises(BangfuError, match="different values"):
        ledger([figure], {"page": {"actions.total": Number(31, "count")}}, {})


def test_the_committed_ledger_lists_every_figure():
    stems = {e.stem for e in entries(FIGURES, ROOT / "notebooks") if e.numbers}
    assert {split(name)[0] for name in LEDGER} == stems | set(TEXTS)
