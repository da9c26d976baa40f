"""Write a register of national size: 29.48 million invented households x 7 years, three Parquet tables.

Every value is a hash of the household's number, so that the rows may be written in any order and are always the same.

    python benchmarks/make_national.py DIR [--households N] [--ids integer|text] [--order sorted|shuffled] [--missing 0.1]

Text identifiers have eighteen digits; shuffled rows stand year by year, each year in an order of its own.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from scipy.special import ndtri

HOUSEHOLDS = 29_480_000
YEARS = tuple(range(2014, 2021))
PER_VILLAGE = 50
MODELS = np.array(["courtyard", "cooperative", "enterprise"])
CHUNK = 1_000_000
TOML = """id = "national"
title_en = "A register of national size"
title_zh = "全国规模台账"
kind = "synthetic"
"""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def uniform(number: Ints, salt: int) -> Floats:
    """One number in (0, 1) for each given number (splitmix64)."""
    z = number.astype(np.uint64) + np.uint64((salt + 1) * 0x9E3779B97F4A7C15 % 2**64)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return ((z >> np.uint64(11)).astype(float) + 0.5) / 2.0**53


def normal(number: Ints, salt: int) -> Floats:
    """One standard normal number for each given number."""
    return np.asarray(ndtri(uniform(number, salt)))


def identifiers(number: Ints, kind: str) -> pa.Array:
    """Household identifiers: the number itself, or eighteen digits as text."""
    if kind == "integer":
        return pa.array(number)
    return pa.array((number + 500_000_000_000_000_000).astype("U18"))


def cohort(number: Ints) -> Ints:
    """The year in which a household joins, 0 for never: three villages in ten, a third of their households."""
    village = number // PER_VILLAGE
    offered = uniform(village, 1) < 0.3
    first = 2016 + (uniform(village, 2) * 4).astype(np.int64)
    return np.where(offered & (uniform(number, 3) < 1 / 3), first, 0)


def model(number: Ints) -> Ints:
    """Which of the three models a village has."""
    return (uniform(number // PER_VILLAGE, 4) * 3).astype(np.int64)


def members(number: Ints) -> NDArray[np.int8]:
    """One to six."""
    return (1 + uniform(number, 5) * 6).astype(np.int8)


def households(number: Ints, ids: str) -> pa.Table:
    """Facts of some households."""
    village = number // PER_VILLAGE
    return pa.table(
        {
            "household_id": identifiers(number, ids),
            "village_id": village,
            "township_id": village // 20,
            "county_id": village // 200,
            "observed_year": np.full(len(number), 2014, np.int16),
            "head_female": uniform(number, 6) < 0.15,
            "head_schooling": (uniform(number, 7) * 13).astype(np.int8),
            "members": members(number),
        }
    )


def incomes(number: Ints, year: Ints, ids: str, missing: float) -> pa.Table:
    """Incomes of some households in some years: whole yuan, the parts add up to the total."""
    joined = cohort(number)
    gain = np.where((joined > 0) & (year >= joined), np.array([0.05, 0.06, 0.08])[model(number)], 0.0)
    level = 8.9 + 0.08 * (year - 2014) + 0.22 * normal(number // PER_VILLAGE, 8) + 0.45 * normal(number, 9)
    size = members(number)
    total = np.rint(np.exp(level + gain + 0.25 * normal(number * 16 + (year - 2014), 10)) * size)
    wage = np.rint(total * 0.5 * uniform(number, 11))
    transfer = np.rint(total * 0.4 * uniform(number, 12))
    parts = {"income_wage": wage, "income_business": total - wage - transfer, "income_transfer": transfer}
    keep = uniform(number * 16 + (year - 2014), 13) >= missing
    table = pa.table(
        {"household_id": identifiers(number, ids), "year": year.astype(np.int16), "members": size}
        | {name: value.astype(np.int32) for name, value in (parts | {"income_total": total}).items()}
    )
    return table.filter(pa.array(keep)) if missing else table


def participation(number: Ints, ids: str) -> pa.Table:
    """Who joined what, when."""
    number = number[cohort(number) > 0]
    return pa.table(
        {
            "household_id": identifiers(number, ids),
            "model": pa.array(MODELS[model(number)]).dictionary_encode(),
            "from_year": cohort(number).astype(np.int16),
        }
    )


def orders(count: int, times: int, order: str) -> Iterator[Iterator[Ints]]:
    """Numbers 0 to count - 1 in chunks, `times` times, each time in another order when shuffled."""
    for turn in range(times):
        # a prime that does not divide the count: i -> i * prime mod count meets every number once
        prime = next(p for p in (1_000_003, 1_000_033, 1_000_037, 1_000_039)[turn % 4 :] if count % p)
        starts = range(0, count, CHUNK)
        numbers = (np.arange(start, min(start + CHUNK, count), dtype=np.int64) for start in starts)
        yield (n if order == "sorted" else (n * prime + turn) % count for n in numbers)


def write(path: Path, tables: Iterator[pa.Table]) -> None:
    """Write tables one after the other into one file, a million rows a group."""
    first = next(tables)
    with pq.ParquetWriter(path, first.schema, compression="zstd", compression_level=1) as writer:
        for table in chain([first], tables):
            writer.write_table(table, row_group_size=CHUNK)


def make(
    folder: Path, count: int = HOUSEHOLDS, ids: str = "integer", order: str = "sorted", missing: float = 0.0
) -> None:
    """Write the register."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "register.toml").write_text(TOML, encoding="utf-8")
    (once,) = orders(count, 1, order)
    write(folder / "households.parquet", (households(n, ids) for n in once))
    (once,) = orders(count, 1, order)
    write(folder / "participation.parquet", (participation(n, ids) for n in once))
    if order == "sorted":
        (once,) = orders(count, 1, order)
        rows = ((np.repeat(n, len(YEARS)), np.tile(np.array(YEARS), len(n))) for n in once)
    else:
        turns = zip(YEARS, orders(count, len(YEARS), order), strict=True)
        rows = ((n, np.full(len(n), year)) for year, chunks in turns for n in chunks)
    write(folder / "incomes.parquet", (incomes(n, year, ids, missing) for n, year in rows))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--ids", choices=("integer", "text"), default="integer")
    parser.add_argument("--order", choices=("sorted", "shuffled"), default="sorted")
    parser.add_argument("--missing", type=float, default=0.0, help="share of rows of incomes left out")
    given = parser.parse_args()
    make(given.folder, given.households, given.ids, given.order, given.missing)
