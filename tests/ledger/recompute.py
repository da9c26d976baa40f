"""Every number of record, studies and register once more, by another way: plain files and pandas, not bangfu's loaders."""

import csv
from datetime import date, timedelta
from functools import cache
from itertools import combinations

import numpy as np
import pandas as pd

from tests.shared import ROOT


@cache
def rows(table):
    with (ROOT / f"data/{table}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def count(table, **where):
    return sum(all(row[k] in v for k, v in where.items()) for row in rows(table))


def _day(text):
    return date.fromisoformat(text)


def _stay():
    """Days within which the stay lies, and its length, first and last day counted: from the report's two expressions."""
    (event,) = [e for e in rows("campaign/events") if e["type"] == "campaign"]
    about = [t for t in rows("campaign/time_expressions") if t["refers_to"] == event["event_id"]]
    (start,) = [t for t in about if not t["days"] and t["date_min"]]
    (length,) = [int(t["days"]) for t in about if t["days"]]
    return (_day(start["date_max"]) - _day(start["date_min"])).days + length, length


def _studies(**where):
    return count("reference/studies", headline=["true"], **where)


def _with_error(row):
    return row["headline"] == "true" and bool(row["std_error"] or row["ci_low"])


def _sized(row):
    return row["headline"] == "true" and row["unit"] in ("percent", "log points") and bool(row["estimate"])


def _errors():
    return sum(map(_with_error, rows("reference/studies")))


def _sizes():
    return sum(map(_sized, rows("reference/studies")))


def _ends():
    """First and last possible day of the stay's beginning, then of its end."""
    about = [t for t in rows("campaign/time_expressions") if t["refers_to"] == "E2"]
    (start,) = [t for t in about if not t["days"] and t["date_min"]]
    low, high, more = _day(start["date_min"]), _day(start["date_max"]), timedelta(_stay()[1] - 1)
    return low, high, low + more, high + more


def _claims(*statuses):
    return sum(r["kind"] != "umbrella" and r["evidence_status"] in statuses for r in rows("campaign/claims"))


def _counted():
    """How many things are counted, by table: a number once."""
    amounts = ("amount_min", "amount_yuan", "amount_max")
    return {
        "claims": count("campaign/claims", evidence_status=["counted"], measures_income=["false"]),
        "actions": sum(bool(r["quantity"]) for r in rows("campaign/actions")),
        "funds": sum(any(r[a] for a in amounts) and not r["part_of"] for r in rows("campaign/funds")),
        "problems": sum(bool(r["count"]) and not r["claim_id"] for r in rows("campaign/problems")),
    }


def _completed():
    (one,) = [r for r in rows("campaign/funds") if r["status"] in ("completed", "paid out")]
    return float(one["amount_yuan"])


def _headcounts():
    """Published headcounts, the same value of the same place and time once, the first."""
    found = {}
    for r in rows("context/facts"):
        if r["measure"] == "headcount":
            ends = ("start of year" in r["measure_en"], "end of year" in r["measure_en"])
            found.setdefault((r["place_zh"], r["year"], ends, float(r["value"])), r)
    return list(found.values())


MODELS = ("courtyard", "cooperative", "enterprise")

RECOUNT = {
    "actions.total": lambda: len(rows("campaign/actions")),
    "actions.explicit": lambda: count("campaign/actions", link=["explicit"]),
    "actions.mapped": lambda: count("campaign/actions", link=["explicit", "inferred"]),
    "actions.unplaced": lambda: count("campaign/actions", link=["none"]),
    "actions.campaign": lambda: sum(r["link"] == "campaign" for r in rows("campaign/actions")),
    **{
        f"actions.{c['component_id']}": lambda c=c: count("campaign/actions", component_id=[c["component_id"]])
        for c in rows("campaign/components")
    },
    "claims.words": lambda: _claims("asserted"),
    "claims.numbered": lambda: sum(_counted().values()),
    "claims.all": lambda: sum(_counted().values()) + count("campaign/claims", measures_income=["true"], evidence_status=["counted"]) + _claims("asserted"),
    "claims.outputs": lambda: _counted()["actions"],
    "claims.sums": lambda: _counted()["funds"],
    "claims.others": lambda: _counted()["claims"] + _counted()["problems"],
    "claims.aims": lambda: _claims("goal"),
    "claims.income": lambda: count("campaign/claims", measures_income=["true"], evidence_status=["counted"]),
    "funds.sums": lambda: len(rows("campaign/funds")),
    "funds.kinds": lambda: len({r["kind"] for r in rows("campaign/funds")} - {"unspecified"}),
    "funds.unstated_kind": lambda: count("campaign/funds", kind=["unspecified"]),
    "funds.stated": lambda: len(rows("campaign/funds")) - count("campaign/funds", kind=["unspecified"]),
    "funds.completed": lambda: count("campaign/funds", status=["completed", "paid out"]),
    **{f"funds.completed_{i}": lambda by=by: _completed() / by for i, by in enumerate((1, 1e4, 1e6, 1e8))},
    **{
        f"funds.{kind.replace(' ', '_')}": lambda kind=kind: count("campaign/funds", kind=[kind])
        for kind in ("investment", "loan", "grant", "donation", "project funds", "unspecified")
    },
    "funds.without_amount": lambda: sum(not (r["amount_yuan"] or r["amount_max"] or r["amount_min"]) for r in rows("campaign/funds")),
    "dates.stay": lambda: _stay()[1],
    "dates.window": lambda: _stay()[0],
    "dates.exact": lambda: count("campaign/actions", date_quality=["exact"]),
    "dates.rows": lambda: sum(bool(e["date_min"] or e["date_max"]) for e in rows("campaign/events")) + count("campaign/actions", date_quality=["this year"]),
    **{f"dates.day_{i}": lambda i=i: _ends()[i].day for i in range(4)},
    **{f"dates.month_{i}": lambda i=i: _ends()[i].month for i in range(4)},
    "context.exits": lambda: count("context/facts", measure=["county_exit"]),
    "context.rates": lambda: len(_headcounts()),
    "context.values": lambda: len(_headcounts()) + count("context/facts", measure=["county_exit"]),
    "context.copies": lambda: sum(r["read"] == "copy" for r in [*_headcounts(), *(r for r in rows("context/facts") if r["measure"] == "county_exit")]),
    **{
        f"context.day_{r['fact_id']}_{i}": lambda r=r, i=i: int(r["date"].split("-")[1 + i])
        for r in rows("context/facts")
        if r["measure"] == "county_exit"
        for i in range(2)
    },
    "gaps.total": lambda: len(rows("campaign/gaps")),
    "gaps.needed": lambda: count("campaign/gaps", needed_for_income_question=["true"]),
    "problems.planned": lambda: sum(int(r["count"]) for r in rows("campaign/problems") if r["count"]),
    "studies.total": lambda: len({r["study"] for r in rows("reference/studies")}),
    "studies.verified": lambda: _studies(status=["verified"]),
    "studies.with_error": _errors,
    "studies.with_percent": _sizes,
    "studies.percent_without_error": lambda: sum(_sized(r) and not _with_error(r) for r in rows("reference/studies")),
    "studies.words_only": lambda: _studies() - _sizes(),
    **{f"studies.{m}": lambda m=m: _studies(model=[m]) for m in MODELS},
    **{f"studies.{m}_positive": lambda m=m: _studies(model=[m], direction=["positive"]) for m in MODELS},
    **{f"studies.{m}_by_lot": lambda m=m: _studies(model=[m], design=["randomised"]) for m in MODELS},
}  # fmt: skip


@cache
def tables():
    folder = ROOT / "data/register"
    incomes = pd.read_parquet(folder / "incomes.parquet")
    joined = pd.read_parquet(folder / "participation.parquet")
    households = pd.read_parquet(folder / "households.parquet").drop_duplicates("household_id")
    return households, incomes, joined


def villages():
    return tables()[0]["village_id"].nunique()


def prices():
    """Yuan of the last year for one yuan of each year, from the chained index."""
    index = (
        pd.read_csv(ROOT / "data/reference/price_index.csv")
        .query("area == 'China rural'")
        .set_index("year")["value"]
    )
    years = range(2014, 2021)
    return {y: float(pd.Series([index[z] / 100 for z in years if z > y], dtype=float).prod()) for y in years}


@cache
def arms():
    """Per household: first year with any model, the models of that year, and the year of a further model (or 9999)."""
    joined = tables()[2]
    first = joined.groupby("household_id")["from_year"].min()
    at = joined.merge(first.rename("first"), on="household_id")
    arm = (
        at[at["from_year"] == at["first"]].groupby("household_id")["model"].agg(lambda m: "+".join(sorted(m)))
    )
    later = at[at["from_year"] > at["first"]].groupby("household_id")["from_year"].min()
    return pd.DataFrame({"first": first, "arm": arm, "later": later.reindex(first.index).fillna(9999)})


@cache
def wide():
    """Real income per head, household by year."""
    incomes = tables()[1]
    real = incomes["income_total"] / incomes["members"] * incomes["year"].map(prices())
    return incomes.assign(x=real).pivot(index="household_id", columns="year", values="x")


def _change(both, base, year, scale):
    before, after = both[base].mean(), both[year].mean()
    return after / before if scale == "percent" else after - before


def steps(arm, scale="percent"):
    """For each cohort and year from joining on: cohort, year, size of the cohort, gain.

    The ratio of means against the ratio of means of households that never joined, in percent; or the difference of their
    differences, in yuan or log points. Households that take up another model are left out from that year on; base and
    year must both be observed.
    """
    incomes = np.log(wide().where(wide() > 0)).dropna(how="all") if scale == "log" else wide()
    never = incomes[~incomes.index.isin(arms().index)]
    for cohort, members in arms()[arms()["arm"] == arm].groupby("first"):
        base, treated = cohort - 1, incomes[incomes.index.isin(members.index)]
        switch = members["later"].reindex(treated.index)
        for year in range(cohort, incomes.columns.max() + 1):
            both, others = treated[switch > year][[base, year]].dropna(), never[[base, year]].dropna()
            if len(both):
                mine, theirs = (_change(f, base, year, scale) for f in (both, others))
                value = 100 * (mine / theirs - 1) if scale == "percent" else mine - theirs
                yield cohort, year, len(treated), 100 * value if scale == "log" else value


def _mean(pairs):
    pairs = list(pairs)
    return sum(size * value for size, value in pairs) / sum(size for size, _ in pairs)


@cache
def gain(arm, scale="percent"):
    return _mean((size, value) for _, _, size, value in steps(arm, scale))


def joined(scale="percent"):
    """The gain of all joiners: that of every kind of take-up, by its households."""
    found = []
    for arm in sorted(arms()["arm"].unique()):
        sizes = {cohort: size for cohort, _, size, _ in steps(arm, scale)}
        if sizes:
            found.append((sum(sizes.values()), gain(arm, scale)))
    return _mean(found)


def stated():
    """What the core statements say, on every scale: the key's end -> how it is computed."""
    out = {}
    for scale, end in (("percent", ""), ("level", ".level"), ("log", ".log")):
        out[f"statement.joined{end}"] = lambda scale=scale: joined(scale)
        for a in MODELS:
            out[f"statement.arm.{a}{end}"] = lambda a=a, scale=scale: gain(a, scale)
        for a, b in combinations(MODELS, 2):
            out[f"statement.pair.{a}.{b}{end}"] = lambda a=a, b=b, scale=scale: (
                gain(a, scale) - gain(b, scale)
            )
    return out | {f"statement.first.{'.'.join(MODELS)}.k": lambda: len(MODELS)}


def truth(arm):
    att = pd.read_parquet(ROOT / "data/register/truth/att.parquet").query(
        "arm == @arm and scale == 'percent' and measure == 'income' and population == 'sample'"
    )
    planted = att.set_index(["cohort", "year"])["value"]
    return _mean((size, planted[cohort, year]) for cohort, year, size, _ in steps(arm))


def last(arm):
    """The gain in the last year since joining that any cohort reaches."""
    found = [(year - cohort, size, value) for cohort, year, size, value in steps(arm)]
    end = max(event for event, _, _ in found)
    return _mean((size, value) for event, size, value in found if event == end)


@cache
def after_joining():
    """Per household and observed year from joining on, until a second model: whether it is outside a model of its arm."""
    spells = tables()[2].assign(to_year=lambda t: t["to_year"].fillna(9999))
    seen = (
        wide()
        .stack()
        .dropna()
        .rename("x")
        .reset_index()
        .merge(arms(), left_on="household_id", right_index=True)
    )
    seen = seen[(seen["year"] >= seen["first"]) & (seen["year"] < seen["later"])]
    years = seen.merge(spells, on="household_id")
    years["inside"] = (years["from_year"] <= years["year"]) & (years["year"] <= years["to_year"])
    years = years[[m in a.split("+") for m, a in zip(years["model"], years["arm"], strict=True)]]
    inside = years.groupby(["household_id", "year", "model"])["inside"].any()
    return ~inside.groupby(["household_id", "year"]).all()


REGISTER = {
    "register.left": lambda: after_joining().groupby("household_id").any().sum(),
    "register.left_share": lambda: 100 * after_joining().mean(),
    "register.households": lambda: wide().shape[0],
    "register.villages": villages,
    "register.joined": lambda: wide().index.isin(arms().index).sum(),
    "register.never": lambda: (~wide().index.isin(arms().index)).sum(),
    "register.first_year": lambda: wide().columns.min(),
    "register.last_year": lambda: wide().columns.max(),
    **stated(),
    "arms.told": lambda: len(MODELS),
    "truth.told": lambda: len(MODELS),
    **{f"gain.{m}": lambda m=m: gain(m) for m in MODELS},
    **{f"truth.{m}": lambda m=m: truth(m) for m in MODELS},
    **{f"last.{m}": lambda m=m: last(m) for m in MODELS},
}
