"""The fingerprint of a warehouse: equal for equal contents in any order, and one changed cell is named."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from bench.fingerprint.__main__ import main
from bench.fingerprint.comparing import compare
from bench.fingerprint.home import served
from bench.fingerprint.left_out import LeftOut
from bench.fingerprint.reading import read
from tests.conftest import DatabaseServer, WarehouseFactory
from warehouse.connection import Role, Warehouse
from warehouse.database.companies import create_database

Read = Callable[..., dict[str, Any]]

TABLE = """
create schema if not exists shop;
create table shop.visit ({columns});
insert into shop.visit (customer, visited_at, score, note, created_at) values {rows}
"""
COLUMNS = ("customer text", "visited_at timestamptz", "score double precision", "note jsonb", "created_at timestamptz")
ROWS = (
    "('ann', '2025-01-02 10:00+00', 0.5, '{\"a\": 1, \"b\": 2}', '2026-01-01')",
    "('ben', '2025-01-03 10:00+00', 'NaN', null, '2026-01-02')",
    "('ben', '2025-01-03 10:00+00', 'NaN', null, '2026-01-02')",
)
CLOCK = [LeftOut("time of the wall clock", ("shop.*.created_at",))]


@pytest.fixture
def database(embedded_server: DatabaseServer) -> Iterator[str]:
    """Connection string of an empty database without a schema of ours."""
    create_database(embedded_server.admin, "fingerprint")
    yield psycopg.conninfo.make_conninfo(embedded_server.admin, dbname="fingerprint")
    embedded_server.drop("fingerprint")


@pytest.fixture
def fill(database: str) -> Callable[..., dict[str, Any]]:
    """Make the table anew with rows, and read its fingerprint."""

    def made(*rows: str, columns: tuple[str, ...] = COLUMNS, before: str = "") -> dict[str, Any]:
        with psycopg.connect(database) as connection:
            connection.execute("drop schema if exists shop cascade")
            connection.execute(TABLE.format(columns=", ".join(columns), rows=", ".join(rows)))
            if before:
                connection.execute(sql.SQL(before))
        return read(database, replacements={}, left_out=CLOCK)

    return made


def test_the_same_rows_in_another_order_are_equal(fill: Read) -> None:
    assert compare(fill(*ROWS), fill(*reversed(ROWS), columns=tuple(reversed(COLUMNS)))) == []


def test_one_changed_cell_is_named_with_its_column(fill: Read) -> None:
    changed = fill(ROWS[0].replace("0.5", "0.500001"), *ROWS[1:])
    assert compare(fill(*ROWS), changed) == ["shop.visit: score"]


def test_a_number_that_differs_beyond_its_twelfth_digit_is_equal(fill: Read) -> None:
    changed = fill(ROWS[0].replace("0.5", "0.50000000000000011"), *ROWS[1:])
    assert compare(fill(*ROWS), changed) == []


def test_null_is_not_an_empty_value(fill: Read) -> None:
    changed = fill(ROWS[0], *(row.replace("null", "'\"\"'") for row in ROWS[1:]))
    assert compare(fill(*ROWS), changed) == ["shop.visit: note"]


def test_a_row_that_is_there_once_instead_of_twice_is_found(fill: Read) -> None:
    assert compare(fill(*ROWS), fill(*ROWS[:2]))[0].startswith("shop.visit: rows 3 -> 2")


def test_values_that_changed_rows_are_found(fill: Read) -> None:
    swapped = fill(ROWS[0].replace("'ann'", "'ben'"), ROWS[1].replace("'ben'", "'ann'"), ROWS[2])
    assert compare(fill(*ROWS), swapped) == ["shop.visit: each column holds the same values, but in other rows"]


def test_a_column_that_is_left_out_may_differ_and_is_listed_with_its_reason(fill: Read) -> None:
    old, new = fill(*ROWS), fill(*(row.replace("2026", "2027") for row in ROWS))
    assert compare(old, new) == []
    assert old["relations"]["shop.visit"]["left_out"] == {"created_at": "time of the wall clock"}


def test_a_changed_type_is_found(fill: Read) -> None:
    old = fill(*ROWS)
    new = fill(*ROWS, before="alter table shop.visit alter customer type varchar(10)")
    assert compare(old, new) == ["shop.visit: customer (type text -> character varying(10))"]


def test_renamed_relations_and_columns_are_compared_under_their_new_names(fill: Read) -> None:
    old = fill(*ROWS)
    renaming = "alter table shop.visit rename score to z; alter table shop.visit rename to call"
    new = fill(*ROWS, before=renaming)
    assert compare(old, new) == ["shop.call: only in the new one", "shop.visit: only in the old one"]
    assert compare(old, new, renamed={"shop.visit": "shop.call"}) == [
        "shop.call: score (only in the old one), z (only in the new one)"
    ]
    assert compare(old, new, renamed={"shop.visit": "shop.call", "shop.visit.score": "z"}) == []


def test_a_partitioned_table_counts_once_with_all_its_rows(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("create schema shop; create table shop.month (day date) partition by range (day)")
        connection.execute("create table shop.month_rest partition of shop.month default")
        connection.execute("insert into shop.month values ('2025-01-01'), ('2025-02-01')")
    found = read(database, replacements={})["relations"]
    assert list(found) == ["shop.month"]
    assert (found["shop.month"]["kind"], found["shop.month"]["partitions"], found["shop.month"]["rows"]) == (
        "partitioned table",
        1,
        2,
    )


INSERT_VERSION = """
insert into ml.model_version (model_name, version, target_name, model_type, training_date, data_hash, code_version,
  metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256)
