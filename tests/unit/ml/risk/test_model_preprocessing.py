"""The encoder: worked values for each method, unknown and missing levels, no leak."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from ml.feature_list import FeatureList
from ml.risk.parameters import TrainingParameters
from ml.risk.preprocessing import Encoder, fit_encoder

FEATURES = FeatureList.of({"fee": "numeric", "plan": "categorical", "town": "categorical"})
PARAMETERS = TrainingParameters(one_hot_levels=2, target_mean_weight=2.0)


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "fee": [1.0, np.nan, 3.0, 4.0, 5.0, 6.0],
            "plan": ["a", "b", None, "a", "b", "a"],
            "town": ["x", "x", "y", "y", "z", None],
            "label": [1, 0, 1, 1, 0, 1],
        },
    )


def fitted() -> tuple[Encoder, np.ndarray]:
    return fit_encoder(rows(), FEATURES, PARAMETERS, np.array([0, 1, 0, 1, 0, 1]))


def test_scored_rows_get_smoothed_means_of_all_training_rows() -> None:
    # Prior 4/6. x: (1 + 2 * 2/3) / (2 + 2) = 0.5833; y: (2 + 4/3) / 4 = 0.8333; z: (0 + 4/3) / 3 = 0.4444.
    encoder, _ = fitted()
    matrix = encoder.transform(rows())
    assert matrix[:5, 3] == pytest.approx([7 / 12, 7 / 12, 10 / 12, 10 / 12, 4 / 9])


def test_training_encoding_excludes_outcomes_of_the_own_fold() -> None:
    # Row 0 (fold 0, town x) sees rows 1, 3, 5 only: prior 2/3, one x with label 0: (0 + 2 * 2/3) / 3.
    _, matrix = fitted()
    assert matrix[0, 3] == pytest.approx(4 / 9)
    # Row 4 (fold 0, town z): no z outside its fold, so the prior of the others.
    assert matrix[4, 3] == pytest.approx(2 / 3)


def test_own_label_does_not_change_the_own_encoding() -> None:
    changed = rows().assign(label=[0, 0, 1, 1, 0, 1])
    _, before = fitted()
    _, after = fit_encoder(changed, FEATURES, PARAMETERS, np.array([0, 1, 0, 1, 0, 1]))
    assert before[0, 3] == after[0, 3]


def test_levels_become_columns_and_unknown_differs_from_missing() -> None:
    encoder, _ = fitted()
    strange = pd.DataFrame({"fee": [1.0] * 3, "plan": ["b", "new", None], "town": ["x", "new", None]})
    matrix = encoder.transform(strange)
    assert encoder.widths == [1, 2, 1]
    assert matrix[0, 1:3].tolist() == [0, 1]
    assert matrix[1, 1:3].tolist() == [0, 0]
    assert np.isnan(matrix[2, 1:3]).all()
    assert matrix[1, 3] == pytest.approx(4 / 6)  # the prior
    assert np.isnan(matrix[2, 3])


def test_category_without_values_is_missing_in_all_rows() -> None:
    empty = rows().assign(plan=None)
    encoder, matrix = fit_encoder(empty, FEATURES, PARAMETERS, np.array([0, 1] * 3))
    assert encoder.widths == [1, 1, 1]
    assert np.isnan(matrix[:, 1]).all()


def test_encoder_survives_json() -> None:
    encoder, _ = fitted()
    again = Encoder.from_dict(json.loads(json.dumps(encoder.to_dict())))
    assert again == encoder
    assert np.array_equal(again.transform(rows()), encoder.transform(rows()), equal_nan=True)
