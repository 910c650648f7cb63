"""Averaging boosters: margins and contributions are means, and the text format survives a round trip."""

from __future__ import annotations

import lightgbm
import numpy as np
import pytest

from ml.risk.bagging import average_boosters
from ml.risk.boosting import Validation, fit_trees
from ml.risk.parameters import TrainingParameters


def rows(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(600, 5))
    matrix[rng.random(matrix.shape) < 0.05] = np.nan
    labels = (np.nan_to_num(matrix[:, 0]) + rng.normal(size=600) > 0.8).astype("int64")
    return matrix, labels


def members() -> list[lightgbm.Booster]:
    settings = {"objective": "binary", "verbosity": -1, "num_threads": 1, "feature_fraction": 0.6, "num_leaves": 7}
    return [lightgbm.train(settings | {"seed": s}, lightgbm.Dataset(*rows()), num_boost_round=9) for s in range(3)]


def test_margins_and_contributions_are_means() -> None:
    fitted, (matrix, _) = members(), rows()
    together = average_boosters(fitted)
    assert together.num_trees() == 27
    for question in ({"raw_score": True}, {"pred_contrib": True}):
        mean = np.mean([member.predict(matrix, **question) for member in fitted], axis=0)
        assert together.predict(matrix, **question) == pytest.approx(mean, abs=1e-12)


def test_averaged_booster_survives_writing_and_reading() -> None:
    text = average_boosters(members()).model_to_string(num_iteration=-1)
    assert lightgbm.Booster(model_str=text).model_to_string(num_iteration=-1) == text


def test_early_stopping_keeps_the_best_number_of_trees() -> None:
    parameters = TrainingParameters(early_stopping_rounds=3, max_trees=80)
    bag = fit_trees(*rows(), parameters, 1, Validation(*rows(seed=9)))
    assert bag.booster.num_trees() == sum(bag.tree_counts)
    assert all(0 < count < 80 for count in bag.tree_counts)


def test_number_of_threads_does_not_change_the_trees() -> None:
    parameters = TrainingParameters(bag_size=4)
    texts = {fit_trees(*rows(), parameters, 1, [8] * 4).booster.model_to_string() for _ in range(5)}
    assert len(texts) == 1
