"""The promotion watch: may a newly promoted version stay in production, and the cool-down after a rollback.

Belongs here: the rules. Does not: reading scores, switching versions.
"""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray
from ml.metrics.calibration_error import calibration_error
from ml.monitoring.drift.distance import psi
from ml.promotion.bootstrap import paired_differences


@dataclass(frozen=True)
class WatchPolicy:
    """Tolerance band of the promotion watch.

    Parameters
    ----------
    months : int
        As-of dates with evidence after which the watch of a promotion ends.
    cool_down_months : int
        Months after a rollback in which nothing is promoted, so that versions are not switched back and forth.
    stability_limit : float
        PSI of the version's scores against the training profile; 0.25 is the usual limit of a large shift.
        Source: Siddiqi 2006.
    auc_margin, calibration_margin : float
        Largest significant fall of ROC AUC against the previous version, and largest rise of the calibration error.
    minimum_rows, minimum_class_rows : int
        Minimum number of rows, and of rows of either class, for an observation.
    resamples : int
        Bootstrap resamples of customers.
    """

    months: int = 3
    cool_down_months: int = 3
    stability_limit: float = 0.25
    auc_margin: float = 0.01
    calibration_margin: float = 0.02
    minimum_rows: int = 200
    minimum_class_rows: int = 30
    resamples: int = 500


@dataclass(frozen=True)
class Observation:
    """One kind of evidence of one month; `is_within_band` is None if there are too few rows."""

    evidence_kind: str
    is_within_band: bool | None
    statement: str
    figures: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for the record."""
        return asdict(self)


def stability_index(scores: FloatArray, edges: list[float], shares: list[float]) -> float:
    """Return the population stability index of scores against the shares of a training profile, 0 or more.

    Notes
    -----
    An empty bin counts as half a row, so that the index stays finite.
    """
    counts = np.bincount(np.searchsorted(edges, scores, side="right"), minlength=len(shares))
    return psi(np.asarray(shares, dtype="float64"), counts / len(scores), floor=0.5 / len(scores))


def observe_scores(index: float, previous_index: float | None, row_count: int, policy: WatchPolicy) -> Observation:
    """Compare the distribution of the scores with the training profile.

    Parameters
    ----------
    index, previous_index : float
        PSI of the watched version and of the one it replaced on the same customers, each against its own bundle.
        If both exceed the limit, the customers have changed and a rollback would not help.
    """
    figures = {"stability_index": index, "previous_stability_index": previous_index, "row_count": row_count}
    if row_count < policy.minimum_rows:
        return Observation("scores", None, f"too few scores ({row_count})", figures)
    has_moved = not index <= policy.stability_limit  # NaN has moved
    is_alone = previous_index is not None and previous_index <= policy.stability_limit
    statement = f"PSI of the scores against the training profile is {index:.3f}; limit {policy.stability_limit}"
    return Observation("scores", not (has_moved and is_alone), statement, figures)


def observe_labels(rows: pd.DataFrame, policy: WatchPolicy, seed: int) -> Observation:
    """Compare the watched version with the one it replaced, on scores with known labels.

    Parameters
    ----------
    rows : DataFrame
        ``customer_code``, ``label``, ``previous``, ``watched`` (probabilities) of scores after the promotion.
    """
    positives = int(rows["label"].sum()) if len(rows) else 0
    figures: dict[str, Any] = {"row_count": len(rows), "positive_count": positives}
    if len(rows) < policy.minimum_rows or min(positives, len(rows) - positives) < policy.minimum_class_rows:
        return Observation("labels", None, f"too few labels ({len(rows)}, {positives} positive)", figures)
    labels = rows["label"].to_numpy("int64")
    previous, watched = rows["previous"].to_numpy("float64"), rows["watched"].to_numpy("float64")
    customers = rows["customer_code"].tolist()
    found = paired_differences(labels, previous, watched, customers, resamples=policy.resamples, tail=0.025, seed=seed)[
        "auc_roc"
    ]
    rise = calibration_error(labels, watched) - calibration_error(labels, previous)
    figures |= {"auc_roc": found.to_dict(), "calibration_rise": rise}
    is_worse = found.upper < 0 and found.estimate < -policy.auc_margin
    is_within = not is_worse and rise <= policy.calibration_margin
    statement = (
        f"ROC AUC {found.estimate:+.4f} [{found.lower:+.4f}, {found.upper:+.4f}] and calibration error {rise:+.4f}"
        " compared with the previous version"
    )
    return Observation("labels", is_within, statement, figures)


def must_roll_back(observations: list[Observation]) -> bool:
    """Whether to roll back to the previous version: any observation is outside its tolerance band."""
    return any(one.is_within_band is False for one in observations)


def is_cooling_down(rolled_back_on: date | None, today: date, policy: WatchPolicy) -> bool:
    """Whether the gate must wait after a rollback; both days are as-of dates, so a replay gives the same result."""
    if rolled_back_on is None:
        return False
    passed = (today.year - rolled_back_on.year) * 12 + today.month - rolled_back_on.month
    return passed < policy.cool_down_months
