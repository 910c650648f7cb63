"""The database report: slow statements, sizes and unused indexes, where the documented queries fail or mislead."""

from __future__ import annotations

import pytest
from psycopg import sql
from typer.testing import CliRunner

from cli import app
from warehouse.connection import Warehouse
from warehouse.database.report import counted_since, slow_statements, table_sizes, unused_indexes
from warehouse.errors import BellwetherError

TABLES = """
create table analytics."Mixed Case" (id integer primary key, code text unique, note text, used integer);
insert into analytics."Mixed Case" select n, n::text, repeat('x', 400), n from generate_series(1, 4000) as n;
create index mixed_note on analytics."Mixed Case" (note);
create index mixed_used on analytics."Mixed Case" (used);
create table analytics.parts (day date, value integer) partition by range (day);
create table analytics.parts_1 partition of analytics.parts for values from ('2025-01-01') to ('2025-02-01');
create table analytics.parts_2 partition of analytics.parts for values from ('2025-02-01') to ('2025-03-01');
insert into analytics.parts select '2025-01-01'::date + n % 59, n from generate_series(1, 2000) as n;
create index parts_value on analytics.parts (value);
create index parts_day on analytics.parts (day);
analyze analytics."Mixed Case", analytics.parts;
"""
USES = ('select id from analytics."Mixed Case" where used = 17', "select value from analytics.parts where value = 17")


@pytest.fixture
def filled(any_warehouse: Warehouse) -> Warehouse:
    """Two tables, one with a name that needs quotes, one in parts; two of their indexes are used."""
    with any_warehouse.connect(autocommit=True) as connection:
        connection.execute(TABLES)
        connection.execute("set enable_seqscan = off")
        for statement in USES:
            connection.execute(statement)  # type: ignore[call-overload]
        connection.execute("select pg_stat_force_next_flush()")
    return any_warehouse


def test_c26_slow_statements_are_listed_where_the_server_records_them(filled: Warehouse) -> None:
    with filled.connect(autocommit=True) as connection:
        connection.execute("create role of_a_test password 'secret'")
        connection.execute("drop role of_a_test")
        connection.execute("select count(pg_sleep(0.2)) as slept")
    if filled.kind == "external":
        with pytest.raises(BellwetherError, match="does not show slow statements") as refused:
            slow_statements(filled, 10)
        assert "shared_preload_libraries" in str(refused.value.remedy)
        return
    found = slow_statements(filled, 200)
    assert [one.total_seconds for one in found] == sorted((one.total_seconds for one in found), reverse=True)
    (slept,) = [one for one in found if "slept" in one.statement]
    assert (slept.calls, slept.rows) == (1, 1)
    assert slept.total_seconds >= 0.2
    assert "secret" not in "".join(one.statement for one in found)
    with filled.connect() as connection:
        row = connection.execute("select from pg_extension where extname = 'pg_stat_statements'").fetchone()
    assert row is None, "the warehouse itself does not need it, so its backup does not either"


def test_c27_sizes_of_mixed_case_names_and_of_all_partitions(filled: Warehouse) -> None:
    sizes = {one.relation: one for one in table_sizes(filled, 1000)}
    mixed, parts = sizes['analytics."Mixed Case"'], sizes["analytics.parts"]
    assert mixed.total_bytes == mixed.table_bytes + mixed.index_bytes > 4000 * 400
    assert parts.partitions == 2
    assert parts.estimated_rows == 2000
    assert "analytics.parts_1" not in sizes
    with filled.connect() as connection:
        total = connection.execute(
            "select pg_total_relation_size('analytics.parts_1') + pg_total_relation_size('analytics.parts_2')"
        ).fetchone()
    assert total == (parts.total_bytes,)
    listed = table_sizes(filled, 5)
    assert len(listed) == 5
    assert listed == sorted(listed, key=lambda one: -one.total_bytes)


def test_c28_only_indexes_that_may_be_dropped_are_listed(filled: Warehouse) -> None:
    unused = {one.index_name: one for one in unused_indexes(filled, 1000)}
    mine = {name for name in unused if name.startswith("analytics.")}
    assert mine == {"analytics.mixed_note", "analytics.parts_day"}, "used, unique and primary ones are left out"
    with filled.connect() as connection:
        for name in unused:
            connection.execute(sql.SQL("drop index {}").format(sql.Identifier(*name.split("."))))
        connection.rollback()
    assert unused["analytics.mixed_note"].relation == 'analytics."Mixed Case"'
    assert unused["analytics.mixed_note"].bytes > 0


def test_the_command_prints_all_three_or_why_not(filled: Warehouse) -> None:
    done = CliRunner().invoke(app, ["db", "report", "--limit", "3"], env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    assert "Largest tables" in text
    assert "Indexes " in text
    assert ("Slow statements" if filled.kind == "embedded" else "shared_preload_libraries") in text
    since = counted_since(filled)
    assert since is None or f"not used since {since:%Y-%m-%d}" in text
