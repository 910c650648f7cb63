"""The criteria of the promotion gate: comparisons of champion and challenger on the same rows.

Belongs here: a criterion and its reason. Does not: the order of the criteria (`gate`), intervals (`bootstrap`).
"""

import numpy as np
import pandas as pd

from ml.metrics.arrays import FloatArray, IntArray
from ml.metrics.calibration_error import calibration_error
from ml.metrics.precision_at_capacity import contact_count, precision_at_capacity
from ml.promotion.bootstrap import MetricDifference, paired_differences
from ml.promotion.policy import GatePolicy
from ml.promotion.verdict import Finding, Reason
from ml.risk.target import RiskTarget

ROLES = ("champion", "challenger")
METRIC_LABELS = {"auc_roc": "ROC AUC", "auc_pr": "PR AUC", "brier_score": "Brier score"}


def improvement_criterion(rows: pd.DataFrame, policy: GatePolicy, seed: int) -> list[Reason]:
    """Require one significantly better metric, and ranking metrics that are not worse beyond the margins.

    Notes
    -----
    Lower is better for the Brier score; its difference is taken with the sign reversed, so that above 0 is better.
    """
    tail = (1 - policy.confidence) / 2 / len(METRIC_LABELS)
    differences = _differences(rows, policy, tail, seed)
    reasons = []
    for name, label in METRIC_LABELS.items():
        found = differences[name]
        statement = f"{label} {found.estimate:+.4f} [{found.lower:+.4f}, {found.upper:+.4f}]"
        is_better = found.lower > 0
        margin = {"auc_roc": policy.auc_margin, "auc_pr": policy.pr_auc_margin}.get(name)
        is_worse = found.lower < -margin if margin is not None else found.upper < 0
        if is_better:
            reasons.append(Reason(name, Finding.SUPPORTS, f"improves {statement}", found.to_dict()))
        elif is_worse:
            reasons.append(Reason(name, Finding.OPPOSES, f"may worsen {statement}", found.to_dict()))
        else:
            reasons.append(Reason(name, Finding.NEUTRAL, f"no significant difference in {statement}", found.to_dict()))
    return reasons


def calibration_criterion(rows: pd.DataFrame, policy: GatePolicy) -> Reason:
    """Require that the calibration error does not rise beyond the margin."""
    labels = rows["label"].to_numpy("int64")
    old, new = (calibration_error(labels, rows[role].to_numpy("float64")) for role in ROLES)
    is_worse = new > old + policy.calibration_margin
    statement = f"calibration error {new:.4f}, champion {old:.4f}"
    figures = {"champion": old, "challenger": new, "margin": policy.calibration_margin}
    return Reason("calibration", Finding.OPPOSES if is_worse else Finding.NEUTRAL, statement, figures)


def segment_criterion(rows: pd.DataFrame, columns: list[str], policy: GatePolicy, seed: int) -> list[Reason]:
    """Require that no protected segment is significantly worse beyond the margin.

    Notes
    -----
    Worse: ROC AUC falls by more than the margin, or the Brier score rises by more than a tenth of it, and the interval
    of the difference excludes 0. A segment with too few rows is listed and does not affect the verdict.
    """
    reasons = []
    for column in columns:
        for value, group in rows.groupby(column, sort=True, observed=True):
            name = f"segment {column} = {value}"
            positives = int(group["label"].sum())
            if min(positives, len(group) - positives) < policy.minimum_class_rows:
                statement = f"{name} has {positives} positives of {len(group)} rows: too few rows to compare"
                reasons.append(Reason(name, Finding.NEUTRAL, statement))
                continue
            reasons.append(_segment(name, group, policy, seed))
    return reasons


def _segment(name: str, group: pd.DataFrame, policy: GatePolicy, seed: int) -> Reason:
    differences = _differences(group, policy, (1 - policy.confidence) / 2, seed)
    auc, brier = differences["auc_roc"], differences["brier_score"]
    is_worse = (auc.estimate < -policy.segment_margin and auc.upper < 0) or (
        brier.estimate < -policy.segment_margin / 10 and brier.upper < 0
    )
    figures = {"auc_roc": auc.to_dict(), "brier_score": brier.to_dict(), "row_count": len(group)}
    statement = f"ROC AUC {auc.estimate:+.4f}, Brier score {brier.estimate:+.4f} (above 0 is better)"
    verb = "worse in" if is_worse else "not worse in"
    return Reason(name, Finding.OPPOSES if is_worse else Finding.NEUTRAL, f"{verb} {name}: {statement}", figures)


def value_criterion(rows: pd.DataFrame, target: RiskTarget, policy: GatePolicy) -> Reason:
    """Require that the value of contacts at capacity does not fall beyond the margin.

    Notes
    -----
    ``hits * retention_success_ratio * customer_value - contacts * contact_cost`` over the months, in the target's
    currency; hits alone if cost or value is not known.
    """
    hits, made = dict.fromkeys(ROLES, 0.0), 0
    for _, month in rows.groupby("as_of_date", sort=True):
        labels = month["label"].to_numpy("int64")
        affordable = contact_count(len(month), target.capacity_ratio)
        made += affordable
        for role in ROLES:
            share = precision_at_capacity(labels, month[role].to_numpy("float64"), target.capacity_ratio)
            hits[role] += (share or 0.0) * affordable
    unit = "hits"
    values = dict(hits)
    if target.contact_cost is not None and target.customer_value is not None:
        gain = target.retention_success_ratio * target.customer_value
        values = {role: hits[role] * gain - made * target.contact_cost for role in ROLES}
        unit = "value"
    is_lower = values["challenger"] < values["champion"] - policy.value_margin * abs(values["champion"])
    statement = (
        f"{unit} at capacity: challenger {values['challenger']:,.1f}, champion {values['champion']:,.1f}"
        f" ({made} contacts)"
    )
    figures = {**values, "contacts": made, "unit": unit}
    return Reason("value at capacity", Finding.OPPOSES if is_lower else Finding.NEUTRAL, statement, figures)


def blocking_checks_criterion(failed: list[str]) -> Reason:
    """Require that no blocking check upstream fails."""
    if failed:
        return Reason("checks", Finding.OPPOSES, f"{len(failed)} blocking checks fail: " + ", ".join(failed[:5]))
    return Reason("checks", Finding.NEUTRAL, "every blocking check passes")


def _differences(rows: pd.DataFrame, policy: GatePolicy, tail: float, seed: int) -> dict[str, MetricDifference]:
    labels: IntArray = rows["label"].to_numpy("int64")
    champion, challenger = _probabilities(rows)
    found = paired_differences(
        labels, champion, challenger, rows["customer_code"].tolist(), resamples=policy.resamples, tail=tail, seed=seed
    )
    brier = found["brier_score"]
    return found | {"brier_score": MetricDifference(-brier.estimate, -brier.upper, -brier.lower)}


def _probabilities(rows: pd.DataFrame) -> tuple[FloatArray, FloatArray]:
    champion: FloatArray = rows["champion"].to_numpy(np.float64)
    challenger: FloatArray = rows["challenger"].to_numpy(np.float64)
    return champion, challenger
