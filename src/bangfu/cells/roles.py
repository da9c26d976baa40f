"""What the columns of a flat panel are, and what of that is asked of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bangfu.errors import WrongUse

LOG = "log:"
TAKEN = (
    "county_id", "township_id", "village_id", "path", "arm", "cohort", "year", "cell", "households", "weight"
)  # fmt: skip
"""Columns of :meth:`bangfu.Cells.to_frame`."""


@dataclass(frozen=True, slots=True)
class Roles:
    """Columns by role.

    Attributes
    ----------
    unit, cluster, time, cohort : str
    outcomes, by : tuple of str
    arm, weight : str or None
    """

    unit: str
    cluster: str
    time: str
    cohort: str
    outcomes: tuple[str, ...]
    arm: str | None = None
    weight: str | None = None
    by: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        unit: str,
        cluster: str,
        time: str,
        cohort: str,
        outcome: str | Sequence[str],
        arm: str | None = None,
        weight: str | None = None,
        by: str | Sequence[str] = (),
    ) -> Roles:
        """The roles, when no column plays two; a cluster may also be the unit, or a covariate.

        Raises
        ------
        WrongUse
        """
        outcomes = (outcome,) if isinstance(outcome, str) else tuple(outcome)
        some = (by,) if isinstance(by, str) else tuple(by)
        if not outcomes:
            raise WrongUse("name at least one outcome", "请至少给出一个指标")
        alone = [unit, time, cohort, *outcomes, *filter(None, [arm, weight]), *some]
        twice = [c for c, n in Counter(alone).items() if n > 1]
        if cluster in (time, cohort, arm, weight, *outcomes):
            twice.append(cluster)
        if twice:
            raise WrongUse(
                f"column {twice[0]} is given for two roles; give each role a column of its own",
                f"列 {twice[0]} 被用于两种用途;请为每种用途各给一列",
            )
        clash = [c for c in (*outcomes, *some) if c in TAKEN]
        if clash:
            raise WrongUse(
                f"an outcome or covariate may not be named {clash[0]}, since cells have a column of that name; rename it",
                f"指标或协变量不能命名为 {clash[0]}(分村汇总数据已有同名列),请改名",
            )
        return cls(unit, cluster, time, cohort, outcomes, arm, weight, some)

    @property
    def fixed(self) -> tuple[str, ...]:
        """Columns that must not change within a unit, beside the cohort."""
        return tuple(dict.fromkeys([self.cluster, *filter(None, [self.arm, self.weight]), *self.by]))

    def sources(self, columns: Sequence[str]) -> dict[str, tuple[str, bool]]:
        """Outcome -> its column, and whether its logarithm is taken: of ``log:y`` where there is no such column."""
        found = {}
        for name in self.outcomes:
            logged = name.startswith(LOG) and name not in columns
            found[name] = (name.removeprefix(LOG) if logged else name, logged)
        return found

    def columns(self, columns: Sequence[str]) -> list[str]:
        """All that are needed, each once."""
        values = [c for c, _ in self.sources(columns).values()]
        return list(dict.fromkeys([self.unit, self.time, self.cohort, *self.fixed, *values]))
