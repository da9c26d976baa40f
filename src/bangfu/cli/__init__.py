"""The command line: one file per command, heavy imports inside the commands."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

import typer

from bangfu.cli.ending import ended, refuse_empty, streams
from bangfu.connect import engine_at_work
from bangfu.errors import Language, command_line

_COMMANDS: tuple[str, ...] = (
    "reproduce",
    "check",
    "compare",
    "cells",
    "campaign",
    "convert",
    "simulate",
    "new",
)
"""Modules of this package; each has ``add(app)``, which adds its command."""

app = typer.Typer(
    name="bangfu",
    help="帮扶: which support model goes with larger household income gains, and how surely.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root(context: typer.Context) -> None:
    """Keep the commands as sub-commands, however many there are; their messages name flags."""
    context.with_resource(command_line())


for _name in _COMMANDS:
    import_module(f"bangfu.cli.{_name}").add(app)


def main() -> None:
    """Run a command; exit codes: 0 done, 1 the data or the comparison is at fault, 2 wrong use."""
    with streams():
        try:
            refuse_empty(sys.argv[1:])
            with _ended_by_sigterm(), engine_at_work():
                app()
        except BaseException as error:
            if sys.flags.dev_mode:
                raise
            code = ended(error, _language())
    raise SystemExit(code)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Within it a SIGTERM ends as an exit does, so that what is half-written goes."""
    try:
        before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    except ValueError:  # not the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _language() -> Language:
    words = sys.argv[1:]
    for i, word in enumerate(words):
        if word == "--lang=zh" or (word == "--lang" and words[i + 1 : i + 2] == ["zh"]):
            return "zh"
    return "en"
