"""From features to the matrix for the trees: a fitted encoder, stored in the bundle as JSON.

Belongs here: fitting and applying the encoding of each kind of feature. Does not: checks of the frame (frames),
imputation for the logistic baseline (baselines).

Numeric features are not changed; missing is NaN. A category with few levels becomes one column per level: an
unknown level is all zeros, a missing one all NaN. A category with many levels becomes its smoothed target mean:
an unknown level gets the prior, a missing one NaN. Training rows get means computed without their own customers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.feature_list import Feature, FeatureList, Kind
from ml.metrics.arrays import FloatArray, IntArray
from ml.risk.parameters import TrainingParameters


@dataclass(frozen=True)
class FeatureEncoding:
    """How one feature becomes columns.

    Parameters
    ----------
    feature : str
        Name of the feature.
    method : str
        ``identity``, ``one_hot`` or ``target_mean``.
    levels : tuple of str
        Known levels, sorted; empty for ``identity``.
    means : tuple of float
        Smoothed target mean of each level, for ``target_mean``.
    prior : float
        Target mean of an unknown level, for ``target_mean``.
    """

    feature: str
    method: str
    levels: tuple[str, ...] = ()
    means: tuple[float, ...] = ()
    prior: float = 0.0

    @property
    def width(self) -> int:
        """Number of encoded columns."""
        return len(self.levels) if self.method == "one_hot" else 1

    def encode(self, values: np.ndarray) -> FloatArray:
        """Return the columns of this feature, shape (n, width)."""
        if self.method == "identity":
            return np.asarray(values, dtype="float64").reshape(-1, 1)
        codes = _level_codes(values, self.levels)
        if self.method == "target_mean":
            table = np.array([*self.means, self.prior, np.nan])
            return table[codes].reshape(-1, 1)
        table = np.vstack([np.eye(len(self.levels)), np.zeros(len(self.levels)), np.full(len(self.levels), np.nan)])
        encoded: FloatArray = table[codes]
        return encoded


def _level_codes(values: np.ndarray, levels: tuple[str, ...]) -> IntArray:
    """Return the index of each level; unknown is ``len(levels)``, missing ``len(levels) + 1``."""
    codes = pd.Index(levels, dtype=object).get_indexer(pd.Index(values, dtype=object))
    return np.where(pd.isna(values), len(levels) + 1, np.where(codes < 0, len(levels), codes)).astype("int64")


@dataclass(frozen=True)
class Encoder:
    """The fitted encodings of all features, in the order of the feature list."""

    encodings: tuple[FeatureEncoding, ...]

    @property
    def widths(self) -> list[int]:
        """Number of encoded columns of each feature, in order; the columns of a feature are adjacent."""
        return [encoding.width for encoding in self.encodings]

    def transform(self, frame: pd.DataFrame) -> FloatArray:
        """Return the encoded matrix of a canonical frame, shape (n, sum of widths), C-ordered float64."""
        matrix = np.empty((len(frame), sum(self.widths)), dtype="float64")
        start = 0
        for encoding in self.encodings:
            matrix[:, start : start + encoding.width] = encoding.encode(frame[encoding.feature].to_numpy())
            start += encoding.width
        return matrix

    def to_dict(self) -> dict[str, Any]:
        """Return the encoder as JSON values."""
        return {
            "encodings": [
                {
                    "feature": e.feature,
                    "method": e.method,
                    "levels": list(e.levels),
                    "means": list(e.means),
                    "prior": e.prior,
                }
                for e in self.encodings
            ]
        }

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> "Encoder":
        """Build from the result of `to_dict`."""
        return cls(
            tuple(
                FeatureEncoding(e["feature"], e["method"], tuple(e["levels"]), tuple(e["means"]), float(e["prior"]))
                for e in document["encodings"]
            )
        )


def fit_encoder(
    frame: pd.DataFrame, features: FeatureList, parameters: TrainingParameters, folds: IntArray
) -> tuple[Encoder, FloatArray]:
    """Fit the encoder and return it with the training matrix.

    Parameters
    ----------
    frame : DataFrame
        Canonical rows with ``label``.
    folds : ndarray of shape (n,)
        Fold of each row, by customer. The target mean of a training row is computed on the other folds only, so that
        it does not contain the outcome of the same customer.

    Returns
    -------
    (Encoder, ndarray of shape (n, columns))
    """
    labels = frame["label"].to_numpy("float64")
    encodings = [_fit_feature(frame[feature.name].to_numpy(), feature, labels, parameters) for feature in features]
    encoder = Encoder(tuple(encodings))
    matrix = encoder.transform(frame)
    start = 0
    for encoding in encodings:
        if encoding.method == "target_mean":
            matrix[:, start] = _out_of_fold_means(
                frame[encoding.feature].to_numpy(), encoding, labels, parameters, folds
            )
        start += encoding.width
    return encoder, matrix


def _fit_feature(
    values: np.ndarray, feature: Feature, labels: FloatArray, parameters: TrainingParameters
) -> FeatureEncoding:
    if feature.kind is not Kind.CATEGORICAL:
        return FeatureEncoding(feature.name, "identity")
    levels = tuple(sorted({str(value) for value in pd.unique(values) if value is not None}))
    if 0 < len(levels) <= parameters.one_hot_levels:
        return FeatureEncoding(feature.name, "one_hot", levels)
    means, prior = _smoothed_means(values, levels, labels, parameters.target_mean_weight)
    return FeatureEncoding(feature.name, "target_mean", levels, tuple(means.tolist()), prior)


def _smoothed_means(
    values: np.ndarray, levels: tuple[str, ...], labels: FloatArray, weight: float
) -> tuple[FloatArray, float]:
    codes = _level_codes(values, levels)
    prior = float(labels.mean())
    sums = np.bincount(codes, weights=labels, minlength=len(levels))[: len(levels)]
    counts = np.bincount(codes, minlength=len(levels))[: len(levels)]
    return (sums + weight * prior) / (counts + weight), prior


def _out_of_fold_means(
    values: np.ndarray,
    encoding: FeatureEncoding,
    labels: FloatArray,
    parameters: TrainingParameters,
    folds: IntArray,
) -> FloatArray:
    encoded = np.empty(len(values))
    for fold in np.unique(folds):
        inside = folds == fold
        means, prior = _smoothed_means(values[~inside], encoding.levels, labels[~inside], parameters.target_mean_weight)
        table = np.array([*means, prior, np.nan])
        encoded[inside] = table[_level_codes(values[inside], encoding.levels)]
    return encoded
