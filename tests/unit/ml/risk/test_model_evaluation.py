"""Metric rows: no NULL where the documented table allows none, no row where nothing can be measured."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from ml.metrics.registry import Scored
from ml.risk.baselines import last_score_baseline
from ml.risk.evaluation import measure_subjects, metric_rows


def test_precision_and_f1_are_0_without_predicted_positives() -> None:
    row = measure_subjects(Scored(np.array([1, 0, 0]), np.array([0.3, 0.2, 0.1]), 0.9, 0.5))
    assert (row["precision"], row["f1_score"], row["recall"]) == (0.0, 0.0, 0.0)
    assert row["auc_roc"] == 1.0


def test_evaluation_needs_both_classes() -> None:
    with pytest.raises(ValueError, match="both classes"):
        measure_subjects(Scored(np.array([0, 0]), np.array([0.3, 0.2]), 0.5, 0.5))


def test_metrics_are_per_origin_and_over_all_rows() -> None:
    predictions = pd.DataFrame(
        {
            "origin_date": [date(2024, 1, 1)] * 2 + [date(2024, 2, 1)] * 2,
            "segment": "all",
            "label": [0, 1, 0, 1],
            "model": [0.1, 0.9, 0.8, 0.2],
            "logistic_baseline": [0.1, 0.9, 0.2, 0.8],
            "last_score_baseline": 0.5,
        }
    )
    rows = metric_rows(predictions, "backtest", 0.5, 0.5).set_index(["evaluation_kind", "origin_date", "subject"])
    assert rows.loc[("backtest", date(2024, 1, 1), "model"), "auc_roc"] == 1.0
    assert rows.loc[("backtest", date(2024, 2, 1), "model"), "auc_roc"] == 0.0
    together = rows.xs("holdout").reset_index().set_index("subject")["auc_roc"]
    assert together["model"] == pytest.approx(0.75)
    assert together["logistic_baseline"] == 1.0
    assert together["last_score_baseline"] == 0.5


def test_customers_without_previous_score_get_the_base_rate() -> None:
    evaluation = pd.DataFrame({"customer_code": ["A", "B"]})
    previous = pd.DataFrame({"customer_code": ["B"], "probability": [0.8]})
    assert last_score_baseline(evaluation, previous, 0.1).tolist() == [0.1, 0.8]
    assert last_score_baseline(evaluation, None, 0.1).tolist() == [0.1, 0.1]
