"""The feature space for clustering: scaled features, reduced to few dimensions.

Belongs here: from a frame of features to coordinates. Does not: clusters or neighbours.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ml.feature_list import FeatureList, Kind
from ml.frames import category_text

FloatArray = NDArray[np.float64]

MAX_DIMENSIONS = 16
EXPLAINED_RATIO = 0.9
MAX_ABS_DEVIATION = 4.0
RARE_LEVEL_RATIO = 0.01
_DECIMALS = 9


@dataclass(frozen=True)
class FeatureSpace:
    """Coordinates of customers.

    Parameters
    ----------
    coordinates : array of float64, shape (customers, dimensions)
        At most `MAX_DIMENSIONS` principal components of the scaled features, rounded to nine decimals.
    explained_ratio : float
        Share of the variance of the scaled features that the components explain, 0 to 1.
    """

    coordinates: FloatArray
    explained_ratio: float


def build_space(frame: pd.DataFrame, features: FeatureList) -> FeatureSpace:
    """Scale features and project them.

    Parameters
    ----------
    frame : DataFrame
        One row per customer with every feature; missing values allowed.
    features : FeatureList
        The columns and their kinds.

    Notes
    -----
    Numbers: median for missing values, then mean 0 and deviation 1, clipped at four deviations to limit the weight of
    outliers. Categories: one column per level that at least 1 % of the customers have, scaled so that a category has
    the weight of a number. A constant feature is left out.
    """
    blocks = [_scaled(frame[feature.name], feature.kind) for feature in features]
    matrix = np.concatenate([np.zeros((len(frame), 0)), *blocks], axis=1)
    if not matrix.shape[1] or len(frame) < 2:
        return FeatureSpace(np.zeros((len(frame), 1)), 0.0)
    return _project(matrix)


def _scaled(column: pd.Series, kind: Kind) -> FloatArray:
    if kind is Kind.CATEGORICAL:
        return _levels(column)
    values = column.astype("float64").to_numpy()
    known = values[np.isfinite(values)]
    if not known.size:
        return np.zeros((len(values), 0))
    filled = np.where(np.isfinite(values), values, np.median(known))
    deviation = filled.std()
    if deviation <= 1e-12 * max(1.0, float(np.abs(filled).max())):
        return np.zeros((len(values), 0))
    scaled: FloatArray = np.clip((filled - filled.mean()) / deviation, -MAX_ABS_DEVIATION, MAX_ABS_DEVIATION)
    return scaled[:, None]


def _levels(column: pd.Series) -> FloatArray:
    texts = pd.Series(category_text(column))
    counts = texts.value_counts()
    levels = sorted(counts.index[counts.to_numpy() >= max(RARE_LEVEL_RATIO * len(texts), 1)])
    shown = np.stack([(texts == level).to_numpy("float64") for level in levels], axis=1) if levels else None
    if shown is None:
        return np.zeros((len(texts), 0))
    centred = shown - shown.mean(axis=0)
    total = np.sqrt((centred**2).sum() / len(texts))
    return centred / total if total > 0 else np.zeros((len(texts), 0))


def _project(matrix: FloatArray) -> FeatureSpace:
    centred = matrix - matrix.mean(axis=0)
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))
    order = np.argsort(-values, kind="stable")
    values, vectors = np.maximum(values[order], 0.0), vectors[:, order]
    shares = np.cumsum(values) / max(values.sum(), 1e-300)
    kept = min(int(np.searchsorted(shares, EXPLAINED_RATIO)) + 1, MAX_DIMENSIONS, len(values))
    axes = vectors[:, :kept]
    # the sign of an axis is arbitrary: its largest loading is made positive
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(kept)] < 0, -1.0, 1.0)
    return FeatureSpace(np.round(centred @ axes, _DECIMALS), float(shares[kept - 1]))
