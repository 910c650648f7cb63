"""A failed blocking check stops every step downstream of it, in later runs too, until it passes."""

from __future__ import annotations

import dagster as dg
import pytest

from dagster_app.lib.checks import blocking as gate
from warehouse.checks import CheckRecord, record_checks
from warehouse.connection import Role, Warehouse

RELATION = "staging.base_deskroom__snapshot"


def record(
    warehouse: Warehouse,
    *,
    passed: bool,
    is_blocking: bool = True,
    month: str | None = None,
    tool: str = "great_expectations",
    name: str = "expectations",
) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        check = CheckRecord(
            layer="staging",
            relation=RELATION,
            check_name=name,
            tool=tool,  # type: ignore[arg-type]
            passed=passed,
            is_blocking=is_blocking,
            severity="error",
            partition_key=month,
            rows_failed=None if passed else 3,
        )
        record_checks(connection, [check])


def test_a_failed_blocking_check_stops_the_step_until_it_passes(warehouse: Warehouse) -> None:
    gate.require_passed(warehouse, [RELATION], [None])
    record(warehouse, passed=False)
    for _ in range(2):  # in this run and in the next one
        with pytest.raises(dg.Failure) as refused:
            gate.require_passed(warehouse, [RELATION], [None])
        assert f"{RELATION}: expectations" in str(refused.value.description)
        assert "3 bad rows" in str(refused.value.description)
    record(warehouse, passed=True)
    gate.require_passed(warehouse, [RELATION], [None])


def test_a_failed_check_that_does_not_block_stops_nothing(warehouse: Warehouse) -> None:
    record(warehouse, passed=False, is_blocking=False)
    gate.require_passed(warehouse, [RELATION], [None])


def test_a_failed_month_stops_its_own_month_and_what_has_no_months(warehouse: Warehouse) -> None:
    record(warehouse, passed=False, month="2025-11-01")
    gate.require_passed(warehouse, [RELATION], ["2025-12-01"])
    for months in (["2025-11-01"], ["2025-10-01", "2025-11-01"], [None]):
        with pytest.raises(dg.Failure, match="2025-11-01"):
            gate.require_passed(warehouse, [RELATION], months)


def test_a_failure_elsewhere_stops_nothing(warehouse: Warehouse) -> None:
    record(warehouse, passed=False)
    gate.require_passed(warehouse, ["staging.stg_deskroom__message"], [None])


def test_a_check_that_no_longer_exists_stops_nothing(warehouse: Warehouse) -> None:
    record(warehouse, passed=False, tool="dbt", name="assert_something_we_no_longer_ask")
    gate.require_passed(warehouse, [RELATION], [None])


def test_upstream_reaches_from_scores_to_raw_tables() -> None:
    upstream = gate.relations_upstream(frozenset([dg.AssetKey(["ml", "prediction"])]))
    assert {
        "source.user_monthly_features",
        "staging.base_deskroom__snapshot",
        "analytics.customer_features",
        "intermediate.int_outcomes__label",
        "ml.label",
        "ml.model_version",
    } <= set(upstream)
    assert "ml.prediction" not in upstream
    assert "analytics.risk_trends" not in upstream
