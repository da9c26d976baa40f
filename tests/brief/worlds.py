"""What a brief may be asked to tell: comparisons of tiny invented worlds, and gains by hand for its charts."""

from functools import cache

from bangfu.brief.findings import Findings, Gain, findings
from bangfu.words import Word, arm_name
from tests.figures import worlds

ARMS = ("courtyard", "cooperative", "enterprise")


@cache
def told(world, kind="administrative", **more):
    """The findings of a world of ``tests.figures.worlds``."""
    return findings(getattr(worlds, world)(kind=kind, **more))


@cache
def unstable(kind="administrative"):
    """One model is far ahead, but not in every choice of the stability table."""
    result = worlds.winner(kind=kind).released
    table = result.stability.copy()
    table.loc[table["scale"] == "log", "rank_high"] = 3
    result.__dict__["stability"] = table
    return findings(result)


@cache
def some(kind="administrative"):
    """Two models tie, far above the third."""
    return findings(worlds.comparison(dict(zip(ARMS, (0.4, 0.4, 0.0), strict=True)), noise=0.03, kind=kind))


@cache
def single(gain, kind="administrative"):
    return findings(worlds.comparison({"courtyard": gain}, noise=0.02, kind=kind))


def gain(arm, estimate, half, ranks=(1, 3), *, households=800, **more):
    low, high = (None, None) if half is None else (estimate - half, estimate + half)
    name = Word(*(arm_name(arm.split("+"), lang) for lang in ("en", "zh")))
    years = () if half is None else _years(estimate)
    return Gain(arm, name, estimate, low, high, *ranks, households, **{"by_year": years} | more)


def _years(estimate):
    return tuple((e, estimate * (e + 1) / 4, estimate - 9, estimate + 9) for e in (-3, -2, 0, 1, 2, 3))


def found(*gains, synthetic=True, **more):
    """Findings by hand; of their statements, those of a tie."""
    usual = {"households": 12000, "joined": 3300, "never": 8700, "villages": 240}
    usual["statements"] = told("tie").statements
    title = Word("A register", "一份台账")
    return Findings(title, synthetic, 2014, 2020, gains=gains, **usual | more)


def tied(**more):
    return found(*(gain(a, e, 5.0) for a, e in zip(ARMS, (4.0, 6.0, 8.0), strict=True)), **more)


def nothing(**more):
    """No model does anything, and what was planted is known."""
    return found(*(gain(a, e, 5.0, truth=0.0) for a, e in zip(ARMS, (0.4, -0.6, 1.0), strict=True)), **more)


def six_villages(**more):
    return found(*(gain(a, 30.0, None, (None, None)) for a in ARMS), villages=6, **more)


def first(**more):
    gains = [
        gain(ARMS[0], 20.0, 3.0, (1, 1)),
        gain(ARMS[1], 5.0, 3.0, (2, 3)),
        gain(ARMS[2], 6.0, 3.0, (2, 3)),
    ]
    return found(*gains, **{"statements": told("winner").statements} | more)
