"""From cells as from households: every estimate, and every influence sum by numerical differentiation."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bangfu.compare import compare_models
from bangfu.estimates import group_time_effects
from bangfu.literals import CONTROLS, MISSING
from tests.estimates import reference
from tests.estimates.panels import cells_of, panel

FRAME = panel(pure=True)
CELLS = cells_of(FRAME)
RULES = list(product(("percent", "level", "log"), CONTROLS, MISSING))


def keys_of(effects):  # type: ignore[no-untyped-def]
    table = effects.table
    return list(zip(table["arm"], table["cohort"], table["year"], strict=True))


@pytest.mark.parametrize(("scale", "control", "missing"), RULES)
def test_estimates_equal_the_households(scale: str, control: str, missing: str) -> None:
    ours = group_time_effects(CELLS, "y", scale=scale, control=control, missing=missing)
    theirs = reference.group_time(FRAME, scale, control, missing)
    assert set(keys_of(ours)) == set(theirs)
    np.testing.assert_allclose(
        ours.table["estimate"], [theirs[k] for k in keys_of(ours)], rtol=1e-9, atol=1e-9
    )
    overall = ours.aggregate("overall")
    them = reference.overall(FRAME, scale=scale, control=control, missing=missing)
    np.testing.assert_allclose(overall["estimate"], [them[a] for a in overall["arm"]], rtol=1e-9)


@pytest.mark.parametrize(("base", "anticipation"), [("varying", 0), ("universal", 1), ("varying", 1)])
def test_bases_and_anticipation(base: str, anticipation: int) -> None:
    ours = group_time_effects(CELLS, "y", base=base, anticipation=anticipation)
    theirs = reference.group_time(FRAME, "percent", base=base, anticipation=anticipation)
    assert set(keys_of(ours)) == set(theirs)
    np.testing.assert_allclose(
        ours.table["estimate"], [theirs[k] for k in keys_of(ours)], rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize("scale", ["percent", "level", "log"])
def test_covariate_cells(scale: str) -> None:
    ours = group_time_effects(cells_of(FRAME, by=("stratum",)), "y", scale=scale, adjust=True)
    theirs = reference.group_time(FRAME, scale, by="stratum")
    np.testing.assert_allclose(
        ours.table["estimate"], [theirs[k] for k in keys_of(ours)], rtol=1e-9, atol=1e-9
    )


@pytest.mark.parametrize(
    ("scale", "control", "missing"),
    [
        ("percent", "never", "pairwise"),
        ("percent", "not_yet", "cross_section"),
        ("level", "never_same_village", "complete"),
        ("log", "never", "cross_section"),
    ],
)
def test_influence_sums_are_the_derivatives(scale: str, control: str, missing: str) -> None:
    """The joint covariance is the cross-product of numerical derivatives by the villages' weights."""
    ours = group_time_effects(CELLS, "y", scale=scale, control=control, missing=missing, errors="normal")
    keys = keys_of(ours)
    rules = {"scale": scale, "control": control, "missing": missing}
    theirs = reference.derivative(
        FRAME, lambda m: reference.group_time(FRAME, multiplier=m, **rules), keys
    )  # fmt: skip
    np.testing.assert_allclose(ours.influence, theirs, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(ours.covariance, theirs.T @ theirs, rtol=1e-5, atol=1e-6)
    arms = list(ours.arms)
    total = reference.derivative(FRAME, lambda m: reference.overall(FRAME, m, **rules), arms)
    np.testing.assert_allclose(ours.aggregate("overall")["std_error"], np.sqrt((total**2).sum(0)), rtol=1e-6)


def test_influence_sums_with_covariate_cells() -> None:
    cells = cells_of(FRAME, by=("stratum",))
    for scale in ("percent", "level"):
        ours = group_time_effects(cells, "y", scale=scale, adjust=True, errors="normal")
        theirs = reference.derivative(
            FRAME, lambda m, s=scale: reference.group_time(FRAME, s, multiplier=m, by="stratum"), keys_of(ours)
        )  # fmt: skip
        np.testing.assert_allclose(ours.influence, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scale", ["percent", "level"])
def test_contrast_within_common_cells(scale: str) -> None:
    frame = panel(seed=5, villages=6, households=40)
    result = compare_models(cells_of(frame, by=("stratum",)), "y", scale=scale, errors="normal")
    row = result.contrasts.set_index("way").loc["common_cells"]
    np.testing.assert_allclose(
        row["estimate"], reference.common_cells(frame, "a", "b", scale, "stratum"), rtol=1e-9
    )
    theirs = reference.derivative(
        frame, lambda m: [reference.common_cells(frame, "a", "b", scale, "stratum", m)], [0]
    )
    np.testing.assert_allclose(row["std_error"], np.sqrt((theirs**2).sum()), rtol=1e-6)


def test_contrast_at_common_cohorts() -> None:
    frame = panel(seed=6, villages=6, households=25)
    result = compare_models(cells_of(frame), "y", scale="level", errors="normal")
    row = result.contrasts.set_index("way").loc["common_cohorts"]

    def contrast(multiplier: dict[int, float]) -> list[float]:
        one = frame.assign(everybody=0)
        return [reference.common_cells(one, "a", "b", "level", "everybody", multiplier)]

    np.testing.assert_allclose(row["estimate"], contrast({})[0], rtol=1e-9)
    theirs = reference.derivative(frame, contrast, [0])
    np.testing.assert_allclose(row["std_error"], np.sqrt((theirs**2).sum()), rtol=1e-6)
