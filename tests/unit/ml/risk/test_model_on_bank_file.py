"""Out-of-fold quality on ten thousand real customers is at least the documented one."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from ml.feature_list import FeatureList
from ml.risk.evaluation import LOGISTIC_BASELINE, MODEL
from ml.risk.target import RiskTarget
from ml.risk.training import train

ROOT = Path(__file__).resolve().parents[4]
given = os.environ.get("BELLWETHER_BANK_FILE")
FILE = Path(given) if given else ROOT.parent / "shared" / "data" / "bank_churn" / "Churn_Modelling.csv"
COLUMNS = {
    "CreditScore": ("credit_score", "numeric"),
    "Geography": ("geography", "categorical"),
    "Gender": ("gender", "categorical"),
    "Age": ("age", "numeric"),
    "Tenure": ("tenure", "numeric"),
    "Balance": ("balance", "numeric"),
    "NumOfProducts": ("products", "numeric"),
    "HasCrCard": ("credit_card", "boolean"),
    "IsActiveMember": ("active", "boolean"),
    "EstimatedSalary": ("salary", "numeric"),
}


@pytest.mark.skipif(not FILE.is_file(), reason="the public bank file is not here: set BELLWETHER_BANK_FILE to its path")
def test_out_of_fold_quality_on_the_public_bank_file() -> None:
    raw = pd.read_csv(FILE)
    frame = pd.DataFrame({name: raw[column] for column, (name, _) in COLUMNS.items()}).assign(
        customer_code=raw["CustomerId"].astype(str),
        as_of_date=date(2024, 1, 1),
        label=raw["Exited"],
        label_known_at=pd.Timestamp("2024-01-01", tz="UTC"),
    )
    result = train(
        frame,
        FeatureList.of(dict(COLUMNS.values())),
        RiskTarget("leaves", "leaves"),
        trained_at=datetime(2024, 1, 1, tzinfo=ZoneInfo("UTC")),
        seed=20_260_101,
        code_version="test",
    )
    measured = result.bundle.manifest["metrics"]
    assert measured[MODEL]["auc_roc"] >= 0.868
    assert measured[MODEL]["calibration_error"] <= 0.015
    assert measured[LOGISTIC_BASELINE]["auc_roc"] == pytest.approx(0.765, abs=0.005)
    assert len(result.predictions) == 10_000