values ('churn', %(version)s::text, 'churn', 'boosting', '2025-01-01', repeat('a', 64), 'pinned',
  jsonb_build_object('auc', %(auc)s::float8), '{}', 0.5, '{}', 'models/churn/' || %(version)s::text, repeat('b', 64))
"""


def with_version(warehouse: Warehouse, version: str, auc: float) -> dict[str, Any]:
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(INSERT_VERSION, {"version": version, "auc": auc})
    return read(warehouse.conninfo, replacements={})


def test_the_hash_in_a_version_does_not_count_and_its_figures_do(warehouse_factory: WarehouseFactory) -> None:
    old = with_version(warehouse_factory(), "churn-202501-0123456789", 0.75)
    assert compare(old, with_version(warehouse_factory(), "churn-202501-abcdef0123", 0.75)) == []
    found = compare(old, with_version(warehouse_factory(), "churn-202501-0123456789", 0.76))
    assert found == [
        "ml.model_version: metrics",
        "figures, models: churn-202501-#1, metrics, auc: 0.75 -> 0.76",
    ]


def test_the_command_writes_a_sorted_file_and_compares_two(
    fill: Read, database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    fill(*ROWS)
    assert main(["--url", database, "--out", str(one)]) == 0
    text = one.read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert main(["--compare", str(one), str(one)]) == 0
    fill(*ROWS[:1])
    main(["--url", database, "--out", str(other)])
    capsys.readouterr()
    assert main(["--compare", str(one), str(other), "--first", "1"]) == 1
    assert "shop.visit: rows 3 -> 1; created_at and 4 more\n" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["--compare", str(one), str(other), "--renamed", "shop.none=shop.visit"])


def test_the_server_of_a_home_is_reached_and_stopped_again(tmp_path: Path) -> None:
    (tmp_path / "current_company").write_text("shop\n")
    with served(tmp_path, Path(sys.executable).with_name("bellwether")) as conninfo:
        assert psycopg.conninfo.conninfo_to_dict(conninfo)["dbname"] == "bellwether_shop"
        with psycopg.connect(conninfo, dbname="postgres") as connection:
            assert connection.execute("select 1").fetchone() == (1,)
    assert not (tmp_path / "postgres" / "data" / "postmaster.pid").exists()
