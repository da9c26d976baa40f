"""What several editions leave together, held against plain enumeration of weights."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bangfu.moments.combinations import ABSENT, labels, too_near


def left(said: np.ndarray, weights: tuple[int, ...]) -> int:
    """Villages in which some sum of the weights of editions that say the same is not zero."""
    count = 0
    for column in said.T:
        sums = [
            sum(w for w, label in zip(weights, column, strict=True) if label == s)
            for s in set(column) - {ABSENT}
        ]
        count += any(sums)
    return count


def by_hand(said: np.ndarray, fewest: int) -> bool:
    """Whether whole weights up to two, the last one's not zero, leave too few."""
    return any(0 < left(said, w) < fewest for w in product(range(-2, 3), repeat=len(said)) if w[-1])


@pytest.mark.parametrize("editions", [2, 3, 4])
def test_against_every_weight(editions):
    random = np.random.default_rng(editions)
    answers = []
    for _ in range(150):
        villages = int(random.integers(8, 25))
        numbers = np.ones((editions, villages, 1))
        for e in range(editions):
            changed = random.random(villages) < random.choice([0.0, 0.2, 0.5])
            numbers[e, changed, 0] = random.choice([0.0, 2.0, 3.0], changed.sum())
        said = labels(numbers)
        if ((said != ABSENT).sum(1) < 4).any():
            continue
        again = any((said[i] == said[-1]).all() for i in range(editions - 1))
        answers.append(by_hand(said, 4) and not again)
        assert bool(too_near(said, 4)) == answers[-1]
    assert 20 < sum(answers) < len(answers) - 20


def test_two_less_a_third():
    """Each lacks ten villages of its own or both; A + B - C leaves one."""
    numbers = np.ones((4, 40, 1))
    numbers[1, :10] = numbers[2, :20] = 0.0
    numbers[3, 10:20] = 0.0
    assert too_near(labels(numbers), 10) == ()
    numbers[3, 20] = 0.0
    assert set(too_near(labels(numbers), 10)) == {0, 1, 2}
    assert too_near(labels(numbers[[0, 3]]), 10) == too_near(labels(numbers[[1, 3]]), 10) == ()


def test_last_digits_are_no_change():
    numbers = np.full((2, 30, 2), 1e4)
    numbers[1] *= 1 + 1e-13
    assert (labels(numbers) == 0).all()
    numbers[1, 3, 1] *= 1 + 1e-6
    assert too_near(labels(numbers), 10) == (0,)


def test_many_editions_end():
    """A hundred editions that differ at random in a few villages: an answer, and soon."""
    random = np.random.default_rng(1)
    numbers = np.ones((100, 60, 1))
    for e in range(1, 100):
        numbers[e, random.choice(60, 12, replace=False), 0] = random.random(12)
    too_near(labels(numbers), 10)
