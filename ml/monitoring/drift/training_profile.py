"""The training profile: histograms of the training data, stored in the bundle as ``reference.json``.

Belongs here: bin edges, shares and dispersion of each feature and of the score. Does not: tests for drift.
"""

from typing import Any

import numpy as np
import pandas as pd

from ml.feature_list import FeatureList, Kind
from ml.metrics.arrays import FloatArray
from ml.monitoring.drift.dispersion import dispersion

BINS = 10
LEVELS = 50


def training_profile(training: pd.DataFrame, features: FeatureList, scored: pd.DataFrame) -> dict[str, Any]:
    """Return the training profile as JSON values.

    Parameters
    ----------
    training : DataFrame
        Canonical rows on which the model was fitted.
    scored : DataFrame
        Out-of-time probabilities, for the histogram of the score: ``customer_code``, ``as_of_date``, ``score``.

    Returns
    -------
    dict
        ``row_count`` and ``customer_count``. Per numeric feature: ``edges`` (inner edges; a value equal to an edge is
        in the bin above it), ``shares`` per bin, ``missing_ratio``, ``mean`` and ``deviation``. Per category:
        ``levels``, the fifty most frequent ones with their shares, the others together as ``other_ratio``. For both
        the ``dispersion`` of the months. ``score``: like a numeric feature, with its own ``customer_count``.
    """
    score = _numeric(scored["score"].to_numpy("float64"), scored["as_of_date"])
    profile: dict[str, Any] = {
        "row_count": len(training),
        "customer_count": int(training["customer_code"].nunique()),
        "score": score | {"customer_count": int(scored["customer_code"].nunique())},
        "features": {},
    }
    for feature in features:
        values, months = training[feature.name].to_numpy(), training["as_of_date"]
        is_category = feature.kind is Kind.CATEGORICAL
        profile["features"][feature.name] = _categorical(values, months) if is_category else _numeric(values, months)
    return profile


def _numeric(values: FloatArray, months: pd.Series) -> dict[str, Any]:
    is_present = ~np.isnan(values)
    present = values[is_present]
    missing = 1 - len(present) / len(values)
    if len(present) == 0:
        return {"edges": [], "shares": [], "missing_ratio": missing, "mean": None, "deviation": None, "dispersion": 1.0}
    edges = np.unique(np.quantile(present, np.linspace(0, 1, BINS + 1)[1:-1]))
    positions = np.where(is_present, np.searchsorted(edges, values, side="right") + 1, 0)
    counts = np.bincount(positions[is_present] - 1, minlength=len(edges) + 1)
    return {
        "edges": edges.tolist(),
        "shares": (counts / len(present)).tolist(),
        "missing_ratio": missing,
        "mean": float(present.mean()),
        "deviation": float(present.std()),
        "dispersion": dispersion(positions, months, len(edges) + 2, is_ordered=True),
    }


def _categorical(values: np.ndarray, months: pd.Series) -> dict[str, Any]:
    column = pd.Series(values, dtype=object)
    shares = column.value_counts(normalize=True).rename_axis("level").reset_index(name="share")
    shares = shares.sort_values(["share", "level"], ascending=[False, True], ignore_index=True)
    kept = shares.head(LEVELS)
    places = {level: place for place, level in enumerate(kept["level"], start=1)}
    other = len(kept) + 1
    positions = column.map(places).fillna(other).where(column.notna(), 0).to_numpy("int64")
    return {
        "levels": dict(zip(kept["level"], kept["share"].astype(float), strict=True)),
        "other_ratio": float(shares["share"][LEVELS:].sum()),
        "missing_ratio": float(column.isna().mean()),
        "dispersion": dispersion(positions, months, other + 1, is_ordered=False),
    }
