"""What nbval lets through, held exactly: images, order, type and number of outputs.

nbval runs each cell once and compares texts; this plugin takes what that same run produced and compares all of it
with what is committed.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from bangfu.notebooks.outputs import unlike


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """After nbval's own comparison, compare exactly."""
    result = yield
    produced = getattr(item, "test_outputs", None)
    cell = getattr(item, "cell", None)
    if produced is not None and cell is not None:
        difference = unlike(produced, cell.outputs)
        if difference:
            raise AssertionError(f"cell {getattr(item, 'cell_num', '?')}: {difference}")
    return result
