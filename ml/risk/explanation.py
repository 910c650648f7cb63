"""Explanation of scores: exact TreeSHAP in calibrated log-odds, per original feature.

Belongs here: contributions of rows and their ranking. Does not: texts for readers (marts), global importance.
"""

from dataclasses import dataclass

import numpy as np

from ml.metrics.arrays import FloatArray, IntArray
from ml.risk.pipeline import Pipeline


@dataclass(frozen=True)
class Explanation:
    """Contributions of a batch.

    Parameters
    ----------
    contributions : ndarray of shape (n, features)
        Log-odds that each feature adds to the base value.
    base_value : ndarray of shape (n,)
        Calibrated log-odds before any contribution; the same for every row.
    """

    contributions: FloatArray
    base_value: FloatArray

    def total(self) -> FloatArray:
        """Return base value plus all contributions, summed in the features' order, shape (n,)."""
        return self.base_value + _ordered_sum(self.contributions)


def explain_scores(pipeline: Pipeline, matrix: FloatArray) -> Explanation:
    """Explain encoded rows exactly.

    Notes
    -----
    LightGBM's ``pred_contrib`` is path-dependent TreeSHAP (Lundberg et al. 2020, Nature Machine Intelligence 2).
    Columns of one feature are summed. Calibration is linear in log-odds, so contributions scale by its slope and
    the base value takes its intercept: the sum is the log-odds of the published probability.
    Sums are computed column by column, so the result of a row does not depend on the batch, bit for bit.
    """
    encoded = np.asarray(pipeline.booster.predict(matrix, pred_contrib=True), dtype="float64")
    by_feature = np.empty((len(matrix), len(pipeline.encoder.encodings)))
    start = 0
    for position, width in enumerate(pipeline.encoder.widths):
        by_feature[:, position] = _ordered_sum(encoded[:, start : start + width])
        start += width
    slope = pipeline.calibrator.slope
    return Explanation(slope * by_feature, slope * encoded[:, -1] + pipeline.calibrator.intercept)


def top_contributions(contributions: FloatArray, count: int) -> IntArray:
    """Return the positions of the `count` largest absolute contributions per row, largest first.

    Notes
    -----
    Ties: order of the feature list.
    """
    ranked: IntArray = np.argsort(-np.abs(contributions), axis=1, kind="stable")[:, :count]
    return ranked


def _ordered_sum(columns: FloatArray) -> FloatArray:
    total = np.zeros(len(columns))
    for position in range(columns.shape[1]):
        total += columns[:, position]
    return total
