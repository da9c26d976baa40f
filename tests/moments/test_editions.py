"""The release log: no two releases of a register differ by a few households."""

from __future__ import annotations

import json
import os
import stat

import numpy as np
import pandas as pd
import pytest

from bangfu.errors import BangfuError, WrongUse
from tests.moments.counties import ARMS, cells, panel


@pytest.fixture
def rows() -> pd.DataFrame:
    return panel(7, 60)


@pytest.fixture
def release(tmp_path):
    """Hand up a panel, each time into another file, by one log."""
    made = []

    def handed(
        rows: pd.DataFrame, outcome: str | None = None, register: str = "county", **options: object
    ) -> None:
        path = tmp_path / f"{len(made)}.json"
        made.append(path)
        cells(rows, register, **options.pop("columns", {})).moments(outcome, **options).save(
            path, log=tmp_path / "log"
        )
        assert path.exists()

    return handed


def in_villages(rows: pd.DataFrame, count: int, who: pd.Series) -> pd.Series:
    """The first such household of each of so many villages."""
    first = rows[who].drop_duplicates("village")["id"].iloc[:count]
    return rows["id"].isin(first)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 15])
@pytest.mark.parametrize("kind", ["removed", "changed", "another cohort"])
def test_villages_that_differ(rows, release, kind, count):
    arm = ARMS[1] if count >= 10 else ARMS[0]
    own = in_villages(rows, count, (rows["arm"] == arm) & (rows["first"] == 2017))
    release(rows)
    other = {
        "removed": rows[~own], "changed": rows.assign(income=rows["income"] + 0.5 * own),
        "another cohort": rows.assign(first=rows["first"].where(~own, 2018)),
    }[kind]  # fmt: skip
    if 0 < count < 10:
        with pytest.raises(BangfuError, match="in fewer than 10 villages"):
            release(other)
    else:
        release(other)


def test_a_household_that_joins_leaves_the_comparison(rows, release):
    release(rows)
    own = in_villages(rows, 1, rows["first"] == 0)
    with pytest.raises(BangfuError, match="in fewer than 10 villages"):
        release(rows.assign(arm=rows["arm"].where(~own, "enterprise"), first=rows["first"].where(~own, 2020)))


def test_every_earlier_release_counts(rows, release):
    """One and two differ enough, two and three too; one and three do not."""
    own = in_villages(rows, 12, rows["first"] == 0)
    alone = in_villages(rows, 1, rows["arm"] == ARMS[0])
    release(rows)
    release(rows[~own])
    with pytest.raises(BangfuError, match="in fewer than 10 villages"):
        release(rows[~alone])


def test_another_year_may_come_and_old_ones_stay(rows, release):
    release(rows[rows["year"] < 2020])
    own = in_villages(rows, 1, rows["arm"] == ARMS[0])
    release(rows)
    with pytest.raises(BangfuError, match="in fewer than 10 villages"):
        release(rows[~own])


@pytest.mark.parametrize(
    "options",
    [{"scale": "level"}, {"missing": "complete"}, {"control": "never_elsewhere"}, {"anticipation": 1}],
)
def test_one_set_of_rules_for_an_outcome(rows, release, options):
    release(rows)
    (name,) = options
    with pytest.raises(BangfuError, match=rf"by other rules \(design {name}: .*release it by those again"):
        release(rows, **options)
    release(rows, seed=5)  # changes no mean
    release(rows, register="another county", **options)


def test_another_outcome_of_other_households(rows, release):
    """Sums of several outcomes add up: theirs must be of the same households."""
    rows = rows.assign(wage=rows["income"] / 2)
    both = {"outcome": ["income", "wage"]}
    release(rows, "income", columns=both)
    release(rows, "wage", columns=both)
    own = in_villages(rows, 1, rows["arm"] == ARMS[0])
    with pytest.raises(BangfuError, match="in fewer than 10 villages"):
        release(rows.assign(wage=rows["wage"].where(~own, np.nan)), "wage", columns=both)


