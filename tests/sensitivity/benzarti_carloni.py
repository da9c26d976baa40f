"""The example of Rambachan & Roth (2023): Benzarti & Carloni (2019), four years before and four after, first year after.

    python -m tests.sensitivity.benzarti_carloni

prints what moderndid 0.2.0 gives for it (needs cvxpy 1.9 and some minutes); the values stand in the tests.
"""

from __future__ import annotations

import numpy as np

ESTIMATE = np.array([0.006696352, 0.029345034, -0.006472972, 0.073014989, 0.195961118, 0.312063903, 0.239541546, 0.126042500])  # fmt: skip
COVARIANCE = np.array([
    [8.428358e-04, 4.768687e-04, 2.618051e-04, 2.354220e-04, 1.676371e-04, 1.128708e-04, 1.992816e-05, -1.368265e-04],
    [4.768687e-04, 6.425420e-04, 3.987425e-04, 2.435515e-04, 2.201960e-04, 1.804591e-04, 3.843765e-05, -2.960422e-05],
    [2.618051e-04, 3.987425e-04, 5.229950e-04, 2.117686e-04, 1.840722e-04, 1.458528e-04, 7.005197e-05, 5.952995e-05],
    [2.354220e-04, 2.435515e-04, 2.117686e-04, 3.089595e-04, 1.197866e-04, 1.334081e-04, 1.016335e-04, 1.079052e-04],
    [1.676371e-04, 2.201960e-04, 1.840722e-04, 1.197866e-04, 3.599704e-04, 2.478819e-04, 1.749579e-04, 1.654257e-04],
    [1.128708e-04, 1.804591e-04, 1.458528e-04, 1.334081e-04, 2.478819e-04, 4.263950e-04, 2.171438e-04, 2.892748e-04],
    [1.992816e-05, 3.843765e-05, 7.005197e-05, 1.016335e-04, 1.749579e-04, 2.171438e-04, 4.886698e-04, 3.805322e-04],
    [-1.368265e-04, -2.960422e-05, 5.952995e-05, 1.079052e-04, 1.654257e-04, 2.892748e-04, 3.805322e-04, 7.617394e-04],
])  # fmt: skip

RELATIVE = {
    0.5: (0.118331, 0.271073),
    1.0: (0.067787, 0.318622),
    1.5: (0.013757, 0.369180),
    2.0: (-0.041726, 0.423947),
}
"""Conditional least-favourable hybrid intervals."""

SMOOTH = {
    0.0: (0.131516, 0.216176),
    0.01: (0.154968, 0.270472),
    0.02: (0.176472, 0.315244),
    0.03: (0.189357, 0.348595),
}
"""Fixed-length intervals."""

if __name__ == "__main__":
    from moderndid.didhonest import create_sensitivity_results_rm, create_sensitivity_results_sm

    print(create_sensitivity_results_rm(ESTIMATE, COVARIANCE, 4, 4, m_bar_vec=np.array(list(RELATIVE))))
    print(create_sensitivity_results_sm(ESTIMATE, COVARIANCE, 4, 4, m_vec=np.array(list(SMOOTH))))
