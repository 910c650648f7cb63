"""`bellwether explain` over a built warehouse."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cli.explain import read_explanation, render
from warehouse.connection import Role, Warehouse
from warehouse.errors import BellwetherError


def _printed(warehouse: Warehouse, customer: str, role: Role) -> str:
    with warehouse.connect(role) as connection:
        explanation = read_explanation(connection, customer)
    console = Console(width=200, file=StringIO(), record=True)
    for part in render(explanation):
        console.print(part)
    return console.export_text()


def test_explain_prints_reasons_as_text(risk_world: Warehouse) -> None:
    text = _printed(risk_world, "C39", Role.MANAGER)
    assert "Person 39 · 010-1234-1039 · c39@customers.example" in text
    assert "96.2% (critical) as of 2026-01-01, model churn-1" in text
    assert "Complaints (VOC), last 90 days (최근 90일 불만(VOC) 수)" in text
    assert "raises risk" in text
    assert "lowers risk" in text
    assert "3 scores" in text
    assert "HIGH_RISK" in text, "the first score of 1 November crossed the threshold"


def test_an_analyst_gets_the_reasons_without_the_person(risk_world: Warehouse) -> None:
    text = _printed(risk_world, "c39", Role.ANALYST)
    assert "96.2% (critical)" in text
    assert "Person 39" not in text
    assert "c39@" not in text


def test_an_unknown_customer_is_an_error_with_near_matches(risk_world: Warehouse) -> None:
    with risk_world.connect(Role.ANALYST) as connection, pytest.raises(BellwetherError) as caught:
        read_explanation(connection, "C039")
    assert "no customer has the code 'C039'" in str(caught.value)
    assert "C39" in caught.value.remedy


def test_empty_warehouse_names_the_command_to_run(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.ANALYST) as connection, pytest.raises(BellwetherError, match="bellwether run"):
        read_explanation(connection, "C1")
