"""Execute notebooks and write them in the form in which they are committed.

    python -m bangfu.notebooks.run notebooks/01_campaign.ipynb ...

Figures are written to the folder that ``BANGFU_FIGURES`` names, and nowhere else. With ``--with-parent`` the run ends
when its parent, which holds the other end of its standard input, ends or is killed.
"""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path

from bangfu.atomic import write_text
from bangfu.errors import BangfuError
from bangfu.notebooks.normal import Notebook, load, normalise, text
from bangfu.release import SETTING

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

REGISTER = "BANGFU_REGISTER"
"""Names the register that notebooks read in place of the shipped one."""

_LEFT_OUT = (REGISTER, SETTING, "BANGFU_FIGURES", "PYTEST_ADDOPTS", "PYTHONSTARTUP", "MPLBACKEND")


def environment(**more: str) -> dict[str, str]:
    """The environment of a run: one thread, and none of the reader's settings that would change what it writes."""
    # its first import builds the font cache and says so: better here than in a notebook's output
    import matplotlib.font_manager  # noqa: F401

    return {k: v for k, v in os.environ.items() if k not in _LEFT_OUT} | ONE_THREAD | more


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
        kept = {k: os.environ[k] for k in (REGISTER, SETTING, "BANGFU_FIGURES") if k in os.environ}
        client.execute(env=environment(**kept))
    except CellExecutionError as error:
        last = [line for line in str(error).splitlines() if line.strip()][-1]
        raise BangfuError(
            f"{path.name}: a cell failed: {last}", f"{path.name}:有一格运行失败:{last}"
        ) from None
    return normalise(notebook)


def main(paths: list[str]) -> None:
    """Execute each notebook and write it in place, in one step."""
    if "--with-parent" in paths:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    for name in (p for p in paths if p != "--with-parent"):
        path = Path(name)
        write_text(path, text(execute(path)), overwrite=True)
        print(f"executed {path.name}")


def _end_with_parent() -> None:
    while os.read(0, 1):  # not sys.stdin: its lock, held by this thread, would crash the end of the run
        pass
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
