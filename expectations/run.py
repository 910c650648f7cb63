"""Run a suite on the warehouse: measure the comparison figures, validate, record.

Belongs here: the order of these steps. Out of scope: SQL (`sql`), expectations (`translation`), pages
(`data_docs`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from expectations.registry import suite_named
from expectations.report import CheckReport, RuleResult
from expectations.sql import (
    INSERT_BAD_ROWS,
    REASONS,
    comparison_figures_query,
    insert_bad_rows_statement,
)
from expectations.stored_results import store_result
from warehouse.checks import record_checks
from warehouse.connection import Role
from warehouse.months import parse_month

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import psycopg
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.datasource.fluent.interfaces import Batch

    from expectations.table_suite import TableSuite
    from expectations.to_great_expectations import ComparisonFigures
    from warehouse.connection import Warehouse


def run_suite(
    warehouse: Warehouse, name: str, partition_key: str | None = None, *, run_id: str | None = None
) -> CheckReport:
    """Check one table, or one month of it, and record the result with every bad row.

    Parameters
    ----------
    warehouse : Warehouse
        Where the table is; read as transformer.
    name : str
        The suite: `schema.name` of its table.
    partition_key : str, optional
        Snapshot month `YYYY-MM-01`; monthly suites need it, others refuse it.
    run_id : str, optional
        The run the result is recorded under.

    Returns
    -------
    CheckReport
        With its `check_result_id`.

    Raises
    ------
    LookupError
        No suite has the name.
    ValueError
        A month is missing or not expected.
    """
    return run_suite_months(warehouse, name, [partition_key], run_id=run_id)[0]


def run_suite_months(
    warehouse: Warehouse, name: str, partition_keys: Sequence[str | None], *, run_id: str | None = None
) -> list[CheckReport]:
    """Check several months of one table as `run_suite` checks one, opening it once; reports are in their order."""
    from expectations.great_expectations_session import batch_of

    suite = suite_named(name)
    months = [parse_month(key) if key is not None else None for key in partition_keys]
    for month in months:
        suite.bounds_of(month)
    with warehouse.connect(Role.TRANSFORMER) as connection, batch_of(warehouse, suite.relation) as batch:
        return [_check(warehouse, connection, batch, suite, month, run_id) for month in months]


def _check(
    warehouse: Warehouse,
    connection: psycopg.Connection[Any],
    batch: Batch,
    suite: TableSuite,
    month: date | None,
    run_id: str | None,
) -> CheckReport:
    """Measure, validate, record and store one batch; its record is kept if a later one fails."""
    references = _references(connection, suite, month)
    validated = _validate(batch, suite, references, month)
    report = _record(connection, _report(connection, suite, month, references, validated), run_id)
    connection.commit()
    store_result(warehouse, suite.name, report.partition_key, validated[0])
    return report


def _references(connection: psycopg.Connection[Any], suite: TableSuite, month: date | None) -> ComparisonFigures:
    """Measure the comparison figures, in one statement."""
    from expectations.to_great_expectations import ComparisonFigures

    row = connection.execute(comparison_figures_query(suite, month).encode()).fetchone()
    if row is None:
        raise RuntimeError(f"suite {suite.name}: the statement of references returned no row")
    rows, is_needed, must_reach, *before = row
    previous_rows, *figures = before or [None]
    means = {
        column: (mean, deviation)
        for column, mean, deviation in zip(suite.monitored_columns, figures[::2], figures[1::2], strict=False)
        if mean is not None and deviation
    }
    return ComparisonFigures(
        rows=rows, is_needed=is_needed, previous_rows=previous_rows, previous_means=means, must_reach=must_reach
    )


def _validate(
    batch: Batch, suite: TableSuite, references: ComparisonFigures, month: date | None
) -> tuple[ExpectationSuiteValidationResult, int]:
    """Validate with Great Expectations; returns its result and how many statements it sent."""
    from expectations.great_expectations_session import counted_statements
    from expectations.to_great_expectations import expectation_suite

    expected = expectation_suite(suite, references, month)
    with counted_statements() as statements:
        result = batch.validate(expected, result_format={"result_format": "COMPLETE"})
    return result, len(statements)


def _report(
    connection: psycopg.Connection[Any],
    suite: TableSuite,
    month: date | None,
    references: ComparisonFigures,
    validated: tuple[ExpectationSuiteValidationResult, int],
) -> CheckReport:
    """Build the report; bad rows are inserted into the session's table of bad rows."""
    result, statements = validated
    report = CheckReport(
        suite=suite,
        month=month,
        rows_checked=references.rows,
        rows_failed=0,
        results=tuple(_rule_result(suite, one) for one in result.results),
        reasons={},
        statements=statements + 2,  # the references, and that the table is there
    )
    if not any(one.figure == "row_rules" for one in report.failed):
        return report
    rows_failed = connection.execute(insert_bad_rows_statement(suite, month).encode()).rowcount
    reasons = dict(cast("list[tuple[str, int]]", connection.execute(REASONS.encode()).fetchall()))
    return replace(report, rows_failed=rows_failed, reasons=reasons, statements=report.statements + 2)


def _rule_result(suite: TableSuite, result: Any) -> RuleResult:
    """Translate one result; an expectation that could not be evaluated is an error of the code, not of the data.

    Raises
    ------
    RuntimeError
        Great Expectations raised while it evaluated the expectation.
    """
    config = result.expectation_config
    trouble = [one for one in (result.exception_info or {}).values() if isinstance(one, dict)]
    messages = [str(one["exception_message"]) for one in trouble if one.get("raised_exception")]
    if messages or (result.exception_info or {}).get("raised_exception"):
        reason = messages[0] if messages else str(result.exception_info)
        raise RuntimeError(f"suite {suite.name}: {config.type} could not be evaluated: {reason}")
    observed = result.result.get("observed_value")
    return RuleResult(
        figure=config.meta["figure"],
        description=config.description or _described(config),
        severity=config.meta["severity"],
        passed=bool(result.success),
        observed=observed if observed is None or isinstance(observed, int | float) else str(observed),
    )


def _described(config: Any) -> str:
    """Describe an expectation of a figure: its column and bounds."""
    kwargs = config.kwargs
    column = f" of {kwargs['column']}" if kwargs.get("column") else ""
    limits = {">=": kwargs.get("min_value"), "<=": kwargs.get("max_value")}
    bounds = [f"{sign} {limit}" for sign, limit in limits.items() if limit is not None]
    return f"{config.meta['figure']}{column} {' and '.join(bounds)}"


def _record(connection: psycopg.Connection[Any], report: CheckReport, run_id: str | None) -> CheckReport:
    """Record the result; bad rows are copied inside the database."""
    (check_result_id,) = record_checks(connection, [report.record()], run_id=run_id)
    if report.rows_failed:
        connection.execute(INSERT_BAD_ROWS.encode(), {"check_result_id": check_result_id})
    return replace(report, check_result_id=check_result_id)
