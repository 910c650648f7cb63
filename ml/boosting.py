"""Gradient-boosted trees: the one place that knows LightGBM's training interface.

Belongs here: parameters handed to the library, early stopping, margins. Does not: encoding, calibration,
choosing rows. Why LightGBM: DECISIONS.md; `bench/model_choice.py` repeats the measurement.
"""

from typing import Any

import lightgbm
import numpy as np

from ml.bagging import average
from ml.metrics.arrays import FloatArray, IntArray
from ml.parameters import TrainingParameters


def fit_trees(
    matrix: FloatArray, labels: IntArray, parameters: TrainingParameters, seed: int, tree_count: int
) -> lightgbm.Booster:
    """Fit `tree_count` trees for each member of the bag on encoded rows, averaged into one booster.

    Parameters
    ----------
    matrix : ndarray of shape (n, columns)
        Encoded features, NaN is missing.
    labels : ndarray of shape (n,)
        0 or 1.
    """
    data = lightgbm.Dataset(matrix, labels, params=_settings(parameters, seed), free_raw_data=False)
    members = [_settings(parameters, seed + member) for member in range(parameters.bag_size)]
    return average([lightgbm.train(settings, data, num_boost_round=tree_count) for settings in members])


def fit_with_early_stopping(
    training: tuple[FloatArray, IntArray],
    validation: tuple[FloatArray, IntArray],
    parameters: TrainingParameters,
    seed: int,
) -> lightgbm.Booster:
    """Fit until the log loss of the validation rows stops falling; ``best_iteration`` says where that was."""
    settings = _settings(parameters, seed)
    data = lightgbm.Dataset(training[0], training[1], params=settings)
    held_out = lightgbm.Dataset(validation[0], validation[1], reference=data, params=settings)
    stopping = lightgbm.early_stopping(parameters.early_stopping_rounds, verbose=False)
    return lightgbm.train(
        settings, data, num_boost_round=parameters.max_trees, valid_sets=[held_out], callbacks=[stopping]
    )


def margins(booster: lightgbm.Booster, matrix: FloatArray) -> FloatArray:
    """Return the raw score of each row in log-odds, before calibration, shape (n,)."""
    return np.asarray(booster.predict(matrix, raw_score=True), dtype="float64")


def _settings(parameters: TrainingParameters, seed: int) -> dict[str, Any]:
    return {
        "objective": "binary",
        "metric": "binary_logloss",
        "learning_rate": parameters.learning_rate,
        "num_leaves": parameters.num_leaves,
        "max_depth": parameters.max_depth,
        "min_child_samples": parameters.min_child_samples,
        "feature_fraction": parameters.feature_fraction,
        "bagging_fraction": parameters.bagging_fraction,
        "bagging_freq": 1,
        "lambda_l2": parameters.lambda_l2,
        "max_bin": parameters.max_bin,
        "seed": seed,
        "deterministic": True,  # the same model for every number of threads
        "force_row_wise": True,  # otherwise the layout is chosen by timing, and results with it
        "verbosity": -1,
    }
