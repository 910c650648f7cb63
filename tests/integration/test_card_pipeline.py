"""The second target on the public credit-card file: trained, calibrated, scored, explained, watched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.built_company import Company
from tests.data_packages import row

REAL_FILE = Path(os.environ.get("BELLWETHER_CARD_FILE", "UCI_Credit_Card.csv.gz"))

pytestmark = pytest.mark.skipif(
    not REAL_FILE.is_file(), reason="no public card file: set BELLWETHER_CARD_FILE to its path"
)


def test_second_target_runs_through_the_pipeline(blank_company: Company) -> None:
    warehouse = blank_company.warehouse
    output = blank_company.run_example("card_default", str(REAL_FILE.resolve()))
    assert "30,000 as of 2005-10-01" in output

    auc, error, logistic = row(
        warehouse,
        "select max(auc_roc) filter (where subject = 'model'), max(calibration_error) filter (where subject = 'model'),"
        " max(auc_roc) filter (where subject = 'logistic_baseline')"
        " from analytics.model_metrics as metrics"
        " join analytics.model_version as version on version.id = metrics.model_version_id"
        " where version.is_active and version.model_name = 'payment_default'"
        " and metrics.evaluation_kind = 'cross_validation' and metrics.segment = 'all' and metrics.row_count = 30000",
    )
    assert auc >= 0.78
    assert error <= 0.015
    assert logistic < auc - 0.04

    assert row(warehouse, "select target_name, count(*), sum(label) from ml.label group by 1") == (
        "payment_default",
        30_000,
        6636,
    )
    assert row(
        warehouse,
        "select count(*), count(*) filter (where risk_score between 0 and 1), count(distinct customer_code),"
        " count(*) filter (where predicted_label = 1 and reasons_en is not null) between 2000 and 4000"
        " from analytics.risk_score where target_name = 'payment_default'",
    ) == (30_000, 30_000, 30_000, True)
    (reasons,) = row(
        warehouse, "select reasons_en from analytics.risk_score order by risk_score desc, customer_code limit 1"
    )
    assert "paid " in reasons
    assert "defaulted " in reasons
    (gap,) = row(
        warehouse,
        "select max(abs(base_value + other_contribution + (select sum(c) from unnest(top_contributions) as c)"
        " - ln(probability / (1 - probability)))) from ml.prediction",
    )
    assert gap < 1e-6

    # watched under its own name; the documented churn tables stay empty
    assert row(warehouse, "select distinct model_name from monitoring.feature_drift") == ("payment_default",)
    assert row(warehouse, "select count(*) from analytics.risk_history") == (0,)
    assert row(warehouse, "select count(*) from analytics.retention_list") == (0,)
    assert row(warehouse, "select count(*) from ml.model_version where target_name = 'churn'") == (0,)
