"""Charts of ranking quality: ROC, precision-recall and lift.

Belongs here: curves over all thresholds. Does not: their areas (metrics).
"""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import precision_recall_curve, roc_curve

from ml.cards.figure import LAST_SCORE_COLOUR, LOGISTIC_COLOUR, MODEL_COLOUR, MUTED_COLOUR, draw
from ml.risk.evaluation import LAST_SCORE_BASELINE, LOGISTIC_BASELINE, MODEL

SUBJECT_STYLES = {
    MODEL: ("model", MODEL_COLOUR, "-"),
    LOGISTIC_BASELINE: ("logistic baseline", LOGISTIC_COLOUR, "--"),
    LAST_SCORE_BASELINE: ("last score", LAST_SCORE_COLOUR, ":"),
}


def roc_chart(predictions: pd.DataFrame) -> str:
    """Return the ROC curves of model and baselines over out-of-time predictions."""

    def paint(axes: Any) -> None:
        for subject, (label, colour, line) in SUBJECT_STYLES.items():
            false_rate, true_rate, _ = roc_curve(predictions["label"], predictions[subject])
            axes.plot(false_rate, true_rate, line, color=colour, label=label)
        axes.plot([0, 1], [0, 1], color=MUTED_COLOUR, linewidth=0.8)
        axes.set(xlabel="false positive rate", ylabel="true positive rate", xlim=(0, 1), ylim=(0, 1.01))
        axes.legend(loc="lower right")

    return draw("roc-curve", paint)


def precision_recall_chart(predictions: pd.DataFrame) -> str:
    """Return the precision-recall curves, with the share of positives as a line."""

    def paint(axes: Any) -> None:
        for subject, (label, colour, line) in SUBJECT_STYLES.items():
            precision, recall, _ = precision_recall_curve(predictions["label"], predictions[subject])
            axes.plot(recall, precision, line, color=colour, label=label)
        axes.axhline(float(predictions["label"].mean()), color=MUTED_COLOUR, linewidth=0.8)
        axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.01))
        axes.legend(loc="upper right")

    return draw("precision-recall-curve", paint)


def lift_chart(predictions: pd.DataFrame, capacity_ratio: float) -> str:
    """Return the lift over the share of customers contacted, with a line at the capacity."""
    counts = np.unique(np.linspace(0, len(predictions), 101).round().astype(int))[1:]
    shares = counts / len(predictions)
    labels = predictions["label"].to_numpy("float64")

    def paint(axes: Any) -> None:
        for subject, (label, colour, line) in SUBJECT_STYLES.items():
            order = np.argsort(-predictions[subject].to_numpy(), kind="stable")
            found = np.cumsum(labels[order])[counts - 1] / counts
            axes.plot(shares, found / labels.mean(), line, color=colour, label=label)
        axes.axhline(1, color=MUTED_COLOUR, linewidth=0.8)
        axes.axvline(capacity_ratio, color=MUTED_COLOUR, linewidth=0.8, linestyle="--")
        axes.annotate(f" capacity {capacity_ratio:.0%}", (capacity_ratio, axes.get_ylim()[1]), va="top")
        axes.set(xlabel="share of customers, highest risk first", ylabel="lift over random selection", xlim=(0, 1))
        axes.set_ylim(bottom=0)
        axes.legend(loc="upper right")

    return draw("lift-curve", paint)
