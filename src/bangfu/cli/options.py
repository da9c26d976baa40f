"""Options that several commands share."""

from __future__ import annotations

from typing import Annotated

import typer

Overwrite = Annotated[
    bool,
    typer.Option(
        "--overwrite", help="Replace the file if it is there; never a link, a folder, a device or an input."
    ),
]
