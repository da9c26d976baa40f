"""Moments in a JSON file: text that whoever releases it can read before it leaves the building.

Digests of the fields tell what was changed by accident. They are no protection against forgery.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from bangfu.atomic import output
from bangfu.cells.schema import LONGEST_TEXT, Name, Year, texts
from bangfu.cells.spec import check_spec
from bangfu.characters import unfit, visible
from bangfu.design import Design
from bangfu.errors import BangfuError, WrongUse, spoken
from bangfu.formats import settle
from bangfu.given import digests_of, json_object, kind_of, read_text, refuse_changed, validated, wrong
from bangfu.moments.county import COLUMNS
from bangfu.moments.disclosure import HOUSEHOLDS, VILLAGES
from bangfu.moments.moments import Moments, positive
from bangfu.register.info import KINDS

FORMAT = 3
ROUNDED = 0.006
"""A correlation of two decimals is not further off, and R of them push no eigenvalue further than R times this below zero."""

LARGEST = 1e15
Count = Annotated[int, Field(ge=1, le=int(LARGEST))]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
Mean = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
Model = ConfigDict(extra="forbid", frozen=True)


class Result(BaseModel):
    """One result: a row of :attr:`Moments.table`, and its two standard errors."""

    model_config = Model

    arm: Name
    event_time: Year
    counties: Count
    households: Count
    villages: Count
    weight: Positive
    joiners: Mean
    would_have_been: Mean
    df: Annotated[float, Field(ge=1, le=LARGEST)]
    error_of_difference: Positive
    error_of_would_have_been: Positive


class Rules(BaseModel):
    """What must agree before merging."""

    model_config = Model

    design: dict[str, Any]
    years: Annotated[tuple[Year, ...], Field(min_length=2)]
    models: tuple[Name, ...]
    names: dict[Name, tuple[str, str]]
    kind: str
    unit: str
    spec: dict[str, Any]


class Stored(BaseModel):
    """The file."""

    model_config = Model

    bangfu_moments: Literal[3]
    inside: bool
    registers: Annotated[tuple[Name, ...], Field(min_length=1)]
    rules: Rules
    withheld: tuple[tuple[Name, Year], ...]
    results: Annotated[tuple[Result, ...], Field(min_length=1, max_length=10_000)]
    correlations: tuple[tuple[Annotated[float, Field(ge=-1.0, le=1.0)], ...], ...]
    sha256: dict[str, str]


def save(moments: Moments, path: str | Path, *, overwrite: bool) -> Path:
    """See :meth:`Moments.save`; what is written can be read again, or is refused here."""
    path = Path(path)
    errors, count = moments.errors, len(moments.table)
    correlations = np.clip(moments.covariance / np.outer(errors, errors), -1.0, 1.0)
    if not moments.inside:
        errors, correlations = np.vectorize(settle)(errors), np.vectorize(settle)(correlations)
    table = moments.table.assign(error_of_difference=errors[:count], error_of_would_have_been=errors[count:])
    content: dict[str, Any] = {
        "bangfu_moments": FORMAT, "inside": moments.inside, "registers": list(moments.registers), "rules": moments.rules,
        "withheld": [list(w) for w in moments.withheld], "results": table.to_dict("records"),
        "correlations": [row[:i] for i, row in enumerate(correlations.tolist())][1:],
    }  # fmt: skip
    content = json.loads(json.dumps(content, ensure_ascii=False))
    content["sha256"] = digests_of(_fields(content))
    _read(content, path.name)
    lines = [f"{json.dumps(k)}: {_lines(v)}" for k, v in content.items()]
    with output(path, overwrite=overwrite, private=moments.inside) as beside:
        beside.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8", newline="\n")
    return path


def _lines(value: Any) -> str:
    """One line for each row of a list."""
    if isinstance(value, list) and value and isinstance(value[0], dict | list):
        return "[\n " + ",\n ".join(json.dumps(v, ensure_ascii=False) for v in value) + "\n]"
    return json.dumps(value, ensure_ascii=False)


def load(path: str | Path) -> Moments:
    """See :meth:`Moments.load`."""
    path = Path(path)
    way = spoken("cells.moments().save(path)", "bangfu cells DIR --moments --out FILE")
    content = json_object(read_text(path), path.name) if kind_of(path) == "json" else {}
    if "bangfu_moments" not in content:
        raise BangfuError(
            f"{path.name} is not a whole file of moments; make it with {way}",
            f"{path.name} 不是完整的矩汇总文件;请用 {way} 生成",
        )
    if (found := content["bangfu_moments"]) != FORMAT:
        raise BangfuError(
            f"{path.name} has format {str(found)[:40]}, this program reads {FORMAT}; update bangfu, or make it again with {way}",
            f"{path.name} 的格式为{str(found)[:40]},本程序读取{FORMAT};请更新 bangfu,或用 {way} 重新生成",
        )
    return _read(content, path.name)


def _fields(content: dict[str, Any]) -> dict[str, Any]:
    """Every field that has a digest: those of the rules, and the results, one by one."""
    out = {k: v for k, v in content.items() if k not in ("rules", "results", "sha256")}
    out |= {f"rules.{k}": v for k, v in content["rules"].items()}
    return out | {f"results.{i}": v for i, v in enumerate(content["results"])}


def _read(content: dict[str, Any], file: str) -> Moments:
    """Moments that keep every rule, from a JSON object."""
    found = validated(TypeAdapter(Stored), content, file)
    rules, size = found.rules, 2 * len(found.results)
    for field, values in (
        ("registers", found.registers), ("rules.models", rules.models),
        ("results", [(r.arm, r.event_time) for r in found.results]),
    ):  # fmt: skip
        if len(set(values)) != len(values):
            raise wrong(file, field, "each may stand once", "不可重复")
    if list(rules.years) != sorted(set(rules.years)):
        raise wrong(file, "rules.years", "must rise, each once", "年份须递增且不重复")
    if rules.kind not in KINDS:
        raise wrong(file, "rules.kind", f"must be one of {', '.join(KINDS)}", f"应为 {'、'.join(KINDS)} 之一")
    for field, text in texts(content["rules"], "rules"):
        if len(text) > LONGEST_TEXT or (visible(text) != text and unfit(text, allowed="\n\t")):
            raise wrong(
                file, field, "a text that is too long, or holds control characters", "文字过长或含有控制字符"
            )
    _check_design(rules.design, file)
    check_spec(rules.spec, rules.years, file, "rules.spec")
    for i, result in enumerate(found.results):
        for name, en, zh in _broken(result, found):
            raise wrong(file, f"results.{i}.{name}", en, zh)
    if [len(row) for row in found.correlations] != list(range(1, size)):
        raise wrong(
            file, "correlations", "must be a triangle, two rows for each result", "应为三角形,每项结果两行"
        )
    correlations = np.eye(size)
    for i, row in enumerate(found.correlations, 1):
        correlations[i, :i] = correlations[:i, i] = row
    if np.linalg.eigvalsh(correlations)[0] < -(1e-9 if found.inside else ROUNDED) * size:
        raise wrong(
            file,
            "correlations",
            "no correlations can be so (not positive semidefinite)",
            "相关系数不可能如此(非半正定)",
        )
    refuse_changed(digests_of(_fields(content)), found.sha256, file)
    if extra := found.sha256.keys() - _fields(content).keys():
        raise wrong(file, f"sha256.{min(extra)[:100]}", "no such field is known", "没有此项")
    table = pd.DataFrame([r.model_dump() for r in found.results])
    errors = table[["error_of_difference", "error_of_would_have_been"]].to_numpy(float).T.ravel()
    return Moments(
        table[list(COLUMNS)].astype(COLUMNS), positive(correlations) * np.outer(errors, errors), content["rules"], found.registers,
        found.inside, found.withheld,
    )  # fmt: skip


def _check_design(options: dict[str, Any], file: str) -> None:
    try:
        design = Design.of(None, **options)
    except (WrongUse, TypeError, ValueError) as error:
        en, zh = (error.en, error.zh) if isinstance(error, BangfuError) else ("no design", "不是有效的设定")
        raise wrong(file, "rules.design", en, zh) from None
    for name in ("outcome", "scale", "best"):
        if getattr(design, name) is None:
            raise wrong(file, f"rules.design.{name}", "must be said", "不能为空")


def _broken(result: Result, found: Stored) -> list[tuple[str, str, str]]:
    """Fields of a result that break a rule, and the rule."""
    out = []
    least = {"households": HOUSEHOLDS, "villages": VILLAGES} if not found.inside else {}
    for name, n in least.items():
        if getattr(result, name) < n * result.counties:
            out.append(
                (name, f"a released result rests on {n} or more in each county", f"上报结果每县不少于{n}")
            )
    if result.counties > len(found.registers):
        out.append(("counties", "more than there are registers", "多于台账数"))
    if found.rules.spec.get("weighted") is False and result.weight != result.households:
        out.append(("weight", "without weights it is the number of households", "未加权时应等于户数"))
    scale, outcome = found.rules.design["scale"], found.rules.design["outcome"]
    for name in ("joiners", "would_have_been"):
        value = getattr(result, name)
        if scale == "percent" and name == "would_have_been" and value <= 0:
            out.append((name, "must be above zero for percent", "百分比时应为正"))
        if outcome == "headcount" and name == "joiners" and not 0 <= value <= 1:
            out.append((name, "a share lies between 0 and 1", "比例应在0与1之间"))
    return out
