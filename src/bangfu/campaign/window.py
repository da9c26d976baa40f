"""When a campaign began and ended, as far as its record says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from bangfu.campaign.record import Campaign


@dataclass(frozen=True, slots=True)
class Window:
    """First and last possible day of the beginning and of the end, both counted.

    Attributes
    ----------
    start_low, start_high, end_low, end_high : date
    days : int or None
        The length, where the record says it or both ends are known.
    exact : bool
        Whether beginning and end are known to the day.
    """

    start_low: date
    start_high: date
    end_low: date
    end_high: date
    days: int | None
    exact: bool

    @property
    def width(self) -> int:
        """Days within which the campaign lies, first and last counted."""
        return (self.end_high - self.start_low).days + 1


def window(campaign: Campaign) -> Window | None:
    """The campaign's dates: from the expressions about it, else from its event; ``None`` where neither gives any.

    A length is counted with its first and last day: two weeks from the 11th end on the 24th.
    """
    events, times = campaign.events, campaign.time_expressions
    stays = events[events["type"] == "campaign"]
    about = times[times["refers_to"].isin(stays["event_id"])]
    starts = about[about["days"].isna() & about["date_min"].notna() & about["date_max"].notna()]
    lengths = about["days"].dropna()
    if len(starts) and len(lengths):
        low, high, days = starts["date_min"].iloc[0], starts["date_max"].iloc[0], int(lengths.iloc[0])
        more = timedelta(days - 1)
        return Window(low, high, low + more, high + more, days, low == high)
    dated = stays[stays["date_min"].notna() & stays["date_max"].notna()]
    if dated.empty:
        return None
    low, high = dated["date_min"].iloc[0], dated["date_max"].iloc[0]
    if (dated["date_quality"] == "exact").iloc[0]:
        return Window(low, low, high, high, (high - low).days + 1, True)
    return Window(low, high, low, high, None, False)
