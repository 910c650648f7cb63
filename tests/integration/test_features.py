"""The features of a whole company: equal to an independent computation, complete, quick to repeat."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import psycopg
import pytest

from bench.peers import pandas_features
from tests.conftest import DatabaseServer
from tests.dbt_builds import build_models
from warehouse.connection import Role, Warehouse
from warehouse.loading.load import load_package
from warehouse.packages.package import DataPackage
from warehouse.sample.generate import generate
from warehouse.sample.options import SampleOptions

MONTHS = ("2025-07-01", "2025-12-01")


@pytest.fixture(scope="module")
def company(embedded_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """A sample company of eighty customers and eight months, loaded and built up to its features."""
    folder = tmp_path_factory.mktemp("features")
    warehouse = embedded_server.create("features", folder)
    package = generate(folder / "package", SampleOptions(customers=80, months=8, end_month=date(2025, 12, 1), seed=3))
    load_package(warehouse, DataPackage.read(package))
    build_models(warehouse, "+customer_features")
    yield warehouse
    embedded_server.drop(warehouse.database)


def frame(warehouse: Warehouse, query: str) -> pd.DataFrame:
    """Rows of a query as text and numbers."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("reset role")
        cursor = connection.execute(query)
        return pd.DataFrame(cursor.fetchall(), columns=[column.name for column in cursor.description or ()])


@pytest.mark.parametrize("month", MONTHS)
def test_c35_the_57_features_equal_an_independent_computation(company: Warehouse, month: str) -> None:
    cutoff = pd.Timestamp(month, tz="Asia/Seoul") + pd.DateOffset(months=1)
    documents = frame(
        company,
        "select ccod, interaction_history::text as interaction_history from source.user_monthly_features"
        f" where snapshot_month = date '{month}'",
    )
    expected = pandas_features.build_month(documents, cutoff).sort_index()
    found = frame(company, f"select * from analytics.user_monthly_property where created_at = '{cutoff.isoformat()}'")
    found = found.set_index("ccod").drop(columns="created_at").sort_index()
    assert list(found.index) == list(expected.index)
    assert sorted(found.columns) == sorted(expected.columns)
    assert len(found.columns) == 57
    for name in expected.columns:
        np.testing.assert_allclose(
            found[name].astype(float), expected[name].astype(float), rtol=1e-5, equal_nan=True, err_msg=name
        )


def test_c36_one_row_per_customer_month_at_the_cut_off(company: Warehouse) -> None:
    found = frame(
        company,
        "select distinct (created_at at time zone 'Asia/Seoul')::text as local from analytics.user_monthly_property",
    )
    assert all(local.endswith("-01 00:00:00") for local in found["local"])
    query = """
        insert into analytics.user_monthly_property
        select * from analytics.user_monthly_property where created_at = (select max(created_at) from
          analytics.user_monthly_property) limit 1
    """
    with pytest.raises(psycopg.errors.UniqueViolation), company.connect(Role.TRANSFORMER) as connection:
        connection.execute(query)


def test_every_customer_of_a_snapshot_has_one_row_of_features(company: Warehouse) -> None:
    counts = frame(
        company,
        """
        select count(*) as rows, count(distinct (ccod, snapshot_month)) as keys,
          (select count(*) from analytics.customer_features) as features,
          (select count(*) from analytics.user_monthly_property) as properties
        from source.user_monthly_features
        """,
    ).iloc[0]
    assert counts["rows"] == counts["keys"] == counts["features"] == counts["properties"] > 0


def test_every_system_reaches_the_features(company: Warehouse) -> None:
    filled = frame(
        company,
        """
        select max(work_last_90d) as work, max(monthly_fee) as fee, max(purchase_count_365d) as purchases,
          max(message_count_90d) as messages, max(invoice_count_180d) as invoices, count(industry_code) as industry
        from analytics.customer_features where snapshot_month = date '2025-12-01'
        """,
    ).iloc[0]
    assert (filled.astype(float) > 0).all(), filled.to_dict()


def test_building_a_month_twice_changes_nothing(company: Warehouse) -> None:
    hashes = """
        select snapshot_month, md5(string_agg(features::text, ',' order by customer_code)) as content
        from analytics.customer_features as features group by snapshot_month order by snapshot_month
    """
    before = frame(company, hashes)
    build_models(company, "user_monthly_property", "customer_features", months=MONTHS)
    build_models(company, "user_monthly_property", "customer_features", months=MONTHS)
    pd.testing.assert_frame_equal(before, frame(company, hashes))


def test_package_files_match_the_receipt(tmp_path: Path) -> None:
    package = generate(tmp_path / "package", SampleOptions(customers=20, months=3, end_month=date(2025, 3, 1), seed=1))
    assert DataPackage.read(package).company
