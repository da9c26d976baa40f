"""Where material lies that tests may read but the project does not ship."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared(pattern: str) -> Path:
    """A file of the shared material; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("BANGFU_SHARED", ROOT.parent / "shared"))
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    if not found:
        pytest.skip(
            f"{pattern} is not shipped and not found beside the repository; set BANGFU_SHARED to its folder"
        )
    return found[0]
