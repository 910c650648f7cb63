"""What the training data looked like, kept in the bundle as the reference for drift.

Belongs here: bin edges and shares of each feature and of the score. Does not: tests for drift.
"""

from typing import Any

import numpy as np
import pandas as pd

from ml.feature_list import FeatureList, Kind
from ml.metrics.arrays import FloatArray

BINS = 10
LEVELS = 50


def reference_profile(training: pd.DataFrame, features: FeatureList, scores: FloatArray) -> dict[str, Any]:
    """Return the reference as JSON values.

    Parameters
    ----------
    training : DataFrame
        Canonical rows the model was fitted on.
    scores : ndarray of shape (n,)
        Out-of-time probabilities, the reference of the score itself.

    Returns
    -------
    dict
        ``row_count``; per numeric feature ``edges`` (inner edges, a value equal to an edge lies above it),
        ``shares`` per bin, ``missing_ratio``, ``mean`` and ``deviation``; per category ``levels`` with their
        shares, the rarest beyond fifty together as ``other_ratio``; ``score`` like a numeric feature.
    """
    profile: dict[str, Any] = {"row_count": len(training), "score": _numeric(scores), "features": {}}
    for feature in features:
        values = training[feature.name].to_numpy()
        is_category = feature.kind is Kind.CATEGORICAL
        profile["features"][feature.name] = _categorical(values) if is_category else _numeric(values)
    return profile


def _numeric(values: FloatArray) -> dict[str, Any]:
    present = values[~np.isnan(values)]
    missing = 1 - len(present) / len(values)
    if len(present) == 0:
        return {"edges": [], "shares": [], "missing_ratio": missing, "mean": None, "deviation": None}
    edges = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[1:-1]))
    counts = np.bincount(np.searchsorted(edges, present, side="right"), minlength=len(edges) + 1)
    return {
        "edges": edges.tolist(),
        "shares": (counts / len(present)).tolist(),
        "missing_ratio": missing,
        "mean": float(present.mean()),
        "deviation": float(present.std()),
    }


def _categorical(values: np.ndarray) -> dict[str, Any]:
    column = pd.Series(values, dtype=object)
    shares = column.value_counts(normalize=True).rename_axis("level").reset_index(name="share")
    shares = shares.sort_values(["share", "level"], ascending=[False, True], ignore_index=True)
    kept = shares.head(LEVELS)
    return {
        "levels": dict(zip(kept["level"], kept["share"].astype(float), strict=True)),
        "other_ratio": float(shares["share"][LEVELS:].sum()),
        "missing_ratio": float(column.isna().mean()),
    }
