"""What looks wrong only when rows are held against one another or against published incomes; and the same in parts."""

import pandas as pd
import pytest

import bangfu
from tests.register.four import as_parquet, write

YEARS = (2016, 2017, 2018)


def register(tmp_path, income, *, left_out=lambda home, year: False, number=str):
    """Forty households of three in four villages; ``income`` of the household and year."""
    homes = pd.DataFrame(
        {"household_id": [number(n) for n in range(40)], "village_id": [f"V{n % 4}" for n in range(40)]}
    )
    keys = [(n, y) for n in range(40) for y in YEARS if not left_out(n, y)]
    rows = pd.DataFrame(
        {"household_id": [number(n) for n, _ in keys], "year": [y for _, y in keys], "members": 3}
    )
    rows["income_total"] = [float(income(n, y)) for n, y in keys]
    write(tmp_path, participation="household_id,model,from_year\n")
    as_parquet(tmp_path, "households", homes)
    as_parquet(tmp_path, "incomes", rows)
    return tmp_path


def plausible(home, year):
    """About the published mean of a year, a little different for everybody."""
    return 3 * (12_000 + 10 * home + 700 * (year - 2016))


@pytest.mark.parametrize(
    ("income", "expected"),
    [
        (plausible, {}),
        (lambda n, y: plausible(n, y) / 10_000, {"unit_is_yuan": 120}),
        (lambda n, y: plausible(n, y) / (10_000 if y == 2017 else 1), {"unit_is_yuan": 40, "impossible_jump": 40}),
        (lambda n, y: plausible(n, y) / 3, {"whole_household": 120}),
        (lambda n, y: plausible(n, y) / (10_000 if n % 4 == 2 else 1), {"village_unit": 1}),
        (lambda n, y: plausible(n, 2016), {"stale_round": 40}),
        (lambda n, y: plausible(n, y) * (100 if (n, y) == (7, 2017) else 1), {"impossible_jump": 1}),
    ],
)  # fmt: skip
def test_suspicions(tmp_path, income, expected):
    found = bangfu.check(register(tmp_path, income))
    assert {f.rule: f.count for f in found} == expected
    assert all(f.severity == "warning" for f in found)
    if expected == {"impossible_jump": 1}:
        assert found[0].rows == (7 * 3 + 2,)


def test_villages_without_a_round(tmp_path):
    skipped = register(tmp_path, plausible, left_out=lambda n, y: n % 4 == 1 and y == 2017 and n > 1)
    (found,) = bangfu.check(skipped)
    assert (found.rule, found.count) == ("coverage", 1)
    assert "2017: 1" in found.en and "2017年1个" in found.zh


@pytest.mark.parametrize("number", [str, int, lambda n: f"h{n}", lambda n: n * n * n * 10**9])
def test_parts_find_what_the_whole_finds(tmp_path, number):
    folder = register(
        tmp_path, lambda n, y: plausible(n, y) * (99 if (n, y) == (7, 2017) else 1), number=number
    )
    rows = pd.read_parquet(folder / "incomes.parquet")
    rows.loc[5, "household_id"] = number(400)
    as_parquet(folder, "incomes", pd.concat([rows, rows.iloc[[11, 60]]]))
    opened = bangfu.load_register(folder)
    whole = bangfu.check(opened)
    assert {f.rule for f in whole} == {"unknown_household", "key_unique", "impossible_jump"}
    assert bangfu.check(opened, households_at_once=9) == whole


def test_whole_numbers_shaped_like_identity_numbers_are_seen(tmp_path):
    folder = register(tmp_path, plausible, number=lambda n: 220882198001010000 + n)
    found = bangfu.check(folder)
    assert {(f.table, f.rule, f.count) for f in found} == {
        ("households", "no_id_card", 40),
        ("incomes", "no_id_card", 120),
    }
    other = register(tmp_path, plausible, number=lambda n: 220882198013320000 + n)  # no such month
    assert bangfu.check(other) == ()
