"""The promotion gate: comparison of champion and challenger on the same labelled rows, and a verdict with reasons.

Belongs here: the requirements of a comparison, and the order of the criteria. Does not: promoting.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml.promotion.criteria import (
    ROLES,
    blocking_checks_criterion,
    calibration_criterion,
    improvement_criterion,
    segment_criterion,
    value_criterion,
)
from ml.promotion.plausibility import label_plausibility
from ml.promotion.policy import GatePolicy
from ml.promotion.verdict import Finding, GateVerdict, Reason
from ml.risk.target import RiskTarget

COLUMNS = ("customer_code", "as_of_date", "label", *ROLES)


def decide_promotion(
    rows: pd.DataFrame,
    target: RiskTarget,
    *,
    expected_positive_ratio: float,
    seed: int,
    protected: Sequence[str] = (),
    failed_checks: Sequence[str] = (),
    policy: GatePolicy | None = None,
) -> GateVerdict:
    """Decide whether the challenger may replace the champion.

    Parameters
    ----------
    rows : DataFrame
        One row per customer and as-of date that both models scored and whose label is mature: `COLUMNS`, and one
        column per protected segment. Neither model may have been trained on any of the rows.
    expected_positive_ratio : float
        Share of positives in the labels on which the champion was trained, 0 to 1.
    seed : int
        The same rows and seed give the same verdict.
    protected : sequence of str
        Columns of protected segments.
    failed_checks : sequence of str
        Blocking checks that fail now, as text.

    Returns
    -------
    Verdict
        If a criterion cannot be computed, the challenger is rejected for that reason.
    """
    settings = policy or GatePolicy()
    missing_requirement = _missing_requirement(rows, settings, expected_positive_ratio, [*COLUMNS, *protected])
    if missing_requirement is not None:
        reasons = [Reason("enough to compare", Finding.NOT_COMPUTABLE, f"not enough data: {missing_requirement}")]
        if _has_labels(rows) and 0 < expected_positive_ratio < 1:
            reasons.append(label_plausibility(rows, expected_positive_ratio, settings))
        return GateVerdict.of([*reasons, blocking_checks_criterion(list(failed_checks))])
    rows = rows.sort_values(["as_of_date", "customer_code"], ignore_index=True)  # sums depend on the order
    return GateVerdict.of(
        [
            *improvement_criterion(rows, settings, seed),
            calibration_criterion(rows, settings),
            *segment_criterion(rows, list(protected), settings, seed),
            value_criterion(rows, target, settings),
            label_plausibility(rows, expected_positive_ratio, settings),
            blocking_checks_criterion(list(failed_checks)),
        ]
    )


def _missing_requirement(
    rows: pd.DataFrame, policy: GatePolicy, expected_positive_ratio: float, needed: list[str]
) -> str | None:
    """Return the requirement of a comparison that these rows do not meet; None if they meet all."""
    missing = [name for name in needed if name not in rows.columns]
    if missing:
        return f"the rows lack {', '.join(missing)}"
    if len(rows) < policy.minimum_rows:
        return f"{len(rows)} rows with a mature label; at least {policy.minimum_rows} are required"
    for role in ROLES:
        bad = int((~np.isfinite(rows[role].to_numpy("float64")) | ~rows[role].between(0, 1)).sum())
        if bad:
            return f"{bad} probabilities of the {role} are not between 0 and 1"
    if not rows["label"].isin([0, 1]).all():
        return "labels other than 0 and 1"
    if rows.duplicated(["customer_code", "as_of_date"]).any():
        return "duplicate rows of one customer and date"
    positives = int(rows["label"].sum())
    if min(positives, len(rows) - positives) < policy.minimum_class_rows:
        return f"{positives} positives of {len(rows)} rows, each class needs {policy.minimum_class_rows}"
    if not 0 < expected_positive_ratio < 1:
        return f"the expected share of positives is {expected_positive_ratio!r}"
    return None


def _has_labels(rows: pd.DataFrame) -> bool:
    """Whether labels can be compared with the probabilities although the models cannot be compared."""
    if not set(COLUMNS) <= set(rows.columns) or rows.empty:
        return False
    return bool(rows["label"].isin([0, 1]).all() and np.isfinite(rows[list(ROLES)].to_numpy("float64")).all())
