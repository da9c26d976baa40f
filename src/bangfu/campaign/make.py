"""Start a record of one's own: empty tables, the codebook, and a small invented example that passes every check."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

from bangfu import places as shipped
from bangfu.atomic import new_folder
from bangfu.packages import description

EXAMPLE = Path(__file__).parent / "example"
"""An invented event with three actions, and the text that its spans are of."""


def new_record(folder: str | Path) -> Path:
    """Make a folder for a campaign's record.

    Parameters
    ----------
    folder : path
        New or empty.

    Returns
    -------
    Path
        Holds one CSV per table with its header line alone (UTF-8 with a byte order mark, so that spreadsheet programs
        show Chinese), ``CODEBOOK.md``, and ``example/``: a complete small record and its text.

    Raises
    ------
    WrongUse
        When the folder holds something.
    """
    target = Path(folder)
    home = shipped.data("campaign")
    with new_folder(target) as beside:
        for resource in description(home):
            header = io.StringIO()
            csv.writer(header, lineterminator="\n").writerow(f["name"] for f in resource["schema"]["fields"])
            (beside / resource["path"]).write_bytes(header.getvalue().encode("utf-8-sig"))
        shutil.copyfile(home / "CODEBOOK.md", beside / "CODEBOOK.md")
        shutil.copytree(EXAMPLE, beside / "example")
    return target
