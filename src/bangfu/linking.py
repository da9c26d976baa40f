"""Link a campaign to a register: which village was offered which component, from when, with which funds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from bangfu.campaign.money import KINDS, wholes
from bangfu.errors import BangfuError, DataFault, Fault, WrongUse
from bangfu.formats import number
from bangfu.frames import taken

if TYPE_CHECKING:
    from bangfu.campaign import Campaign
    from bangfu.register import HouseholdRegister

MONEY = {kind: f"{kind.replace(' ', '_')}_yuan" for kind in KINDS}
"""Kind of money -> its column; sums of different kinds are never added."""

_PLACE = ["county_id", "village_id"]


@dataclass(frozen=True, slots=True, repr=False)
class Link:
    """What a campaign offered in the villages of a register.

    Attributes
    ----------
    offers : DataFrame
        One row per village and component offered there: ``county_id`` (where the register has it), ``village_id``,
        ``component``, ``first_year``, ``actions``, then per kind of money its exact sum in yuan (``investment_yuan``,
        ``loan_yuan``, ``grant_yuan``, ``donation_yuan``, ``project_funds_yuan``, ``unspecified_yuan``; missing where no
        exact sum is known) and ``funds_not_exact``, the sums left out: without an amount, rounded, or shared with other
        villages. A sum that is part of another of the same kind there is in that one already.
    places_without_village : DataFrame
        Places with actions or funds that belong to no village of the register: ``place_id, level, name_zh, actions, funds``.
    villages_without_place : DataFrame
        Villages of the register to which no place belongs.
    actions_without_component : int
        Actions in linked villages that belong to no component.
    actions_without_year : int
        Actions whose year is not stated; an offer that has only such has no ``first_year``.
    """

    offers: pd.DataFrame
    places_without_village: pd.DataFrame
    villages_without_place: pd.DataFrame
    actions_without_component: int
    actions_without_year: int

    def __repr__(self) -> str:
        villages = len(self.offers.drop_duplicates(_PLACE))
        return (
            f"Link: {number(len(self.offers))} offers in {number(villages)} villages; "
            f"{number(len(self.places_without_village))} places without a village, "
            f"{number(len(self.villages_without_place))} villages without a place"
        )


def link(campaign: Campaign, register: HouseholdRegister, places: Any = None) -> Link:
    """Which village was offered which component, from when.

    Parameters
    ----------
    campaign : Campaign
    register : HouseholdRegister
    places : data frame or path, optional
        Which village a place of the campaign is: ``place_id`` and ``village_id`` (and ``county_id``, where the same
        village_id stands in several counties), one row per pair. Without it the ``village_id`` is the ``place_id``, or the place's
        ``village_code``.
        An action belongs to the place that it names, not to the places below it: what a county did is not an offer in
        each of its villages unless the table says so.

    Raises
    ------
    BangfuError
        For a real campaign and a synthetic register: invented villages are in no real campaign.
    DataFault
        For rows of ``places`` that name a place that the campaign does not have, or are incomplete or repeated.

    Notes
    -----
    The first year is the one by whose end the action had surely begun (``date_max``, or ``date_min`` where that is empty).
    """
    if register.info.synthetic and not campaign.synthetic:
        raise BangfuError(
            "a real campaign cannot be linked to a synthetic register: its villages are invented and took part in nothing; "
            "use the campaign that was simulated with it",
            "真实活动不能与模拟台账(非真实农户)相连:其中的村并非真实,没有参加任何活动;请用与其一同生成的活动记录",
        )
    villages = _villages(register)
    pairs = _pairs(campaign, places)
    pairs = pairs.merge(villages, on=_village_key(pairs, villages), suffixes=("_given", ""))
    pairs = pairs[["place_id", *_PLACE]].drop_duplicates()
    actions = campaign.actions.assign(year=_year(campaign.actions)).merge(pairs, on="place_id")
    named = actions.dropna(subset=["component_id"])
    key = [*_PLACE, "component_id"]
    offers = named.groupby(key, as_index=False, dropna=False).agg(
        first_year=("year", "min"), actions=("action_id", "nunique")
    )
    offers = offers.merge(_money(campaign, named, pairs), on=key, how="left")
    offers["funds_not_exact"] = offers["funds_not_exact"].fillna(0).astype("int64")
    offers = offers.rename(columns={"component_id": "component"})
    return Link(
        offers=offers.sort_values([*_PLACE, "component"], ignore_index=True).astype({"first_year": "Int64"}),
        places_without_village=_left_over(campaign, pairs),
        villages_without_place=_without(villages, pairs),
        actions_without_component=int(actions.loc[actions["component_id"].isna(), "action_id"].nunique()),
        actions_without_year=int(actions.loc[actions["year"].isna(), "action_id"].nunique()),
    )


def _villages(register: HouseholdRegister) -> pd.DataFrame:
    """The villages of a register as text, one row each; ``county_id`` empty where the register has none."""
    homes = register.households
    columns = [c for c in _PLACE if c in homes.columns]
    found = homes.select(**{c: homes[c].cast("string") for c in columns}).distinct().to_pandas()
    if "county_id" not in columns:
        found["county_id"] = ""
    found = found.dropna(subset=["village_id"])[_PLACE].fillna({"county_id": ""})
    villages: pd.DataFrame = found.astype("str").sort_values(_PLACE, ignore_index=True)
    return villages


def _pairs(campaign: Campaign, places: Any) -> pd.DataFrame:
    """Place and village, as text."""
    if places is None:
        named = campaign.places["place_id"].astype("str")
        coded = campaign.places.dropna(subset=["village_code"])
        return pd.concat(
            [
                pd.DataFrame({"place_id": named, "village_id": named}),
                pd.DataFrame({"place_id": coded["place_id"], "village_id": coded["village_code"]}),
            ],
            ignore_index=True,
        )
    given: pd.DataFrame = _read(Path(places)) if isinstance(places, str | Path) else taken(places)
    absent = [c for c in ("place_id", "village_id") if c not in given.columns]
    if absent:
        words = "this column is missing; add it", "缺少该列,请补上"
        raise DataFault([Fault("places", "column_present", *words, column=c) for c in absent])
    pairs = given[[c for c in ("place_id", *_PLACE) if c in given.columns]].reset_index(drop=True)
    faults = list[Fault]()
    for wrong, rule, words in (
        (pairs.isna().any(axis=1), "required", ("empty; fill it in", "不能为空,请填写")),
        (pairs.duplicated(), "pair_unique", ("this pair appears more than once; keep one", "该对应重复,请只留一行")),
        (
            pairs["place_id"].notna() & ~pairs["place_id"].astype("str").isin(campaign.places["place_id"].astype("str")),
            "place_exists",
            ("the campaign has no such place_id; correct it", "活动记录中没有该 place_id,请改正"),
        ),
    ):  # fmt: skip
        rows = tuple(int(i) + 1 for i in pairs.index[wrong])
        if rows:
            faults.append(Fault("places", rule, *words, column="place_id", rows=rows[:5], count=len(rows)))
    if faults:
        raise DataFault(faults)
    return pairs.astype("str")


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        raise WrongUse(f"no file {path}", f"找不到文件 {path}")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return pd.read_csv(path, dtype="str", encoding=encoding)
        except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError):
            continue
    words = "not a CSV table in UTF-8 or GB18030", "不是 UTF-8 或 GB18030 编码的 CSV 表"
    raise DataFault([Fault("places", "readable", *words)])


def _village_key(pairs: pd.DataFrame, villages: pd.DataFrame) -> list[str]:
    """The columns by which a village is known."""
    if "county_id" in pairs.columns and (villages["county_id"] != "").any():
        return _PLACE
    if villages["village_id"].duplicated().any():
        raise BangfuError(
            "the same village_id stands in several counties of the register; give county_id in places",
            "台账中不同县有相同的 village_id;请在 places 中补上 county_id",
        )
    return ["village_id"]


def _year(actions: pd.DataFrame) -> pd.Series:
    dates = actions["date_max"].where(actions["date_max"].notna(), actions["date_min"])
    return pd.to_datetime(dates).dt.year.astype("Int64")


def _money(campaign: Campaign, actions: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Exact sums by village, component and kind, of funds that belong to one action in one village."""
    key = [*_PLACE, "component_id"]
    shared = pairs.groupby("place_id").size().rename("villages")
    funds = campaign.funds[["fund_id", "action_id", "kind", "precision", "amount_yuan"]]
    funds = actions[["action_id", "place_id", *key]].merge(funds, on="action_id").join(shared, on="place_id")
    exact = (funds["precision"] == "exact") & (funds["villages"] == 1)
    funds, exact = _without_parts(funds, exact, wholes(campaign.funds), [*key, "kind"])
    funds["yuan"] = funds["amount_yuan"].astype("float64").where(exact)
    wide = funds.pivot_table(
        index=key, columns="kind", values="yuan", aggfunc=lambda x: x.sum(min_count=1), dropna=False
    )
    wide = wide.reindex(columns=list(MONEY)).rename(columns=MONEY).rename_axis(columns=None)
    wide["funds_not_exact"] = (~exact).groupby([funds[c] for c in key]).sum()
    return wide.reset_index()


