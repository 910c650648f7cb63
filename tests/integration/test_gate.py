"""A failed blocking check stops every step downstream of it, in later runs too, until it passes."""

from collections.abc import Iterator

import dagster as dg
import pytest

from dagster_app.definitions import defs
from dagster_app.lib.checks import blocking
from dagster_app.resources.warehouse import WarehouseResource
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
    blocking.require_passed(warehouse, [RELATION], [None])
    record(warehouse, passed=False)
    for _ in range(2):  # in this run and in the next one
        with pytest.raises(dg.Failure) as refused:
            blocking.require_passed(warehouse, [RELATION], [None])
        assert f"{RELATION}: expectations" in str(refused.value.description)
        assert "3 bad rows" in str(refused.value.description)
    record(warehouse, passed=True)
    blocking.require_passed(warehouse, [RELATION], [None])


def test_a_failed_check_that_does_not_block_stops_nothing(warehouse: Warehouse) -> None:
    record(warehouse, passed=False, is_blocking=False)
    blocking.require_passed(warehouse, [RELATION], [None])


def test_a_failed_month_stops_its_own_month_and_what_has_no_months(warehouse: Warehouse) -> None:
    record(warehouse, passed=False, month="2025-11-01")
    blocking.require_passed(warehouse, [RELATION], ["2025-12-01"])
    for months in (["2025-11-01"], ["2025-10-01", "2025-11-01"], [None]):
        with pytest.raises(dg.Failure, match="2025-11-01"):
            blocking.require_passed(warehouse, [RELATION], months)


def test_a_failure_elsewhere_stops_nothing(warehouse: Warehouse) -> None:
    record(warehouse, passed=False)
    blocking.require_passed(warehouse, ["staging.stg_deskroom__message"], [None])


def test_a_check_that_no_longer_exists_stops_nothing(warehouse: Warehouse) -> None:
    record(warehouse, passed=False, tool="dbt", name="assert_something_we_no_longer_ask")
    blocking.require_passed(warehouse, [RELATION], [None])


def test_upstream_reaches_from_scores_to_raw_tables() -> None:
    upstream = blocking.relations_upstream(defs.resolve_asset_graph(), frozenset([dg.AssetKey(["ml", "prediction"])]))
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


def test_a_body_asks_for_checks_of_all_ancestors_also_in_a_job_that_holds_none_of_them(warehouse: Warehouse) -> None:
    ran = []
    snapshot = dg.AssetSpec(RELATION.split("."))

    @dg.asset(deps=[snapshot])
    def features() -> None:
        """Reads the checked table."""

    @dg.asset(deps=[features])
    @blocking.require_upstream_checks
    def scores(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> None:
        """Reads the table at second hand."""
        ran.append(context.run.run_id)

    @dg.multi_asset(specs=[dg.AssetSpec("figures", deps=[features]), dg.AssetSpec("pages", deps=[features])])
    @blocking.require_upstream_checks
    def reports(
        context: dg.AssetExecutionContext, warehouse: WarehouseResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        """Yields, as bodies of several assets do."""
        ran.append(context.run.run_id)
        yield dg.MaterializeResult(asset_key="figures")
        yield dg.MaterializeResult(asset_key="pages")

    job = dg.define_asset_job("score", dg.AssetSelection.assets(scores, reports))
    definitions = dg.Definitions(
        assets=[snapshot, features, scores, reports],
        jobs=[job],
        resources={"warehouse": WarehouseResource(company=warehouse.company)},
        executor=dg.in_process_executor,
    )
    score = definitions.resolve_job_def("score")

    record(warehouse, passed=False)
    result = score.execute_in_process(raise_on_error=False)
    failures = [event.step_failure_data.user_failure_data for event in result.all_events if event.is_step_failure]
    assert [f"{RELATION}: expectations" in str(failure and failure.description) for failure in failures] == [True, True]
    assert ran == []

    record(warehouse, passed=True)
    assert score.execute_in_process().success
    assert len(ran) == 2
