"""Past features do not depend on later raw records."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.dbt_builds import build_models
from warehouse.connection import Role, Warehouse
from warehouse.loading.load import load_package
from warehouse.packages.package import DataPackage
from warehouse.sample.generate import generate
from warehouse.sample.options import SampleOptions

PAST = ("2025-03-01", "2025-04-01", "2025-05-01")

# Everything below becomes known, or happens, at or after the cut-off of May 2025 (and after the month has closed).
FUTURES: dict[str, str] = {
    "a snapshot is corrected after its month closed": """
        insert into source.user_monthly_features (ccod, snapshot_month, contract_info, user_information, purchase_logs,
          interaction_history, known_at, content_hash, batch_id)
        select ccod, snapshot_month, '{}', '{}', '[]', '{"works": [], "csi": [], "interactions": []}',
          timestamptz '2025-06-30 00:00+09', md5(ccod), batch_id
        from source.user_monthly_features where snapshot_month <= date '2025-05-01'
    """,
    "later snapshots are lost": "delete from source.user_monthly_features where snapshot_month > date '2025-05-01'",
    "visits of the future stand in a document": """
        update source.user_monthly_features set interaction_history = jsonb_set(interaction_history, '{works}',
          interaction_history -> 'works' || '[{"work_id": "x", "work_type": "new", "scheduled_at":
          "2025-06-01T00:00:00+09:00", "status": "confirmed", "services": 9}]'::jsonb)
        where snapshot_month = date '2025-05-01'
    """,
    "a customer's record is corrected": """
        insert into crm.customer_version (customer_code, known_at, name, email, age, balance, content_hash, batch_id)
        select customer_code, timestamptz '2025-06-01 00:00+09', name, email, 99, -1, md5('x'), batch_id
        from crm.customer_version
    """,
    "an old message arrives late": """
        insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id)
        select 'late' || customer_code, timestamptz '2025-05-20 00:00+09', customer_code, 'late',
          timestamptz '2025-06-01 00:00+09', md5('x'), 1
        from crm.customer
    """,
    "people review the categories of old messages again": """
        insert into source.message_label (rcno, voc_id, is_claim, reviewer, reviewed_at)
        select rcno, 'V621', false, 'later', timestamptz '2025-06-01 00:00+09' from source.message
    """,
    "invoices turn out paid": """
        insert into collections.payment_records (invoice_number, customer_code, amount, currency, issued_date, due_date,
          paid_date, status, known_at, content_hash, batch_id)
        select distinct on (invoice_number) invoice_number, customer_code, amount, currency, issued_date, due_date,
          date '2025-06-02', 'paid', timestamptz '2025-06-02 00:00+09', md5('x'), batch_id
        from collections.payment_records where known_at < timestamptz '2025-06-01 00:00+09'
        order by invoice_number, known_at
    """,
}


def past_features(warehouse: Warehouse) -> list[tuple[date, str]]:
    with warehouse.connect(Role.TRANSFORMER) as connection:
        return connection.execute(
            """
            select snapshot_month, md5(string_agg(features::text, ',' order by customer_code))
            from analytics.customer_features as features
            where snapshot_month <= date '2025-05-01'
            group by snapshot_month order by snapshot_month
            """
        ).fetchall()


def change(warehouse: Warehouse, statement: str) -> None:
    with warehouse.connect() as connection:
        connection.execute(statement)


def rebuild(warehouse: Warehouse) -> None:
    build_models(warehouse, "+customer_features", months=PAST)


def shift_session_zone(warehouse: Warehouse, zone: str) -> None:
    with warehouse.connect(autocommit=True) as connection:
        connection.execute(f"alter database \"{warehouse.database}\" set timezone = '{zone}'")


@pytest.fixture
def company(warehouse: Warehouse, tmp_path: Path) -> Warehouse:
    options = SampleOptions(customers=40, months=6, end_month=date(2025, 8, 1), seed=5)
    load_package(warehouse, DataPackage.read(generate(tmp_path / "package", options)))
    build_models(warehouse, "+customer_features")
    return warehouse


def test_past_features_do_not_depend_on_later_data(company: Warehouse) -> None:
    before = past_features(company)
    assert len(before) == 3
    for what, statement in FUTURES.items():
        change(company, statement)
        rebuild(company)
        assert past_features(company) == before, what


def test_features_do_not_depend_on_the_session_time_zone(company: Warehouse) -> None:
    before = past_features(company)
    shift_session_zone(company, "America/New_York")
    rebuild(company)
    assert past_features(company) == before


def test_correction_before_the_month_closes_is_used(company: Warehouse) -> None:
    before = past_features(company)
    change(
        company,
        """
        insert into source.user_monthly_features (ccod, snapshot_month, contract_info, user_information, purchase_logs,
          interaction_history, known_at, content_hash, batch_id)
        select ccod, snapshot_month, contract_info, user_information, purchase_logs,
          '{"works": [], "csi": [], "interactions": []}', timestamptz '2025-06-05 00:00+09', md5(ccod), batch_id
        from source.user_monthly_features where snapshot_month = date '2025-05-01'
        """,
    )
    build_models(company, "+customer_features", months=["2025-05-01"])
    after = past_features(company)
    assert after[:2] == before[:2]
    assert after[2] != before[2]
