"""Moments in a JSON file: text that whoever releases it can read before it leaves the building."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bangfu.atomic import write_text
from bangfu.errors import BangfuError, spoken
from bangfu.given import json_object, kind_of, wrong
from bangfu.moments.disclosure import Protection, Withheld
from bangfu.moments.moments import Column, Moments, Seen
from bangfu.system import refused

FORMAT = 2


def save(moments: Moments, path: str | Path, *, overwrite: bool = False) -> Path:
    """See :meth:`Moments.save`."""
    path = Path(path)
    content = {
        "bangfu_moments": FORMAT,
        "registers": list(moments.registers),
        "rules": moments.rules,
        "protection": asdict(moments.protection) if moments.protection else None,
        "withheld": asdict(moments.withheld),
        "columns": [list(c) for c in moments.columns],
        "sums": moments.first.tolist(),
        "villages": moments.villages.tolist(),
        "households": [[*key, n] for key, n in sorted(moments.households.items())],
        "places": [[*key, n] for key, n in sorted(moments.places.items())],
        "presence": moments.presence,
        "products": [row[: i + 1] for i, row in enumerate(moments.second.tolist())],
    }
    lines = [f"{json.dumps(k)}: {json.dumps(v, ensure_ascii=False)}" for k, v in content.items()]
    body = ",\n".join(lines)
    digest = hashlib.sha256(body.encode()).hexdigest()
    write_text(path, "{\n" + body + f',\n"sha256": "{digest}"\n}}\n', overwrite=overwrite)
    return path


def load(path: str | Path) -> Moments:
    """See :meth:`Moments.load`."""
    path = Path(path)
    if kind_of(path) != "json":
        raise _not_moments(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeError) as error:
        raise refused(error, path) or error from None
    content = json_object(text, path.name)
    if "bangfu_moments" not in content:
        raise _not_moments(path)
    found = content["bangfu_moments"]
    if found != FORMAT:
        raise BangfuError(
            f"{path.name} has format {found}, this program reads {FORMAT}; update bangfu, or make it again",
            f"{path.name} 的格式为{found},本程序读取{FORMAT};请更新 bangfu 或重新生成",
        )
    body = text.removeprefix("{\n").rsplit(',\n"sha256"', 1)[0]
    if hashlib.sha256(body.encode()).hexdigest() != content.get("sha256"):
        raise BangfuError(
            f"{path.name} was changed or damaged since it was written; ask for it again",
            f"{path.name} 写出后被改动或损坏,请重新索取",
        )
    try:
        return _moments(content)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, IndexError) as error:
        raise wrong(path.name, str(error)[:80], "is not as it should be", "不合规定") from None


def _not_moments(path: Path) -> BangfuError:
    way = spoken("cells.moments().save(path)", "bangfu cells DIR --moments --out FILE")
    return BangfuError(
        f"{path.name} is not a whole file of moments; make it with {way}",
        f"{path.name} 不是完整的矩汇总文件;请用 {way} 生成",
    )


def _moments(content: dict[str, Any]) -> Moments:
    size = len(content["columns"])
    second = np.zeros((size, size))
    for i, row in enumerate(content["products"]):
        second[i, : i + 1] = second[: i + 1, i] = row
    protection = content["protection"]
    return Moments(
        tuple(Column(*c) for c in content["columns"]), np.array(content["sums"], dtype=float), second,
        np.array(content["villages"], dtype=np.int64),
        _counts(content["households"]), _counts(content["places"]),
        content["presence"], content["rules"], tuple(content["registers"]),
        Protection(**protection) if protection else None, Withheld(**content["withheld"]),
    )  # fmt: skip


def _counts(rows: list[list[Any]]) -> dict[Seen, int]:
    return {(str(a), int(c), int(b), int(t)): int(n) for a, c, b, t, n in rows}
