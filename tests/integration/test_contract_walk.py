"""The documented names answer in a built warehouse; the walk itself notices what is missing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.walk import inventory, is_compatible, walk
from warehouse.connection import Role, Warehouse


def test_every_documented_name_answers(risk_world: Warehouse) -> None:
    with risk_world.connect() as connection:
        assert walk(connection, inventory()) == []


def test_every_documented_relation_is_readable_by_those_it_is_for(risk_world: Warehouse) -> None:
    names = [one["relation"] for system in inventory() for one in system["relations"]]
    with risk_world.connect(Role.ANALYST) as connection:
        for name in names:
            if name.startswith("analytics.") and name != "analytics.high_risk_customers":
                connection.execute(f"select * from {name} limit 1")
        connection.execute("select id, risk_score, prediction_time from analytics.high_risk_customers limit 1")


def test_the_walk_notices_what_is_missing(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute("drop trigger trigger_update_customer_risk on ml.prediction")
        connection.execute("drop index crm.idx_customer_created_at")
        connection.execute("alter table crm.customer drop column age, alter column phone type varchar(10)")
        problems = walk(connection, inventory()[:1])
    for expected in (
        "churn: crm.customer.age does not exist",
        "churn: crm.customer.phone is character varying(10), documented as varchar(50)",
        "churn: index idx_customer_created_at is on none of crm.customer",
        "churn: analytics.risk_trends does not exist",
        "trigger trigger_update_customer_risk is not on ml.prediction",
    ):
        assert expected in problems


@pytest.mark.parametrize(
    ("documented", "found", "fits"),
    [
        ("integer", "bigint", True),
        ("bigint", "integer", False),
        ("real", "double precision", True),
        ("double precision", "real", False),
        ("double precision", "numeric", False),
        ("varchar(50)", "character varying(255)", True),
        ("varchar(50)", "character varying(10)", False),
        ("varchar(50)", "text", True),
        ("text", "character varying(255)", False),
        ("timestamp with time zone", "timestamp without time zone", False),
    ],
)
def test_a_type_may_be_wider_but_not_narrower(documented: str, found: str, fits: bool) -> None:
    assert is_compatible(documented, found) is fits


def test_every_contradiction_of_the_systems_built_has_its_test() -> None:
    files = (Path(__file__).parents[1]).rglob("test_*.py")
    named = {int(one) for path in files for one in re.findall(r"def test_c(\d\d)_", path.read_text(encoding="utf-8"))}
    churn_and_mlops, deskroom = range(1, 22), range(31, 42)
    assert named >= {*churn_and_mlops, *deskroom}
