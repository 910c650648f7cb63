"""The restore test brings every table back; a row that is lost or changed is found."""

from __future__ import annotations

import psycopg

from tests.conftest import WarehouseFactory
from tests.integration.test_model_switch import INSERT
from warehouse.connection import Role, Warehouse
from warehouse.database.restore_test import compare_databases, run_restore_test


def fill(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        for name in ("a", "b"):
            connection.execute(INSERT, ["churn", name])


def databases(warehouse: Warehouse) -> set[str]:
    with warehouse.connect() as connection:
        return {row[0] for row in connection.execute("select datname from pg_database").fetchall()}


def test_c20_a_restore_test_finds_every_table_equal_and_leaves_nothing_behind(any_warehouse: Warehouse) -> None:
    fill(any_warehouse)
    before = databases(any_warehouse)
    found = run_restore_test(any_warehouse, any_warehouse.settings.home)
    assert found.differences == []
    assert found.tables >= 30
    assert found.rows >= 2
    assert databases(any_warehouse) == before
    assert not list(any_warehouse.settings.home.glob(".*restore_test*"))


def test_a_changed_value_and_a_lost_row_are_found(warehouse_factory: WarehouseFactory) -> None:
    first, second = warehouse_factory(), warehouse_factory()
    for one in (first, second):
        fill(one)
    with first.connect() as connection:
        connection.execute("update ml.model_version set created_at = '2025-01-01'")
    with second.connect() as connection:
        connection.execute("update ml.model_version set created_at = '2025-01-01'")
        connection.execute("update ml.model_version set threshold = 0.41 where version = 'a'")
        connection.execute("delete from ml.alert_policy")
    with psycopg.connect(first.conninfo) as ours, psycopg.connect(second.conninfo) as theirs:
        differing = {one.table: (one.original, one.copy) for one in compare_databases(ours, theirs).differences}
    assert {"ml.model_version", "ml.alert_policy"} <= set(differing)
    assert differing["ml.model_version"][0][0] == differing["ml.model_version"][1][0] == 2  # type: ignore[index]
    assert differing["ml.alert_policy"][1] == (0, "0")
