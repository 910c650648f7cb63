"""The public bank file in the whole pipeline: as good as what others reach on it, readable where documented."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.built_company import Company
from tests.data_packages import row

REAL_FILE = Path(os.environ.get("BELLWETHER_BANK_FILE", "Churn_Modelling.csv"))

pytestmark = pytest.mark.skipif(
    not REAL_FILE.is_file(), reason="no public bank file: set BELLWETHER_BANK_FILE to its path"
)


def test_the_public_file_ends_in_the_documented_relations(blank_company: Company) -> None:
    warehouse = blank_company.warehouse
    blank_company.run_example("bank_churn", str(REAL_FILE.resolve()))

    (auc,) = row(
        warehouse,
        "select auc_roc from analytics.model_metrics as metrics"
        " join analytics.model_version as version on version.id = metrics.model_version_id"
        " where version.is_active and metrics.subject = 'model' and metrics.evaluation_kind = 'cross_validation'"
        " and metrics.segment = 'all' and metrics.row_count = 10000",
    )
    assert auc >= 0.868

    assert row(warehouse, "select count(*), count(distinct customer_id) from analytics.risk_history") == (
        10_000,
        10_000,
    )
    (gap,) = row(
        warehouse,
        "select max(abs(base_value + other_contribution + (select sum(c) from unnest(top_contributions) as c)"
        " - ln(probability / (1 - probability)))) from ml.prediction",
    )
    assert gap < 1e-6
    assert row(
        warehouse,
        "select count(*) from analytics.user_churn_prediction where feature_1_kor is not null"
        " and feature_3_contrib_label is not null and churn_prob between 0 and 1",
    ) == (10_000,)
    assert row(warehouse, "select sum(total_predictions) from analytics.risk_trends") == (10_000,)
    high, listed = row(
        warehouse,
        "select (select count(*) from analytics.risk_history where risk_score >= 0.7),"
        " (select count(*) from analytics.high_risk_customers)",
    )
    assert high == listed > 100
