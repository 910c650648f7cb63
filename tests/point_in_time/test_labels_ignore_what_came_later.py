"""A known label does not change with later snapshots or late corrections."""

from __future__ import annotations

from tests.dbt_builds import build_models
from tests.risk_world import MONTHS, insert_company
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame

UNTIL_JUNE = (
    "select md5(string_agg(label::text, '|' order by label::text)) from"
    " (select * from intermediate.int_outcomes__label where as_of_date <= '2025-06-01') as label"
)


def _hash(warehouse: Warehouse) -> str:
    build_models(warehouse, "+int_outcomes__label", months=MONTHS)
    with warehouse.connect(Role.MODEL) as connection:
        row = connection.execute(UNTIL_JUNE).fetchone()
    assert row is not None
    return str(row[0])


def test_earlier_labels_do_not_depend_on_later_snapshots(warehouse: Warehouse) -> None:
    """Labels as of June look at snapshots until August; everything after is turned upside down."""
    insert_company(warehouse)
    before = _hash(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "update source.user_monthly_features set contract_info ="
            ' replace(contract_info::text, \'"status": "active"\', \'"status": "ended"\')::jsonb'
            " where snapshot_month >= '2025-10-01'"
        )
        connection.execute(
            "delete from source.user_monthly_features where snapshot_month = '2025-09-01' and ccod < 'C2'"
        )
    assert _hash(warehouse) == before


def test_labels_of_a_shorter_history_are_a_subset(warehouse: Warehouse) -> None:
    """Labels known in October are the same in January."""
    insert_company(warehouse)
    query = "select customer_code, as_of_date, label, known_at from intermediate.int_outcomes__label order by 2, 1"
    build_models(warehouse, "+int_outcomes__label", months=MONTHS)
    with warehouse.connect(Role.MODEL) as connection:
        full = read_frame(connection, query)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("delete from source.user_monthly_features where snapshot_month >= '2025-10-01'")
    build_models(warehouse, "+int_outcomes__label", months=MONTHS)
    with warehouse.connect(Role.MODEL) as connection:
        short = read_frame(connection, query)
    known_in_october = full[full["known_at"] <= "2025-09-30T15:00:00Z"].reset_index(drop=True)
    assert len(short) > 0
    assert short.equals(known_in_october)


def test_missing_month_is_replaced_by_the_next_and_known_later(warehouse: Warehouse) -> None:
    insert_company(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute("delete from source.user_monthly_features where snapshot_month = '2025-08-01'")
    build_models(warehouse, "+int_outcomes__label", months=MONTHS)
    with warehouse.connect(Role.MODEL) as connection:
        rows = connection.execute(
            "select customer_code, label, known_at::date::text from intermediate.int_outcomes__label"
            " where as_of_date = '2025-06-01' and customer_code in ('C1', 'C5') order by 1"
        ).fetchall()
    # the snapshot of September is cut off on 1 October, later than 1 September plus 14 days
    assert rows == [("C1", 0, "2025-09-30"), ("C5", 1, "2025-09-30")]
