"""The public bank file on the whole road: as good as what others reach on it, and readable where it is documented."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.built_company import ROOT, Company

REAL_FILE = Path(os.environ.get("BELLWETHER_BANK_FILE", "Churn_Modelling.csv"))
PACKAGE = ROOT / "examples" / "bank_churn"

pytestmark = pytest.mark.skipif(
    not REAL_FILE.is_file(), reason="no public bank file: set BELLWETHER_BANK_FILE to its path"
)


def one(company: Company, query: str) -> tuple[Any, ...]:
    with company.warehouse.connect() as connection:
        row = connection.execute(query).fetchone()  # type: ignore[arg-type]
    assert row is not None
    return row


def test_the_public_file_ends_in_the_documented_relations(blank_company: Company, tmp_path: Path) -> None:
    package = shutil.copytree(PACKAGE, tmp_path / "bank") / "package.yml"
    text = package.read_text(encoding="utf-8")
    package.write_text(text.replace("company: bank", f"company: {blank_company.warehouse.company}"), encoding="utf-8")
    blank_company.run("--package", str(package.parent), "--file", str(REAL_FILE.resolve()))

    (auc,) = one(
        blank_company,
        "select auc_roc from analytics.model_metrics as metrics"
        " join analytics.model_version as version on version.id = metrics.model_version_id"
        " where version.is_active and metrics.subject = 'model' and metrics.evaluation_kind = 'cross_validation'"
        " and metrics.segment = 'all' and metrics.row_count = 10000",
    )
    assert auc >= 0.868

    assert one(blank_company, "select count(*), count(distinct customer_id) from analytics.risk_history") == (
        10_000,
        10_000,
    )
    (gap,) = one(
        blank_company,
        "select max(abs(base_value + other_contribution + (select sum(c) from unnest(top_contributions) as c)"
        " - ln(probability / (1 - probability)))) from ml.prediction",
    )
    assert gap < 1e-6
    assert one(
        blank_company,
        "select count(*) from analytics.user_churn_prediction where feature_1_kor is not null"
        " and feature_3_contrib_label is not null and churn_prob between 0 and 1",
    ) == (10_000,)
    assert one(blank_company, "select sum(total_predictions) from analytics.risk_trends") == (10_000,)
    high, listed = one(
        blank_company,
        "select (select count(*) from analytics.risk_history where risk_score >= 0.7),"
        " (select count(*) from analytics.high_risk_customers)",
    )
    assert high == listed > 100
