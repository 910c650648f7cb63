"""Charts of feature importance and of the distribution of contributions.

Belongs here: SHAP summary charts. Does not: computing contributions (explanation).
"""

from typing import Any

import numpy as np
import pandas as pd

from ml.cards.figure import MODEL_COLOUR, MUTED_COLOUR, draw
from ml.metrics.arrays import FloatArray

MAX_FEATURES_SHOWN = 15
_BINS = 60


def importance_chart(importance: pd.DataFrame, labels: dict[str, str]) -> str:
    """Return a bar chart of the mean absolute contribution of the most important features, in log-odds."""
    top = importance.head(MAX_FEATURES_SHOWN)[::-1]
    names = [labels.get(name, name) for name in top["feature_name"]]

    def paint(axes: Any) -> None:
        axes.barh(np.arange(len(top)), top["importance_score"], color=MODEL_COLOUR, height=0.62)
        axes.set_yticks(np.arange(len(top)), names)
        axes.grid(visible=False, axis="y")
        axes.set_xlabel("mean absolute contribution, log-odds")

    return draw("importance", paint, width=10.4, height=0.5 + 0.29 * len(top))


def beeswarm_chart(
    rows: pd.DataFrame, contributions: FloatArray, importance: pd.DataFrame, labels: dict[str, str]
) -> str:
    """Return a chart with one dot per hold-out row and feature: the contribution, coloured by the rank of the value.

    Categories and missing values have no rank and are grey.
    """
    names = list(importance["feature_name"].head(MAX_FEATURES_SHOWN))[::-1]
    positions = {name: position for position, name in enumerate(_feature_order(rows))}

    def paint(axes: Any) -> None:
        for height, name in enumerate(names):
            spread = contributions[:, positions[name]]
            axes.scatter(
                spread,
                height + _stacked(spread),
                c=_colours(rows[name]),
                s=5,
                linewidths=0,
                rasterized=True,
            )
        axes.axvline(0, color=MUTED_COLOUR, linewidth=0.8)
        axes.set_yticks(np.arange(len(names)), [labels.get(name, name) for name in names])
        axes.set_xlabel("contribution, log-odds (positive values raise the risk)")

    return draw("contributions", paint, width=10.4, height=0.5 + 0.36 * len(names))


def _feature_order(rows: pd.DataFrame) -> list[str]:
    return [name for name in rows.columns if name not in {"customer_code", "as_of_date", "label", "label_known_at"}]


def _stacked(values: FloatArray) -> FloatArray:
    """Return vertical offsets that spread the values of a bin around the middle, without random numbers."""
    low, high = float(values.min()), float(values.max())
    bins = np.floor((values - low) / ((high - low) or 1.0) * (_BINS - 1)).astype(int)
    order = np.argsort(bins, kind="stable")
    counts = np.bincount(bins, minlength=_BINS)
    within = np.arange(len(values)) - np.repeat(np.cumsum(counts) - counts, counts)
    offsets = np.empty(len(values))
    offsets[order] = (within // 2 + 1) * np.where(within % 2 == 0, 1, -1)
    return offsets / max(1.0, float(counts.max())) * 0.8


def _colours(column: pd.Series) -> list[tuple[float, float, float]]:
    """Return blue for low values, red for high values, grey for values without a rank."""
    if column.dtype == object:
        return [(0.55, 0.58, 0.62)] * len(column)
    rank = column.rank(pct=True)
    low, high = np.array([0.13, 0.47, 0.71]), np.array([0.84, 0.19, 0.29])
    return [(0.55, 0.58, 0.62) if np.isnan(r) else tuple(low + (high - low) * r) for r in rank]
