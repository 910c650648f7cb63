"""Settings of the promotion gate, with their reasons.

Belongs here: defaults and their ranges. Does not: economics of a target (`ml.risk.target`), the tolerance band after a
promotion (`ml.promotion.watch`).
"""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class GatePolicy:
    """Margins and minimum numbers of the gate; stored with every verdict.

    Parameters
    ----------
    minimum_rows, minimum_class_rows : int
        Minimum number of rows, and of rows of either class, for a verdict.
    confidence : float
        Confidence of each two-sided interval. Because three metrics are tested for an improvement, their intervals are
        wider (Bonferroni): a challenger that is not better passes with a probability of at most (1 - confidence) / 2.
    resamples : int
        Bootstrap resamples of customers, because the months of a customer are not independent.
    auc_margin, pr_auc_margin : float
        Largest fall of a ranking metric, at the lower limit of its interval, if another metric improves.
    calibration_margin : float
        Largest rise of the calibration error (ECE), 0 to 1.
    segment_margin : float
        Largest fall of ROC AUC, or rise of the Brier score by a tenth of it, in a protected segment.
    value_margin : float
        Largest fall of the realised value at capacity, as a share of the champion's: one contact is not evidence.
    label_factor : float
        Largest factor between the odds of a month's labels and the expected odds.
    floor_factor : float
        Largest factor between the positives among low-risk customers and the number that both models expect.
    label_deviations : float
        Standard deviations beyond which a difference is significant; high, because a rejection stops the scheduled
        pipeline.
    """

    minimum_rows: int = 200
    minimum_class_rows: int = 30
    confidence: float = 0.95
    resamples: int = 500
    auc_margin: float = 0.01
    pr_auc_margin: float = 0.03
    calibration_margin: float = 0.01
    segment_margin: float = 0.03
    value_margin: float = 0.02
    label_factor: float = 2.0
    floor_factor: float = 1.5
    label_deviations: float = 4.0

    def __post_init__(self) -> None:
        for field in fields(self):
            if getattr(self, field.name) <= 0:
                raise ValueError(f"gate policy: {field.name} = {getattr(self, field.name)!r} must be positive")
        if self.confidence >= 1:
            raise ValueError(f"gate policy: confidence = {self.confidence!r} must be below 1")

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain values, for the record of a decision."""
        return asdict(self)
