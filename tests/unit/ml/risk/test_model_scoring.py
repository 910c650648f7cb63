"""Scoring: additive, exact, independent of the batch; rows that do not add up are rejected."""

from __future__ import annotations

import dataclasses
import json
from math import log

import numpy as np
import pandas as pd
import pytest

from ml.frames import FrameError
from ml.risk.calibration import PlattCalibrator
from ml.risk.explanation import top_contributions
from ml.risk.scoring import TOP_CONTRIBUTIONS, score
from ml.risk.training import TrainingResult
from tests.unit.ml.training_data import FEATURES

EXACT = [
    "probability",
    "base_value",
    "other_contribution",
    "top_contributions",
    "top_features",
    "top_values",
    "features",
]


def test_base_value_and_contributions_add_up_to_the_log_odds(trained: TrainingResult, newest: pd.DataFrame) -> None:
    result = score(trained.bundle, newest)
    assert len(result.published) == len(newest)
    assert result.refused.empty
    for row in result.published.itertuples():
        total = row.base_value + sum(row.top_contributions) + row.other_contribution
        assert total == pytest.approx(log(row.probability / (1 - row.probability)), abs=1e-6)


def test_row_scored_alone_equals_the_batch_bit_for_bit(trained: TrainingResult, newest: pd.DataFrame) -> None:
    batch = score(trained.bundle, newest).published
    for position in (0, 7, len(newest) - 1):
        alone = score(trained.bundle, newest.iloc[[position]]).published.iloc[0]
        assert {name: alone[name] for name in EXACT} == {name: batch.iloc[position][name] for name in EXACT}


def test_order_and_chunks_do_not_change_scores(trained: TrainingResult, newest: pd.DataFrame) -> None:
    batch = score(trained.bundle, newest).published
    shuffled = score(trained.bundle, newest.sample(frac=1, random_state=4), chunk_rows=17).published
    pd.testing.assert_frame_equal(shuffled.sort_values("customer_code", ignore_index=True), batch, check_exact=True)


def test_other_rows_do_not_change_a_score_or_its_types(trained: TrainingResult, newest: pd.DataFrame) -> None:
    # A column that is all whole numbers alone and has gaps in the batch changes its type, and nothing else.
    whole = newest.assign(delay_days=newest["delay_days"].round())
    alone = whole.iloc[[3]].astype({"delay_days": "int64"})
    batch = whole.assign(delay_days=whole["delay_days"].mask(whole.index == 5))
    texts = [score(trained.bundle, rows).published.set_index("customer_code")["features"] for rows in (alone, batch)]
    assert texts[0].iloc[0] == texts[1].loc[alone["customer_code"].iloc[0]]


def test_contributions_are_summed_per_feature(trained: TrainingResult, newest: pd.DataFrame) -> None:
    pipeline = trained.bundle.pipeline
    published = score(trained.bundle, newest).published
    typed = newest.assign(has_card=newest["has_card"].astype(float))
    raw = pipeline.booster.predict(pipeline.encoder.transform(typed), pred_contrib=True)
    plan = raw[:, 4:7].sum(axis=1) * pipeline.calibrator.slope  # one-hot: basic, gold, plus
    for row, expected in zip(published.itertuples(), plan, strict=True):
        assert row.top_contributions[row.top_features.index("plan")] == pytest.approx(expected, abs=1e-12)


def test_contributions_are_shapley_values(trained: TrainingResult, newest: pd.DataFrame) -> None:
    shap = pytest.importorskip("shap", reason="shap is a development dependency")
    pipeline = trained.bundle.pipeline
    typed = newest.assign(has_card=newest["has_card"].astype(float)).head(20)
    matrix = pipeline.encoder.transform(typed)
    peer = shap.TreeExplainer(pipeline.booster).shap_values(matrix)
    peer = np.asarray(peer[1] if isinstance(peer, list) else peer)
    assert pipeline.booster.predict(matrix, pred_contrib=True)[:, :-1] == pytest.approx(peer, abs=1e-6)


def test_contributions_are_sorted_with_their_values(trained: TrainingResult, newest: pd.DataFrame) -> None:
    published = score(trained.bundle, newest).published
    given = newest.set_index("customer_code")
    for row in published.head(20).itertuples():
        sizes = [abs(value) for value in row.top_contributions]
        assert sizes == sorted(sizes, reverse=True)
        assert len(row.top_features) == min(TOP_CONTRIBUTIONS, len(FEATURES))
        for name, value, text in zip(row.top_features, row.top_values, row.top_value_texts, strict=True):
            expected = given.loc[row.customer_code, name]
            if name in {"plan", "industry"}:
                assert (value, text) == (None, expected or "")
            else:
                assert text == ""
                assert value == (None if pd.isna(expected) else float(expected))


def test_equal_contributions_keep_the_feature_order() -> None:
    assert top_contributions(np.array([[0.0, -0.5, 0.5, 0.0]]), 3).tolist() == [[1, 2, 0]]


def test_features_are_stored_as_json_with_null_for_missing(trained: TrainingResult, newest: pd.DataFrame) -> None:
    document = json.loads(score(trained.bundle, newest).published["features"].iloc[0])
    assert list(document) == FEATURES.names
    assert document["empty"] is None
    assert isinstance(document["has_card"], bool)


def test_predicted_label_follows_the_threshold(trained: TrainingResult, newest: pd.DataFrame) -> None:
    published = score(trained.bundle, newest).published
    assert set(published["threshold"]) == {trained.bundle.threshold}
    assert (published["predicted_label"] == (published["probability"] >= trained.bundle.threshold)).all()


def test_unknown_and_missing_values_still_get_a_score(trained: TrainingResult, newest: pd.DataFrame) -> None:
    strange = newest.head(3).assign(plan=["platinum", None, "basic"], industry="I99", visits=np.nan)
    assert score(trained.bundle, strange).refused.empty


def test_rows_that_do_not_add_up_are_rejected_with_the_reason(trained: TrainingResult, newest: pd.DataFrame) -> None:
    class Crooked(PlattCalibrator):
        def probability(self, margin: np.ndarray) -> np.ndarray:
            honest = super().probability(margin)
            return np.where(np.arange(len(margin)) == 2, honest * 0.999, honest)

    bundle = trained.bundle
    line = bundle.pipeline.calibrator
    crooked = dataclasses.replace(bundle.pipeline, calibrator=Crooked(line.slope, line.intercept))
    faulty = dataclasses.replace(bundle)
    vars(faulty)["pipeline"] = crooked
    result = score(faulty, newest.head(5))
    assert len(result.published) == 4
    assert result.refused["customer_code"].tolist() == [newest["customer_code"].iloc[2]]
    assert "miss the log-odds" in result.refused["reason"].iloc[0]


@pytest.mark.parametrize("change", ["missing", "extra"])
def test_missing_or_unknown_column_stops_scoring(trained: TrainingResult, newest: pd.DataFrame, change: str) -> None:
    rows = newest.drop(columns="visits") if change == "missing" else newest.assign(surname="x")
    with pytest.raises(FrameError, match="visits" if change == "missing" else "surname"):
        score(trained.bundle, rows)
