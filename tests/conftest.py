"""What every run leaves for ``make test-full``: most cases of the tests that try one thing on many inputs at length."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path

import pytest

COSTS = Path(__file__).with_name("costs.json")
"""Seconds that one case of each test takes, where that is more than a tenth; ``--costs`` writes it anew."""
SECONDS, LEAST = 3.0, 2
"""The cases of one test may take so long together by default, but two run in any case: spread evenly over all of them,
the last among them."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="every case of every test")
    parser.addoption(
        "--costs", action="store_true", help=f"write {COSTS.name}: what a case of each test takes"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep some cases of each long test; what is asked for by its name stays."""
    if config.getoption("whole") or any("[" in word for word in config.args):
        return
    costs, cases = json.loads(COSTS.read_text()), defaultdict[str, list[pytest.Item]](list)
    for item in items:
        cases[_test(item.nodeid)].append(item)
    left = set[pytest.Item]()
    for name, found in cases.items():
        n = min(len(found), max(LEAST, int(SECONDS / costs.get(name, 0.01))))
        kept = {len(found) - 1 - i * len(found) // n for i in range(n)}
        left |= {item for i, item in enumerate(found) if i not in kept}
    config.hook.pytest_deselected(items=[item for item in items if item in left])
    items[:] = [item for item in items if item not in left]


def _test(nodeid: str) -> str:
    """A case's test: its file below tests/ and its name."""
    return nodeid.partition("[")[0].removeprefix("tests/")


class Costs:
    """Adds up what the cases of each test took, in all processes."""

    def __init__(self) -> None:
        self.seconds, self.cases = Counter[str](), Counter[str]()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[_test(report.nodeid)] += report.duration
        self.cases[_test(report.nodeid)] += report.when == "call"

    def pytest_sessionfinish(self) -> None:
        means = {name: self.seconds[name] / n for name, n in self.cases.items() if n}
        told = {name: round(mean, 1) for name, mean in sorted(means.items()) if mean > 0.1}
        COSTS.write_text(json.dumps(told, indent=0) + "\n")


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("costs") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Costs())
