"""Monthly partitions: bounds in UTC from any session, a default partition that heals, turns between sessions."""

from __future__ import annotations

import re
import threading
from datetime import date

import psycopg
import pytest

from warehouse.connection import Role, Warehouse
from warehouse.database.partitions import default_partition_rows, ensure_partitions, heal_default_partition

ZONES = ("Asia/Seoul", "America/New_York", "UTC")
_SNAPSHOT = """
insert into source.user_monthly_features (ccod, snapshot_month, known_at, content_hash, batch_id)
values (%s, %s, '2024-02-01', md5('x'), 1)
"""


def bounds(warehouse: Warehouse, name: str) -> str:
    with warehouse.connect() as connection:
        connection.execute("set time zone 'UTC'")
        row = connection.execute("select pg_get_expr(relpartbound, oid) from pg_class where oid = %s::regclass", [name])
        return str((row.fetchone() or [""])[0])


def count(warehouse: Warehouse, relation: str) -> int:
    with warehouse.connect() as connection:
        row = connection.execute(f"select count(*) from {relation}").fetchone()
    assert row is not None
    return int(row[0])


def test_c04_bounds_are_utc_and_without_gap_whatever_the_session_zone(any_warehouse: Warehouse) -> None:
    for month, zone in enumerate(ZONES, start=1):
        with any_warehouse.connect(Role.MODEL) as connection:
            connection.execute("select set_config('timezone', %s, false)", [zone])
            made = ensure_partitions(
                connection, "ml.prediction", date(2024, month, 1), date(2024, month, 28), schema="ml"
            )
            assert made == 1
    for month in (1, 2, 3):
        assert bounds(any_warehouse, f"ml.risk_history_y2024m{month:02d}") == (
            f"FOR VALUES FROM ('2024-{month:02d}-01 00:00:00+00') TO ('2024-{month + 1:02d}-01 00:00:00+00')"
        )


