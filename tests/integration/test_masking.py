"""Personal columns: an analyst never sees them, a manager does."""

from __future__ import annotations

import psycopg
import pytest

from warehouse.connection import Role, Warehouse

NAMED = {
    "customer_directory": ("customer_name", "email", "phone"),
    "retention_list": ("customer_name", "email", "phone"),
    "high_risk_customers_masked": ("name", "email"),
}
CASES = [(relation, column) for relation, columns in NAMED.items() for column in columns]


@pytest.mark.parametrize(("relation", "column"), CASES)
def test_analyst_sees_masked_and_manager_sees_plain_values(risk_world: Warehouse, relation: str, column: str) -> None:
    query = f"select {column} from analytics.{relation} order by 1"
    with risk_world.connect(Role.ANALYST) as connection:
        masked = [row[0] for row in connection.execute(query)]  # type: ignore[arg-type]
    with risk_world.connect(Role.MANAGER) as connection:
        true = [row[0] for row in connection.execute(query)]  # type: ignore[arg-type]
    assert len(masked) == len(true) > 0
    assert not set(masked) & set(true)
    assert all(value.startswith(("Person ", "c", "010-")) for value in true)


def test_an_analyst_reads_no_name_from_the_documented_view(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST, autocommit=True) as connection:
        assert connection.execute(
            "select id, risk_score, prediction_time from analytics.high_risk_customers"
        ).fetchall()
        for column in ("name", "email", "*"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select {column} from analytics.high_risk_customers")  # type: ignore[arg-type]


def test_an_analyst_cannot_become_a_manager_nor_read_below_the_marts(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST, autocommit=True) as connection:
        for relation in ("crm.customer", "staging.stg_crm__customer", "intermediate.int_risk__latest_documented_score"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"select 1 from {relation} limit 1")  # type: ignore[arg-type]


def test_no_mart_shows_an_analyst_a_true_name_or_address(risk_world: Warehouse) -> None:
    """Every text column of every mart, so that a mart added later cannot forget the mask."""
    with risk_world.connect(Role.ANALYST, autocommit=True) as connection:
        columns = connection.execute(
            "select format('%I.%I', n.nspname, c.relname), format('%I', a.attname)"
            " from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace"
            " where n.nspname in ('analytics', 'monitoring') and c.relkind in ('r', 'p', 'v', 'm') and a.attnum > 0"
            " and not a.attisdropped and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'jsonb'::regtype)"
            " and has_column_privilege(c.oid, a.attnum, 'select')"
        ).fetchall()
        leaks = [
            f"{relation}.{column}"
            for relation, column in columns
            if connection.execute(
                f"select 1 from {relation} where {column}::text ~ 'c[0-9]+@customers|010-1234|Person [0-9]' limit 1"  # type: ignore[arg-type]
            ).fetchone()
        ]
    assert columns
    assert not leaks
