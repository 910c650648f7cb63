"""Gradient-boosted trees with LightGBM.

Belongs here: parameters for the library, early stopping, margins. Does not: encoding, calibration, choosing rows. Why
LightGBM: DECISIONS.md; `bench/model_choice.py` repeats the measurement.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np

from ml.metrics.arrays import FloatArray, IntArray
from ml.risk.bagging import average_boosters
from ml.risk.parameters import TrainingParameters


@dataclass(frozen=True)
class Validation:
    """Rows for early stopping; they are not among the training rows."""

    matrix: FloatArray
    labels: IntArray


@dataclass(frozen=True)
class Bag:
    """Boosted models averaged into one booster.

    Parameters
    ----------
    booster : Booster
        Its margin is the mean margin of the members.
    tree_counts : tuple of int
        Trees of each member, in the order of the members.
    """

    booster: lightgbm.Booster
    tree_counts: tuple[int, ...]


def fit_trees(
    matrix: FloatArray,
    labels: IntArray,
    parameters: TrainingParameters,
    seed: int,
    stop: Sequence[int] | Validation,
) -> Bag:
    """Fit every member of the bag and average them.

    Parameters
    ----------
    matrix : ndarray of shape (n, columns)
        Encoded features, NaN is missing.
    labels : ndarray of shape (n,)
        0 or 1.
    stop : sequence of int or Validation
        Number of trees of each member, or rows for early stopping by log loss.

    Notes
    -----
    Members are fitted in parallel threads, one core each, instead of one after another on all cores. This takes the
    same time on an idle machine, and less on a busy one, because no core waits for another at every split. The threads
    share only the binned training data, so the result does not depend on their order.
    """
    settings = [_settings(parameters, seed, member) for member in range(parameters.bag_size)]
    data = lightgbm.Dataset(matrix, labels, params=settings[0], free_raw_data=False).construct()
    # one per member: training writes the column names into the set
    held_out = [
        data.create_valid(stop.matrix, stop.labels, params=settings[0]).construct()
        for _ in settings
        if isinstance(stop, Validation)
    ]
    rounds = [parameters.max_trees] * len(settings) if isinstance(stop, Validation) else list(stop)

    def fit_member(place: int) -> lightgbm.Booster:
        stopping = lightgbm.early_stopping(parameters.early_stopping_rounds, verbose=False)
        callbacks: list[Any] = [stopping] if held_out else []
        own = held_out[place : place + 1]
        return lightgbm.train(settings[place], data, rounds[place], valid_sets=own, callbacks=callbacks)

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        members = list(pool.map(fit_member, range(len(settings))))
    counts = tuple(member.best_iteration if held_out else limit for member, limit in zip(members, rounds, strict=True))
    return Bag(average_boosters(members), counts)


def margins(booster: lightgbm.Booster, matrix: FloatArray) -> FloatArray:
    """Return the raw score of each row in log-odds, before calibration, shape (n,)."""
    return np.asarray(booster.predict(matrix, raw_score=True), dtype="float64")


def _settings(parameters: TrainingParameters, seed: int, member: int) -> dict[str, Any]:
    """Return LightGBM's parameters of one member; every second one draws its split points at random.

    The average is better if the errors of its members are less correlated than those of members with different seeds.
    Source: Geurts, Ernst and Wehenkel 2006, Machine Learning 63, for the random split points.
    """
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
        "seed": seed + member,
        "extra_trees": member % 2 == 1,
        "deterministic": True,
        "force_row_wise": True,  # otherwise the layout, and with it the result, depends on timing
        "num_threads": 1,  # members of the bag run in parallel
        "verbosity": -1,
    }
