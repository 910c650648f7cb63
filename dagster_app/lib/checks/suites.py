"""Great Expectations suites as asset checks: one check on the table's asset for each suite.

Suites and how they run belong to `expectations`. A monthly suite checks the newest months of a run: in a monthly run
that is its month; a back-fill of years is not checked month by month, its rows are under dbt's tests.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import dagster as dg

from dagster_app.lib.checks.recorded import report_recorded
from dagster_app.lib.runs.partitions import MONTHLY, RANGE_END_TAG, RANGE_START_TAG
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Role, Warehouse

if TYPE_CHECKING:
    from expectations.report import CheckReport
    from expectations.table_suite import TableSuite

PARTITION_TAG = "dagster/partition"
CHECKED_MONTHS = 1
NEWEST_MONTH = "select max(snapshot_month) from source.load_month"


def suite_checks() -> list[dg.AssetChecksDefinition]:
    """Return one asset check for every suite there is."""
    from expectations.registry import suites

    return [_check(suite) for suite in suites().values()]


def _check(suite: "TableSuite") -> dg.AssetChecksDefinition:
    from expectations.table_suite import CHECK_NAME

    @dg.asset_check(
        asset=dg.AssetKey(suite.relation.split(".")),
        name=CHECK_NAME,
        description=f"Volume, distribution, freshness and row rules of {suite.relation}.",
        blocking=suite.is_blocking,
    )
    def check(context: dg.AssetCheckExecutionContext, warehouse: WarehouseResource) -> dg.AssetCheckResult:
        from expectations.run import run_suite

        opened = warehouse.get()
        months: list[str | None] = [*run_months(opened, context.run.tags)] if suite.is_monthly else [None]
        reports = [run_suite(opened, suite.name, month, run_id=context.run.run_id) for month in months]
        report_recorded(context, len(reports))
        return _result(reports)

    return check


def run_months(warehouse: Warehouse, tags: Mapping[str, str]) -> list[str]:
    """Return the newest months a run is about, newest last; a run without months is about the newest loaded."""
    if PARTITION_TAG in tags:
        return [tags[PARTITION_TAG]]
    if RANGE_START_TAG in tags:
        keys = MONTHLY.get_partition_keys_in_range(dg.PartitionKeyRange(tags[RANGE_START_TAG], tags[RANGE_END_TAG]))
        return list(keys)[-CHECKED_MONTHS:]
    with warehouse.connect(Role.TRANSFORMER) as connection:
        row = connection.execute(NEWEST_MONTH).fetchone()
    newest: date | None = row[0] if row else None
    return [newest.isoformat()] if newest else []


def _result(reports: Sequence["CheckReport"]) -> dg.AssetCheckResult:
    """Sum the reports of a suite's months up: the worst counts."""
    failed = [report for report in reports if not report.passed]
    is_error = any(report.severity == "error" for report in failed)
    return dg.AssetCheckResult(
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if is_error else dg.AssetCheckSeverity.WARN,
        description="; ".join(report.summary for report in failed) or None,
        metadata={
            "rows_checked": sum(report.rows_checked for report in reports),
            "rows_failed": sum(report.rows_failed for report in reports),
            "months": ", ".join(report.partition_key for report in reports if report.partition_key) or "all",
            "rules": dg.MetadataValue.md("\n".join(_lines(reports))),
        },
    )


def _lines(reports: Sequence["CheckReport"]) -> Iterator[str]:
    yield "| rule | passed | observed |"
    yield "|---|---|---|"
    for report in reports:
        for rule in report.results:
            yield f"| {rule.description} | {'yes' if rule.passed else rule.severity} | {rule.observed} |"
