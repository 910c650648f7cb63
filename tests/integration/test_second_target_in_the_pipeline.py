"""The sample company asked two questions: who leaves, and who does not pay. Both models run in the same pipeline."""

from __future__ import annotations

from typing import Any

import pytest

from tests.built_company import Company

pytestmark = pytest.mark.long(170)


def rows(company: Company, query: str) -> list[tuple[Any, ...]]:
    with company.warehouse.connect() as connection:
        return connection.execute(query).fetchall()  # type: ignore[arg-type]


def test_two_targets_are_trained_scored_explained_and_watched(blank_company: Company) -> None:
    output = blank_company.run("--target", "churn", "--target", "payment_default")
    assert "churn: customers scored" in output
    assert "payment_default: customers scored" in output

    assert rows(blank_company, "select target_name, label_source from ml.label group by 1, 2 order by 1") == [
        ("churn", "contract_end"),
        ("payment_default", "invoice_past_due"),
    ]
    measured = rows(
        blank_company,
        "select model_name, auc_roc, calibration_error from ml.model_metrics"
        " join ml.model_version on model_version.id = model_version_id"
        " where is_active and subject = 'model' and evaluation_kind = 'holdout' and segment = 'all' order by 1",
    )
    assert [name for name, _, _ in measured] == ["churn", "payment_default"]
    # lateness follows financial stress, which past lateness shows
    assert measured[1][1] > 0.65
    assert measured[1][2] < 0.1

    # who had something to pay is scored, with reasons in the words of the target; the documented tables stay churn's
    newest = "select count(*), count(reasons_en) from analytics.risk_score where target_name = '{}'"
    (scored, explained), (of_churn, _) = (
        rows(blank_company, newest.format(name))[0] for name in ("payment_default", "churn")
    )
    assert scored > 100
    assert explained > scored / 2
    assert of_churn == rows(blank_company, "select count(*) from analytics.customer_risk")[0][0]
    ((reasons,),) = rows(
        blank_company,
        "select string_agg(reasons_en, ' ') from analytics.risk_score where target_name = 'payment_default'",
    )
    assert "defaulted" in reasons
    assert "stayed" not in reasons
    assert rows(
        blank_company,
        "select count(*) from analytics.risk_history as history join ml.prediction as score on score.id = history.id"
        " where score.model_name <> 'churn'",
    ) == [(0,)]
    for watched in ("feature_drift", "performance_estimate"):
        names = rows(blank_company, f"select distinct model_name from ml.{watched} order by 1")
        assert names == [("churn",), ("payment_default",)], watched

    ((customer,),) = rows(
        blank_company,
        "select min(customer_code) from analytics.customer_risk join analytics.risk_score using (customer_code)"
        " where target_name = 'payment_default'",
    )
    explanation = blank_company.bellwether("explain", customer).stdout
    assert "Risk of leaving" in explanation
    assert "Risk that customer does not pay in time" in explanation
