"""Where the tests find a browser, and how they start it: no profile of the user's, nothing sent anywhere.

``BANGFU_CHROMIUM`` names the program; else ``chromium``, ``chromium-browser`` or ``google-chrome`` on the path.
"""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """The program, or nothing."""
    return os.environ.get("BANGFU_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
