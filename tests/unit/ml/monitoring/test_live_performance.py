"""Live performance: values equal the metrics, intervals contain them, small segments are left out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.metrics.roc_auc import roc_auc
from ml.monitoring.live_performance import performance


def scored(rows: int, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    probability = rng.beta(1, 6, rows)
    return pd.DataFrame(
        {
            "label": (rng.random(rows) < probability).astype("int64"),
            "probability": probability,
            "plan": np.where(np.arange(rows) % 5 == 0, "rare", "usual"),
            "code": [f"code {number}" for number in range(rows)],
        }
    )


def measured(rows: pd.DataFrame, columns: tuple[str, ...] = (), seed: int = 2) -> pd.DataFrame:
    return performance(
        rows, threshold=0.3, capacity_ratio=0.1, segment_columns=columns, rng=np.random.default_rng(seed)
    )


def test_every_metric_value_is_within_its_interval() -> None:
    rows = scored(800)
    found = measured(rows).set_index("metric_name")
    assert set(found.index) == {
        "auc_roc", "auc_pr", "brier_score", "log_loss", "f1_score", "calibration_error", "precision_at_capacity",
    }  # fmt: skip
    assert found.loc["auc_roc", "value"] == pytest.approx(roc_auc(rows["label"].to_numpy(), rows["probability"]))
    assert (found["lower_bound"] <= found["value"]).all()
    assert (found["value"] <= found["upper_bound"]).all()
    assert (found["row_count"] == 800).all()


def test_same_seed_gives_the_same_intervals() -> None:
    pd.testing.assert_frame_equal(measured(scored(300)), measured(scored(300)))


def test_segments_need_a_hundred_rows_and_few_levels() -> None:
    found = measured(scored(400), ("plan", "code"))
    assert set(found["segment"]) == {"all", "plan=usual"}


def test_single_class_has_no_auc_but_a_brier_score() -> None:
    found = measured(scored(200).assign(label=0))
    assert "auc_roc" not in set(found["metric_name"])
    assert "brier_score" in set(found["metric_name"])


def test_interval_narrows_with_more_rows() -> None:
    widths = []
    for rows in (300, 3_000):
        auc = measured(scored(rows)).set_index("metric_name").loc["auc_roc"]
        widths.append(auc["upper_bound"] - auc["lower_bound"])
    assert widths[1] < widths[0] / 2
