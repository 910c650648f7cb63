"""Training parameters, with their reasons.

Belongs here: defaults and their ranges. Does not: economics of a target (target) or thresholds of checks.
The defaults were chosen on simulated companies and the public bank file together (bench/model_choice.py prints the
metrics); none is tuned for one data set.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class TrainingParameters:
    """Settings of a training run; all of them are stored in the bundle.

    Parameters
    ----------
    learning_rate, num_leaves, max_depth, min_child_samples, feature_fraction, bagging_fraction, lambda_l2, max_bin
        As LightGBM defines them. Depth is limited because the time of exact TreeSHAP grows with its square.
    bag_size : int
        Models with different seeds that are averaged into one booster.
    max_trees : int
        Upper limit; the number of trees is found by early stopping on rows that are not used for training.
    early_stopping_rounds : int
        Trees without improvement of the log loss before a fit stops.
    one_hot_levels : int
        Categories with at most this many levels get one column per level, others a smoothed target mean.
    target_mean_weight : float
        Weight of the prior in the smoothed target mean, in rows.
    folds, inner_folds : int
        Folds by customer if the frame cannot be split by time: for the evaluation, and within a fit.
    origins : int
        Evaluation origins of the backtest.
    minimum_training_months : int
        Minimum number of as-of dates with known labels for an origin.
    validation_months : int
        Latest as-of dates that are used for early stopping and calibration within a fit.
    minimum_positives : int
        Minimum number of rows of either class in a fit or an inner validation.
    importance_rows : int
        Hold-out rows that are explained for global importance and the model card.
    maximum_rows : int
        If there are more rows, customers are left out of training by a hash of their code.
    """

    learning_rate: float = 0.1
    num_leaves: int = 12
    max_depth: int = 5
    min_child_samples: int = 20
    feature_fraction: float = 0.6
    bagging_fraction: float = 0.8
    lambda_l2: float = 1.0
    max_bin: int = 127
    bag_size: int = 4
    max_trees: int = 300
    early_stopping_rounds: int = 20
    one_hot_levels: int = 12
    target_mean_weight: float = 20.0
    folds: int = 5
    inner_folds: int = 3
    origins: int = 6
    minimum_training_months: int = 3
    validation_months: int = 2
    minimum_positives: int = 20
    importance_rows: int = 2000
    maximum_rows: int = 200_000

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if value <= 0:
                raise ValueError(f"training parameter {field.name} = {value!r} must be positive")
        if self.folds < 2 or self.inner_folds < 2:
            raise ValueError("training needs at least two folds")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any] | None) -> "TrainingParameters":
        """Build from named values; an unknown name is an error."""
        given = dict(values or {})
        unknown = sorted(set(given) - {field.name for field in fields(cls)})
        if unknown:
            raise ValueError(f"unknown training parameters: {', '.join(unknown)}")
        return cls(**given)

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the manifest."""
        return asdict(self)