def test_c02_the_prediction_table_has_key_foreign_key_not_nulls_and_documented_indexes(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        constraints = {
            row[0]
            for row in connection.execute(
                "select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'ml.prediction'::regclass"
            )
        }
        indexes = {
            row[0]
            for row in connection.execute(
                "select indexrelid::regclass::text from pg_index where indrelid = 'ml.prediction'::regclass"
            )
        }
        nullable = {
            row[0]
            for row in connection.execute(
                "select attname from pg_attribute where attrelid = 'ml.prediction'::regclass and attnum > 0 "
                "and not attnotnull"
            )
        }
    assert "PRIMARY KEY (id, predicted_at)" in constraints
    assert "FOREIGN KEY (customer_id) REFERENCES crm.customer(id) ON DELETE CASCADE" in constraints
    assert {
        "ml.idx_risk_history_customer",
        "ml.idx_risk_history_prediction_time",
        "ml.idx_risk_history_risk_score",
    } <= indexes
    assert nullable == {"base_value", "other_contribution", "response_time_ms", "run_id"}


def test_c03_the_documented_function_makes_this_month_and_the_next(any_warehouse: Warehouse) -> None:
    with any_warehouse.connect(Role.MODEL) as connection:
        for _ in range(2):
            connection.execute("select ml.create_risk_history_partition()")
        names = connection.execute(
            "select to_regclass('ml.risk_history_' || to_char(day, '\"y\"YYYY\"m\"MM')) from "
            "(values (now() at time zone 'UTC'), (now() at time zone 'UTC' + interval '1 month')) as t (day)"
        ).fetchall()
    assert all(name[0] is not None for name in names)


def test_the_scores_of_a_day_are_read_from_its_own_partitions(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        ensure_partitions(connection, "ml.prediction", date(2024, 1, 1), date(2024, 6, 1), schema="ml")
        plan = connection.execute(
            "explain (costs off) select probability from ml.scores_as_of(%s) where model_version = 'v'",
            [date(2024, 3, 1)],
        ).fetchall()
    read = set(re.findall(r"risk_history_\w+", str(plan)))
    assert {name for name in read if re.fullmatch(r"risk_history_y\d+m\d+", name)} == {
        "risk_history_y2024m02",
        "risk_history_y2024m03",
    }


def test_the_label_known_last_counts_and_the_first_one_says_what_was_learned(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        connection.execute(
            "insert into ml.label (target_name, customer_code, as_of_date, label, known_at, label_source) values"
            " ('churn', 'C1', '2024-01-01', 0, '2024-04-01', 'x'), ('churn', 'C1', '2024-01-01', 1, '2024-05-01', 'x'),"
            " ('churn', 'C1', '2024-02-01', 1, '2024-05-02', 'x'), ('other', 'C1', '2024-02-01', 0, '2024-01-01', 'x')"
        )
        connection.execute(
            "insert into ml.model_version (model_name, version, target_name, model_type, training_date, data_hash,"
            " code_version, metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256) values"
            " ('churn', 'v1', 'churn', 'x', '2024-04-01', repeat('a', 64), 'c', '{}', '{}', 0.5, '{}', 'p',"
            " repeat('b', 64))"
        )
        labels = connection.execute(
            "select as_of_date::text, label, known_at > first_known_at from ml.latest_label"
            " where target_name = 'churn' order by 1"
        ).fetchall()
        learned = connection.execute("select model_version, as_of_date::text from ml.learned_date").fetchall()
    assert labels == [("2024-01-01", 1, True), ("2024-02-01", 1, False)]
    assert learned == [("v1", "2024-01-01")]


def test_rows_wait_in_the_default_partition_and_move_when_their_month_is_made(any_warehouse: Warehouse) -> None:
    with any_warehouse.connect() as connection:
        connection.cursor().executemany(_SNAPSHOT, [("A", "2024-01-01"), ("B", "2024-01-01"), ("C", "2024-03-01")])
        assert default_partition_rows(connection)["source.user_monthly_features"] == 3
    with any_warehouse.connect(Role.LOADER) as connection:
        assert ensure_partitions(connection, "source.user_monthly_features", date(2024, 1, 5), date(2024, 1, 5)) == 1
    assert count(any_warehouse, "source.user_monthly_features_y2024m01") == 2
    with any_warehouse.connect(Role.LOADER) as connection:
        assert heal_default_partition(connection, "source.user_monthly_features") == 1
    assert count(any_warehouse, "source.user_monthly_features_y2024m03") == 1
    assert count(any_warehouse, "source.user_monthly_features") == 3
    with any_warehouse.connect(Role.ANALYST) as connection:
        assert set(default_partition_rows(connection).values()) == {0}


def test_moved_rows_fire_no_trigger_again(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute("create table source.seen (what text)")
        connection.execute(
            "create function source.see() returns trigger language plpgsql as "
            "$$ begin insert into source.seen values (tg_op); return null; end $$"
        )
        for level in ("row", "statement"):
            connection.execute(
                f"create trigger see_{level} after insert or delete on source.user_monthly_features "
                f"for each {level} execute function source.see()"
            )
        connection.execute(_SNAPSHOT, ("A", "2024-01-01"))
    before = count(warehouse, "source.seen")
    with warehouse.connect() as connection:
        ensure_partitions(connection, "source.user_monthly_features", date(2024, 1, 1), date(2024, 1, 1))
    assert count(warehouse, "source.seen") == before == 2
    with warehouse.connect() as connection:
        connection.execute("delete from source.user_monthly_features where ccod = 'A'")
    assert count(warehouse, "source.seen") == 4, "the triggers of the parent work on the month that was attached"


def test_sessions_that_make_the_same_months_take_turns(warehouse: Warehouse) -> None:
    made: list[int] = []
    failures: list[Exception] = []

    def work() -> None:
        try:
            with warehouse.connect(Role.LOADER) as connection:
                made.append(
                    ensure_partitions(connection, "source.user_monthly_features", date(2023, 1, 1), date(2024, 12, 1))
                )
        except psycopg.Error as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert sorted(made) == [0, 0, 0, 24]


def test_as_of_instant_has_a_partition(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.TRANSFORMER) as connection:
        connection.execute(
            "create table analytics.monthly (ccod text, created_at timestamptz not null) "
            "partition by range (created_at)"
        )
        ensure_partitions(connection, "analytics.monthly", date(2024, 1, 1), date(2024, 2, 1))
        for zone in ZONES:
            connection.execute(
                "insert into analytics.monthly select %s, timestamp '2024-02-01' at time zone %s", (zone, zone)
            )
        rows = connection.execute("select ccod, tableoid::regclass::text from analytics.monthly order by 1").fetchall()
        owner = connection.execute(
            "select distinct tableowner from pg_tables where tablename like 'monthly%'"
        ).fetchall()
    assert rows == [
        ("America/New_York", "analytics.monthly_y2024m02"),
        ("Asia/Seoul", "analytics.monthly_y2024m01"),
        ("UTC", "analytics.monthly_y2024m02"),
    ]
    assert owner == [("bellwether_transformer",)]


def test_months_are_replaced_and_tables_dropped_by_their_owner(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.TRANSFORMER) as connection:
        connection.execute("create table analytics.m (d date not null, v int) partition by range (d)")
        ensure_partitions(connection, "analytics.m", date(2024, 1, 1), date(2024, 3, 1))
        connection.execute("insert into analytics.m values ('2024-02-01', 1)")
        connection.execute("drop table analytics.m")


@pytest.mark.parametrize(
    ("relation", "first", "last", "message"),
    [
        ("crm.customer", date(2024, 1, 1), date(2024, 1, 1), "not partitioned by range"),
        ("source.user_monthly_features", date(2024, 2, 1), date(2024, 1, 1), "cannot make monthly partitions"),
        ("source.user_monthly_features", date(1800, 1, 1), date(2024, 1, 1), "cannot make monthly partitions"),
    ],
)
def test_nonsense_is_refused_with_a_reason(
    warehouse: Warehouse, relation: str, first: date, last: date, message: str
) -> None:
    with warehouse.connect(Role.LOADER) as connection, pytest.raises(psycopg.Error, match=message):
        ensure_partitions(connection, relation, first, last)


def test_a_foreign_table_of_a_partitions_name_is_not_taken_over(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute("create table source.user_monthly_features_y2024m01 (a int)")
        with pytest.raises(psycopg.errors.DuplicateTable, match="is not a partition"):
            ensure_partitions(connection, "source.user_monthly_features", date(2024, 1, 1), date(2024, 1, 1))
