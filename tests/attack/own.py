"""Registers that are not synthetic, with groups of every size: what an attack on released numbers knows of them is planted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

YEARS = (2014, 2015, 2016, 2017, 2018)
SMALL = {"seven": (7, 2), "poor_in_villages": (20, 2)}
"""Arms of too few: households and villages."""
TOML = """id = "own"
title_en = "{en}"
title_zh = "{zh}"
kind = "survey"
[[models]]
id = "courtyard"
title_en = "courtyard economy"
title_zh = "庭院经济"
[[models]]
id = "cooperative"
title_en = "cooperative"
title_zh = "合作社"
[[models]]
id = "seven"
title_en = "sevenmodel"
title_zh = "七户"
[[models]]
id = "poor_in_villages"
title_en = "twovillages"
title_zh = "两村"
"""


def write(folder: Path, *, seed: int = 3, en: str = "Own county", zh: str = "某县") -> Path:
    """Twelve villages of 18 households; two arms that may be told, a cohort, two arms and a switcher that may not.

    Households of those that may not be told have incomes and gains of their own, so that their numbers stand out.
    """
    draw = np.random.default_rng(seed)
    households, incomes, joined = [], [], []
    for village in range(12):
        for k in range(18):
            who, model, first = f"h{village:02d}{k:02d}", "", 0
            if k < 4:
                model, first = "courtyard", 2016
            elif k < 8:
                model, first = "cooperative", 2016 + village % 2
            elif k == 8 and village < 5:
                model, first = "courtyard", 2018  # a cohort of five
            elif k in (9, 10, 11, 12) and village < 2 and not (village and k == 12):
                model, first = "seven", 2017
            elif village in (10, 11) and k >= 8:
                model, first = "poor_in_villages", 2016
            odd = 1.37 if model in SMALL or first == 2018 else 1.0
            households.append((who, f"v{village:02d}", 4))
            if model:
                joined.append((who, model, first, 1000.0 + 10 * k + (7777 if model in SMALL else 0)))
            if k == 0 and village == 0:
                joined.append((who, "cooperative", 2017, 500.0))  # one household that takes up a second model
            level = draw.normal(24_000, 3_000) * odd
            for t, year in enumerate(YEARS):
                gain = (0.12 if model else 0.0) * odd**2 * (year >= first > 0)
                total = level * (1 + 0.03 * t + gain) + draw.normal(0, 800)
                incomes.append((who, year, 4, total * 0.6, total * 0.4, total))
    folder.mkdir(parents=True)
    columns = ["household_id", "year", "members", "income_wage", "income_business", "income_total"]
    pd.DataFrame(households, columns=["household_id", "village_id", "labour"]).assign(
        observed_year=2014, land_mu=[1.0 + i % 7 for i in range(len(households))]
    ).to_csv(folder / "households.csv", index=False)
    pd.DataFrame(incomes, columns=columns).round(2).to_csv(folder / "incomes.csv", index=False)
    pd.DataFrame(joined, columns=["household_id", "model", "from_year", "support_yuan"]).to_csv(
        folder / "participation.csv", index=False
    )
    (folder / "register.toml").write_text(TOML.format(en=en, zh=zh), encoding="utf-8")
    return folder
