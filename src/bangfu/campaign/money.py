"""Sums of money: their kinds, their totals one kind at a time, and sums within sums (其中)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from bangfu.characters import typeset
from bangfu.errors import Language
from bangfu.formats import number
from bangfu.words import Word

KIND_WORDS = {
    "investment": Word("investment", "投资"),
    "loan": Word("loan", "贷款"),
    "grant": Word("grant", "补助"),
    "donation": Word("donation", "捐赠"),
    "project funds": Word("project funds", "项目资金"),
    "unspecified": Word("kind not stated", "性质未说明"),
}

KINDS = tuple(KIND_WORDS)
"""The kinds of money; sums of different kinds are never added."""

UNITS = {
    "元": 1.0, "千元": 1e3, "万元": 1e4, "十万元": 1e5, "百万元": 1e6, "千万元": 1e7, "亿元": 1e8,
    "yuan": 1.0, "thousand yuan": 1e3, "million yuan": 1e6,
}  # fmt: skip
"""Units in which sums are printed, in yuan."""

AMOUNTS = ["amount_min", "amount_yuan", "amount_max"]


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
        if not self.sums and not self.without_amount:
            kind = KIND_WORDS[self.kind][lang]
            return typeset(f"{kind}:未记载") if lang == "zh" else f"{self.kind}: none recorded"
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


def total(funds: pd.DataFrame, kind: str) -> Amount:
    """The total of one known kind; a sum within a sum of that kind is not added again."""
    rows = funds[(funds["kind"] == kind) & ~_within_known(funds)]
    known = rows[rows[AMOUNTS].notna().any(axis=1)]
    exact = known["amount_yuan"]
    low, high = known["amount_min"].fillna(exact), known["amount_max"].fillna(exact)
    return Amount(
        kind=kind,
        # a sum whose lower bound is not stated still adds nothing less than zero
        low=float(low.fillna(0).sum()) if len(known) else None,
        high=float(high.sum()) if len(known) == len(rows) > 0 and high.notna().all() else None,
        exact=float(exact.sum()) if len(known) == len(rows) > 0 and exact.notna().all() else None,
        sums=len(known),
        without_amount=len(rows) - len(known),
    )


def wholes(funds: pd.DataFrame) -> dict[str, list[str]]:
    """Each sum's wholes, nearest first: what it is part of, what that is part of, and so on."""
    parent = dict(zip(funds["fund_id"], funds["part_of"], strict=True))
    out = {}
    for fund in funds.loc[funds["part_of"].notna(), "fund_id"]:
        chain, above = list[str](), parent[fund]
        while above is not None and above not in chain:
            chain.append(above)
            above = parent.get(above)
        out[str(fund)] = chain
    return out


def _within_known(funds: pd.DataFrame) -> pd.Series:
    """Whether a sum lies within another of its kind whose amount is known."""
    kinds = dict(zip(funds["fund_id"], funds["kind"], strict=True))
    known = dict(zip(funds["fund_id"], funds[AMOUNTS].notna().any(axis=1), strict=True))
    inside = {
        fund
        for fund, chain in wholes(funds).items()
        if any(kinds.get(w) == kinds[fund] and known.get(w) for w in chain)
    }
    return funds["fund_id"].isin(inside)
