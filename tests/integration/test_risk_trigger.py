"""The documented trigger on new scores: what it writes to the customer and to the outbox, by worked examples."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest

from warehouse.connection import Role, Warehouse

Score = tuple[str, float | None]

_WORLD = """
insert into crm.customer (customer_code, name, email, known_at, updated_at)
select 'C' || i, 'Person ' || i, 'c' || i || '@customers.example', '2024-01-01', '2024-01-01'
from generate_series(1, %(customers)s) as i;
insert into ml.model_version (
  model_name, version, target_name, model_type, training_date, data_hash, code_version, metrics, parameters,
  threshold, feature_names, artifact_path, artifact_sha256, is_active)
values ('churn', 'churn-1', 'churn', 'lightgbm', '2024-01-01', repeat('a', 64), 'test', '{}', '{}',
  0.4, '{}', 'churn-1', repeat('b', 64), true);
select ml.ensure_partitions('ml.prediction', '2024-01-01', '2025-12-01');
"""

_INSERT = """
insert into ml.prediction (
  prediction_id, model_name, model_version, model_stage, customer_code, customer_id, as_of_date, predicted_at,
  probability, predicted_label, threshold, features)
select gen_random_uuid(), 'churn', 'churn-1', %(stage)s, customer_code, id, predicted_at::date, predicted_at,
  probability, 0, 0.4, '{}'
from crm.customer
cross join unnest(%(times)s::timestamptz[], %(scores)s::float8[])
  with ordinality as given (predicted_at, probability, place)
where customer_code = %(customer)s
order by place
"""


def make_world(warehouse: Warehouse, customers: int = 3) -> None:
    with warehouse.connect(Role.OWNER) as connection:
        for statement in filter(str.strip, _WORLD.split(";\n")):
            connection.execute(statement, {"customers": customers} if "%(" in statement else None)


def score(warehouse: Warehouse, *scores: Score, customer: str = "C1", stage: str = "production") -> None:
    """Insert the scores of one customer in one statement, as the model does."""
    with warehouse.connect(Role.MODEL) as connection:
        with warehouse.connect() as reader:
            rows = reader.execute(
                "select customer_code, id from crm.customer where customer_code = %s", [customer]
            ).fetchall()
        statement = _INSERT.replace("crm.customer", "(select %(code)s::text as customer_code, %(id)s::int as id) as c")
        connection.execute(
            statement,
            {
                "stage": stage,
                "times": [f"{at} 00:00:00+00" for at, _ in scores],
                "scores": [value for _, value in scores],
                "customer": customer,
                "code": rows[0][0],
                "id": rows[0][1],
            },
        )


def alerts(warehouse: Warehouse) -> list[tuple[str, str]]:
    """Customer's alerts as (day, message), in order."""
    with warehouse.connect() as connection:
        rows = connection.execute("select predicted_at, message from ml.alert order by predicted_at, id").fetchall()
    return [(at.astimezone(UTC).date().isoformat(), message) for at, message in rows]


def days(warehouse: Warehouse) -> list[str]:
    return [day for day, _ in alerts(warehouse)]


def test_c01_the_message_is_stored_with_two_decimals(any_warehouse: Warehouse) -> None:
    make_world(any_warehouse)
    score(any_warehouse, ("2024-01-01", 0.70), customer="C1")
    score(any_warehouse, ("2024-01-01", 0.95), customer="C2")
    score(any_warehouse, ("2024-01-01", 0.834), customer="C3")
    assert [message for _, message in alerts(any_warehouse)] == [
        "Customer 1 has a high churn risk of 0.70",
        "Customer 2 has a high churn risk of 0.95",
        "Customer 3 has a high churn risk of 0.83",
    ]


def test_c01_a_score_of_null_is_refused(warehouse: Warehouse) -> None:
    make_world(warehouse)
    with pytest.raises(psycopg.errors.NotNullViolation):
        score(warehouse, ("2024-01-01", None))


