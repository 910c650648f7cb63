"""Feature importance of a model, and feature averages by outcome.

Belongs here: global importance and group averages. Does not: single rows (explanation), texts for readers.
"""

import numpy as np
import pandas as pd

from ml.feature_list import FeatureList, Kind
from ml.metrics.arrays import FloatArray
from ml.risk.explanation import explain_scores
from ml.risk.pipeline import Pipeline


def hold_out_contributions(pipeline: Pipeline, rows: pd.DataFrame) -> FloatArray:
    """Return contributions of canonical hold-out rows in log-odds, shape (n, features)."""
    return explain_scores(pipeline, pipeline.encoder.transform(rows)).contributions


def importance_frame(contributions: FloatArray, training: pd.DataFrame, features: FeatureList) -> pd.DataFrame:
    """Return one row per feature, most important first, ties in the order of the list.

    Parameters
    ----------
    contributions : ndarray of shape (n, features)
        Contributions of hold-out rows, by a model that was not trained on them.
    training : DataFrame
        Canonical rows of the training window with their labels.

    Returns
    -------
    DataFrame
        ``feature_name``; ``importance_score``, the mean absolute contribution (log-odds); ``retained_average`` and
        ``churned_average``, the means over label 0 and label 1 under the documented column names (None for
        categories, and if no row has a value).
    """
    by_label = {label: training[training["label"] == label] for label in (0, 1)}
    rows = []
    for position, feature in enumerate(features):
        averages: list[float | None] = [None, None]
        if feature.kind is not Kind.CATEGORICAL:
            averages = [_mean(by_label[label][feature.name]) for label in (0, 1)]
        rows.append((feature.name, float(np.abs(contributions[:, position]).mean()), *averages))
    columns = ["feature_name", "importance_score", "retained_average", "churned_average"]
    frame = pd.DataFrame(rows, columns=columns)
    for name in columns[2:]:
        frame[name] = frame[name].astype(object).mask(frame[name].isna(), other=None)
    return frame.sort_values("importance_score", ascending=False, kind="stable", ignore_index=True)


def _mean(column: pd.Series) -> float | None:
    return None if column.isna().all() else float(column.mean())
