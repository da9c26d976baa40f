"""What is said in planted worlds: the sentences in both languages, from numbers that the test formats itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from bangfu.compare.distribution import gains_over_lines
from bangfu.compare.secondary import poverty, sources, whom
from bangfu.compare.sources import gains_by_source
from bangfu.compare.statement import CORE, Statement, amount, between, decimals
from tests.figures import worlds
from tests.statements.planted import WORLDS, directions, result

NAMES = {
    "courtyard": ("courtyard economy alone", "仅庭院经济"),
    "cooperative": ("cooperative alone", "仅合作社"),
    "enterprise": ("leading enterprise alone", "仅龙头企业"),
}
A, B, C = NAMES


def of(world: str, kind: str, *arms: str) -> Statement:
    found = result(world).stated(kind, *arms)  # type: ignore[arg-type]
    assert found is not None
    return found


def minus(value: float, n: int = 1) -> str:
    return f"{value:.{n}f}".replace("-", "−")


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        ("null", {}),
        ("tie", {}),
        ("six_villages", {}),
        ("drifting", {}),
        ("one_arm", {(): 1, (A,): 1}),
        ("winner", {(): 1, (B,): 1, (C,): 1, (A, B): -1, (B, C): 1}),
        ("two_tied", {(): 1, (A,): 1, (B,): 1, (A, C): 1, (B, C): 1}),
        ("all_positive", {(): 1, (A,): 1, (B,): 1, (C,): 1}),
        ("losing", {(): -1, (A,): -1, (B,): -1, (C,): -1, (A, B): 1, (A, C): 1}),
        ("one_only", {(): 1, (A,): 1}),
        ("poverty", {(): -1, (B,): -1, (A, B): 1, (B, C): -1}),
        ("scales_part", {(): 1, (A,): 1}),
        ("sales", {(): 1, (B,): 1, (A, B): -1, (B, C): 1}),
    ],
)
def test_what_is_told_is_what_was_planted(world: str, expected: dict[tuple[str, ...], int]) -> None:
    assert {k: d for k, d in directions(result(world)).items() if d} == expected


@pytest.mark.parametrize(
    ("world", "arms", "en", "zh"),
    [
        ("null", (A, B, C), "These data cannot show which of the 3 models went with the largest gain; any of them could be first.", "现有数据不足以判断3种模式中哪一种相对增收最多，每一种都可能排第一。"),
        ("two_tied", (A, B, C), "these could be first: courtyard economy alone and cooperative alone. Differences of", "可能排第一的有：仅庭院经济、仅合作社。两种模式相差"),
        ("one_arm", (A,), "In these records only households with courtyard economy alone can be compared: they can say how these fared against comparison households, not which model is better.", "台账中可供比较的农户只有一种，即仅庭院经济：可以回答其与对照户相比如何，不能回答哪种模式更好。"),
        ("losing", (A,), "households with courtyard economy alone did better than those of every other model, in all 108 reasonable ways of computing it, although they too gained less than comparison households", "仍比对照户少增"),
        ("poverty", (A, B, C), "One of the 3 models comes first here, but in only 36 of 72 reasonable ways of computing it: no first place is stated.", "因此不认定谁居首位"),
        ("sales", (B,), "In A county in mind, 2014–2019, households with cooperative alone did best by the sales_per_head, compared with those of every other model. They come first in all 108 reasonable ways", "仅合作社的农户按sales_per_head衡量最好；换用108种合理计算方法，均居首位"),
    ],
)  # fmt: skip
def test_the_first_place(world: str, arms: tuple[str, ...], en: str, zh: str) -> None:
    first = of(world, "first")
    assert en in first.text()
    assert zh in first.text("zh")
    assert first.arms == arms
    assert first.direction == (world in ("losing", "sales"))


def test_a_clear_winner_in_full() -> None:
    first, arm = of("winner", "first"), of("winner", "arm", B)
    size, (low, high) = arm.estimate, arm.interval
    assert first.text() == (
        f"In A county in mind, 2014–2019, households with cooperative alone gained most: {size:.1f}% more than comparison "
        f"households (joint 95% interval {low:.1f}% to {high:.1f}%). They come first in all 108 reasonable ways of computing "
        "it. This is an association, not proof that the model produced the gain."
    )
    assert first.text("zh") == (
        f"某县台账2014—2019年的记录显示，仅合作社的农户相对增收最多，比对照户多增{size:.1f}%（联合95%置信区间{low:.1f}%至{high:.1f}%）；"
        "换用108种合理计算方法，均居首位。这是相关关系，不能据此认定由该模式带来。"
    )
    assert (first.direction, first.arms, first.interval, first.unit) == (1, (B,), arm.interval, "percent")


def test_a_gain_that_cannot_be_told_is_an_interval() -> None:
    arm = of("tie", "arm", A)
    low, high = (minus(x) for x in arm.interval)
    assert arm.text() == (
        f"No gain was detected for courtyard economy alone: the difference from comparison households lies between {low}% and "
        f"{high}% (joint 95% interval); one of {arm.detectable:.1f}% would be seen in four of five such registers. Not detected "
        "does not mean none."
    )
    assert arm.text("zh") == (
        f"未检出仅庭院经济的相对增收：与对照户的差额在{low}%至{high}%之间（联合95%置信区间）；真实差额若为{arm.detectable:.1f}%，"
        "五份这样的台账约有四份能检出。未检出不等于没有。"
    )
    assert arm.direction == 0


def test_differences_of_percentages_are_points_and_losses_have_no_minus() -> None:
    pair = of("winner", "pair", A, B)
    low, high = pair.interval
    assert pair.text() == (
        f"Households with courtyard economy alone gained less than those with cooperative alone, by {-pair.estimate:.1f} "
        f"percentage points (joint 95% interval {-high:.1f} to {-low:.1f} percentage points)."
    )
    assert f"少增{-pair.estimate:.1f}个百分点（联合95%置信区间{-high:.1f}至{-low:.1f}个百分点）" in pair.text(
        "zh"
    )


def test_less_is_better_where_the_outcome_is_poverty() -> None:
    arm = of("poverty", "arm", B)
    share = result("poverty").table.set_index("arm").loc[B, "estimate"]
    assert arm.estimate == pytest.approx(100 * float(share))
    assert (
        f"the share below the line of households with cooperative alone fell by {-arm.estimate:.1f} percentage points"
        in arm.text()
    )
    assert f"仅合作社的农户收入低于标准的比例相对下降{-arm.estimate:.1f}个百分点" in arm.text("zh")
    assert "gain" not in " ".join(s.text() for s in result("poverty").statements if s.kind in CORE)


def test_another_scale_with_another_verdict_stands_beside() -> None:
    arm = of("scales_part", "arm", A)
    beside = {v.scale: v for v in arm.other_scales}
    assert beside["level"].direction == 0
    low, high = (minus(x, 0) for x in beside["level"].interval)
    assert (
        f"As an amount the verdict is another: no difference is detected ({low} to {high} yuan)."
        in arm.text()
    )
    assert f"按金额（差额）计算则结论不同：未检出差额（{low}至{high}元）。" in arm.text("zh")
    assert "verdict" not in of("one_arm", "arm", A).text()  # where they agree, nothing is added


def test_too_few_villages_draw_no_conclusion_and_say_why() -> None:
    arm = of("six_villages", "arm", C)
    assert arm.text() == (
        "No conclusion is drawn for leading enterprise alone (no interval: fewer than two villages in the group and starting year). Add "
        "villages, with and without joiners, before adding years."
    )
    assert arm.text("zh") == (
        "对仅龙头企业暂不下结论（没有区间：该参加组合、该起始年份的参加户不足两个村）。请先增加村（含未参加的村），再增加年份。"
    )
    assert np.isnan(arm.interval[0]) and arm.direction == 0
    few = worlds.comparison(dict.fromkeys(NAMES, 0.05), villages=4)
    first = few.stated("first")
    assert first is not None
    assert first.text() == (
        "Models are not compared: joiners of 3 models live in 3 villages, too few for the error of a difference. No conclusion "
        "is drawn. Add villages, with and without joiners, before adding years."
    )


def test_drift_widens_every_interval_and_is_told() -> None:
    of_drift = result("drifting")
    table = of_drift.table.set_index("arm")
    assert (table["ci_low"] > 5).all()  # each by itself would be a gain; joining did nothing
    trend = of("drifting", "trend")
    assert trend.direction == 1 and trend.estimate == pytest.approx(12, abs=2)  # 6% a year over two years
    assert "were already moving apart before joining: most clearly for" in trend.text()
    assert not any(directions(of_drift).values())
    assert of("drifting", "first").direction == 0
    drift = of_drift.drift
    assert drift is not None and drift.margin.min() > 10  # 6% a year, two and a half years ahead on average
    core = of_drift.core
    half = (core.high - core.low)[core.at((A,))] / 2
    assert half > drift.margin[0]


def test_years_open_under_a_stated_gain_alone() -> None:
    assert [s for s in result("tie").statements if s.kind == "when"] == []
    assert of("one_only", "when").text() == (
        "For courtyard economy alone no difference was detected in any single year since joining; what is stated holds for all years together."
    )
    when = of("one_arm", "when")
    band = result("one_arm").event_study.query("event_time >= 0")
    assert (band["band_low"] > 0).all() and "0, 1, 2, 3" in when.text() and when.of == "0"


@pytest.mark.parametrize("world", WORLDS)
def test_what_speaks_against_is_always_there(world: str) -> None:
    kinds = [s.kind for s in result(world).statements]
    assert [kinds.count(k) for k in ("trend", "attrition", "spillover", "support")] == [1, 1, 1, 1]
    assert kinds.count("joined") == kinds.count("first") == 1


@pytest.mark.parametrize("world", WORLDS)
def test_every_statement_is_whole(world: str) -> None:
    for s in result(world).statements:
        low, high = s.interval
        assert s.kind == "first" or s.direction == (low > 0) - (high < 0)
        for lang in ("en", "zh"):
            text = s.text(lang)  # type: ignore[arg-type]
            assert "{" not in text and "nan" not in text.replace("financ", "") and "+" not in text
            assert text.endswith("." if lang == "en" else "。")
        assert s.grade.level is None  # synthetic: not graded
        assert s.households > 0 and s.villages > 0 and s.rests_on.en.endswith("villages")


@pytest.mark.parametrize("world", [w for w in WORLDS if w != "drifting"])
def test_ranks_of_the_table_never_contradict_the_pairs(world: str) -> None:
    of_world = result(world)
    table = of_world.table.set_index("arm")
    sign = 1 if of_world.design.best == "high" else -1
    pairs = {s.arms: sign * s.direction for s in of_world.statements if s.kind == "pair"}
    for arm, row in table.iterrows():
        lost = sum((d == -1 and a == arm) or (d == 1 and b == arm) for (a, b), d in pairs.items())
        won = sum((d == 1 and a == arm) or (d == -1 and b == arm) for (a, b), d in pairs.items())
        assert (row["rank_low"], row["rank_high"]) == (1 + lost, len(table) - won)


def test_statements_of_a_register_of_ones_own_are_graded() -> None:
    grades = {
        s.arms: s.grade
        for s in result("one_only", "administrative").statements
        if s.kind in ("joined", "arm")
    }
    assert all(g.level is not None for g in grades.values())
    open_arm = grades[(B,)]
    assert "the interval includes zero" in [r.en for r in open_arm.reasons]


# kinds that need more than the comparison


def test_sources_are_read_with_an_error_of_their_own() -> None:
    """Of a gain of 30% a fifth was planted as transfers; shares are bounded by Fieller's interval."""
    of_world = result("one_arm")
    rows = gains_by_source(of_world.cells)
    found = {s.of: s for s in sources(of_world, rows)}
    assert [found[k].direction for k in ("wage_per_head", "business_per_head", "transfer_per_head")] == [
        1,
        0,
        1,
    ]
    low, high = (found["wage_per_head"].beside[k][0] for k in ("part_low", "part_high"))
    assert low < 80 < high and high - low < 10
    band = rows.set_index(["arm", "source"]).loc["all"]
    assert (
        (band["band_high"] - band["band_low"])
        .dropna()
        .gt((band["ci_high"] - band["ci_low"])[band["band_low"].notna()])
        .all()
    )
    assert sources(result("tie"), gains_by_source(result("tie").cells)) == []


