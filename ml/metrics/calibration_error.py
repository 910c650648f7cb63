"""Expected calibration error over bins of equal mass."""

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray, IntArray

BINS = 10


def reliability(labels: IntArray, probabilities: FloatArray, bins: int = BINS) -> pd.DataFrame:
    """Return mean probability, observed rate and rows per bin of equal mass, lowest bin first.

    Notes
    -----
    Edges are quantiles of the probabilities; equal probabilities always share a bin, so the order of rows does
    not matter and heavy ties give fewer bins. Equal mass and not equal width, because at a low base rate nearly
    every row falls into the first equal-width bin and hides any error. Source: Nguyen and O'Connor 2015, EMNLP.
    """
    edges = np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:-1])
    position = np.searchsorted(edges, probabilities, side="right")
    rows = pd.DataFrame({"bin": position, "probability": probabilities, "label": labels})
    grouped = rows.groupby("bin", sort=True)
    return pd.DataFrame(
        {
            "mean_probability": grouped["probability"].mean(),
            "observed_ratio": grouped["label"].mean(),
            "row_count": grouped.size(),
        }
    ).reset_index(drop=True)


def calibration_error(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean distance between stated and observed rate, weighted by rows, 0 to 1.

    Notes
    -----
    ``sum_b n_b / n |mean p_b - mean y_b|`` over ten bins of equal mass; defined for one class too.
    Source: Naeini, Cooper and Hauskrecht 2015, AAAI.
    """
    table = reliability(labels, probabilities)
    distance = (table["mean_probability"] - table["observed_ratio"]).abs()
    return float((distance * table["row_count"]).sum() / table["row_count"].sum())