@pytest.mark.parametrize("value", [float("nan"), -5.0, 1.0001])
def test_c09_scores_outside_zero_to_one_are_refused(warehouse: Warehouse, value: float) -> None:
    make_world(warehouse)
    with pytest.raises(psycopg.errors.CheckViolation):
        score(warehouse, ("2024-01-01", value))
    assert alerts(warehouse) == []


def test_c07_a_backfilled_score_never_moves_updated_at_backwards(warehouse: Warehouse) -> None:
    make_world(warehouse)

    def updated_at() -> datetime:
        with warehouse.connect() as connection:
            row = connection.execute("select updated_at from crm.customer where customer_code = 'C1'").fetchone()
        assert row is not None
        return row[0].astimezone(UTC)

    score(warehouse, ("2024-06-01", 0.1))
    assert updated_at() == datetime(2024, 6, 1, tzinfo=UTC)
    score(warehouse, ("2024-03-01", 0.1))
    assert updated_at() == datetime(2024, 6, 1, tzinfo=UTC)
    score(warehouse, ("2024-09-01", 0.1), stage="shadow")
    assert updated_at() == datetime(2024, 6, 1, tzinfo=UTC), "a shadow score is nobody's business"


def test_c08_five_scores_of_one_customer_raise_one_alert(warehouse: Warehouse) -> None:
    make_world(warehouse)
    for day in range(1, 6):
        score(warehouse, (f"2024-01-0{day}", 0.8))
    assert days(warehouse) == ["2024-01-01"]


def test_c08_one_statement_with_five_scores_raises_one_alert(warehouse: Warehouse) -> None:
    make_world(warehouse)
    score(warehouse, *[(f"2024-01-0{day}", 0.8) for day in (3, 1, 5, 2, 4)])
    assert days(warehouse) == ["2024-01-01"]


def test_hysteresis_keeps_an_alarm_until_the_score_is_below_the_lower_bound(warehouse: Warehouse) -> None:
    make_world(warehouse)
    # 0.65 lies between 0.6 and 0.7: it neither raises nor clears
    for month, value in enumerate((0.65, 0.75, 0.65, 0.75, 0.59, 0.69, 0.70), start=1):
        score(warehouse, (f"2024-{month:02d}-01", value))
    assert days(warehouse) == ["2024-02-01", "2024-07-01"]


def test_exactly_the_lower_bound_does_not_clear(warehouse: Warehouse) -> None:
    make_world(warehouse)
    for month, value in enumerate((0.8, 0.6, 0.8), start=1):
        score(warehouse, (f"2024-{month:02d}-01", value))
    assert days(warehouse) == ["2024-01-01"]


def test_cool_down_silences_a_new_crossing_for_thirty_days(warehouse: Warehouse) -> None:
    make_world(warehouse)
    for day, value in (("01-01", 0.8), ("01-10", 0.1), ("01-30", 0.8), ("02-05", 0.1), ("02-10", 0.8)):
        score(warehouse, (f"2024-{day}", value))
    # 30 January is 29 days after the alert; 10 February is 40
    assert days(warehouse) == ["2024-01-01", "2024-02-10"]


def test_cool_down_ends_after_exactly_thirty_days(warehouse: Warehouse) -> None:
    make_world(warehouse)
    for day, value in (("01-01", 0.8), ("01-10", 0.1), ("01-31", 0.8)):
        score(warehouse, (f"2024-{day}", value))
    assert days(warehouse) == ["2024-01-01", "2024-01-31"]