def rows_of(*given: tuple[str, str, float, float, float]) -> pd.DataFrame:
    rows = [(kind, arm, "percent", value, error, df, 100, 20) for kind, arm, value, error, df in given]
    return pd.DataFrame(
        rows, columns=["kind", "arm", "unit", "estimate", "std_error", "df", "households", "villages"]
    )


def test_for_whom_is_read_at_the_level_of_all_that_could_be_said() -> None:
    """Four rows: t at 0.05 / 8 on either side with 30 degrees of freedom is 2.6574."""
    rows = rows_of(("labour below 2", B, 30.0, 10.0, 30), ("labour 2 and more", B, 26.0, 10.0, 30), ("labour below 2", A, 50.0, 1.0, 30), ("labour 2 and more", C, 8.0, 1.0, 30))  # fmt: skip
    found = {(s.of, s.arms[0]): s for s in whom(result("winner"), rows)}
    assert (found["labour below 2", B].direction, found["labour 2 and more", B].direction) == (1, 0)
    assert found["labour below 2", B].interval == pytest.approx((30 - 26.574, 30 + 26.574), abs=0.01)
    assert ("labour below 2", A) not in found  # nothing is stated of it, so nothing is opened
    assert (
        "Among households with members able to work below 2, those with cooperative alone gained 30.0% more"
        in found["labour below 2", B].text()
    )
    assert "这不等于他们的相对增收比别的农户少" in found["labour 2 and more", B].text("zh")


