"""One fit of encoder, trees and calibrator, on rows known at one instant.

Belongs here: the inner split for early stopping and calibration, and the order of the steps.
Does not: choosing evaluation origins (splits, backtest), metrics, files.
"""

from dataclasses import dataclass

import lightgbm
import numpy as np
import pandas as pd

from ml.feature_list import FeatureList
from ml.metrics.arrays import FloatArray, IntArray
from ml.risk.boosting import Validation, fit_trees, margins
from ml.risk.calibration import PlattCalibrator, fit_platt
from ml.risk.parameters import TrainingParameters
from ml.risk.preprocessing import Encoder, fit_encoder
from ml.risk.splits import customer_folds, has_both_classes
from ml.risk.target import RiskTarget

MINIMUM_TREES = 10


class TrainingDataError(ValueError):
    """The rows do not suffice for a model with a valid evaluation; the message states what is missing."""


@dataclass(frozen=True)
class Pipeline:
    """Encoder, trees and calibrator that were fitted together."""

    encoder: Encoder
    booster: lightgbm.Booster
    calibrator: PlattCalibrator

    def probabilities(self, frame: pd.DataFrame) -> FloatArray:
        """Return calibrated probabilities of canonical rows, shape (n,)."""
        return self.calibrator.probability(margins(self.booster, self.encoder.transform(frame)))


def fit_pipeline(
    frame: pd.DataFrame, features: FeatureList, target: RiskTarget, parameters: TrainingParameters, seed: int
) -> Pipeline:
    """Fit encoder, trees and calibrator on rows whose labels are all known.

    Parameters
    ----------
    frame : DataFrame
        Canonical rows, one per customer and date.

    Raises
    ------
    TrainingDataError
        If a class has fewer rows than ``parameters.minimum_positives``.

    Notes
    -----
    Early stopping and calibration use rows that are later than the inner training rows by at least horizon and
    maturity, or folds by customer if the window is too short. Then a model with the number of trees found there is
    fitted on all rows.
    """
    if not has_both_classes(frame["label"], parameters.minimum_positives):
        raise TrainingDataError(
            f"{int(frame['label'].sum())} positive of {len(frame)} rows with known labels: each class needs at least "
            f"{parameters.minimum_positives}; load more months or wait for labels to mature"
        )
    tree_counts, held_out_margins, held_out_labels = [], [], []
    for training, validation in inner_splits(frame, target, parameters, seed):
        inner, later = frame[training], frame[validation]
        encoder, matrix = fit_encoder(inner, features, parameters, customer_folds(inner, parameters.folds, seed))
        later_matrix, later_labels = encoder.transform(later), later["label"].to_numpy("int64")
        known = (matrix, inner["label"].to_numpy("int64"))
        bag = fit_trees(*known, parameters, seed, Validation(later_matrix, later_labels))
        tree_counts.append(bag.tree_counts)
        held_out_margins.append(margins(bag.booster, later_matrix))
        held_out_labels.append(later_labels)
    calibrator = fit_platt(np.concatenate(held_out_margins), np.concatenate(held_out_labels))
    rounds = [max(MINIMUM_TREES, round(count)) for count in np.mean(tree_counts, axis=0)]
    encoder, matrix = fit_encoder(frame, features, parameters, customer_folds(frame, parameters.folds, seed))
    bag = fit_trees(matrix, frame["label"].to_numpy("int64"), parameters, seed, rounds)
    return Pipeline(encoder, bag.booster, calibrator)


def inner_splits(
    frame: pd.DataFrame, target: RiskTarget, parameters: TrainingParameters, seed: int
) -> list[tuple["np.ndarray", "np.ndarray"]]:
    """Return masks of inner training and validation rows: the latest dates, else folds by customer.

    Notes
    -----
    The validation rows are the last ``validation_months`` dates; inner training rows are those whose label was
    known when the first of them was scored. Without enough rows of both classes in both parts, folds are used.
    """
    days = frame["as_of_date"].drop_duplicates().sort_values().to_numpy()
    if len(days) > parameters.validation_months:
        first = pd.Timestamp(days[-parameters.validation_months])
        horizon_end = frame["as_of_date"] + pd.DateOffset(months=target.horizon_months)
        known_by = frame["label_known_at"].dt.tz_localize(None) <= first
        earlier = (known_by & (horizon_end <= first) & (frame["as_of_date"] < first)).to_numpy()
        later = (frame["as_of_date"] >= first).to_numpy()
        if all(has_both_classes(frame.loc[rows, "label"], parameters.minimum_positives) for rows in (earlier, later)):
            return [(earlier, later)]
    folds: IntArray = customer_folds(frame, parameters.inner_folds, seed)
    return [(folds != number, folds == number) for number in range(parameters.inner_folds)]
