"""Where the shipped data live: in the wheel, or in the repository that an editable install points to."""

from __future__ import annotations

from pathlib import Path

from bangfu.errors import WrongUse

_PACKAGE = Path(__file__).resolve().parent


def repository() -> Path:
    """The root of the repository that this copy of bangfu runs from.

    Raises
    ------
    WrongUse
        When bangfu was installed from a wheel, which carries the data but no notebooks and figures.
    """
    root = _PACKAGE.parent.parent
    if (root / "pyproject.toml").is_file() and (root / "notebooks").is_dir():
        return root
    raise WrongUse(
        "this copy of bangfu is not inside its repository; clone the repository and run the command there",
        "当前安装的 bangfu 不在其代码仓库中;请克隆仓库后在其中运行",
    )


def data(name: str) -> Path:
    """The folder ``data/<name>`` as shipped (campaign, register, reference, surveys)."""
    for base in (_PACKAGE / "_data", _PACKAGE.parent.parent / "data"):
        if (base / name).is_dir():
            return base / name
    raise WrongUse(
        f"the shipped folder data/{name} is missing; reinstall bangfu",
        f"缺少随附文件夹 data/{name};请重新安装 bangfu",
    )
