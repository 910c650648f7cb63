"""Whether a newly promoted version may stay: bands for scores and labels, and the pause after a rollback.

Belongs here: the rule. Does not: reading scores, switching versions.
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
    """Bands of the watch.

    Parameters
    ----------
    months : int
        As-of dates with evidence after a promotion until it counts as proven.
    cool_down_months : int
        Months after a rollback in which the gate promotes nothing: a loop that errs twice must not swing.
    stability_limit : float
        Population stability index between the version's scores and those its bundle expects; 0.25 is the customary
        limit of a large shift. Source: Siddiqi 2006.
    auc_margin, calibration_margin : float
        Largest certain fall of ROC AUC against the previous version, and largest rise of the calibration error.
    minimum_rows, minimum_class_rows : int
        Below which evidence says nothing.
    resamples : int
        Bootstrap samples of whole customers.
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
    """What one kind of evidence of one month says; `is_within_band` is None where it says nothing."""

    evidence_kind: str
    is_within_band: bool | None
    statement: str
    figures: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, for the record."""
        return asdict(self)


def stability_index(scores: FloatArray, edges: list[float], shares: list[float]) -> float:
    """Return the population stability index of scores against a reference of shares between edges, 0 or more.

    Notes
    -----
    An empty bin counts half a row, so that it is large and not infinite.
    """
    counts = np.bincount(np.searchsorted(edges, scores, side="right"), minlength=len(shares))
    return psi(np.asarray(shares, dtype="float64"), counts / len(scores), floor=0.5 / len(scores))


def watch_scores(index: float, previous_index: float | None, row_count: int, policy: WatchPolicy) -> Observation:
    """Hold the distribution of the scores against its reference.

    Parameters
    ----------
    index, previous_index : float
        Stability of the watched version and of the one it replaced on the same customers, each against its own bundle.
        If both have moved the customers have, and going back mends nothing.
    """
    figures = {"stability_index": index, "previous_stability_index": previous_index, "row_count": row_count}
    if row_count < policy.minimum_rows:
        return Observation("scores", None, f"{row_count} scores say nothing", figures)
    has_moved = not index <= policy.stability_limit  # NaN has moved
    is_alone = previous_index is not None and previous_index <= policy.stability_limit
    words = f"scores moved by {index:.3f} from what the bundle expects, {policy.stability_limit} is allowed"
    return Observation("scores", not (has_moved and is_alone), words, figures)


def watch_labels(rows: pd.DataFrame, policy: WatchPolicy, seed: int) -> Observation:
    """Hold the watched version against the one it replaced where labels have come.

    Parameters
    ----------
    rows : DataFrame
        ``customer_code``, ``label``, ``previous``, ``watched`` (probabilities) of scores after the promotion.
    """
    positives = int(rows["label"].sum()) if len(rows) else 0
    figures: dict[str, Any] = {"row_count": len(rows), "positive_count": positives}
    if len(rows) < policy.minimum_rows or min(positives, len(rows) - positives) < policy.minimum_class_rows:
        return Observation("labels", None, f"{len(rows)} labels with {positives} positives say nothing", figures)
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
    words = (
        f"ROC AUC {found.estimate:+.4f} [{found.lower:+.4f}, {found.upper:+.4f}] and calibration error {rise:+.4f}"
        " against the previous version"
    )
    return Observation("labels", is_within, words, figures)


def must_return(observations: list[Observation]) -> bool:
    """Whether the previous version must return: any evidence that says something lies outside its band."""
    return any(one.is_within_band is False for one in observations)


def is_cooling_down(rolled_back_on: date | None, today: date, policy: WatchPolicy) -> bool:
    """Whether the gate must wait after a rollback; both days are as-of dates, so that a replay decides alike."""
    if rolled_back_on is None:
        return False
    passed = (today.year - rolled_back_on.year) * 12 + today.month - rolled_back_on.month
    return passed < policy.cool_down_months
