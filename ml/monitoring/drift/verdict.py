"""The drift verdict: from the comparison of a month to one result for the model.

Belongs here: limits, severity, message. Does not: the comparison, or who is notified.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from ml.monitoring.drift.histogram import SCORE

Severity = Literal["info", "warning", "critical"]
MAX_FEATURES_NAMED = 3


@dataclass(frozen=True)
class DriftLimits:
    """Limits of significance and size of a difference.

    Parameters
    ----------
    false_alarm_ratio : float
        Probability that a month without drift raises an alarm for the model, over all its features.
    minimum_effect : float
        Smaller differences are not large enough, even if they are significant, in standard deviations.
    critical_effect, critical_share : float
        An alarm is critical from this effect of one feature, or from this share of drifted features.
    """

    false_alarm_ratio: float = 0.05
    minimum_effect: float = 0.1
    critical_effect: float = 0.8
    critical_share: float = 0.3


@dataclass(frozen=True)
class DriftVerdict:
    """Result of the drift check of one model and month.

    Parameters
    ----------
    drift_share : float
        Share of the features that drifted, 0 to 1; the score is not counted.
    drifted_features : list of str
        Largest effect first, without the score.
    metrics : dict
        The values behind it, as plain values.
    """

    is_drifted: bool
    severity: Severity
    drift_share: float
    drifted_features: list[str]
    message: str
    metrics: dict[str, Any] = field(default_factory=dict)


def is_drifted(comparison: pd.DataFrame, limits: DriftLimits) -> "pd.Series[bool]":
    """Return for each feature whether its difference is significant, after correction, and large enough."""
    is_significant = comparison["adjusted_p_value"] <= limits.false_alarm_ratio
    return is_significant & (comparison["effect"] >= limits.minimum_effect)


def assess_drift(comparison: pd.DataFrame, limits: DriftLimits) -> DriftVerdict:
    """Return the verdict about a month from the frame of `ml.monitoring.drift.comparison.compare_with_training`."""
    drifted = comparison[is_drifted(comparison, limits)]
    drifted = drifted.sort_values(["effect", "feature_name"], ascending=[False, True], kind="stable")
    has_score = bool((drifted["feature_name"] == SCORE).any())
    features = [str(name) for name in drifted["feature_name"] if name != SCORE]
    count = int((comparison["feature_name"] != SCORE).sum())
    share = len(features) / count if count else 0.0
    largest = float(drifted["effect"].max()) if len(drifted) else 0.0
    is_critical = largest >= limits.critical_effect or share >= limits.critical_share
    severity: Severity = "info" if drifted.empty else "critical" if is_critical else "warning"
    score = comparison[comparison["feature_name"] == SCORE].iloc[0]
    metrics = {
        "features_tested": count,
        "largest_effect": largest,
        "has_score_drifted": has_score,
        "score_psi": float(score["psi"]),
        "score_effect": float(score["effect"]),
        "smallest_adjusted_p_value": float(comparison["adjusted_p_value"].min()),
        "effects": {str(row["feature_name"]): round(float(row["effect"]), 4) for _, row in drifted.iterrows()},
    }
    return DriftVerdict(not drifted.empty, severity, share, features, _message(drifted, count, has_score), metrics)


def _message(drifted: pd.DataFrame, count: int, has_score: bool) -> str:
    if drifted.empty:
        return f"none of {count} features differs from the training data significantly and by more than the limit"
    features = drifted[drifted["feature_name"] != SCORE]
    named = [
        f"{row['feature_name']} ({row['effect']:.2f} sd)" for _, row in features.head(MAX_FEATURES_NAMED).iterrows()
    ]
    rest = len(features) - len(named)
    message = f"{len(features)} of {count} features differ from the training data"
    if named:
        message += ": " + ", ".join(named) + (f" and {rest} more" if rest > 0 else "")
    return message + ("; the scores differ too" if has_score else "")
