"""Mutated registers: every damage of ``tests.register``, with and without its acceptance, and others drawn from a seed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd

from bangfu.register.accepting import ACCEPTABLE
from tests.attack.command import command
from tests.register import bad_files, damages, four, planted

Make = Callable[[Path], Path]
"""Writes a register into a folder; gives the folder or workbook."""

ODD = (
    "", " ", "NA", "NaN", "inf", "-1e308", "1e309", "0x1F", "9" * 40, "2017-01-01", "１２", "二〇一七", "=1+1", "\x00", "\u202e", "\ufeff", "é", "𠮷",
    "<b>", "'", '"', "a\nb", "a,b", "true", "0", "-0", "1.5", "2017", "NULL", "None", "x" * 2_000,
)  # fmt: skip
"""What somebody may have typed into a cell."""


def registers(seed: int, bytes_: int, cells: int) -> Iterator[tuple[str, Make]]:
    """Name and maker of each: all known damages, and so many with other bytes and other cells."""
    yield from _known()
    for i in range(bytes_):
        yield (
            f"bytes {seed} {i}",
            lambda folder, i=i: _other_bytes(folder, np.random.default_rng([seed, 1, i])),
        )
    for i in range(cells):
        yield (
            f"cells {seed} {i}",
            lambda folder, i=i: _other_cells(folder, np.random.default_rng([seed, 2, i])),
        )


def _known() -> Iterator[tuple[str, Make]]:
    for what, (rule, change) in damages.TEXT.items():
        yield f"text: {what}", lambda folder, c=change: _changed(folder, c)
        if rule in ACCEPTABLE:
            more = f'[accept]\n{rule} = "known"\n'
            yield f"text, accepted: {what}", lambda folder, c=change, m=more: _changed(folder, c, m)
    for what, (_, change) in damages.STORED.items():
        yield f"stored: {what}", lambda folder, c=change: damages.stored(folder, c)
    for what, (_, line) in damages.DESCRIBED.items():
        yield f"described: {what}", lambda folder, x=line: damages.write(folder, damages.tables(), more=x)
    for what in planted.CASES:
        yield f"planted: {what}", lambda folder, w=what: planted.planted(folder, w)[0]
    for i, (text, _, _) in enumerate(bad_files.NO_TABLE):
        yield f"no table {i}", lambda folder, t=text: four.write(folder, incomes=t)
    for i, (content, _) in enumerate(bad_files.NO_TEXT):
        yield f"no text {i}", lambda folder, c=content: _in_place(folder, c)
    for i, cut in enumerate(bad_files.CUT):
        yield f"cut {i}", lambda folder, c=cut: _cut(folder, c)
    for text in bad_files.NO_NUMBERS:
        yield (
            f"no number {text}",
            lambda folder, t=text: four.write(
                folder, incomes=four.INCOMES.replace("a,2018,3,9000", f"a,2018,3,{t}")
            ),
        )


def _changed(folder: Path, change: Callable[[damages.Tables], None], more: str = "") -> Path:
    parts = damages.tables()
    change(parts)
    return damages.write(folder, parts, more=more)


def _in_place(folder: Path, content: bytes) -> Path:
    (four.write(folder) / "households.csv").write_bytes(content)
    return folder


def _cut(folder: Path, cut: Callable[[bytes], bytes]) -> Path:
    path = four.as_parquet(four.write(folder), "incomes", four.frame(four.INCOMES))
    path.write_bytes(cut(path.read_bytes()))
    return folder


def _other_bytes(folder: Path, random: np.random.Generator) -> Path:
    """One file of a sound register with bytes turned, cut, doubled, exchanged or put in."""
    form = str(random.choice(["csv", "csv", "parquet", "book"]))
    target = damages.write(folder, damages.tables(), form, kind=str(random.choice(["survey", "synthetic"])))
    files = sorted(p for p in folder.iterdir() if p.is_file())
    path = files[int(random.integers(len(files)))]
    content = bytearray(path.read_bytes())
    for _ in range(int(random.integers(1, 4))):
        at, to = sorted(random.integers(0, max(len(content), 1), 2).tolist())
        match int(random.integers(6)):
            case 0:
                content[at : at + 1] = bytes([int(random.integers(256))])
            case 1:
                del content[at : min(to, at + 200)]
            case 2:
                content[at:at] = content[at : min(to, at + 200)]
            case 3:
                content[at:at] = random.bytes(int(random.integers(1, 20)))
            case 4:
                lines = bytes(content).split(b"\n")
                lines.insert(int(random.integers(len(lines))), lines[int(random.integers(len(lines)))])
                content = bytearray(b"\n".join(lines))
            case _:
                content = content[:to]
    path.write_bytes(content)
    return target


def _other_cells(folder: Path, random: np.random.Generator) -> Path:
    """A sound register with some odd cells, rows twice or gone, and columns renamed, exchanged or gone."""
    parts = damages.tables()
    for _ in range(int(random.integers(1, 4))):
        name = str(random.choice(list(parts)))
        frame = parts[name].copy()
        column, row = str(random.choice(frame.columns)), int(random.integers(len(frame)))
        match int(random.integers(6)):
            case 0 | 1 | 2:
                frame[column] = frame[column].astype(object)
                frame.loc[frame.index[row], column] = str(ODD[int(random.integers(len(ODD)))])
            case 3:
                frame = pd.concat([frame, frame.iloc[[row]]], ignore_index=True)
            case 4:
                frame = frame.drop(index=frame.index[row : row + 3]).reset_index(drop=True)
            case _:
                other = str(random.choice(frame.columns))
                frame = frame.rename(columns={column: other, other: column})
        parts[name] = frame.apply(_of_one_type)
    return damages.write(folder, parts, str(random.choice(["csv", "parquet"])), more=_accepts(random))


def _accepts(random: np.random.Generator) -> str:
    """Sometimes the owner accepts two rules."""
    if random.random() < 0.5:
        return ""
    rules = random.choice(sorted(ACCEPTABLE), 2, replace=False)
    return "[accept]\n" + "".join(f'{rule} = "known"\n' for rule in rules)


def _of_one_type(column: pd.Series) -> pd.Series:
    """Mixed types as text, as a Parquet file has them."""
    return column.map(lambda v: None if pd.isna(v) else str(v)) if column.dtype == object else column


def attack(register: Path, out: Path) -> str:
    """Check, cells and comparison of a register that may be anything: ``refused`` or ``harmless``.

    What check refuses is refused everywhere and nothing is written; what it accepts is said by all three.
    """
    checked = command("check", register)
    summed = command("cells", register, "--out", out / "cells")
    with patch(
        "bangfu.compare.comparison.wild_p_value", return_value=0.5
    ):  # a compiler works for seconds on it
        compared = command("compare", register)
    others = {"cells": summed, "compare": compared}
    assert checked.code in (0, 1, 2), checked
    if checked.code:
        for name, ended in others.items():
            assert ended.code in (1, 2), f"check ends {checked.code}, {name} ends {ended.code}"
        assert not (out / "cells").exists(), "cells of a register that check refuses"
        return "refused"
    for name, ended in others.items():
        assert ended.code == 0 or (ended.code == 1 and ended.err.strip()), (
            f"{name} ends {ended.code}: {ended.err}"
        )
    for line in checked.out.splitlines():
        if line.startswith("accepted "):
            for name, ended in others.items():
                said = ended.out + ended.err
                assert ended.code or "accepted" in said.lower(), (
                    f"{name} does not say what was accepted: {line}"
                )
    shutil.rmtree(out, ignore_errors=True)
    return "harmless"
