"""Where a register is: a folder, or one workbook."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bangfu.errors import WrongUse
from bangfu.register.tables import COLUMNS

WORKBOOK = ".xlsx"


@dataclass(frozen=True, slots=True)
class Home:
    """Where the files of a register lie.

    Attributes
    ----------
    folder : Path
        With ``register.toml``, unless the workbook has a sheet ``register``.
    book : Path, optional
        The workbook, where the register is named by it.
    """

    folder: Path
    book: Path | None = None

    @property
    def books(self) -> tuple[Path, ...]:
        """Workbooks that may hold several tables, or describe the register."""
        if self.book is not None:
            return (self.book,)
        found = (p for p in self.folder.glob("*") if p.suffix.lower() == WORKBOOK and p.is_file())
        return tuple(sorted(p for p in found if p.stem not in COLUMNS and not p.name.startswith((".", "~$"))))


def is_register(path: Path) -> bool:
    """Whether a path may name a register: a folder, or a workbook."""
    return path.is_dir() or (path.suffix.lower() == WORKBOOK and path.is_file())


def home_of(path: str | Path) -> Home:
    """The home of a register.

    Raises
    ------
    WrongUse
        When there is no such folder or workbook.
    """
    path = Path(path)
    if not is_register(path):
        raise WrongUse(
            f"no folder or workbook {path}; a register is a folder, or one {WORKBOOK} with the sheets households, incomes, participation",
            f"找不到文件夹或工作簿 {path};台账是一个文件夹,或含 households、incomes、participation 三张工作表的 {WORKBOOK} 文件",
        )
    return Home(path) if path.is_dir() else Home(path.parent, path)
