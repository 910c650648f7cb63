"""Expected calibration error over bins of equal size."""

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray, IntArray

BINS = 10


def reliability(labels: IntArray, probabilities: FloatArray, bins: int = BINS) -> pd.DataFrame:
    """Return mean probability, observed rate and rows per bin of equal size, lowest bin first.

    Notes
    -----
    Edges are quantiles of the probabilities. Equal probabilities are always in the same bin, so the order of rows does
    not matter, and many ties give fewer bins. The bins have equal size and not equal width: at a low base rate nearly
    all rows are in the first bin of equal width, which hides any error. Source: Nguyen and O'Connor 2015, EMNLP.
    """
    mean_probability, observed_ratio, row_count = _bins(labels, probabilities, bins)
    columns = {"mean_probability": mean_probability, "observed_ratio": observed_ratio, "row_count": row_count}
    return pd.DataFrame(columns)


def calibration_error(labels: IntArray, probabilities: FloatArray) -> float:
    """Return the mean distance between predicted and observed rate, weighted by rows, 0 to 1.

    Notes
    -----
    ``sum_b n_b / n |mean p_b - mean y_b|`` over ten bins of equal size; also defined for a single class.
    Source: Naeini, Cooper and Hauskrecht 2015, AAAI.
    """
    mean_probability, observed_ratio, row_count = _bins(labels, probabilities, BINS)
    distance = np.abs(mean_probability - observed_ratio)
    return float((distance * row_count).sum() / row_count.sum())


def _bins(labels: IntArray, probabilities: FloatArray, bins: int) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return mean probability, observed rate and rows of each bin with rows, lowest bin first."""
    edges = np.quantile(probabilities, np.linspace(0, 1, bins + 1)[1:-1])
    position = np.searchsorted(edges, probabilities, side="right")
    row_count = np.bincount(position, minlength=bins).astype(np.int64)
    filled = row_count > 0
    positives = np.bincount(position, weights=labels, minlength=bins)
    # pandas compensates rounding errors in sums, so that the order of rows hardly matters
    means = pd.Series(probabilities).groupby(position, sort=True).mean()
    mean_probability = np.asarray(means, dtype=np.float64)
    return mean_probability, positives[filled] / row_count[filled], row_count[filled]