@pytest.mark.parametrize(
    ("kind", "en", "zh"),
    [
        ("land_mu 4 to below 9", "land of 4 to below 9", "土地在4至9（不含）"),
        ("labour 2 and more", "members able to work of 2 and more", "劳动力在2及以上"),
        ("labour missing", "members able to work not recorded before joining", "参加前未登记劳动力"),
        ("own_fact below 1", "own_fact below 1", "own_fact低于1"),
    ],
)
def test_kinds_of_households_in_words(kind: str, en: str, zh: str) -> None:
    found = whom(result("winner"), rows_of((kind, B, 30.0, 1.0, 30)))[0]
    assert en in found.text() and zh in found.text("zh")


def test_the_share_below_a_line() -> None:
    rows = (
        rows_of(("x", B, -0.05, 0.01, 40), ("x", B, -0.01, 0.01, 40))
        .assign(line=[3000.0, 6000.0])
        .drop(columns=["kind", "unit"])
    )
    found = {s.of: s for s in poverty(result("winner"), rows)}
    assert [found[k].direction for k in ("3000", "6000")] == [-1, 0]
    assert (
        "the share of households with cooperative alone below 3,000 yuan fell by 5.0 percentage points"
        in found["3000"].text()
    )
    assert "std_error, df" in (gains_over_lines.__doc__ or "")
    assert poverty(result("tie"), rows) == []


