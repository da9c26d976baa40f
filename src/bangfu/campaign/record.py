"""The campaign record: typed tables, every reference checked, money of one kind at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bangfu import places as shipped
from bangfu.errors import BangfuError, DataFault, Fault, WrongUse
from bangfu.formats import number
from bangfu.packages import description, read

KINDS = ("investment", "loan", "project funds", "unspecified")
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
        if self.sums == 0:
            return f"{self.kind}: no amount given ({self.without_amount} without amount)"
        said = f"{number(self.exact)} yuan" if self.exact is not None else self._range()
        more = f", {self.without_amount} more without amount" if self.without_amount else ""
        return f"{self.kind}: {said} ({self.sums} {'sum' if self.sums == 1 else 'sums'}{more})"

    def _range(self) -> str:
        low = f"at least {number(self.low)}" if self.low is not None else ""
        high = f"less than {number(self.high)}" if self.high is not None else ""
        return f"{' and '.join(filter(None, (low, high)))} yuan"


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
    if not faults:
        faults = [
            *_actions_without_actor(tables),
            *_amounts(tables["funds"]),
            *_dates(tables),
            *_spans(tables),
        ]
    if faults:
        raise DataFault(faults)
    return Campaign(**tables)


def _actions_without_actor(tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    acted = set(tables["action_actors"]["action_id"])
    for row, action in enumerate(tables["actions"]["action_id"], start=1):
        if action not in acted:
            en = "no actor; add a row to action_actors"
            yield Fault(
                "actions",
                "action_has_actor",
                en,
                "没有行动单位,请在 action_actors 补一行",
                column="action_id",
                rows=(row,),
                value=action,
            )


def _amounts(funds: pd.DataFrame) -> Iterator[Fault]:
    for row, fund in enumerate(funds.to_dict("records"), start=1):
        low, exact, high = (
            None if pd.isna(fund[c]) else float(fund[c]) for c in ("amount_min", "amount_yuan", "amount_max")
        )
        known = [v for v in (low, exact, high) if v is not None]
        if known != sorted(known):
            words = "the amounts must rise from min over exact to max", "金额应满足 最小值≤确数≤最大值"
            text = ", ".join(number(v) for v in known)
            yield Fault(
                "funds",
                "amounts_in_order",
                *words,
                column="amount_min, amount_yuan, amount_max",
                rows=(row,),
                value=text,
            )
        if (fund["precision"] == "exact") != (exact is not None):
            words = (
                "an exact sum needs amount_yuan, and only an exact sum has it",
                "只有确数才填 amount_yuan,确数必须填",
            )
            yield Fault(
                "funds",
                "amount_matches_precision",
                *words,
                column="precision",
                rows=(row,),
                value=fund["precision"],
            )
        if fund["precision"] == "missing" and known:
            words = "said to be missing, yet an amount is given", "标为无金额,却填了金额"
            yield Fault(
                "funds",
                "missing_has_no_amount",
                *words,
                column="precision",
                rows=(row,),
                value=fund["precision"],
            )


def _dates(tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    pairs = [("events", "date_min", "date_max"), ("time_expressions", "date_min", "date_max")]
    pairs += [("actions", "date_min", "date_max"), ("problems", "found_on", "resolved_on")]
    for table, first, last in pairs:
        for row, (a, b) in enumerate(zip(tables[table][first], tables[table][last], strict=True), start=1):
            if a is not None and b is not None and a > b:
                words = f"{first} is after {last}", f"{first} 晚于 {last}"
                yield Fault(
                    table, "dates_in_order", *words, column=f"{first}, {last}", rows=(row,), value=f"{a}, {b}"
                )


def _spans(tables: dict[str, pd.DataFrame]) -> Iterator[Fault]:
    """A place in the text and its hash come together."""
    from bangfu.campaign.spans import Span

    for table, frame in tables.items():
        if "span" not in frame:
            continue
        for row, (span, digest) in enumerate(zip(frame["span"], frame["span_sha256"], strict=True), start=1):
            if (span is None) != (digest is None):
                words = "span and span_sha256 come together", "span 与 span_sha256 应同时填写"
                yield Fault(
                    table, "span_has_hash", *words, column="span", rows=(row,), value=str(span or digest)
                )
            elif span is not None:
                try:
                    Span.parse(span)
                except BangfuError as error:
                    yield Fault(
                        table, "span_form", error.en, error.zh, column="span", rows=(row,), value=span
                    )
