"""Intervals from moments hold the truth about as often as they say; ``benchmarks/moments_coverage.py`` in small."""

from __future__ import annotations

from benchmarks.moments_coverage import rates


def test_intervals_cover():
    found = rates(40, 6, seed=3).set_index("way")
    for way in ("released", "inside"):
        assert 0.87 <= found["coverage"][way] <= 1.0
        assert abs(found["bias"][way]) < 0.5 * found["half_width"][way]
    assert abs(found["half_width"]["released"] / found["half_width"]["inside"] - 1) < 0.1
