"""Each role tries what it must not do, and does what it must."""

from __future__ import annotations

import psycopg
import pytest

from warehouse.connection import Role, Warehouse

ALLOWED = [
    (Role.LOADER, "select count(*) from source.message"),
    (Role.LOADER, "update crm.customer set name = name"),
    (Role.LOADER, "insert into source.load_batch (package_name, company, file_name, file_sha256, target_table, status) "
                  "values ('p', 'c', 'f', repeat('0', 64), 't', 'running')"),
    (Role.LOADER, "select source.ensure_partitions('source.user_monthly_features', '2024-01-01', '2024-01-01')"),
    (Role.TRANSFORMER, "select count(*) from crm.customer"),
    (Role.TRANSFORMER, "select count(*) from ml.prediction"),
    (Role.TRANSFORMER, "create table analytics.mart as select 1 as one"),
    (Role.TRANSFORMER, "create view monitoring.health as select 1 as one"),
    (Role.TRANSFORMER, "insert into monitoring.check_result (layer, relation, check_name, tool, is_blocking, "
                       "passed, severity) values ('staging', 'r', 'c', 'dbt', true, true, 'error')"),
    (Role.MODEL, "delete from ml.prediction"),
    (Role.MODEL, "select count(*) from analytics.seen"),
    (Role.MODEL, "select count(*) from staging.seen"),
    (Role.MODEL, "delete from monitoring.build_ledger"),
    (Role.ANALYST, "select count(*) from analytics.seen"),
    (Role.ANALYST, "select count(*) from monitoring.check_result"),
    (Role.MANAGER, "select count(*) from analytics.seen"),
]  # fmt: skip

REFUSED = [
    (Role.LOADER, "delete from crm.customer"),
    (Role.LOADER, "truncate source.message"),
    (Role.LOADER, "select count(*) from ml.prediction"),
    (Role.LOADER, "select count(*) from analytics.seen"),
    (Role.LOADER, "create table source.mine (a int)"),
    (Role.LOADER, "drop table source.message"),
    (Role.LOADER, "select ml.create_risk_history_partition()"),
    (Role.TRANSFORMER, "update crm.customer set name = 'x'"),
    (Role.TRANSFORMER, "insert into source.industry_codes (code, known_at, content_hash, batch_id) "
                       "values ('a', now(), '', 1)"),
    (Role.TRANSFORMER, "delete from source.message"),
    (Role.TRANSFORMER, "insert into ml.label (target_name, customer_code, as_of_date, label, known_at, label_source) "
                       "values ('churn', 'c', '2024-01-01', 1, now(), 's')"),
    (Role.TRANSFORMER, "delete from ml.prediction"),
    (Role.TRANSFORMER, "delete from monitoring.check_result"),
    (Role.MODEL, "update crm.customer set updated_at = now()"),
    (Role.MODEL, "delete from source.message"),
    (Role.MODEL, "delete from analytics.seen"),
    (Role.MODEL, "create table ml.mine (a int)"),
    (Role.MODEL, "alter table ml.prediction disable trigger trigger_update_customer_risk"),
    (Role.ANALYST, "select count(*) from crm.customer"),
    (Role.ANALYST, "select count(*) from ml.prediction"),
    (Role.ANALYST, "select count(*) from staging.seen"),
    (Role.ANALYST, "select count(*) from quarantine.rejected_row"),
    (Role.ANALYST, "delete from analytics.seen"),
    (Role.ANALYST, "update monitoring.check_result set passed = true"),
    (Role.ANALYST, "create table analytics.mine (a int)"),
    (Role.ANALYST, "select source.heal_default_partition('source.user_monthly_features')"),
    (Role.MANAGER, "select count(*) from crm.customer"),
]  # fmt: skip


@pytest.fixture
def furnished(any_warehouse: Warehouse) -> Warehouse:
    """A warehouse with a table in each of dbt's schemas, made by the role that dbt uses."""
    with any_warehouse.connect(Role.TRANSFORMER) as connection:
        for schema in ("staging", "intermediate", "analytics"):
            connection.execute(f"create table {schema}.seen as select 1 as one")
    return any_warehouse


def test_roles_do_what_they_must(furnished: Warehouse) -> None:
    for role, statement in ALLOWED:
        with furnished.connect(role) as connection:
            connection.execute(statement)


def test_roles_are_refused_what_they_must_not_do(furnished: Warehouse) -> None:
    passed = []
    for role, statement in REFUSED:
        with furnished.connect(role) as connection:
            try:
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                connection.rollback()
            else:
                passed.append((role.value, statement))
    assert passed == []


def test_no_role_logs_in_by_itself_and_none_is_more_than_it_says(any_warehouse: Warehouse) -> None:
    with any_warehouse.connect() as connection:
        found = connection.execute(
            "select rolname from pg_roles where rolname = any(%s) "
            "and (rolcanlogin or rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls)",
            [[role.value for role in Role]],
        ).fetchall()
    assert found == []


def test_what_dbt_makes_later_is_readable_by_those_it_is_for(furnished: Warehouse) -> None:
    with furnished.connect(Role.TRANSFORMER) as connection:
        connection.execute("create materialized view analytics.later as select 1 as one")
        connection.execute("create view monitoring.later as select 1 as one")
    for role in (Role.ANALYST, Role.MANAGER, Role.MODEL):
        with furnished.connect(role) as connection:
            assert connection.execute("select one from analytics.later").fetchone() == (1,)
            assert connection.execute("select one from monitoring.later").fetchone() == (1,)
