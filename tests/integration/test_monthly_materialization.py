"""The `monthly` materialisation: months found, replaced whole, in turns; tables that are not what the model says."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from dagster_app.lib.dbt.invocation import invoke
from tests.conftest import DatabaseServer
from tests.dbt_builds import build_models
from warehouse.connection import Role, Warehouse

MODEL = "user_monthly_property"
MONTHS = ["2025-01-01", "2025-02-01", "2025-03-01"]
RAW = """
insert into source.data_package (company, package_name, business_timezone, currency, is_simulated, definition)
values ('acme', 'acme', 'Asia/Seoul', 'KRW', true, '{}');
insert into source.load_batch (package_name, company, file_name, file_sha256, target_table, status)
select 'acme', 'acme', 'inline', repeat('0', 64), 'source.user_monthly_features', 'loaded' from generate_series(1, 2);
select source.ensure_partitions('source.user_monthly_features', date '2025-01-01', date '2025-03-01');
insert into source.user_monthly_features (ccod, snapshot_month, interaction_history, known_at, content_hash, batch_id)
select 'C' || i, month::date,
  '{"works": [{"work_id": "w", "work_type": "visit", "scheduled_at": "2024-12-31T10:00:00+09:00",
    "status": "confirmed", "services": 1}]}',
  (month + interval '1 month') at time zone 'Asia/Seoul', md5(i || month::text), 1
from generate_series(1, 5) as i, generate_series(timestamp '2025-01-01', '2025-03-01', interval '1 month') as month;
insert into source.load_month (batch_id, snapshot_month, rows_changed)
select 1, snapshot_month, count(*) from source.user_monthly_features group by snapshot_month;
"""
MARCH = "analytics.user_monthly_property where created_at = timestamptz '2025-03-31 15:00+00'"


def execute(warehouse: Warehouse, statements: str, role: Role | None = Role.OWNER) -> list[Any]:
    """Run statements in one transaction and return the rows of the last one that has any."""
    rows: list[Any] = []
    with warehouse.connect(role) as connection:
        for statement in filter(str.strip, statements.split(";\n")):
            cursor = connection.execute(statement)  # type: ignore[arg-type]
            rows = cursor.fetchall() if cursor.description else rows
    return rows


def run(warehouse: Warehouse, folder: Path, *flags: str, months: tuple[str, ...] = (), select: str = MODEL) -> Any:
    """Run the model alone and return dbt's result, failed or not."""
    variables = {"business_timezone": "Asia/Seoul", "months": list(months)}
    arguments = ["run", "--select", select, "--vars", json.dumps(variables), *flags]
    return invoke(arguments, connection=warehouse.dbt_environment(), target=folder / "dbt")


def message_of(result: Any) -> str:
    assert not result.success
    return str(result.result.results[0].message)


def built(warehouse: Warehouse) -> dict[str, Any]:
    """When each month was last built."""
    query = "select partition_key, built_at from monitoring.build_ledger where step = 'analytics.user_monthly_property'"
    return dict(execute(warehouse, query))


