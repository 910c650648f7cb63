"""Public grocery purchases in the whole pipeline: snapshots, clusters and offers, without contracts or outcomes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.built_company import Company
from tests.data_packages import rows

FOLDER = Path(os.environ.get("BELLWETHER_COMPLETE_JOURNEY_FOLDER", "complete_journey"))
FILES = {
    "purchases": FOLDER / "transactions_sample.csv.gz",
    "products": FOLDER / "products.csv.gz",
    "demographics": FOLDER / "demographics.csv",
}

pytestmark = pytest.mark.skipif(
    not all(path.is_file() for path in FILES.values()),
    reason="no public purchases: set BELLWETHER_COMPLETE_JOURNEY_FOLDER to the folder of the three files",
)


def test_households_are_grouped_and_offered_what_others_like_them_buy(blank_company: Company) -> None:
    warehouse = blank_company.warehouse
    blank_company.run_example("complete_journey", *(f"{key}={path.resolve()}" for key, path in FILES.items()))

    assert rows(warehouse, "select count(*) from crm.customer") == [(2377,)]
    assert rows(warehouse, "select count(*) from quarantine.rejected_row") == [(0,)]
    newest = "snapshot_month = '2017-12-01'"
    purchases = f"select sum(jsonb_array_length(purchase_logs)) from source.user_monthly_features where {newest}"
    assert rows(warehouse, purchases) == [(75_000,)]
    ((items,),) = rows(
        warehouse, f"select count(distinct item_code) from intermediate.int_recommendation__holding where {newest}"
    )
    assert 280 < items < 300
    grouped = f"select count(*), count(distinct cluster_id) from ml.customer_cluster where {newest}"
    ((households, clusters),) = rows(warehouse, grouped)
    assert households == 2377
    assert clusters > 1
    offered = "select count(distinct subject_key) from ml.recommendation where item_kind = 'product' and "
    assert rows(warehouse, offered + newest)[0][0] > 2300
    assert rows(warehouse, "select count(*) from ml.recommendation where item_kind = 'contract'") == [(0,)]
    assert rows(warehouse, "select count(*) from ml.prediction") == [(0,)]
