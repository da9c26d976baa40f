"""How long the stability table's 108 choices take on the shipped register (12,000 households): seconds of one processor.

    python benchmarks/stability.py [--rounds 5]

Bar: at most 2 seconds on an idle machine, the best of the rounds.
"""

from __future__ import annotations

import argparse
import time

import bangfu
from bangfu.cells import build
from bangfu.estimates.stability import CHOICES, stability

BAR = 2.0


def main() -> None:
    """Print each round, and the best against the bar."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    design = bangfu.Design()
    cells = build(bangfu.load_register("data/register"), design)
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        table = stability(cells, design)
        taken.append(time.process_time() - start)
    choices = len(table[list(CHOICES)].drop_duplicates())
    print(
        f"{cells!r}\n{choices} choices: {', '.join(f'{t:.2f}' for t in taken)} s; best {min(taken):.2f}, bar {BAR}"
    )


if __name__ == "__main__":
    main()
