"""Merged cells equal the cells of the union of the registers."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import bangfu
from bangfu.cells import Cells, merge
from bangfu.errors import BangfuError, WrongUse
from tests.cells.plain import as_plain, assert_same
from tests.cells.registers import tables, write

OPTIONS = {"unit": "id", "cluster": "village", "time": "year", "cohort": "first", "outcome": ["y", "z"]}


def frame(seed, units=40):
    rng = np.random.default_rng(seed)
    first = rng.choice([0, 0, 2, 3], units)
    village = rng.integers(0, 9, units)
    rows = pd.DataFrame({"id": np.repeat(np.arange(units), 4), "year": np.tile([1, 2, 3, 4], units)})
    rows = rows.assign(
        village=village[rows["id"]], first=first[rows["id"]], land=(village % 2)[rows["id"]],
        kind=np.where(first > 0, np.array(["tea", "goats"])[np.arange(units) % 2], "")[rows["id"]], w=rng.uniform(0.5, 2.0, units)[rows["id"]],
        y=rng.normal(10.0, 5.0, len(rows)), z=np.where(rng.random(len(rows)) < 0.1, np.nan, 1.0),
    )  # fmt: skip
    return rows[rng.random(len(rows)) > 0.15]


def cells(rows):
    return Cells.from_frame(rows, **OPTIONS, arm="kind", weight="w", by=["land"])


def parts_of(rows, codes):
    """Whole villages to parts; each part sees every year and model, so that their rules agree."""
    return [cells(rows[rows["village"].map(lambda v, c=c: codes[v] == c)]) for c in sorted(set(codes))]


@settings(deadline=None, max_examples=20, derandomize=True)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 2), min_size=9, max_size=9), st.randoms())
def test_merge_equals_the_union_however_it_is_split_and_ordered(seed, codes, random):
    rows = frame(seed, units=90)
    parts = parts_of(rows, codes)
    if any(p.years != (1, 2, 3, 4) or p.info.models != ("goats", "tea") for p in parts):
        return
    whole = as_plain(cells(rows))
    random.shuffle(parts)
    assert_same(as_plain(merge(*parts)), whole)
    left = parts[0]
    for part in parts[1:]:
        left = merge(left, part)
    right = parts[-1]
    for part in parts[-2::-1]:
        right = merge(part, right)
    assert_same(as_plain(left), whole)
    assert_same(as_plain(right), whole)
    shuffled = rows.sample(frac=1.0, random_state=random.randint(0, 99))
    assert_same(as_plain(cells(shuffled)), whole)


def test_counties_of_a_register_merge_to_the_register(tmp_path):
    one, two = (tables(seed, missing=0.1, county=county) for seed, county in ((1, "a"), (2, "b")))
    for place in ("village_id", "township_id"):
        two["households"][place] += 100  # a village of two counties would be refused
    both = {name: pd.concat([one[name], two[name]]) for name in one}
    made = [
        bangfu.load_register(write(tmp_path / name, parts, name)).cells(
            ["income_per_head", "log:income_per_head"]
        )
        for name, parts in (("one", one), ("two", two), ("both", both))
    ]
    merged = merge(*made[:2])
    assert_same(as_plain(merged), as_plain(made[2]))
    assert merged.info.register == "one + two"
    assert merged.info.unseen == made[2].info.unseen


def test_what_must_agree(tmp_path):
    folder = write(tmp_path, tables(1))
    register = bangfu.load_register(folder)
    plain = register.cells()
    for other, what in (
        (register.cells("headcount", line=3000.0), "outcomes: income_per_head and headcount"),
        (register.cells(base_year=2014), "rules base_year: 2020 and 2014"),
        (register.cells(by=["labour"]), "covariates: none and labour"),
    ):
        with pytest.raises(BangfuError, match=f"different rules .*{what}"):
            merge(plain, other, disjoint=True)
    with pytest.raises(BangfuError, match="7 villages stand in more than one part"):
        merge(plain, plain)
    with pytest.raises(WrongUse, match="nothing to merge"):
        merge()


def test_lines_must_agree(tmp_path):
    register = bangfu.load_register(write(tmp_path, tables(1)))
    one, two = (register.cells("headcount", line=line) for line in (2300.0, 3000.0))
    with pytest.raises(BangfuError, match=r"different rules .*rules line 2014"):
        merge(one, two, disjoint=True)