def _without_parts(
    funds: pd.DataFrame, exact: pd.Series, above: dict[str, list[str]], key: list[str]
) -> tuple[pd.DataFrame, pd.Series]:
    """Leave out sums that lie within an exact sum of the same kind in the same village and component."""
    if not above:
        return funds, exact
    there = set(funds.loc[exact, ["fund_id", *key]].itertuples(index=False, name=None))
    kept = [
        all((whole, *of) not in there for whole in above.get(fund, ()))
        for fund, *of in funds[["fund_id", *key]].itertuples(index=False, name=None)
    ]
    return funds[kept], exact[kept]


def _left_over(campaign: Campaign, pairs: pd.DataFrame) -> pd.DataFrame:
    places = campaign.places[["place_id", "level", "name_zh"]]
    for name, table in (("actions", campaign.actions), ("funds", campaign.funds)):
        counts = table["place_id"].value_counts().rename(name)
        places = places.join(counts, on="place_id").fillna({name: 0}).astype({name: "int64"})
    lost = ~places["place_id"].isin(pairs["place_id"]) & (places[["actions", "funds"]].sum(axis=1) > 0)
    return places[lost].reset_index(drop=True)


def _without(villages: pd.DataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    both = villages.merge(pairs[_PLACE].drop_duplicates(), on=_PLACE, how="left", indicator=True)
    return both.loc[both["_merge"] == "left_only", _PLACE].reset_index(drop=True)
