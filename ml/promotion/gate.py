"""The promotion gate: champion and challenger on the same labelled rows, a verdict with reasons for and against.

Belongs here: what must be there before anything is compared, and the order of the checks. Does not: promoting.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ml.promotion.checks import SIDES, calibration, green_checks, improvement, segments, value_at_capacity
from ml.promotion.plausibility import label_plausibility
from ml.promotion.policy import GatePolicy
from ml.promotion.verdict import Finding, Reason, Verdict
from ml.risk.target import Target

COLUMNS = ("customer_code", "as_of_date", "label", *SIDES)


def decide(
    rows: pd.DataFrame,
    target: Target,
    *,
    reference_ratio: float,
    seed: int,
    protected: Sequence[str] = (),
    failed_checks: Sequence[str] = (),
    policy: GatePolicy | None = None,
) -> Verdict:
    """Decide whether the challenger may replace the champion.

    Parameters
    ----------
    rows : DataFrame
        One row per customer and as-of date that both models scored and whose label is mature: `COLUMNS`, and one
        column per protected segment. No row of it may have trained either model.
    reference_ratio : float
        Share of positives in the labels the champion learned from, 0 to 1.
    seed : int
        Same rows and seed, same verdict.
    protected : sequence of str
        Columns by whose values no group may be worse.
    failed_checks : sequence of str
        Blocking checks that fail at present, in words.

    Returns
    -------
    Verdict
        What cannot be computed is a refusal with that reason, never a pass.
    """
    settings = policy or GatePolicy()
    unusable = _unusable(rows, settings, reference_ratio, [*COLUMNS, *protected])
    if unusable is not None:
        reasons = [Reason("enough to compare", Finding.NOT_COMPUTABLE, f"cannot compute: {unusable}")]
        if _has_labels(rows) and 0 < reference_ratio < 1:
            reasons.append(label_plausibility(rows, reference_ratio, settings))
        return Verdict.of([*reasons, green_checks(list(failed_checks))])
    rows = rows.sort_values(["as_of_date", "customer_code"], ignore_index=True)  # sums depend on the order
    return Verdict.of(
        [
            *improvement(rows, settings, seed),
            calibration(rows, settings),
            *segments(rows, list(protected), settings, seed),
            value_at_capacity(rows, target, settings),
            label_plausibility(rows, reference_ratio, settings),
            green_checks(list(failed_checks)),
        ]
    )


def _unusable(rows: pd.DataFrame, policy: GatePolicy, reference_ratio: float, needed: list[str]) -> str | None:
    """Say why nothing can be compared on these rows; None where it can."""
    missing = [name for name in needed if name not in rows.columns]
    if missing:
        return f"the rows lack {', '.join(missing)}"
    if len(rows) < policy.minimum_rows:
        return f"{len(rows)} rows with a mature label, at least {policy.minimum_rows} are needed"
    for side in SIDES:
        bad = int((~np.isfinite(rows[side].to_numpy("float64")) | ~rows[side].between(0, 1)).sum())
        if bad:
            return f"{bad} probabilities of the {side} are no numbers between 0 and 1"
    if not rows["label"].isin([0, 1]).all():
        return "labels other than 0 and 1"
    if rows.duplicated(["customer_code", "as_of_date"]).any():
        return "a customer and date stand there twice"
    positives = int(rows["label"].sum())
    if min(positives, len(rows) - positives) < policy.minimum_class_rows:
        return f"{positives} positives of {len(rows)} rows, each class needs {policy.minimum_class_rows}"
    if not 0 < reference_ratio < 1:
        return f"the reference share of positives is {reference_ratio!r}"
    return None


def _has_labels(rows: pd.DataFrame) -> bool:
    """Whether labels can be held against the models although the models cannot be compared."""
    if not set(COLUMNS) <= set(rows.columns) or rows.empty:
        return False
    return bool(rows["label"].isin([0, 1]).all() and np.isfinite(rows[list(SIDES)].to_numpy("float64")).all())
