"""Misuses of the command line, generated: names, words, and whether the data are at fault."""

from __future__ import annotations

import os
from pathlib import Path

NOT_NUMBERS = ("", "  ", "x", "1e", "--", "0x10", "1,5")
NOT_ABOVE_ZERO = ("nan", "inf", "-inf", "-5", "0", "-0.0", "1e999")
BREAKS = ("nan", "inf", "2,nan", "5,2", "2,2", "x", "2,,5", ",", "1e999")
PATHS = (
    "",
    " ",
    "absent",
    "file.txt",
    "/dev/null",
    "pipe",
    "n" * 5_000,
    "loop",
    "broken",
    "file.txt/below",
    "absent/deep",
)


def generated() -> list[tuple[str, list[str]]]:
    """Name and words; ``R`` stands for the register, ``OUT`` for a target that is free."""
    out: list[list[str]] = [
        ["unknown"],
        ["--unknown"],
        ["compare"],
        ["cells"],
        ["convert"],
        ["new"],
        ["simulate"],
    ]
    lines = (f"--line={value}" for value in (*NOT_NUMBERS, *NOT_ABOVE_ZERO))
    out += [["compare", "R", "--outcome", "headcount", "--scale", "yuan", line] for line in lines]
    for value in ("nan", "-5", "3000", "price_updated"):  # income has no use for a line
        out += [["compare", "R", "--line", value], ["cells", "R", "--line", value, "--out", "OUT"]]
    for value in BREAKS:
        out += [
            ["compare", "R", "--by", f"land_mu={value}"],
            ["cells", "R", "--by", f"land_mu={value}", "--out", "OUT"],
        ]
    for value in ("", "absent", "household_id", "weight", "village_id"):
        out.append(["compare", "R", "--by", value])
    for option in (
        "scale",
        "control",
        "missing",
        "switchers",
        "exposure",
        "engine",
        "outcome",
        "lang",
        "campaign",
    ):
        out += [["compare", "R", f"--{option}", value] for value in ("", "absent")]
    for value in ("0", "-1", "x", "nan", "99999", str(10**30), "1.5", ""):
        out.append(["cells", "R", "--base-year", value, "--out", "OUT"])
    for value in ("0", "-1", "x", "nan", "1.5", str(10**30), ""):
        for option in ("--households", "--households-per-village"):
            out.append(["simulate", option, value, "--out", "OUT"])
    for value in ("-1", "x", "nan", str(10**30), ""):
        out.append(["simulate", "--households", "60", "--seed", value, "--out", "OUT"])
    for option in ("--scenario", "--parameters", "--identifiers"):
        out += [
            ["simulate", "--households", "60", option, value, "--out", "OUT"]
            for value in ("", "absent", "pipe")
        ]
    for path in PATHS:
        out += [
            ["check", path], ["compare", path], ["cells", path, "--out", "OUT"], ["new", "OUT", "--register", path], ["campaign", path], ["campaign", "--verify", path],
            ["convert", path, "--mapping", "generic", "--out", "OUT"],
            ["convert", "sheet.csv", "--mapping", path, "--out", "OUT"], ["cells", "R", "--prices", path, "--out", "OUT"],
        ]  # fmt: skip
    for path in sorted({*PATHS} - {"broken"}):  # whether a folder holds a register is asked after it is found
        out.append(["reproduce", "--register", path, "--out", "OUT"])
    for path in sorted({*PATHS} - {"file.txt"}):  # a text of one column is a table
        out.append(["convert", path, "--suggest"])
    for path in ("", " ", "file.txt/below", "n" * 5_000, "loop/below"):
        for words in (
            ["compare", "R", "--json"],
            ["cells", "R", "--out"],
            ["simulate", "--households", "60", "--out"],
            ["new"],
        ):
            out.append([*words, path])
    out += [
        ["campaign", "--table", "absent"], ["reproduce", "--register", "R"], ["reproduce", "--register", "R", "--out", "OUT", "--accept"],
        ["cells", "R", "R", "--out", "OUT"], ["cells", "R", "sheet.csv", "--out", "OUT"], ["convert", "sheet.csv", "sheet.csv", "--suggest"],
    ]  # fmt: skip
    return [(" ".join(w[:40] for w in words), words) for words in out]


def is_data(words: list[str]) -> bool:
    """Where a file is there and is not what it should be, the data are at fault."""
    return any(w in ("file.txt", "/dev/null", "pipe", "broken", "sheet.csv") for w in words)


def prepare(folder: Path) -> None:
    """What the words name, but the register."""
    (folder / "file.txt").write_text("not what is wanted\n", encoding="utf-8")
    (folder / "sheet.csv").write_text("户编号,村\nA,B\n", encoding="utf-8")
    (folder / "loop").symlink_to("loop")
    (folder / "broken").mkdir()
    (folder / "broken" / "register.toml").write_bytes(b"\xff\xfe = [")
    os.mkfifo(folder / "pipe")
