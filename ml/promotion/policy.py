"""Every number that steers the gate, with its reason.

Belongs here: defaults and their ranges. Does not: economics of a target (`ml.risk.target`), the band after a promotion
(`ml.promotion.watch`).
"""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class GatePolicy:
    """Margins and least numbers of the gate; stored beside every verdict.

    Parameters
    ----------
    minimum_rows, minimum_class_rows : int
        Rows, and rows of either class, below which nothing is decided.
    confidence : float
        Of each interval of a difference, two-sided. An improvement is looked for in three figures, so its interval
        is wider by Bonferroni: an equal challenger is taken for a better one in at most (1 - confidence) / 2.
    resamples : int
        Bootstrap samples of whole customers: a customer's months are no independent rows.
    auc_margin, pr_auc_margin : float
        A challenger may be worse in rank by so much at the lower limit and still win by its probabilities.
    calibration_margin : float
        Largest rise of the calibration error (ECE), 0 to 1.
    segment_margin : float
        Largest fall of ROC AUC, or rise of the Brier score by a tenth of it, in a protected segment.
    value_margin : float
        Largest fall of the realised value at capacity, as a share of the champion's: one contact is no evidence.
    label_factor : float
        By how much the odds of a month's labels may leave what both references expect.
    floor_factor : float
        By how much labels among the customers whom both models call safe may exceed the mean of both models.
    label_deviations : float
        Standard deviations beyond which a difference is not chance; high, for a refusal stops the loop.
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
            raise ValueError(f"gate policy: confidence = {self.confidence!r} must lie below 1")

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers as plain values, for the record of a decision."""
        return asdict(self)
