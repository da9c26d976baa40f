"""``python -m bangfu.cli`` is the command ``bangfu``."""

from bangfu.cli import main

main()
