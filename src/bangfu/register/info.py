"""What a register says of itself: ``register.toml``."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bangfu.errors import DataFault, Fault
from bangfu.words import MODELS, Model, Word

KINDS = ("synthetic", "survey", "administrative")
CONCEPTS = ("disposable", "net")


@dataclass(frozen=True, slots=True)
class RegisterInfo:
    """A register's title, kind and terms.

    Attributes
    ----------
    id : str
    title : Word
    kind : {"synthetic", "survey", "administrative"}
    income_concept : {"disposable", "net"}
        可支配收入 or 纯收入.
    own_consumption : bool or None
        Whether income includes what the household grew and ate; ``None`` where not known.
    licence, citation, notes : str
    models : tuple of Model
        Income models, the three by default.
    """

    id: str
    title: Word
    kind: str
    income_concept: str
    own_consumption: bool | None
    licence: str
    citation: str
    notes: str
    models: tuple[Model, ...]

    @property
    def synthetic(self) -> bool:
        """Whether the households are invented."""
        return self.kind == "synthetic"

    @property
    def names(self) -> dict[str, Word]:
        """The models' titles by identifier."""
        return {m.id: m.name for m in self.models}


UNKNOWN = RegisterInfo("", Word("", ""), "administrative", "disposable", None, "", "", "", ())
"""Of a register whose ``register.toml`` cannot be read: taken for a real one, so that nothing of it is shown."""


def read_info(folder: Path) -> RegisterInfo:
    """Read ``register.toml``.

    Raises
    ------
    DataFault
        With everything that is missing or unknown in it.
    """
    path = folder / "register.toml"
    if not path.is_file():
        words = (
            "the file register.toml is missing; add it with id, title_en, title_zh, kind",
            "缺少 register.toml,请补上",
        )
        raise DataFault([Fault("register.toml", "file_present", *words)])
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError:
        words = "not UTF-8; save it anew as UTF-8", "不是 UTF-8 编码,请另存为 UTF-8"
        raise DataFault([Fault("register.toml", "readable", *words)]) from None
    except tomllib.TOMLDecodeError as error:
        words = f"not valid TOML: {error}", f"不是有效的 TOML:{error}"
        raise DataFault([Fault("register.toml", "readable", *words)]) from None
    faults = [
        Fault("register.toml", "key_present", "this key is missing; add it", "缺少该项,请补上", column=key)
        for key in ("id", "title_en", "title_zh", "kind")
        if not str(content.get(key, "")).strip()
    ]
    for key, known in (("kind", KINDS), ("income_concept", CONCEPTS)):
        value = content.get(key)
        if value is not None and value not in known:
            words = f"not one of: {', '.join(known)}", f"应为以下之一:{'、'.join(known)}"
            faults.append(Fault("register.toml", "known_value", *words, column=key, value=str(value)))
    models, more = _models(content.get("models"))
    if faults or more:
        raise DataFault([*faults, *more])
    return RegisterInfo(
        id=str(content["id"]),
        title=Word(str(content["title_en"]), str(content["title_zh"])),
        kind=str(content["kind"]),
        income_concept=str(content.get("income_concept", "disposable")),
        own_consumption=content.get("own_consumption"),
        licence=str(content.get("licence", "")),
        citation=str(content.get("citation", "")),
        notes=str(content.get("notes", "")),
        models=models,
    )


def _models(declared: Any) -> tuple[tuple[Model, ...], list[Fault]]:
    if declared is None:
        return MODELS, []
    models, faults = [], []
    for entry in declared if isinstance(declared, list) else []:
        if not isinstance(entry, dict):
            continue
        missing = [k for k in ("id", "title_en", "title_zh") if not str(entry.get(k, "")).strip()]
        if missing or "+" in str(entry.get("id", "")):
            words = (
                "every model needs id (without +), title_en and title_zh",
                "每种模式需有 id(不含加号)、title_en、title_zh",
            )
            faults.append(
                Fault(
                    "register.toml", "model_complete", *words, column="models", value=str(entry.get("id", ""))
                )
            )
            continue
        name = Word(str(entry["title_en"]), str(entry["title_zh"]))
        models.append(Model(str(entry["id"]), name, name))
    if not models and not faults:
        words = (
            "models must be a list of tables [[models]], at least one",
            "models 应为 [[models]] 列表,至少一个",
        )
        faults.append(Fault("register.toml", "models_listed", *words, column="models"))
    return tuple(models), faults
