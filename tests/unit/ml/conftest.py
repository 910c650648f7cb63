"""A model trained once on `training_data` for all model tests."""

from __future__ import annotations

import pandas as pd
import pytest

from ml.risk.training import TrainingResult, train
from tests.unit.ml.training_data import CUT_OFF, FEATURES, TARGET, make_months


@pytest.fixture(scope="session")
def months() -> pd.DataFrame:
    return make_months()


@pytest.fixture(scope="session")
def trained(months: pd.DataFrame) -> TrainingResult:
    return train(months, FEATURES, TARGET, trained_at=CUT_OFF, seed=7, code_version="test")


@pytest.fixture
def newest(months: pd.DataFrame) -> pd.DataFrame:
    """The last month, as it comes to be scored."""
    rows = months[months["as_of_date"] == months["as_of_date"].max()]
    return rows.drop(columns=["label", "label_known_at"]).reset_index(drop=True)