# numbers as printed


@pytest.mark.parametrize(
    ("value", "unit", "en", "zh"),
    [
        (7.04, "percent", "7.0%", "7.0%"), (5.06, "points", "5.1 percentage points", "5.1个百分点"),
        (909.6, "yuan", "910 yuan", "910元"), (-0.02, "percent", "−0.02%", "−0.02%"), (0.0, "percent", "0.0%", "0.0%"),
        (3.14, "log points", "3.1 log points", "3.1个对数点"), (0.1234, "", "0.123", "0.123"),
    ],
)  # fmt: skip
def test_amounts(value: float, unit: str, en: str, zh: str) -> None:
    assert (amount(value, unit).en, amount(value, unit).zh) == (en, zh)


def test_an_end_that_is_not_zero_never_prints_as_zero() -> None:
    assert between((0.03, 5.0), "percent").en == "0.03% to 5.00%"
    assert between((475.0, 1344.7), "yuan").zh == "475至1,345元"
    assert decimals("yuan", 0.4, 3.0) == 1


def test_attrition_against_households_counted_in_pandas() -> None:
    """Every second joiner of the first four villages is lost in the last year."""
    rows = worlds.frame(dict.fromkeys(NAMES, 0.05), noise=0.05)
    lost = (rows["year"] == 2019) & (rows["village"] < "v08") & (rows["cohort"] > 0) & (rows["unit"] % 4 == 1)
    kept = worlds.compare_models(worlds.cells(rows[~lost]), outcome="income_per_head")
    found = kept.stated("attrition")
    joiners = rows[rows["cohort"] > 0]
    share = 100 * lost.sum() / joiners["unit"].nunique()
    assert found is not None and found.estimate == pytest.approx(share)
    by_village = joiners.groupby("village")["unit"].nunique().rename("n").to_frame()
    by_village["lost"] = rows[lost].groupby("village")["unit"].nunique()
    gap = by_village["lost"].fillna(0) - share / 100 * by_village["n"]
    error = 100 * np.sqrt((gap**2).sum() * 24 / 23) / by_village["n"].sum()
    half = found.interval[1] - found.estimate
    assert half == pytest.approx(2.0687 * error, rel=1e-3)  # Student's t with 23 degrees of freedom
