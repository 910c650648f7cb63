"""Translation of a suite into expectations of Great Expectations.

Belongs here: which expectation belongs to which line of a suite or of `thresholds.yml`. Out of scope: running
them (`run`), and SQL (`sql`). Great Expectations is imported by whoever calls, which takes seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from importlib import import_module
from math import ceil, floor
from operator import and_, eq, gt, lt
from typing import TYPE_CHECKING, Any

from expectations.sql import bad_rows_query
from expectations.thresholds import Threshold, of_relation, one_of_relation

if TYPE_CHECKING:
    from great_expectations import ExpectationSuite

    from expectations.table_suite import Bound, Severity, TableSuite

# the library does not declare to type checkers what it exports here
gxe: Any = import_module("great_expectations.expectations")

# severities of Great Expectations
_SEVERITY = {"error": "critical", "warn": "warning"}


@dataclass(frozen=True)
class ComparisonFigures:
    """Values that the figures of a batch are compared with.

    Parameters
    ----------
    previous_rows
        Rows of the month before; None: no such month, or not a monthly table.
    previous_means
        Mean and standard deviation of monitored columns the month before, where they exist.
    must_reach
        Instant or day that the freshness column must reach, before its threshold is taken off.
    rows
        Rows of the batch: an empty batch has no figures.
    is_needed
        Whether there must be any: the suite's `required_when`.
    """

    rows: int
    previous_rows: int | None = None
    previous_means: dict[str, tuple[float, float]] | None = None
    must_reach: datetime | date | None = None
    is_needed: bool = True


@dataclass(frozen=True)
class PlannedExpectation:
    """A figure to compare: the expectation's name, the threshold it comes from, and its arguments."""

    kind: str
    threshold: Threshold
    arguments: dict[str, Any]


def expectation_suite(suite: TableSuite, references: ComparisonFigures, month: date | None) -> ExpectationSuite:
    """Return the expectations of a table, or of the rows of one month.

    The month is a condition of each expectation, not a query of its own: Great Expectations would fetch such a query
    completely to find its columns.
    """
    from great_expectations import ExpectationSuite

    planned = _volume(suite, references)
    if references.rows:
        planned += _filled(suite) if references.is_needed else []
        planned += [*_means(suite), *_mean_shifts(suite, references), *_freshness(suite, references)]
    bounds = suite.bounds_of(month)
    limits = _row_condition(bounds)
    figures = [getattr(gxe, one.kind)(**one.arguments, **limits, **_of_threshold(one.threshold)) for one in planned]
    return ExpectationSuite(name=suite.name, expectations=[*_row_rules(suite, bounds), *figures])


def _of_threshold(line: Threshold) -> dict[str, Any]:
    note = f"{line.source} ({line.owner}, {line.date}). If crossed: {line.action}"
    return {"notes": note, **_of_severity(line.figure, line.severity)}


def _of_severity(figure: str, severity: Severity) -> dict[str, Any]:
    return {"severity": _SEVERITY[severity], "meta": {"figure": figure, "severity": severity}}


def _row_condition(bounds: tuple[Bound, ...]) -> dict[str, Any]:
    from great_expectations.expectations.row_conditions import Column

    if not bounds:
        return {}
    compare = {"=": eq, ">": gt, "<": lt}
    conditions = [compare[one.operator](Column(one.column), one.value) for one in bounds]
    return {"row_condition": reduce(and_, conditions)}


def _row_rules(suite: TableSuite, bounds: tuple[Bound, ...]) -> list[Any]:
    openings: dict[Severity, str] = {"error": "No row where: ", "warn": "Worth a look, rows where: "}
    made = []
    for severity, opening in openings.items():
        rules = [rule for rule in suite.rules if rule.severity == severity]
        if rules:
            query = bad_rows_query(suite, rules, "{batch}", bounds)
            description = opening + "; ".join(rule.reason for rule in rules)
            about = _of_severity("row_rules", severity)
            made.append(gxe.UnexpectedRowsExpectation(unexpected_rows_query=query, description=description, **about))
    return made


def _volume(suite: TableSuite, references: ComparisonFigures) -> list[PlannedExpectation]:
    kind = "ExpectTableRowCountToBeBetween"
    planned = []
    if references.is_needed and not suite.allow_empty:
        least = one_of_relation(suite.relation, "row_count_min")
        planned.append(PlannedExpectation(kind, least, {"min_value": int(least.value)}))
    if references.previous_rows:
        change = one_of_relation(suite.relation, "volume_change_ratio")
        lowest = floor(references.previous_rows * (1 - change.value))
        highest = ceil(references.previous_rows * (1 + change.value))
        planned.append(PlannedExpectation(kind, change, {"min_value": lowest, "max_value": highest}))
    return planned


def _filled(suite: TableSuite) -> list[PlannedExpectation]:
    kind = "ExpectColumnProportionOfNonNullValuesToBeBetween"
    lines = of_relation(suite.relation, "filled_ratio_min")
    return [PlannedExpectation(kind, line, {"column": line.column, "min_value": line.value}) for line in lines]


def _means(suite: TableSuite) -> list[PlannedExpectation]:
    kind = "ExpectColumnMeanToBeBetween"
    least = [(line, "min_value") for line in of_relation(suite.relation, "mean_min")]
    most = [(line, "max_value") for line in of_relation(suite.relation, "mean_max")]
    return [
        PlannedExpectation(kind, line, {"column": line.column, bound: line.value}) for line, bound in [*least, *most]
    ]


def _mean_shifts(suite: TableSuite, references: ComparisonFigures) -> list[PlannedExpectation]:
    line = one_of_relation(suite.relation, "mean_shift_deviations")
    planned = []
    for column, (mean, deviation) in (references.previous_means or {}).items():
        reach = line.value * deviation
        arguments = {"column": column, "min_value": mean - reach, "max_value": mean + reach}
        planned.append(PlannedExpectation("ExpectColumnMeanToBeBetween", line, arguments))
    return planned


def _freshness(suite: TableSuite, references: ComparisonFigures) -> list[PlannedExpectation]:
    if suite.freshness is None or references.must_reach is None:
        return []
    line = one_of_relation(suite.relation, "freshness_days")
    earliest = references.must_reach - timedelta(days=line.value)
    arguments = {"column": suite.freshness.column, "min_value": earliest}
    return [PlannedExpectation("ExpectColumnMaxToBeBetween", line, arguments)]
