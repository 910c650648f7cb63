"""Worked examples of the rules of promotion at registration."""

from datetime import date

import pytest

from ml.promotion.registration import first_version, not_less_accurate, not_worse_on_shared_origins

MAY, JUNE, JULY = date(2025, 5, 1), date(2025, 6, 1), date(2025, 7, 1)


def test_first_version_is_promoted() -> None:
    decision = first_version({"accuracy_level_1": 0.7})
    assert decision.is_promoted
    assert decision.evidence == {"accuracy_level_1": 0.7}


@pytest.mark.parametrize(("june", "is_promoted"), [(0.80, True), (0.79, False)])
def test_only_common_origins_are_compared(june: float, is_promoted: bool) -> None:
    incumbent = {MAY: 0.70, JUNE: 0.80}
    decision = not_worse_on_shared_origins({JUNE: june, JULY: 0.1}, incumbent, "churn-1")
    assert decision.is_promoted is is_promoted
    assert decision.reason == f"mean ROC AUC {june:.4f} against 0.8000 of churn-1 on 1 origins"
    assert decision.evidence == {
        "incumbent": "churn-1",
        "common_origins": ["2025-06-01"],
        "candidate_auc_roc": june,
        "incumbent_auc_roc": 0.8,
    }


def test_decision_uses_the_mean_over_the_origins() -> None:
    assert not_worse_on_shared_origins({MAY: 0.6, JUNE: 0.9}, {MAY: 0.7, JUNE: 0.75}, "churn-1").is_promoted


def test_version_without_a_common_origin_is_promoted() -> None:
    decision = not_worse_on_shared_origins({JULY: 0.6}, {MAY: 0.9}, "churn-1")
    assert decision.is_promoted
    assert decision.reason == "no backtest origin in common with churn-1"
    assert decision.evidence == {"incumbent": "churn-1", "common_origins": []}


@pytest.mark.parametrize(("accuracy", "is_promoted"), [(0.90, True), (0.79, True), (0.77, False)])
def test_classifier_may_be_less_accurate_within_the_margin(accuracy: float, is_promoted: bool) -> None:
    decision = not_less_accurate(accuracy, 0.80, "voc-1")
    assert decision.is_promoted is is_promoted
    assert decision.evidence == {"incumbent": "voc-1", "candidate": accuracy, "incumbent_accuracy": 0.8}
