"""The campaign record: typed tables, every reference checked, money of one kind at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bangfu import places as shipped
from bangfu.campaign import money
from bangfu.campaign.checks import check
from bangfu.campaign.money import KINDS, Amount
from bangfu.campaign.sources import citation
from bangfu.errors import DataFault, WrongUse
from bangfu.packages import description, read

BESIDE = ("villages.csv",)
"""Files that a record's folder may hold beside its tables: which village of a register each place is, for :func:`bangfu.link`."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign's record.

    Every attribute is a pandas frame with the columns that ``data/campaign/datapackage.json`` describes; empty cells
    are missing values and mean *not stated*, and so does a table without rows. What is given in one language stands in
    both; what stands in one source alone carries its ``source_id``.
    """

    source: pd.DataFrame
    components: pd.DataFrame
    places: pd.DataFrame
    actors: pd.DataFrame
    events: pd.DataFrame
    event_actors: pd.DataFrame
    time_expressions: pd.DataFrame
    actions: pd.DataFrame
    action_actors: pd.DataFrame
    funds: pd.DataFrame
    findings: pd.DataFrame
    problems: pd.DataFrame
    work_areas: pd.DataFrame
    claims: pd.DataFrame
    gaps: pd.DataFrame
    claim_gaps: pd.DataFrame
    ambiguities: pd.DataFrame
    sentences: pd.DataFrame
    second_coding: pd.DataFrame

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """The tables by name, in the order of the record."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def synthetic(self) -> bool:
        """Whether the campaign is invented."""
        return bool((self.source["kind"] == "synthetic").any())

    def total(self, kind: str) -> Amount:
        """The total of one kind of money.

        Sums that are known only from one side (``approximate_below``) open the total on the other side; sums without
        amount are counted, not guessed; a sum within a sum of the same kind (``part_of``) is not added twice.

        Parameters
        ----------
        kind : {"investment", "loan", "grant", "donation", "project funds", "unspecified"}
            Exactly one kind: a loan is a liability, project funds are not, and neither says that money was paid out.

        Raises
        ------
        WrongUse
            For anything but one known kind.
        """
        if not isinstance(kind, str) or kind not in KINDS:
            raise WrongUse(
                f"total() takes one kind of money, one of {', '.join(KINDS)}; sums of different kinds are never added",
                f"合计只限一种资金性质({'、'.join(KINDS)}),不同性质不能相加",
            )
        return money.total(self.funds, kind)

    def actions_by_component(self) -> pd.DataFrame:
        """How many actions each component has, by how the link is known.

        Returns
        -------
        DataFrame
            One row per component, in the record's order: component_id, explicit, inferred, actions.
        """
        counts = self.actions.groupby(["component_id", "link"]).size().unstack(fill_value=0)
        out = counts.reindex(
            index=self.components["component_id"], columns=["explicit", "inferred"], fill_value=0
        )
        out["actions"] = out.sum(axis=1)
        return out.rename_axis(columns=None).reset_index()

    def __str__(self) -> str:
        title, cited = self.source.iloc[0]["title_zh"] or "campaign", citation(self).zh
        counts = ", ".join(
            f"{len(frame)} {table.replace('_', ' ')}" for table, frame in self.tables.items() if len(frame)
        )
        return f"{cited if cited.startswith(title) else f'{title}, {cited}'}\n{counts}"

    __repr__ = __str__


def load_campaign(folder: str | Path | None = None) -> Campaign:
    """Load a campaign's record.

    Parameters
    ----------
    folder : path, optional
        A folder of one's own in the format of ``data/campaign``; the record of Baicheng 2017 by default.

    Returns
    -------
    Campaign

    Raises
    ------
    WrongUse
        When there is no such folder.
    DataFault
        With every fault at once: table, row, column, value, rule and what to do.

    Examples
    --------
    >>> import bangfu
    >>> campaign = bangfu.load_campaign()
    >>> str(campaign.total("loan"))
    'loan: 7,000,000 yuan (1 sum)'
    """
    schema = description(shipped.data("campaign"))
    home = shipped.data("campaign") if folder is None else Path(folder)
    tables, faults = read(home, schema, BESIDE)
    if not faults:
        _fill(tables)
        faults = list(check(tables))
    if faults:
        raise DataFault(faults)
    return Campaign(**tables)


def _fill(tables: dict[str, pd.DataFrame]) -> None:
    """Give every fact the only source that was read, and every text that is in one language alone to the other too."""
    source = tables["source"]
    read_ones = list(source.loc[~source["source_id"].isin(source["reposts"].dropna()), "source_id"])
    actions = tables["actions"]
    unnamed = actions["activity_zh"].isna() & actions["activity_en"].isna()
    actions["activity_zh"] = actions["activity_zh"].mask(unnamed, actions["activity"])
    for name, frame in tables.items():
        if name != "source" and "source_id" in frame and len(read_ones) == 1:
            frame["source_id"] = frame["source_id"].where(frame["source_id"].notna(), read_ones[0])
        for zh in (c for c in frame.columns if c.endswith("_zh")):
            en = f"{zh.removesuffix('_zh')}_en"
            if en in frame:
                both = [
                    (a, b) if a and b else (a or b, a or b) for a, b in zip(frame[zh], frame[en], strict=True)
                ]
                frame[zh], frame[en] = (pd.Series([pair[i] for pair in both], dtype=object) for i in (0, 1))
