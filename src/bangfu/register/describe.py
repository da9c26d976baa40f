"""What a register holds, in tables that carry no household."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.errors import Language
from bangfu.formats import number, percent
from bangfu.register.tables import COLUMNS, FLAG, NUMBER
from bangfu.words import BADGES, Word, arm_name

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from bangfu.register.register import HouseholdRegister

FEWEST = 10
"""Of a register that is not synthetic no mean over fewer households is given."""

_HEADINGS = {
    "units": Word("Units", "数量"),
    "years": Word("Years", "年份"),
    "completeness": Word("Completeness", "完整程度"),
    "balance": Word("Households by models ever taken up: means", "各参加类型农户的均值"),
    "attrition": Word("Who is still seen", "样本流失"),
}

_COLUMNS = {
    "what": Word("what", "项目"),
    "count": Word("count", "数量"),
    "year": Word("year", "年份"),
    "rows": Word("income rows", "收入记录"),
    "share": Word("share of households", "占全部农户"),
    "table": Word("table", "表"),
    "column": Word("column", "列"),
    "missing": Word("empty cells", "空缺"),
    "share_missing": Word("share empty", "空缺比例"),
    "arm": Word("models taken up", "参加类型"),
    "households": Word("households", "户数"),
    "mean": Word("mean", "均值"),
    "difference": Word("difference in standard deviations", "标准化差异"),
    "seen": Word("seen", "仍有记录"),
    "share_seen": Word("share seen", "仍有记录比例"),
}

_WHAT = {
    "households": "户",
    "villages": "村",
    "years": "年份",
    "income rows": "收入记录",
    "households seen in every year": "每年都有记录的户",
}


@dataclass(frozen=True, slots=True, repr=False)
class Description:
    """Tables about a register.

    Attributes
    ----------
    title : Word
    kind : str
    names : dict of str to Word
        Names of the models.
    units : DataFrame
        ``what, count``.
    years : DataFrame
        ``year, rows, share`` (of the households that the register lists).
    completeness : DataFrame
        ``table, column, missing, share_missing``, one row per column.
    balance : DataFrame
        ``arm, column, households, mean, difference``: weighted means by the models ever taken up, and the difference from
        the households that took up none, in standard deviations of all. Withheld below ten households unless synthetic.
    attrition : DataFrame
        ``arm, year, households, seen, share_seen``.
    """

    title: Word
    kind: str
    names: dict[str, Word]
    units: pd.DataFrame
    years: pd.DataFrame
    completeness: pd.DataFrame
    balance: pd.DataFrame
    attrition: pd.DataFrame

    def text(self, lang: Language = "en") -> str:
        """All tables as text."""
        parts = [self._title(lang)]
        for name in _HEADINGS:
            parts += ["", _HEADINGS[name][lang], self._printed(name, lang).to_string(index=False)]
        return "\n".join(parts)

    def html(self, lang: Language = "en") -> str:
        """All tables as HTML."""
        parts = [f"<p><b>{escape(self._title(lang))}</b></p>"]
        for name in _HEADINGS:
            parts.append(f"<p>{escape(_HEADINGS[name][lang])}</p>")
            parts.append(self._printed(name, lang).to_html(index=False, border=0))
        return "".join(parts)

    def _title(self, lang: Language) -> str:
        badge = f"{BADGES['synthetic'][lang]} · " if self.kind == "synthetic" else ""
        return f"{badge}{self.title[lang]}"

    def _printed(self, name: str, lang: Language) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self, name).copy()
        for column in frame.columns:
            if column.startswith("share"):
                frame[column] = [percent(100 * v) for v in frame[column]]
            elif column in ("mean", "difference"):
                frame[column] = [number(v, 2) for v in frame[column]]
            elif column in ("count", "rows", "missing", "households", "seen"):
                frame[column] = [number(v) for v in frame[column]]
            elif column == "arm":
                frame[column] = [arm_name(str(v).split("+"), lang, names=self.names) for v in frame[column]]
            elif column == "what" and lang == "zh":
                frame[column] = [self._what(str(v)) for v in frame[column]]
        return frame.rename(columns={c: _COLUMNS[c][lang] for c in frame.columns})

    def _what(self, text: str) -> str:
        model = text.removeprefix("joined ")
        return f"参加{self.names[model]['zh']}" if model in self.names else _WHAT.get(text, text)

    def __repr__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        return self.html()


def describe(register: HouseholdRegister) -> Description:
    """The tables of :class:`Description`."""
    households = register.households_by_arm
    return Description(
        title=register.info.title,
        kind=register.info.kind,
        names={m.id: m.name for m in register.info.models},
        units=register.units,
        years=_years(register),
        completeness=_completeness(register),
        balance=_balance(households, shown=register.info.synthetic),
        attrition=attrition(register),
    )


def units(register: HouseholdRegister) -> pd.DataFrame:
    """Households, villages, years, income rows, households seen in every year, joiners by model."""
    homes, incomes, joining = register.households, register.incomes, register.participation
    counted = homes.aggregate(households=homes.count(), villages=homes["village_id"].nunique()).to_pandas()
    joined = joining.group_by("model").aggregate(n=joining["household_id"].nunique()).to_pandas()
    by_model = dict(zip(joined["model"], joined["n"], strict=True))
    years = register.years
    seen = incomes.group_by("household_id").aggregate(n=incomes["year"].nunique())
    complete = seen.filter(seen["n"] == len(years)).count().to_pandas() if years else 0
    rows = [
        ("households", int(counted["households"].iloc[0])),
        ("villages", int(counted["villages"].iloc[0])),
        ("years", len(years)),
        ("income rows", int(incomes.count().to_pandas())),
        ("households seen in every year", int(complete)),
        *((f"joined {model}", int(by_model.get(model, 0))) for model in register.models),
    ]
    return pd.DataFrame(rows, columns=["what", "count"])


def attrition(register: HouseholdRegister) -> pd.DataFrame:
    """Households and those seen, by arm at the end and year."""
    people = register.households_by_arm.select("household_id", "arm")
    sizes = people.group_by("arm").aggregate(households=people.count()).to_pandas()
    rows = register.incomes.select("household_id", "year").distinct().inner_join(people, "household_id")
    seen = rows.group_by(["arm", "year"]).aggregate(seen=rows.count()).to_pandas()
    out = sizes.merge(pd.DataFrame({"year": register.years}, dtype="int64"), how="cross")
    out = out.merge(seen, on=["arm", "year"], how="left")
    out["seen"] = out["seen"].fillna(0).astype("int64")
    out["share_seen"] = out["seen"] / out["households"]
    columns = ["arm", "year", "households", "seen", "share_seen"]
    ordered: pd.DataFrame = out.sort_values(["arm", "year"], ignore_index=True)[columns]
    return ordered


def _years(register: HouseholdRegister) -> pd.DataFrame:
    incomes = register.incomes
    known = incomes.filter(incomes["year"].notnull())
    counted = known.group_by("year").aggregate(rows=known.count()).to_pandas()
    households = int(register.units["count"].iloc[0])
    counted["share"] = counted["rows"] / households if households else float("nan")
    ordered: pd.DataFrame = counted.sort_values("year", ignore_index=True)
    return ordered


def _completeness(register: HouseholdRegister) -> pd.DataFrame:
    parts = []
    for name, known in COLUMNS.items():
        table = register.sources[name].typed
        columns = [c for c in known if c in table.columns]
        found = table.aggregate(
            rows=table.count(), **{f"c{i}": table[c].isnull().sum() for i, c in enumerate(columns)}
        )
        row = found.to_pandas().fillna(0).iloc[0]
        missing = [int(row[f"c{i}"]) for i in range(len(columns))]
        parts.append(pd.DataFrame({"table": name, "column": columns, "missing": missing}))
        parts[-1]["share_missing"] = parts[-1]["missing"] / max(int(row["rows"]), 1)
    return pd.concat(parts, ignore_index=True)


def _balance(people: ir.Table, *, shown: bool) -> pd.DataFrame:
    """Weighted means of the household facts by arm, against those who took up none."""
    kinds = {NUMBER, FLAG}
    facts = [
        c for c, k in COLUMNS["households"].items() if k in kinds and c in people.columns and c != "weight"
    ]
    columns = ["arm", "column", "households", "mean", "difference"]
    if not facts:
        return pd.DataFrame(columns=columns)
    weight = people["weight"].fill_null(1.0) if "weight" in people.columns else 1.0
    sums: dict[str, ir.NumericValue] = {}
    for i, fact in enumerate(facts):
        value = people[fact].cast("float64")
        held = value.notnull().ifelse(weight, 0.0)
        sums |= {
            f"w{i}": held.sum(),
            f"s{i}": (value * weight).sum(),
            f"q{i}": (value * value * weight).sum(),
        }
        sums[f"n{i}"] = value.count()
    found = people.group_by("arm").aggregate(**sums).to_pandas().fillna(0.0).sort_values("arm")
    parts = []
    for i, fact in enumerate(facts):
        n, w, s, q = (found[f"{letter}{i}"].to_numpy(dtype=float) for letter in "nwsq")
        total = w.sum()
        spread = (q.sum() / total - (s.sum() / total) ** 2) ** 0.5 if total > 0 else float("nan")
        part = pd.DataFrame({"arm": found["arm"].to_numpy(), "column": fact, "households": n.astype("int64")})
        part["mean"] = pd.Series(s).div(w).where(w > 0)
        few = pd.Series(False if shown else n < FEWEST, index=part.index)
        part["mean"] = part["mean"].mask(few)
        none = part.loc[part["arm"] == "", "mean"]
        base = none.iloc[0] if len(none) else float("nan")
        part["difference"] = (part["mean"] - base) / spread if spread > 0 else float("nan")
        parts.append(part)
    return pd.concat(parts, ignore_index=True)[columns].sort_values(["arm", "column"], ignore_index=True)


def households_by_arm(register: HouseholdRegister) -> ir.Table:
    """The households with ``arm``: all models that they ever took up, joined with ``+``; empty for none."""
    import ibis

    joining = register.participation
    taken = joining.group_by("household_id").aggregate(
        **{f"has_{i}": (joining["model"] == model).any() for i, model in enumerate(register.models)}
    )
    people = register.households.left_join(taken, "household_id")
    people = people.drop("household_id_right") if "household_id_right" in people.columns else people
    parts = [
        ibis.ifelse(people[f"has_{i}"].fill_null(False), f"+{model}", "")
        for i, model in enumerate(register.models)
    ]
    arm = reduce(lambda a, b: a.concat(b), parts).substr(1)
    return people.mutate(arm=arm).drop(*(f"has_{i}" for i in range(len(parts))))
