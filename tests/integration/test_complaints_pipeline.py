"""Public complaints in the whole pipeline: their tree, their labels and a classifier, without any outcome."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.built_company import Company
from tests.data_packages import rows

REAL_FILE = Path(os.environ.get("BELLWETHER_COMPLAINTS_FILE", "cfpb_narratives.csv.gz"))

pytestmark = pytest.mark.skipif(
    not REAL_FILE.is_file(), reason="no public complaints: set BELLWETHER_COMPLAINTS_FILE to the path of the file"
)


def test_the_public_complaints_are_read_on_four_levels(blank_company: Company) -> None:
    warehouse = blank_company.warehouse
    output = blank_company.run_example("complaints", str(REAL_FILE.resolve()))
    assert "too few labels" in output

    tree = "select level, count(*), count(parent_id) from source.voc_category group by level order by level"
    levels = rows(warehouse, tree)
    assert [level for level, _, _ in levels] == [1, 2, 3, 4]
    assert levels[0] == (1, 12, 0)
    assert all(count == parents for _, count, parents in levels[1:])
    assert rows(warehouse, "select count(*) from source.message_label") == [(3570,)]
    assert rows(warehouse, "select count(*) from quarantine.rejected_row") == [(0,)]

    ((accuracy,),) = rows(
        warehouse,
        "select (metrics ->> 'accuracy_level_1')::float8 from ml.model_version where model_name = 'voc' and is_active",
    )
    assert accuracy > 0.75  # the majority class is right for 0.66
    assert rows(warehouse, "select count(distinct message_id) from ml.message_classification") == [(3570,)]
    daily = "select count(distinct main_category_code) from analytics.voc_daily where message_count > 0"
    assert rows(warehouse, daily)[0][0] > 5
    for empty in ("ml.prediction", "ml.recommendation", "ml.label"):
        assert rows(warehouse, f"select count(*) from {empty}") == [(0,)]