def test_one_statement_gives_what_single_rows_in_order_give(warehouse: Warehouse) -> None:
    make_world(warehouse)
    values = (0.9, 0.2, 0.8, 0.65, 0.9, 0.5, 0.7, 0.1, 0.95, 0.3, 0.71, 0.72)
    scores = [
        (f"2024-01-{3 * index + 1:02d}" if index < 10 else f"2024-02-{index:02d}", v) for index, v in enumerate(values)
    ]
    for one in scores:
        score(warehouse, one, customer="C1")
    score(warehouse, *reversed(scores), customer="C2")
    with warehouse.connect() as connection:
        found = {
            code: connection.execute(
                "select array_agg(predicted_at order by predicted_at) from ml.alert where customer_code = %s", [code]
            ).fetchone()
            for code in ("C1", "C2")
        }
    assert found["C1"] == found["C2"]
    assert found["C1"] is not None
    assert len(found["C1"][0]) >= 1


def test_older_score_raises_no_alert(warehouse: Warehouse) -> None:
    make_world(warehouse)
    score(warehouse, ("2024-06-01", 0.2))
    score(warehouse, ("2024-03-01", 0.9))
    assert alerts(warehouse) == []


def test_rescoring_raises_no_second_alert(warehouse: Warehouse) -> None:
    make_world(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("update ml.alert_policy set cool_down = '0'")
    for _ in range(2):
        with warehouse.connect(Role.MODEL) as connection:
            connection.execute("delete from ml.prediction")
        score(warehouse, ("2024-06-01", 0.9))
    assert days(warehouse) == ["2024-06-01"]


def test_policy_is_data(warehouse: Warehouse) -> None:
    make_world(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("update ml.alert_policy set raise_at = 0.5, clear_below = 0.5")
    score(warehouse, ("2024-01-01", 0.5), customer="C1")
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("update ml.alert_policy set is_enabled = false")
    score(warehouse, ("2024-01-01", 0.99), customer="C2")
    score(warehouse, ("2024-01-01", 0.99), customer="C3", stage="shadow")
    assert [message for _, message in alerts(warehouse)] == ["Customer 1 has a high churn risk of 0.50"]


def rows_read(warehouse: Warehouse) -> int:
    """Rows that all statements so far read from predictions and alerts, whichever way."""
    with warehouse.connect(autocommit=True) as connection:
        connection.execute("select pg_stat_force_next_flush()")
        connection.execute("select pg_stat_clear_snapshot()")
        row = connection.execute(
            "select sum(read)::bigint from ("
            " select seq_tup_read as read from pg_stat_user_tables"
            " where schemaname = 'ml' and (relname like 'risk_history%' or relname = 'alert')"
            " union all"
            " select idx_tup_read from pg_stat_user_indexes"
            " where schemaname = 'ml' and (relname like 'risk_history%' or relname = 'alert')) as every_way"
        ).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize(("customers", "is_analyzed", "new_count"), [(5_000, False, 1), (20_000, True, 5)])
def test_new_scores_read_what_is_known_of_their_customers_and_no_more(
    warehouse: Warehouse, customers: int, is_analyzed: bool, new_count: int
) -> None:
    """With and without statistics of the months: a few rows per score are read, not the history."""
    make_world(warehouse, customers)
    months = [f"2024-{month:02d}-01" for month in range(1, 11)]
    known, new = months[:-new_count], months[-new_count:]
    bulk = """
        insert into ml.prediction (
          prediction_id, model_name, model_version, customer_code, customer_id, as_of_date, predicted_at,
          probability, predicted_label, threshold, features)
        select gen_random_uuid(), 'churn', 'churn-1', customer_code, id, month::date, month, random(), 0, 0.4, '{}'
        from crm.customer cross join unnest(%s::timestamptz[]) as month
    """
    with warehouse.connect() as connection:
        connection.execute("select setseed(0.5)")
        connection.execute("alter table ml.prediction disable trigger trigger_update_customer_risk")
        connection.execute(bulk, [known])
        connection.execute("alter table ml.prediction enable trigger trigger_update_customer_risk")
        if is_analyzed:
            connection.execute("analyze ml.prediction")
    before = rows_read(warehouse)
    with warehouse.connect() as connection:
        connection.execute(bulk, [new])
    assert len(days(warehouse)) > 0
    assert rows_read(warehouse) - before < 4 * len(months) * len(new) * customers
