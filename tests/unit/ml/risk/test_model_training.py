"""Training: evaluation on later rows, deterministic bundles, errors for insufficient data."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from ml.risk.evaluation import LAST_SCORE_BASELINE, LOGISTIC_BASELINE, MODEL
from ml.risk.parameters import TrainingParameters
from ml.risk.pipeline import TrainingDataError
from ml.risk.training import TrainingResult, train
from tests.unit.ml.training_data import CUT_OFF, FEATURES, SEOUL, TARGET, make_months

QUICK = TrainingParameters(bag_size=1, max_trees=20, origins=2)


def test_six_origins_measure_model_and_both_baselines(trained: TrainingResult) -> None:
    backtest = trained.metrics[trained.metrics["evaluation_kind"] == "backtest"]
    assert backtest.groupby("origin_date")["subject"].apply(set).map(len).tolist() == [3] * 6
    assert sorted({day.isoformat() for day in backtest["origin_date"]}) == [
        "2024-07-01",
        "2024-08-01",
        "2024-09-01",
        "2024-10-01",
        "2024-11-01",
        "2024-12-01",
    ]
    assert set(trained.metrics["subject"]) == {MODEL, LOGISTIC_BASELINE, LAST_SCORE_BASELINE}


def test_metric_rows_fit_the_registry_table(trained: TrainingResult) -> None:
    documented = ["accuracy", "precision", "recall", "f1_score", "auc_roc", "evaluation_date", "confusion_matrix"]
    assert trained.metrics[documented].notna().all().all()
    counts = trained.metrics["confusion_matrix"].map(lambda matrix: sum(matrix.values()))
    assert (counts == trained.metrics["row_count"]).all()
    assert set(trained.metrics["origin_date"].map(type)) == {type(None), type(CUT_OFF.date())}


def test_model_finds_the_features_behind_the_label(trained: TrainingResult) -> None:
    assert trained.importance["feature_name"].iloc[0] == "visits"
    assert set(trained.importance["feature_name"].iloc[:3]) >= {"visits", "delay_days"}
    assert trained.bundle.manifest["metrics"][MODEL]["auc_roc"] > 0.7
    by_name = trained.importance.set_index("feature_name")
    assert by_name.loc["visits", "retained_average"] > by_name.loc["visits", "churned_average"]
    assert by_name.loc["empty", "importance_score"] == 0
    assert by_name.loc["plan", "retained_average"] is None


def test_last_score_baseline_is_the_previous_published_score(trained: TrainingResult) -> None:
    rows = trained.predictions.sort_values(["customer_code", "origin_date"])
    previous = rows.groupby("customer_code")[MODEL].shift(1)
    known = previous.notna()
    assert rows.loc[known, LAST_SCORE_BASELINE].tolist() == previous[known].tolist()
    # The warm-up origin scored everyone, so the first reported origin has real previous scores too.
    assert rows[LAST_SCORE_BASELINE].nunique() > len(rows) / 2


def test_same_arguments_give_the_same_bundle_in_any_row_order(months: pd.DataFrame) -> None:
    arguments = {"trained_at": CUT_OFF, "code_version": "test", "parameters": QUICK}
    first = train(months, FEATURES, TARGET, seed=1, **arguments)
    shuffled = train(months.sample(frac=1, random_state=2), FEATURES, TARGET, seed=1, **arguments)
    other_seed = train(months, FEATURES, TARGET, seed=2, **arguments)
    assert first.bundle.sha256 == shuffled.bundle.sha256
    assert first.bundle.sha256 != other_seed.bundle.sha256
    assert first.bundle.manifest["data_hash"] == other_seed.bundle.manifest["data_hash"]


def test_single_date_is_split_by_customer(months: pd.DataFrame) -> None:
    one_date = make_months(customers=600, months=1)
    result = train(one_date, FEATURES, TARGET, trained_at=CUT_OFF, seed=1, code_version="test", parameters=QUICK)
    folds = result.metrics[result.metrics["segment"] != "all"]
    assert set(result.metrics["evaluation_kind"]) == {"cross_validation"}
    assert folds["segment"].nunique() == 5
    assert len(result.predictions) == 600
    assert not result.predictions["customer_code"].duplicated().any()
    # No score existed before: the baseline is the rate among the other folds, which ranks nobody.
    assert result.predictions.groupby("segment")[LAST_SCORE_BASELINE].nunique().eq(1).all()


def test_too_few_positives_are_reported_with_the_count() -> None:
    rare = make_months(customers=40, months=1).assign(label=[1] * 5 + [0] * 35)
    with pytest.raises(TrainingDataError, match="5 positive of 40"):
        train(rare, FEATURES, TARGET, trained_at=CUT_OFF, seed=1, code_version="test")


def test_training_needs_a_known_label(months: pd.DataFrame) -> None:
    too_early = datetime(2024, 3, 1, tzinfo=SEOUL)
    with pytest.raises(TrainingDataError, match="no label is known"):
        train(months, FEATURES, TARGET, trained_at=too_early, seed=1, code_version="test")


def test_cut_off_without_time_zone_is_refused(months: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="time zone"):
        train(months, FEATURES, TARGET, trained_at=CUT_OFF.replace(tzinfo=None), seed=1, code_version="test")


def test_unknown_parameters_are_refused(months: pd.DataFrame) -> None:
    with pytest.raises(ValueError, match="unknown training parameters: depth"):
        train(months, FEATURES, TARGET, trained_at=CUT_OFF, seed=1, code_version="t", parameters={"depth": 3})


def test_training_profile_has_bins_of_the_training_data(trained: TrainingResult) -> None:
    profile = trained.bundle.training_profile
    assert profile["features"]["visits"]["shares"] == pytest.approx([0.1] * 10, abs=0.01)
    assert profile["features"]["visits"]["missing_ratio"] == pytest.approx(0.1, abs=0.03)
    assert profile["features"]["empty"]["edges"] == []
    assert sum(profile["features"]["plan"]["levels"].values()) == pytest.approx(1)
    assert len(profile["score"]["edges"]) == 9


def test_second_target_needs_no_code(months: pd.DataFrame) -> None:
    from ml.risk.target import RiskTarget

    late = RiskTarget.from_mapping(
        {"target_name": "late", "model_name": "late", "label_en": "pays late", "horizon_months": 1}
    )
    rows = months.assign(label=(months["delay_days"] > 4).astype(int))
    result = train(rows, FEATURES, late, trained_at=CUT_OFF, seed=1, code_version="test", parameters=QUICK)
    assert result.bundle.target == late
    assert result.importance["feature_name"].iloc[0] == "delay_days"
