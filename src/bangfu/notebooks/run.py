"""Execute notebooks and write them in the form in which they are committed.

    python -m bangfu.notebooks.run notebooks/01_campaign.ipynb ...

Figures are written to the folder that ``BANGFU_FIGURES`` names, and nowhere else.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from bangfu.atomic import write_text
from bangfu.errors import BangfuError
from bangfu.notebooks.normal import Notebook, load, normalise, text

SECONDS = 600
"""The longest that one cell may take."""

ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "NUMBA_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
    ),
    "1",
)


def execute(path: Path) -> Notebook:
    """Run a notebook from top to bottom in a fresh kernel of this Python, in its own folder.

    Raises
    ------
    BangfuError
        When a cell fails; names the cell and the error.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    notebook = load(path)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell["outputs"], cell["execution_count"] = [], None
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_name="python3",
        record_timing=False,
        resources={"metadata": {"path": str(path.parent)}},
    )
    try:
        client.execute(env=os.environ | ONE_THREAD)
    except CellExecutionError as error:
        last = [line for line in str(error).splitlines() if line.strip()][-1]
        raise BangfuError(
            f"{path.name}: a cell failed: {last}", f"{path.name}:有一格运行失败:{last}"
        ) from None
    return normalise(notebook)


def main(paths: list[str]) -> None:
    """Execute each notebook and write it in place, in one step."""
    for name in paths:
        path = Path(name)
        write_text(path, text(execute(path)))
        print(f"executed {path.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
