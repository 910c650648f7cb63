"""The metrics of a risk model, under the column names of ``ml.model_metrics``.

Belongs here: one line per metric. Does not: formulas (one file each) or when to measure (evaluation).
"""

from collections.abc import Callable
from dataclasses import dataclass

from ml.metrics.accuracy import accuracy
from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.brier import brier
from ml.metrics.calibration_error import calibration_error
from ml.metrics.f1 import f1
from ml.metrics.lift_at_capacity import lift_at_capacity
from ml.metrics.log_loss import log_loss
from ml.metrics.pr_auc import pr_auc
from ml.metrics.precision import precision
from ml.metrics.precision_at_capacity import precision_at_capacity
from ml.metrics.recall import recall
from ml.metrics.roc_auc import roc_auc


@dataclass(frozen=True)
class Scored:
    """Scored rows with their outcome labels: the input of every metric."""

    labels: IntArray
    probabilities: FloatArray
    threshold: float
    capacity_ratio: float


@dataclass(frozen=True)
class Metric:
    """Column name, display name, direction and function of a metric."""

    name: str
    label_en: str
    is_higher_better: bool
    compute: Callable[[Scored], float | None]


METRICS: tuple[Metric, ...] = (
    Metric("auc_roc", "ROC AUC", True, lambda s: roc_auc(s.labels, s.probabilities)),
    Metric("auc_pr", "PR AUC", True, lambda s: pr_auc(s.labels, s.probabilities)),
    Metric("brier_score", "Brier score", False, lambda s: brier(s.labels, s.probabilities)),
    Metric("log_loss", "Log loss", False, lambda s: log_loss(s.labels, s.probabilities)),
    Metric(
        "calibration_error",
        "Calibration error (ECE)",
        False,
        lambda s: calibration_error(s.labels, s.probabilities),
    ),
    Metric(
        "precision_at_capacity",
        "Precision at capacity",
        True,
        lambda s: precision_at_capacity(s.labels, s.probabilities, s.capacity_ratio),
    ),
    Metric(
        "lift_at_capacity",
        "Lift at capacity",
        True,
        lambda s: lift_at_capacity(s.labels, s.probabilities, s.capacity_ratio),
    ),
    Metric("accuracy", "Accuracy", True, lambda s: accuracy(s.labels, s.probabilities, s.threshold)),
    Metric("precision", "Precision", True, lambda s: precision(s.labels, s.probabilities, s.threshold)),
    Metric("recall", "Recall", True, lambda s: recall(s.labels, s.probabilities, s.threshold)),
    Metric("f1_score", "F1", True, lambda s: f1(s.labels, s.probabilities, s.threshold)),
)