def test_a_log_is_needed_private_and_never_believed(rows, release, tmp_path):
    moments, log = cells(rows).moments(), tmp_path / "log"
    with pytest.raises(WrongUse, match="a release is logged"):
        moments.save(tmp_path / "x.json")
    cells(rows).moments(inside=True).save(tmp_path / "inside.json")
    release(rows)
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    text = log.read_text(encoding="utf-8")
    for broken in (
        "{",
        text[:-30],
        json.dumps({"bangfu_releases": 1, "editions": [{}]}),
        text.replace('"made"', '"maid"'),
    ):
        log.write_text(broken, encoding="utf-8")
        with pytest.raises(BangfuError, match=r"^log"):
            release(rows)
        assert log.read_text(encoding="utf-8") == broken
    log.unlink()
    log.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(WrongUse, match="a link"):
        release(rows)


def test_the_log_is_written_first(rows, tmp_path, monkeypatch):
    """What may have gone out is known: an interrupted release counts as one, and may be repeated."""
    moments = cells(rows).moments()
    taken = tmp_path / "taken.json"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(WrongUse, match="exists already"):
        moments.save(taken, log=tmp_path / "log")
    assert not (tmp_path / "log").exists() and taken.read_text(encoding="utf-8") == "mine"
    from bangfu.moments import files

    monkeypatch.setattr(files, "_lines", lambda value: os.abort if value is None else 1 / 0)
    with pytest.raises(ZeroDivisionError):
        moments.save(tmp_path / "m.json", log=tmp_path / "log")
    monkeypatch.undo()
    assert (tmp_path / "log").exists() and not (tmp_path / "m.json").exists()
    moments.save(tmp_path / "m.json", log=tmp_path / "log")
    own = in_villages(rows, 1, rows["arm"] == ARMS[0])
    with pytest.raises(BangfuError, match="in fewer than 10 villages"):
        cells(rows[~own]).moments().save(tmp_path / "other.json", log=tmp_path / "log")


def test_a_year_counts_alone(rows, release):
    """Five villages changed in one year and five others in another are ten, of which each result shows five."""
    one = in_villages(rows, 10, (rows["arm"] == ARMS[1]) & (rows["first"] == 2017))
    early = rows["village"].isin(rows.loc[one, "village"].unique()[:5])
    changed = one & (rows["year"] == np.where(early, 2017, 2018))
    assert rows.loc[changed, "village"].nunique() == 10
    release(rows)
    with pytest.raises(BangfuError, match=r"results of the releases of .* in fewer than 10 villages"):
        release(rows.assign(income=rows["income"] + 0.5 * changed))


def editions_of_four() -> tuple[pd.DataFrame, ...]:
    """Everybody; ten villages' households of one arm left out; those of ten others too; those of the others and one more.

    No two differ in fewer than ten villages; the first and third less the second and fourth leave one household.
    """
    rows = panel(7, 150)
    who = rows[(rows["arm"] == ARMS[1]) & (rows["first"] == 2017)].drop_duplicates("village")["id"].tolist()
    out = (), who[:10], who[:20], who[10:21]
    assert len(who) > 21
    return tuple(rows[~rows["id"].isin(left_out)] for left_out in out)


def test_editions_together(release):
    one, two, three, four = editions_of_four()
    for edition in (one, two, three):
        release(edition)
    with pytest.raises(
        BangfuError, match=r"the releases of .*, .* and of this one, added and subtracted"
    ) as said:
        release(four)
    assert "合在一起加减" in said.value.zh
    release(two)  # again


@pytest.mark.parametrize("left_out", range(3))
def test_three_of_four_show_nothing(release, left_out):
    for i, edition in enumerate(editions_of_four()):
        if i != left_out:
            release(edition)


def test_a_log_without_sides_is_read(rows, release, tmp_path):
    """One of before they were logged: its editions count by pairs."""
    release(rows)
    log = json.loads((tmp_path / "log").read_text(encoding="utf-8"))
    del log["editions"][0]["behind"]
    (tmp_path / "log").write_text(json.dumps(log), encoding="utf-8")
    release(rows)
    alone = in_villages(rows, 1, rows["arm"] == ARMS[0])
    with pytest.raises(BangfuError, match="in fewer than 10 villages"):
        release(rows[~alone])
