"""Comparisons by hand: what a brief may be asked to tell."""

from bangfu.brief.findings import Findings, Gain
from bangfu.words import Word, arm_name

ARMS = ("courtyard", "cooperative", "enterprise")


def gain(arm, estimate, half, ranks=(1, 3), *, households=800, **more):
    low, high = (None, None) if half is None else (estimate - half, estimate + half)
    name = Word(*(arm_name(arm.split("+"), lang) for lang in ("en", "zh")))
    years = () if half is None else _years(estimate)
    return Gain(arm, name, estimate, low, high, *ranks, households, **{"by_year": years} | more)


def _years(estimate):
    return tuple((e, estimate * (e + 1) / 4, estimate - 9, estimate + 9) for e in (-3, -2, 0, 1, 2, 3))


def found(*gains, synthetic=True, **more):
    usual = {
        "households": 12000,
        "joined": 3300,
        "never": 8700,
        "villages": 240,
        "smallest": 8.2,
        "trends": "alike",
    }
    title = Word("A register", "一份台账")
    return Findings(title, synthetic, 2014, 2020, gains=gains, **usual | more)


def tied(**more):
    return found(*(gain(a, e, 5.0) for a, e in zip(ARMS, (4.0, 6.0, 8.0), strict=True)), **more)


def nothing(**more):
    """No model does anything."""
    return found(*(gain(a, e, 5.0, truth=0.0) for a, e in zip(ARMS, (0.4, -0.6, 1.0), strict=True)), **more)


def six_villages(**more):
    return found(
        *(gain(a, 30.0, None, (None, None)) for a in ARMS),
        villages=6,
        smallest=None,
        trends="unknown",
        **more,
    )


def single(estimate, **more):
    return found(gain("courtyard", estimate, 5.0, (1, 1)), smallest=None, **more)


def first(*, named, **more):
    gains = [
        gain(ARMS[0], 20.0, 3.0, (1, 1)),
        gain(ARMS[1], 5.0, 3.0, (2, 3)),
        gain(ARMS[2], 6.0, 3.0, (2, 3)),
    ]
    return found(*gains, winner=gains[0] if named else None, **more)
