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
    mean_probability, observed_ratio, row_count = _bins(labels, probabilities, bins)
    columns = {"mean_probability": mean_probability, "observed_ratio": observed_ratio, "row_count": row_count}
    return pd.DataFrame(columns)


def calibration_error(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean distance between stated and observed rate, weighted by rows, 0 to 1.

    Notes
    -----
    ``sum_b n_b / n |mean p_b - mean y_b|`` over ten bins of equal mass; defined for one class too.
    Source: Naeini, Cooper and Hauskrecht 2015, AAAI.
    """
    mean_probability, observed_ratio, row_count = _bins(labels, probabilities, BINS)
    distance = np.abs(mean_probability - observed_ratio)
    return float((distance * row_count).sum() / row_count.sum())


def _bins(labels: IntArray, probabilities: FloatArray, bins: int) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return mean probability, observed rate and rows of each bin that has any, the lowest first."""
    edges = np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:-1])
    position = np.searchsorted(edges, probabilities, side="right")
    row_count = np.bincount(position, minlength=bins)
    filled = row_count > 0
    positives = np.bincount(position, weights=labels, minlength=bins)
    # pandas compensates the rounding of each addition, so that the order of rows hardly matters
    mean_probability = pd.Series(probabilities).groupby(position, sort=True).mean().to_numpy()
    return mean_probability, positives[filled] / row_count[filled], row_count[filled]
