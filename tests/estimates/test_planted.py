"""Where the truth is planted: recovered where the design holds, and no order claimed where there is none."""

from __future__ import annotations

import numpy as np
import pytest

from bangfu.estimates.aggregate import aggregate
from bangfu.estimates.group_time import group_time_effects
from bangfu.estimates.ranks import rank_sets
from bangfu.montecarlo.panel import cells_of, panel_of, truth_of
from bangfu.simulation import draw


@pytest.mark.parametrize("scenario", ["experiment", "null", "timing"])
@pytest.mark.parametrize("scale", ["percent", "level"])
def test_truth_is_recovered(scenario: str, scale: str) -> None:
    """Villages or households drawn by lot, no effects, or only start years that differ: within the intervals' reach."""
    drawn = draw(6_000, scenario=scenario, seed=31)
    effects = group_time_effects(cells_of(panel_of(drawn), drawn), scale=scale)
    overall = aggregate(effects, "overall")
    truth = truth_of(drawn.truth.att, effects, overall, scale)
    single = [i for i, arm in enumerate(effects.arms) if "+" not in arm]
    t = (overall.estimate - truth)[single] / overall.combination.std_error[single]
    assert len(single) == 3 and (np.abs(t) < 3.5).all(), (scenario, scale, t)
    assert (np.abs(t) < 2).sum() >= 2


def test_no_order_without_effects() -> None:
    drawn = draw(6_000, scenario="null", seed=32)
    effects = group_time_effects(cells_of(panel_of(drawn), drawn))
    overall = aggregate(effects, "overall")
    single = [i for i, arm in enumerate(effects.arms) if "+" not in arm]
    ranks = rank_sets(
        overall.estimate[single], overall.combination.covariance[np.ix_(single, single)],
        overall.pair_df(effects)[np.ix_(single, single)],
    )  # fmt: skip
    assert (ranks["rank_low"] == 1).all() and (ranks["rank_high"] == 3).all()
