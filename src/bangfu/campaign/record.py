"""The campaign record: typed tables, every reference checked, money of one kind at a time."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bangfu import places as shipped
from bangfu.campaign.checks import check
from bangfu.errors import DataFault, Language, WrongUse
from bangfu.formats import number
from bangfu.packages import description, read
from bangfu.words import Word, typeset

KIND_WORDS = {
    "investment": Word("investment", "投资"),
    "loan": Word("loan", "贷款"),
    "project funds": Word("project funds", "项目资金"),
    "unspecified": Word("kind not stated", "性质未说明"),
}

KINDS = tuple(KIND_WORDS)
"""The kinds of money; sums of different kinds are never added."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A total of one kind of money, yuan at current prices.

    Attributes
    ----------
    kind : str
    low, high : float or None
        The total lies between them; ``None`` where the source leaves that side open.
    exact : float or None
        The total, when every sum in it is exact.
    sums, without_amount : int
        How many sums were added, and how many more of this kind carry no amount at all.
    """

    kind: str
    low: float | None
    high: float | None
    exact: float | None
    sums: int
    without_amount: int

    def __str__(self) -> str:
        return self.text()

    def text(self, lang: Language = "en") -> str:
        """The total in words, as ``bangfu campaign`` prints it."""
        low, high = (None if v is None else number(v) for v in (self.low, self.high))
        if lang == "zh":
            if self.exact is not None:
                said = f"{number(self.exact)}元"
            else:
                said = ",".join(filter(None, (low and f"不少于{low}元", high and f"不到{high}元")))
            more = f",另有{self.without_amount}笔无金额" if self.without_amount else ""
            counted = f"{said}(共{self.sums}笔{more})" if self.sums else f"无金额({self.without_amount}笔)"
            return typeset(f"{KIND_WORDS[self.kind].zh}:{counted}")
        if not self.sums:
            return f"{self.kind}: no amount given ({self.without_amount} without amount)"
        if self.exact is not None:
            said = f"{number(self.exact)} yuan"
        else:
            said = " and ".join(filter(None, (low and f"at least {low}", high and f"less than {high}")))
            said += " yuan"
        more = f", {self.without_amount} more without amount" if self.without_amount else ""
        return f"{self.kind}: {said} ({self.sums} {'sum' if self.sums == 1 else 'sums'}{more})"


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign's record.

    Every attribute is a pandas frame with the columns that ``data/campaign/datapackage.json`` describes; empty cells
    are missing values and mean *not stated*.
    """

    source: pd.DataFrame
    components: pd.DataFrame
    places: pd.DataFrame
    actors: pd.DataFrame
    events: pd.DataFrame
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
        amount are counted, not guessed.

        Parameters
        ----------
        kind : {"investment", "loan", "project funds", "unspecified"}
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
        rows = self.funds[self.funds["kind"] == kind]
        known = rows[rows["precision"] != "missing"]
        exact = known["amount_yuan"]
        low, high = known["amount_min"].fillna(exact), known["amount_max"].fillna(exact)
        # a sum whose lower bound is not stated still adds nothing less than zero
        return Amount(
            kind=kind,
            low=float(low.fillna(0).sum()) if len(known) else None,
            high=float(high.sum()) if len(known) and high.notna().all() else None,
            exact=float(exact.sum())
            if len(known) and exact.notna().all() and len(known) == len(rows)
            else None,
            sums=len(known),
            without_amount=len(rows) - len(known),
        )

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
        title = self.source.iloc[0] if len(self.source) else None
        name = (
            f"{title['title_zh']} ({title['outlet_zh']}, {title['published']})"
            if title is not None
            else "campaign"
        )
        counts = ", ".join(
            f"{len(frame)} {table.replace('_', ' ')}" for table, frame in self.tables.items() if len(frame)
        )
        return f"{name}\n{counts}"

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
    tables, faults = read(Path(folder) if folder is not None else shipped.data("campaign"), schema)
    faults = faults or list(check(tables))
    if faults:
        raise DataFault(faults)
    return Campaign(**tables)
