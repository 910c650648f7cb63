"""Charts of calibration, over bins and over time.

Belongs here: reliability diagram and backtest chart. Does not: ranking curves (ranking).
"""

from typing import Any

import numpy as np
import pandas as pd

from ml.cards.figure import LOGISTIC_COLOUR, MODEL_COLOUR, MUTED_COLOUR, draw
from ml.metrics.calibration_error import calibration_error, reliability
from ml.risk.charts.ranking import SUBJECT_STYLES
from ml.risk.evaluation import LOGISTIC_BASELINE, MODEL


def reliability_chart(predictions: pd.DataFrame) -> str:
    """Return predicted against observed rates in ten bins of equal size, for model and logistic baseline."""
    labels = predictions["label"].to_numpy("int64")

    def paint(axes: Any) -> None:
        highest = 0.0
        for subject, colour, marker in ((LOGISTIC_BASELINE, LOGISTIC_COLOUR, "s"), (MODEL, MODEL_COLOUR, "o")):
            scores = predictions[subject].to_numpy("float64")
            table = reliability(labels, scores)
            name = f"{SUBJECT_STYLES[subject][0]}, ECE {calibration_error(labels, scores):.3f}"
            axes.plot(table["mean_probability"], table["observed_ratio"], color=colour, marker=marker, label=name)
            highest = max(highest, *table["mean_probability"], *table["observed_ratio"])
        limit = min(1.0, highest * 1.08)
        axes.plot([0, limit], [0, limit], color=MUTED_COLOUR, linewidth=0.8)
        axes.set(xlabel="predicted probability", ylabel="observed rate", xlim=(0, limit), ylim=(0, limit))
        axes.legend(loc="upper left")

    return draw("reliability-diagram", paint)


def backtest_chart(metrics: pd.DataFrame, column: str, label: str) -> str:
    """Return a metric per evaluation origin, or per fold, for model and baselines.

    Parameters
    ----------
    metrics : DataFrame
        Metric rows of single origins.
    column, label : str
        Metric column and its display name.
    """
    names = _origin_names(metrics)

    def paint(axes: Any) -> None:
        for subject, (legend_label, colour, line) in SUBJECT_STYLES.items():
            rows = metrics[metrics["subject"] == subject]
            axes.plot(
                np.arange(len(rows)), rows[column], line, color=colour, marker="o", markersize=4, label=legend_label
            )
        axes.set_xticks(np.arange(len(names)), names)
        axes.set_ylabel(label)
        axes.margins(y=0.15)
        if column == "calibration_error":
            axes.set_ylim(bottom=0)
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, 1.16), ncols=3)

    return draw(f"backtest-{column}", paint)


def _origin_names(metrics: pd.DataFrame) -> list[str]:
    rows = metrics[metrics["subject"] == MODEL]
    is_one_date = rows["origin_date"].nunique() == 1
    if is_one_date:
        return [str(segment).replace("_", " ") for segment in rows["segment"]]
    return [f"{day:%Y-%m}" for day in rows["origin_date"]]
