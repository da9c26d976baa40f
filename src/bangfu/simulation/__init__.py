"""An invented world of households with known truth.

The process, in the order in which it is drawn; every number in it is a parameter of ``parameters.toml``.

1. *Villages* (``villages``). Log income of county + township + village; a village-year shock, autoregressive. Villages are
   offered a first model, poorer ones more often, from one of three years; some get a second model a year later.
2. *Households* (``households``). Head's age, schooling, members, labour, illness, land; permanent log income from these and a
   part of its own; an own trend; ageing; a transitory shock, autoregressive. Registered as poor: those whose permanent income,
   seen with error, lies below a threshold, the old and ill more readily; some later, after a bad year. Some households split.
3. *Incomes without models* (``incomes``). Wage and business follow permanent income and shocks, by what a household lives on;
   business has shocks and losses of its own; property; transfers, with support and a top-up towards the line for the registered.
4. *Joining* (``joining``). Year by year in villages with an offer: a logit in permanent income, last year's shock, own trend,
   registration, labour and land. Joiners may take up a second model.
5. *Gains* (``gains``). A share of normal income, by model, years since joining, labour, land and chance, through the model's own
   sources; contracts with an enterprise may fail. **Which model gains most is drawn by the seed.** In some scenarios neighbours
   gain and prices move.
6. *Records* (``records``). Wage, business and property are recorded with an error that persists and reverts to the mean; what is
   grown and eaten counts or not; the registered may be put just above the line; households leave, the poor and movers sooner.

The truth is the same world, number by number, without step 5 (``truth``). Numbers come from ``streams``: the same seed gives the
same village and the same j-th household in it, whatever else is drawn.

In ``default`` the plain comparison shows about 25 percent where the truth is 5 to 8. The main estimator (staggered
differences-in-differences against all households that never joined), on a million households, misses the true effect on
recorded income by +0.2 (courtyard), +1.1 (cooperative) and -0.2 points (enterprise), standard errors 0.4; and recorded effects
are 0.3 to 0.5 points below the true ones, since errors revert to the mean. ``benchmarks/results/simulate_scenarios.csv`` holds the
same for every scenario.
"""

from bangfu.simulation.calibration import calibration
from bangfu.simulation.drawing import Draw, Truth, draw
from bangfu.simulation.scenarios import SCENARIOS, SECOND_SEED, SEED
from bangfu.simulation.writing import simulate

__all__ = ["SCENARIOS", "SECOND_SEED", "SEED", "Draw", "Truth", "calibration", "draw", "simulate"]
