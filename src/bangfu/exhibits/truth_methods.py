"""Figure 27: bias of every method in every scenario, from the Monte Carlo."""

from __future__ import annotations

from matplotlib.figure import SubFigure
from matplotlib.patches import Rectangle

from bangfu.errors import Language
from bangfu.figures.figure import Figure, Number
from bangfu.figures.stability import NONE, OTHER, SAME
from bangfu.figures.style import INK, PAPER, QUIET, SMALL, wrap
from bangfu.formats import number
from bangfu.montecarlo import METHODS, Committed
from bangfu.simulation import SCENARIOS
from bangfu.words import Word

GOOD, HALF, BAD = SAME, NONE, OTHER
POINTS = 2.0
"""A method misses a scenario when its bias is beyond so many percentage points and three times its Monte Carlo error."""
ERRORS = 3.0
COVERS, FAILS = 0.85, 0.5


def methods_figure(done: Committed) -> Figure:
    """Tiles: scenarios by methods; the number is the bias in percentage points, the colour how often intervals hold the truth.

    Parameters
    ----------
    done : Committed
        As :func:`bangfu.montecarlo.committed` reads it.
    """
    table = done.summary
    scenarios = [s for s in SCENARIOS if s in set(table["scenario"])]
    methods = [m for m in METHODS if m in set(table["method"])]
    by = table.set_index(["scenario", "method"])
    covered, biased = by["coverage"].to_dict(), by["bias"].to_dict()
    miss = table[(table["bias"].abs() > POINTS) & (table["bias"].abs() > ERRORS * table["bias_error"])]
    missed = {m: int((miss["method"] == m).sum()) for m in methods}
    cover = {m: float(table.loc[table["method"] == m, "coverage"].mean()) for m in methods}
    n = len(scenarios)

    def draw(panel: SubFigure, lang: Language) -> None:
        axes = panel.add_axes((0.385, 0.05, 0.6, 0.82))
        for y, scenario in enumerate(scenarios):
            for x, method in enumerate(methods):
                if (scenario, method) not in covered:
                    continue
                held = float(covered[scenario, method])
                face = GOOD if held >= COVERS else BAD if held < FAILS else HALF
                axes.add_patch(Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=face, edgecolor=PAPER))
                axes.text(x, y, number(float(biased[scenario, method]), 1, sign=True), ha="center", va="center", fontsize=SMALL, color=INK)  # fmt: skip
            axes.text(
                -0.6,
                y,
                wrap(SCENARIOS[scenario].title[lang], 215, SMALL),
                ha="right",
                va="center",
                fontsize=SMALL,
                linespacing=1.0,
            )
        for x, method in enumerate(methods):
            axes.text(x, -0.65, wrap(METHODS[method][lang], 65, SMALL - 0.5), ha="center", va="bottom", fontsize=SMALL - 0.5, color=QUIET, linespacing=1.0)  # fmt: skip
        axes.set_xlim(-0.5, len(methods) - 0.5)
        axes.set_ylim(n - 0.5, -0.6)
        axes.axis("off")
        key = Word(
            f"blue: at least {number(100 * COVERS)} of 100 intervals include the true value; orange: fewer than {number(100 * FAILS)}",
            f"蓝:100个区间中至少{number(100 * COVERS)}个包含真实值;橙:不足{number(100 * FAILS)}个",
        )
        panel.text(0.039, 0.005, key[lang], fontsize=SMALL, color=QUIET, va="bottom")

    rounds, size = done.about["replications"], done.about["households"]
    plain, ours = missed["members"], missed["cohorts"]
    said = Word(
        "; ".join(f"{METHODS[m].en} {missed[m]}" for m in methods), ";".join(f"{METHODS[m].zh}{missed[m]}个" for m in methods)
    )  # fmt: skip
    return Figure(
        id="27_methods_scenarios",
        badge="synthetic",
        title=Word(
            f"The simple comparison is biased in {plain} of {n} scenarios, cohort-by-cohort difference-in-differences in {ours}",
            f"{n}种情景中,简单对比有{plain}种偏差明显,分批次双重差分有{ours}种",
        ),
        subtitle=Word(
            f"mean estimate minus true gain, percentage points; {rounds} registers of {number(size)} households in each scenario",
            f"估计均值减设定的真实值,单位为个百分点;每种情景{rounds}份台账,各{number(size)}户",
        ),
        reading=Word(
            f"Scenarios in which a method is biased by more than {number(POINTS)} percentage points, and significantly so: {said.en}.",
            f"偏差超过{number(POINTS)}个百分点且统计上显著的情景数:{said.zh}。",
        ),
        not_shown=Word(
            "This does not show how often the scenarios occur: they were made to test methods, one difficulty at a time.",
            "不能判断这些情景有多常见。它们为检验方法而设,每种只设一个难点。",
        ),
        alt=Word(
            f"Table of {n} scenarios by {len(methods)} methods with the bias in each tile. Scenarios with a clear bias: {said.en}.",
            f"{n}种情景乘{len(methods)}种方法的表格,格中为偏差。偏差明显的情景数:{said.zh}。",
        ),
        data=table.drop(columns=["spread", "with_interval"]),
        draw=draw,
        source=Word(
            f"Monte Carlo, {number(n * rounds)} invented registers, seeds from {done.about['first_seed']} on. All households are invented.",
            f"蒙特卡罗,{number(n * rounds)}份模拟台账(非真实农户),种子自{done.about['first_seed']}起。农户均由程序生成,并非真实。",
        ),
        numbers={"montecarlo.scenarios": Number(n, "count"), "montecarlo.replications": Number(rounds, "count"),
                 "montecarlo.households": Number(size, "count"), "montecarlo.methods": Number(len(methods), "count"),
                 "montecarlo.points": Number(POINTS, "points"), "montecarlo.worlds": Number(n * rounds, "count")}
        | {f"montecarlo.{m}.missed": Number(missed[m], "count") for m in methods}
        | {f"montecarlo.{m}.coverage": Number(cover[m], "share") for m in methods},
        height=6.6,
    )  # fmt: skip
