"""Released numbers: what rests on too few households or villages is in no output of any door, and no algebra gives it back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np
import pandas as pd
import pytest

import bangfu
from bangfu.brief import findings, own_brief
from bangfu.cells.paths import exposure
from bangfu.compare import ModelComparison
from bangfu.compare.release import apart, released_cells
from bangfu.compare.schema import document
from bangfu.compare.sources import gains_by_source
from bangfu.compare.subgroups import gains_within
from bangfu.compare.support import support
from bangfu.errors import NotEstimable
from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.family import joined_shares
from bangfu.figures import Table
from bangfu.figures.event_study import event_study_figure
from bangfu.figures.gain_sources import gain_sources_figure
from bangfu.figures.ranks import ranks_figure
from bangfu.figures.render import csv
from bangfu.figures.show import LANGUAGES, texts
from bangfu.figures.support import support_figure
from bangfu.papers import comparison_tables
from bangfu.register.sources import income_by_source
from bangfu.release import HOUSEHOLDS, SETTING, VILLAGES, few, fewest, guarded
from bangfu.sensitivity.balance import balance
from bangfu.words import Word
from tests.attack.own import SMALL, write

PARTS = ["income_per_head", "wage_per_head", "business_per_head"]


@cache
def folder() -> Path:
    return write(Path(mkdtemp()) / "own")


@cache
def own() -> bangfu.HouseholdRegister:
    return bangfu.load_register(folder())


@cache
def whole(scale: str = "level") -> ModelComparison:
    return bangfu.compare_models(own(), scale=scale, inside=True)


@cache
def comparison() -> ModelComparison:
    """As anybody makes it; its doors are attacked."""
    return bangfu.compare_models(own(), scale="level")


def printed(value: float) -> set[str]:
    """A number in every rounding that anything prints, where it has digits enough to be known again."""
    forms = {f"{abs(value):.{n}f}" for n in range(5)} | {f"{abs(value):,.{n}f}" for n in range(5)}
    return {f for f in forms if len(re.sub(r"\D", "", f.lstrip("0."))) >= 3}


def numbers(text: str) -> set[str]:
    """Those that stand in a text, at eight digits at most: sums in another order differ in the last."""
    found = re.findall(r"(?<![\w.])\d[\d,]*(?:\.\d+)?", text)
    return {f"{float(t.replace(',', '')):.8g}" for t in found if t.replace(",", "")}


@cache
def secrets() -> frozenset[str]:
    """Every number of the two arms, the cohort and all margins with them, as the whole result prints them."""
    result, found = whole(), set[str]()
    numbers = ["estimate", "std_error", "ci_low", "ci_high"]
    groups = result.effects.table
    hidden = groups[groups["arm"].isin(SMALL) | (groups["cohort"] == 2018)]
    rows = [
        hidden,
        *(
            t[t["arm"].isin(SMALL)]
            for t in (result.table, result.event_study, result.by_year, result.by_cohort)
        ),
    ]
    pairs = result.contrasts
    rows.append(pairs[pairs["arm"].isin(SMALL) | pairs["other"].isin(SMALL)])
    for frame in rows:
        for name in numbers:
            for value in frame[name].dropna():
                found |= printed(value)
    joined = result.stated("joined")
    found |= printed(joined.estimate)
    sources = gains_by_source(own().cells(PARTS), result.design, inside=True)
    for value in sources.loc[sources["arm"].isin([*SMALL, "all"]), "estimate"]:
        found |= printed(value)
    paid = support(own())
    for value in paid.loc[paid["with_amount"] < HOUSEHOLDS, "mean_yuan"]:
        found |= printed(value)
    return frozenset(found)


def gives_away(text: str) -> list[str]:
    """Secrets that stand in a text, as numbers of their own."""
    there = set(re.findall(r"\d[\d,]*(?:\.\d+)?", text))
    there |= {t.rstrip(",") for t in there}
    rounded = {f"{float(t.replace(',', '')):.{n}f}" for t in list(there) if "." in t for n in range(5)}
    return sorted(secrets() & (there | rounded))


def hidden_households() -> set[str]:
    joined = own().participation.to_pandas()
    few_of_them = joined["model"].isin(list(SMALL)) | (joined["from_year"] == 2018)
    return set(joined.loc[few_of_them, "household_id"]) | {"h0000"}


@cache
def bare() -> bangfu.HouseholdRegister:
    """The register as if those who are too few had never lived."""
    place = write(Path(mkdtemp()) / "bare")
    for name in ("households", "incomes", "participation"):
        table = pd.read_csv(place / f"{name}.csv", dtype={"household_id": str})
        table[~table["household_id"].isin(hidden_households())].to_csv(place / f"{name}.csv", index=False)
    return bangfu.load_register(place)


@cache
def doors(of: str = "own") -> dict[str, str]:
    """What every door says of a comparison; of the bare register, whole."""
    register = own() if of == "own" else bare()
    result, out = bangfu.compare_models(register, scale="level", inside=of == "bare"), {}
    for lang in LANGUAGES:
        out[f"text {lang}"] = result.text(lang)
        found = findings(result)
        brief = own_brief(lang, found, Word("low", "较低"))
        out[f"brief {lang}"] = json.dumps(brief.content, ensure_ascii=False) + repr(brief.numbers)
    out |= {"repr": repr(result), "html": result._repr_html_(), "json": json.dumps(document(result))}
    for table in comparison_tables(result, stability=False):
        out[f"paper {table.id}"] = "".join(table.latex(lang) + table.html(lang) for lang in LANGUAGES)
    sources = gains_by_source(register.cells(PARTS), result.design)
    made = {
        "gains": result.figure(), "event": event_study_figure(result), "ranks": ranks_figure(result),
        "sources": gain_sources_figure(result, sources),
    }  # fmt: skip
    for name, figure in made.items():
        said = "".join(json.dumps(texts(figure, lang), ensure_ascii=False) for lang in LANGUAGES)
        out[f"figure {name}"] = said + csv(figure).decode()
        assert not figure.withheld
    return out


def test_the_attack_finds_what_the_whole_result_prints() -> None:
    """Were it printed, it would be found."""
    assert gives_away(whole().text()) and gives_away(json.dumps(document(whole())))
    assert len(secrets()) > 100


@pytest.mark.parametrize(
    "door",
    ["text en", "text zh", "brief en", "brief zh", "repr", "html", "json", "paper gains", "paper differences",
     "paper event_study", "figure gains", "figure event", "figure ranks", "figure sources"],
)  # fmt: skip
def test_no_door_gives_a_withheld_number_away(door: str) -> None:
    said, apart_from = doors()[door], doors("bare")[door]
    assert set(gives_away(said)) <= set(gives_away(apart_from))
    assert numbers(said) <= numbers(apart_from) | numbers(doors()["text en"]) & {"10", "3", "2"}
    assert len(numbers(said)) > 15


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_is_withheld_is_said_with_the_reason(lang: str) -> None:
    words = {"en": ("withheld: too few households", "10 households in 3 villages"), "zh": ("农户过少，为保护隐私不予显示", "3个村的10户")}  # fmt: skip
    for word in words[lang]:
        assert word in doors()[f"text {lang}"]
        assert word in doors()["figure gains"] and word in doors()["paper gains"]
    assert "2 more" in doors()["brief en"] and "另有2种" in doors()["brief zh"]
    about = json.loads(doors()["json"])["about"]
    assert about["for_release"] and about["withheld"] == list(SMALL)


def test_no_small_count_is_told() -> None:
    """Not of households, and not of villages, in any table of the JSON."""
    tables = {k: v for k, v in json.loads(doors()["json"]).items() if isinstance(v, list)}
    for name, rows in tables.items():
        for row in rows:
            count = row.get("households")
            assert count is None or count == 0 or count >= HOUSEHOLDS, (name, row)
            assert not row.get("households") or row.get("villages", VILLAGES) >= VILLAGES, (name, row)
            for other in ("usable", "seen", "censored", "left"):
                value = row.get(other)
                assert value is None or value in (0, count) or HOUSEHOLDS <= value <= count - HOUSEHOLDS, (name, row)  # fmt: skip


def test_the_command_line_prints_and_writes_the_same(run, tmp_path) -> None:
    kept = tmp_path / "kept.json"
    ended = run("compare", folder(), "--scale", "level", "--json", kept)
    said = ended.out + kept.read_text(encoding="utf-8")
    assert ended.code == 0 and set(gives_away(said)) <= set(
        gives_away(doors("bare")["text en"] + doors("bare")["json"])
    )
    inside = run(
        "compare", folder(), "--scale", "level", "--inside", "--json", tmp_path / "whole.json", "--lang", "zh"
    )
    assert inside.code == 0 and gives_away(inside.out) and "不得上报" in inside.out
    about = json.loads((tmp_path / "whole.json").read_text(encoding="utf-8"))["about"]
    assert not about["for_release"] and about["release"][0]["en"].endswith("not for release")


def test_inside_is_whole_and_marked_everywhere() -> None:
    result = whole()
    assert result.released is result and set(SMALL) <= set(result.table["arm"])
    figure = result.figure()
    assert not figure.withheld and gives_away(csv(figure).decode()) and b"not for release" in csv(figure)
    brief = own_brief("en", findings(result), Word("low", "较低"))
    assert "not for release" in json.dumps(brief.content)
    assert "not for release" in comparison_tables(result, stability=False)[0].latex()


def test_in_memory_it_stays_whole() -> None:
    pd.testing.assert_frame_equal(comparison().table, whole().table)


def test_nothing_left_to_tell_is_refused_in_both_languages() -> None:
    few_of_them = own().participation.to_pandas()
    kept = few_of_them[few_of_them["model"] == "seven"]["household_id"]
    cells = own().cells()
    alone = cells.rows(
        np.isin(cells.path, [i for i, p in enumerate(cells.paths) if not p.steps or p.steps[0][1] == "seven"])
    )
    result = bangfu.compare_models(alone)
    assert len(kept) == 7 and "withheld" in repr(result)
    with pytest.raises(NotEstimable) as why:
        result.text()
    assert "inside=True" in why.value.en and "农户过少" in why.value.zh


# what may be solved for


def released_numbers(result: ModelComparison) -> list[tuple[np.ndarray, float]]:
    """Every estimate of a comparison as a functional of its group-time effects: overall, by years, by cohorts, differences, joined."""
    effects, out = result.effects, []
    size = len(effects.table)
    overall = aggregate(effects, "overall", draws=0)
    for kind in ("overall", "event", "calendar", "cohort"):
        found = overall if kind == "overall" else aggregate(effects, kind, draws=0)
        enough = (found.table["households"] >= HOUSEHOLDS) & (found.table["villages"] >= VILLAGES)
        told = np.flatnonzero(enough & found.table["estimate"].notna())
        out += [(found.weights[:size, i], float(found.estimate[i])) for i in told]
    share = joined_shares(effects, overall)
    out.append((overall.weights[:size] @ share, float(np.nan_to_num(overall.estimate) @ share)))
    return out


def unknowns() -> tuple[dict[tuple[str, int], int], np.ndarray, np.ndarray]:
    """By path and year: the mean change since the base beyond that of comparison households, and of whom it is."""
    panel = own().to_pandas()
    wide = panel.pivot(index="household_id", columns="year", values="income_per_head")
    village = panel.groupby("household_id")["village_id"].first()
    joined = own().participation.to_pandas().sort_values(["from_year", "model"])
    path = joined.groupby("household_id")[["from_year", "model"]].apply(
        lambda f: " ".join(f"{m}@{y}" for y, m in f.to_numpy())
    )
    path = path.reindex(wide.index).fillna("")
    place, value, hidden = {}, [], []
    for name in sorted(set(path) - {""}):
        mine = wide[path == name]
        base = int(name.split()[0].split("@")[1]) - 1
        bad = len(mine) < HOUSEHOLDS or village[mine.index].nunique() < VILLAGES
        for year in wide.columns:
            place[name, int(year)] = len(value)
            change = (mine[year] - mine[base]).mean() - (
                wide[path == ""][year] - wide[path == ""][base]
            ).mean()
            value.append(change)
            hidden.append(bad and year > base)
    return place, np.array(value), np.array(hidden)


def system(results: list[ModelComparison]) -> tuple[np.ndarray, np.ndarray]:
    """What these comparisons hold as equations in the unknowns."""
    place = unknowns()[0]
    rows, values = [], []
    for result in results:
        cells, effects = result.cells, result.effects
        of = [exposure(p, cells.years, cells.info.models, result.design.switchers) for p in cells.paths]
        size = np.bincount(cells.path, cells.households, len(cells.paths))
        made = np.zeros((len(effects.table), len(place)))
        for k, row in enumerate(effects.table.to_dict("records")):
            for i, e in enumerate(of):
                there = e.kept and (e.arm, e.cohort) == (row["arm"], row["cohort"])
                if there and (e.until is None or row["year"] < e.until):
                    made[k, place[cells.paths[i].text, row["year"]]] += size[i]
            made[k] /= max(made[k].sum(), 1)
        for weights, value in released_numbers(result):
            rows.append(weights @ made)
            values.append(value)
    return np.array(rows), np.array(values)


def solved(results: list[ModelComparison]) -> np.ndarray:
    """Hidden unknowns, and their mean by path, that least squares determines."""
    place, truth, hidden = unknowns()
    left, right = system(results)
    assert np.allclose(left @ truth, right, rtol=1e-6), "the equations are not those of the numbers"
    paths = list(dict.fromkeys(name for (name, _), i in place.items() if hidden[i]))
    wanted = [np.eye(len(truth))[i] for i in np.flatnonzero(hidden)]
    for name in paths:
        mine = np.array([n == name for n, _ in place]) & hidden
        wanted.append(mine / mine.sum())
    guess = np.linalg.lstsq(left, right, rcond=1e-9)[0]
    told = np.linalg.pinv(left, rcond=1e-9) @ left
    known = [np.allclose(w @ told, w, atol=1e-6) for w in wanted]
    assert all(np.isclose(w @ guess, w @ truth, rtol=1e-5) for w, k in zip(wanted, known, strict=True) if k)
    return np.array(known)


def under(result: ModelComparison) -> list[ModelComparison]:
    """The choices of the stability table that change of whom a number is."""
    return [result, *(result.under(switchers=s) for s in ("own_arm", "drop"))]


def test_without_secondary_suppression_withheld_numbers_are_solved_for() -> None:
    """Rows of too few are left out, margins and other choices are not: the attack works."""
    assert solved(under(whole())).sum() >= 4


def test_from_all_that_is_released_nothing_withheld_can_be_solved_for() -> None:
    released = comparison().released
    assert not solved(under(released)).any()
    assert len(system(under(released))[1]) > 30


def test_releases_of_different_choices_rest_on_the_same_households() -> None:
    """A choice that is made for a second release gives no small group by subtraction from the first."""
    made = [
        bangfu.compare_models(own(), scale="level", switchers=s).released
        for s in ("censor", "own_arm", "drop")
    ]
    assert not solved(made).any()


# years, gaps, kinds, and what notebooks read


def test_years_in_which_too_few_are_seen_count_as_not_seen() -> None:
    """Of an arm of 47, eight are seen in one year; their number is nowhere, and other rules for gaps are left out."""
    panel = own().to_pandas()
    arm = own().households_by_arm.to_pandas().set_index("household_id")["arm"]
    mine = panel["household_id"].map(arm) == "courtyard"
    rare = sorted(panel.loc[mine, "household_id"].unique())[:8]
    cut = panel[~mine | (panel["year"] != 2017) | panel["household_id"].isin(rare)]
    cut = cut[~((cut["year"] == 2016) & (cut["household_id"].isin(rare[:3])))]
    cut = cut.assign(
        last=cut["household_id"].map(arm), first=cut.groupby("household_id")["cohort"].transform("max")
    )
    cells = bangfu.Cells.from_frame(cut, unit="household_id", cluster="village_id", time="year", cohort="first", outcome="income_per_head", arm="last")  # fmt: skip
    result = bangfu.compare_models(cells, scale="level")
    told = result.released
    seen = {(r["arm"], r["year"]): r["households"] for r in told.effects.table.to_dict("records")}
    assert seen["courtyard", 2017] == 0 and seen["courtyard", 2018] >= HOUSEHOLDS
    assert all(n == 0 or n >= HOUSEHOLDS for n in seen.values())
    assert told.release.gaps is False
    assert set(told.stability["missing"]) == {"pairwise"} < set(result.stability["missing"])
    assert told.missing["seen"].isna().all()


def test_classes_of_households_give_none_of_them_back() -> None:
    """Where one class of an atom is withheld, so is its smallest other."""
    cells = own().cells(by={"land_mu": [2]})
    told = apart(released_cells(cells, comparison().design))
    label = told.path * 2 + told.stratum
    assert not few(label, told.village, told.households, int(label.max()) + 1).any()
    before = released_cells(cells, comparison().design)
    for path in np.unique(before.path):
        gone = [s for s in (0, 1) if ((before.path == path) & (before.stratum == s)).any() and not ((told.path == path) & (told.stratum == s)).any()]  # fmt: skip
        assert len(gone) != 1
    table = gains_within(own(), {"land_mu": [2], "labour": [1]}, comparison().design)
    assert not set(table["arm"]) & set(SMALL) and table["households"].dropna().ge(HOUSEHOLDS).all()


@pytest.fixture
def notebook(monkeypatch) -> bangfu.HouseholdRegister:
    """The register as a notebook of ``reproduce --register`` opens it."""
    monkeypatch.setenv(SETTING, "release")
    return bangfu.load_register(folder())


def test_notebooks_read_nobody_who_is_too_few(notebook) -> None:
    """Every frame is that of a register without them, so no margin holds them."""
    hidden = hidden_households()
    panel = notebook.to_pandas()
    assert not set(panel["household_id"]) & hidden and len(panel) == (12 * 18 - len(hidden)) * 5
    for of in (income_by_source, balance, support, lambda r: r.describe().balance, lambda r: r.units):
        pd.testing.assert_frame_equal(of(notebook), of(bare()), check_exact=False)
    result = bangfu.compare_models(notebook, scale="level")
    assert result.release is not None and not set(result.table["arm"]) & set(SMALL)
    paid = support_figure(result, support(notebook))
    assert not set(SMALL) & set(paid.data["arm"]) and not paid.withheld


def test_frames_that_a_notebook_shows_as_they_are_obey_too(monkeypatch) -> None:
    """A frame as the last line of a cell; rows of households are not shown at all."""
    from IPython.core.interactiveshell import InteractiveShell

    from bangfu.notebooks.data import register_folder

    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    frame = pd.DataFrame({"arm": ["a", "b"], "mean": [3141.5, 2718.3], "households": [40, 1]})
    people = pd.DataFrame({"household_id": ["h1"], "income": [1234.5]})

    def said(shown: pd.DataFrame) -> str:
        return "".join(shell.display_formatter.format(shown)[0].values())

    assert "2718" in said(frame) and "1234" in said(people)
    monkeypatch.setenv(SETTING, "release")
    register_folder()
    assert "3141.5" in said(frame) and "2718" not in said(frame) and "1234" not in said(people)


def test_pairs_within_common_classes_rest_on_enough_in_each() -> None:
    """Two arms that share one class, in which one of them has four households: the pair is not told."""
    cells = own().cells(by={"land_mu": [2]})
    result = bangfu.compare_models(cells, scale="level")
    told = apart(result.released.cells)
    pairs = result.released.contrasts.query("way == 'common_cells'")
    whole_pairs = result.contrasts.query("way == 'common_cells'")
    left = {told.strata["land_mu"].iloc[s] for s in np.unique(told.stratum[told.path > 0])}
    assert len(left) < 2 and whole_pairs["estimate"].notna().any()
    assert pairs["estimate"].isna().all() or len(left) == 1


def test_frames_of_a_notebook_hide_small_rows(monkeypatch) -> None:
    frame = pd.DataFrame({"arm": ["a", "b", "c"], "mean": [3141.5, 2718.3, 1618.0], "households": [40, 1, 30], "villages": [9, 1, 2]})  # fmt: skip
    assert "2718" in repr(Table(frame)).replace(",", "")
    monkeypatch.setenv(SETTING, "release")
    shown = repr(Table(frame)).replace(",", "")
    assert "3141.5" in shown and not re.search(r"2718|1618|\b30\b|\b1\b", shown)


def test_one_small_part_takes_the_smallest_other_with_it() -> None:
    parts = pd.DataFrame({"whole": "all", "part": list("abc"), "mean": [1.0, 2.0, 3.0], "households": [50, 30, 4], "note": ""})  # fmt: skip
    out = guarded(parts, ["whole"])
    assert out["mean"].notna().tolist() == [True, False, False]
    assert out["note"].tolist() == ["", "withheld", "withheld"]
    assert guarded(parts.head(2), ["whole"]).equals(parts.head(2))


def test_a_share_rests_on_those_who_have_it_and_those_who_have_not() -> None:
    """One percent of 95 joiners is one household."""
    shares = pd.DataFrame(
        {"group": ["joiners", "comparison"], "households": [95, 88], "share": [1 / 95, 0.4]}
    )
    assert guarded(shares)["share"].isna().tolist() == [True, False] and fewest(shares) == 1
    assert guarded(shares)["households"].dropna().tolist() == [88]


def test_invented_households_are_free() -> None:
    cells = own().cells()
    invented = replace(cells, info=replace(cells.info, kind="synthetic"))
    result = bangfu.compare_models(invented, scale="level")
    assert result.released is result and "withheld" not in document(result)["about"]
    assert set(SMALL) <= set(result.table["arm"]) and "not for release" not in result.text()