def content(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Rows and hash of each month."""
    return execute(
        warehouse,
        "select created_at, count(*), md5(string_agg(row::text, '|' order by ccod))"
        " from analytics.user_monthly_property as row group by created_at order by created_at",
        None,
    )


@pytest.fixture(scope="module")
def built_company(embedded_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Built once: every test works on a copy of its own."""
    warehouse = embedded_server.create("monthly", tmp_path_factory.mktemp("monthly"))
    execute(warehouse, RAW)
    build_models(warehouse, f"+{MODEL}")
    yield warehouse
    embedded_server.drop(warehouse.database)


@pytest.fixture
def company(built_company: Warehouse, embedded_server: DatabaseServer, tmp_path: Path) -> Iterator[Warehouse]:
    copy = embedded_server.warehouse(f"m{uuid.uuid4().hex[:10]}", tmp_path)
    statement = sql.SQL("create database {} template {}")
    with psycopg.connect(embedded_server.admin, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [built_company.database]
        )
        connection.execute(statement.format(sql.Identifier(copy.database), sql.Identifier(built_company.database)))
    yield copy
    embedded_server.drop(copy.database)


@contextmanager
def in_background(work: Callable[[], Any]) -> Iterator[list[Any]]:
    """Run beside the test; the list holds the result once the block has ended."""
    outcome: list[Any] = []
    thread = threading.Thread(target=lambda: outcome.append(work()))
    thread.start()
    yield outcome
    thread.join(60)
    assert not thread.is_alive()


def blocked_by(holder: psycopg.Connection[Any], watcher: Warehouse) -> int:
    """Process that waits for a lock of the holder's, once there is one."""
    with watcher.connect(autocommit=True) as connection:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            row = connection.execute(
                "select pid from pg_stat_activity"
                " where datname = current_database() and %s = any(pg_blocking_pids(pid))",
                [holder.info.backend_pid],
            ).fetchone()
            if row:
                return int(row[0])
            time.sleep(0.05)
    raise AssertionError("the build never came to wait")


def test_each_month_has_its_own_named_partition(any_warehouse: Warehouse) -> None:
    execute(any_warehouse, RAW)
    build_models(any_warehouse, f"+{MODEL}")
    partitions = execute(
        any_warehouse, "select tableoid::regclass::text, count(*) from analytics.user_monthly_property group by 1", None
    )
    # midnight in Seoul is still the month before in UTC
    assert sorted(partitions) == [(f"analytics.user_monthly_property_y2025m0{i}", 5) for i in (1, 2, 3)]
    indexes = execute(any_warehouse, "select indexname from pg_indexes where tablename = 'user_monthly_property'", None)
    assert ("idx_user_monthly_property_key",) in indexes
    first = content(any_warehouse)
    build_models(any_warehouse, MODEL, months=MONTHS)
    assert content(any_warehouse) == first, "the same months again are the same rows"


def test_only_months_that_are_missing_or_out_of_date_are_built(company: Warehouse, tmp_path: Path) -> None:
    first = built(company)
    assert sorted(first) == MONTHS
    assert run(company, tmp_path).success
    assert built(company) == first, "nothing new: nothing built"
    execute(company, "insert into source.load_month values (2, '2025-02-01', 1)")
    assert run(company, tmp_path).success
    again = built(company)
    assert {month for month in MONTHS if again[month] != first[month]} == {"2025-02-01"}


def test_a_month_replaced_while_someone_reads_is_old_or_new_never_half(company: Warehouse, tmp_path: Path) -> None:
    """The build is held at the ledger's row, between its delete and its insert; readers still see all the old rows."""
    execute(
        company,
        "update source.user_monthly_features set interaction_history = '{}' where snapshot_month = '2025-03-01'",
    )
    with company.connect() as holder, company.connect(Role.ANALYST) as reader:
        holder.execute("select from monitoring.build_ledger where partition_key = '2025-03-01' for update")
        with in_background(lambda: run(company, tmp_path, months=("2025-03-01",))) as outcome:
            blocked_by(holder, company)
            assert reader.execute(f"select count(*), sum(confirmed_90d) from {MARCH}").fetchone() == (5, 0)
            assert reader.execute(f"select count(voc_to_work_ratio) from {MARCH}").fetchone() == (5,)
            holder.rollback()
        assert outcome[0].success
        assert reader.execute(f"select count(*), count(voc_to_work_ratio) from {MARCH}").fetchone() == (5, 0)


def test_a_month_killed_in_the_middle_is_the_old_month_and_the_next_run_completes_it(
    company: Warehouse, tmp_path: Path
) -> None:
    before = content(company)
    execute(
        company,
        "update source.user_monthly_features set interaction_history = '{}' where snapshot_month = '2025-03-01';\n"
        "insert into source.load_month values (2, '2025-03-01', 5)",
    )
    with company.connect() as holder:
        holder.execute("select from monitoring.build_ledger where partition_key = '2025-03-01' for update")
        with in_background(lambda: run(company, tmp_path)) as outcome:
            execute(company, f"select pg_terminate_backend({blocked_by(holder, company)})", None)
    assert not outcome[0].success
    assert content(company) == before
    assert run(company, tmp_path).success
    after = content(company)
    assert after[:2] == before[:2]
    assert after[2] != before[2]


def test_two_runs_of_one_month_take_turns(company: Warehouse, tmp_path: Path) -> None:
    key = "bellwether.month.analytics.user_monthly_property.2025-03-01"
    with company.connect(autocommit=True) as other:
        other.execute("select pg_advisory_lock(hashtextextended(%s, 0))", [key])
        with in_background(lambda: run(company, tmp_path, months=("2025-03-01",))) as outcome:
            blocked_by(other, company)
            assert not outcome
            other.execute("select pg_advisory_unlock_all()")
        assert outcome[0].success


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("drop column voc_ratio", "column voc_ratio is missing"),
        ("add column notes text", "column notes is no longer described"),
        ("alter column voc_ratio type double precision", "column voc_ratio is double precision, not real"),
    ],
)
def test_table_that_differs_from_the_model_is_refused(
    company: Warehouse, tmp_path: Path, change: str, complaint: str
) -> None:
    before = content(company)
    execute(company, f"alter table analytics.user_monthly_property {change}", None)
    message = message_of(run(company, tmp_path, months=("2025-03-01",)))
    assert complaint in message
    assert "dbt build --full-refresh --select user_monthly_property+" in message
    assert run(company, tmp_path, "--full-refresh", months=("2025-03-01",)).success
    assert content(company) == before, "a full refresh builds every month, whichever was asked for"
    assert execute(company, f"select count(*) from {MARCH}", Role.ANALYST) == [(5,)], "and analysts may still read"


def test_a_full_refresh_of_an_unchanged_table_keeps_it_with_its_grants(company: Warehouse, tmp_path: Path) -> None:
    query = "select 'analytics.user_monthly_property'::regclass::oid, relacl::text from pg_class where relname = %s"
    execute(company, "grant select on analytics.user_monthly_property to public", None)
    with company.connect() as connection:
        before = connection.execute(query, [MODEL]).fetchone()
        assert run(company, tmp_path, "--full-refresh").success
        assert connection.execute(query, [MODEL]).fetchone() == before


def test_an_index_that_is_missing_comes_back_with_the_next_run(company: Warehouse, tmp_path: Path) -> None:
    execute(company, "drop index analytics.idx_user_monthly_property_key", None)
    assert run(company, tmp_path).success
    assert execute(company, "select to_regclass('analytics.idx_user_monthly_property_key') is not null", None) == [
        (True,)
    ]


def test_a_month_is_replaced_also_when_the_business_zone_is_corrected(company: Warehouse) -> None:
    """In UTC, T of March lies in April's partition; the row of Seoul's T must go, in whatever zone the session is."""
    execute(company, f"alter database \"{company.database}\" set timezone = 'America/New_York'", None)
    build_models(company, f"+{MODEL}", timezone="UTC")
    assert [(row[0].timestamp(), row[1]) for row in content(company)] == [
        (1738368000, 5),
        (1740787200, 5),
        (1743465600, 5),
    ]


def test_a_month_that_is_none_is_refused(company: Warehouse, tmp_path: Path) -> None:
    assert "2025-03-02 is not the first day of a month" in message_of(run(company, tmp_path, months=("2025-03-02",)))
