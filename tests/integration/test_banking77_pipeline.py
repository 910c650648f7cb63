"""The public customer questions in the whole pipeline: 77 categories of one level, assigned by a classifier."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.built_company import Company
from tests.data_packages import rows

REAL_FILE = Path(os.environ.get("BELLWETHER_BANKING77_FILE", "banking77_train.csv"))

pytestmark = pytest.mark.skipif(
    not REAL_FILE.is_file(), reason="no public questions: set BELLWETHER_BANKING77_FILE to the path of train.csv"
)


def test_the_public_questions_are_read_by_intent(blank_company: Company) -> None:
    warehouse = blank_company.warehouse
    blank_company.run_example("banking77", str(REAL_FILE.resolve()))

    assert rows(warehouse, "select count(*), max(level) from source.voc_category") == [(77, 1)]
    assert rows(warehouse, "select count(*) from quarantine.rejected_row") == [(0,)]
    ((accuracy, coverage, error_rate),) = rows(
        warehouse,
        "select (metrics ->> 'accuracy_level_1')::float8, (metrics ->> 'coverage')::float8,"
        " (metrics ->> 'error_rate')::float8 from ml.model_version where model_name = 'voc' and is_active",
    )
    assert accuracy > 0.85
    assert coverage > 0.5
    assert error_rate < 0.12  # 0.1 is promised, on a hold-out of 2,000
    ((read,),) = rows(warehouse, "select count(*) from ml.message_classification")
    assert read == rows(warehouse, "select count(*) from source.message")[0][0] > 10_000
