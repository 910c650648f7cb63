"""Result of one suite on one batch.

Belongs here: the report and its recorded check. Out of scope: creating one (`run`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from expectations.table_suite import CHECK_NAME, Severity, TableSuite
from warehouse.checks import CheckRecord

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class RuleResult:
    """Result of one expectation.

    Parameters
    ----------
    figure
        `row_rules`, or the figure of `thresholds.yml`.
    description
        The expectation as text.
    severity, passed
        `error` or `warn`; whether it is met.
    observed
        What was found: a number of bad rows, a mean, an instant; None where there was nothing to measure.
    """

    figure: str
    description: str
    severity: Severity
    passed: bool
    observed: str | float | None


@dataclass(frozen=True)
class CheckReport:
    """Results of a suite on one batch.

    Parameters
    ----------
    suite
        The suite that was run.
    month
        Snapshot month, of monthly suites.
    rows_checked, rows_failed
        Rows of the batch, and those with at least one reason.
    results
        Outcome of every expectation.
    reasons
        Bad rows by reason.
    statements
        SQL statements that Great Expectations and the references took.
    check_result_id
        Under which it was recorded; None: it was not.
    """

    suite: TableSuite
    month: date | None
    rows_checked: int
    rows_failed: int
    results: tuple[RuleResult, ...]
    reasons: dict[str, int]
    statements: int
    check_result_id: int | None = None

    @property
    def failed(self) -> list[RuleResult]:
        """Expectations that are not met, errors first."""
        return sorted((one for one in self.results if not one.passed), key=lambda one: one.severity)

    @property
    def passed(self) -> bool:
        """Whether every expectation is met, warnings included."""
        return not self.failed

    @property
    def severity(self) -> Severity:
        """`warn` where nothing worse than a warning fails."""
        return "warn" if self.failed and all(one.severity == "warn" for one in self.failed) else "error"

    @property
    def is_blocking(self) -> bool:
        """Whether a failure stops the downstream steps."""
        return self.suite.is_blocking and self.severity == "error"

    @property
    def partition_key(self) -> str | None:
        """The month as Dagster's partition key."""
        return self.month.isoformat() if self.month else None

    @property
    def summary(self) -> str:
        """Failed expectations, in one line."""
        rows = [f"{count} rows: {reason}" for reason, count in self.reasons.items()]
        figures = [f"{one.description}, found {one.observed}" for one in self.failed if one.figure != "row_rules"]
        return "; ".join([*rows, *figures])

    def record(self) -> CheckRecord:
        """Return the line of this report in `monitoring.check_result`."""
        details: dict[str, Any] = {
            "results": [vars(one) for one in self.results],
            "reasons": self.reasons,
            "statements": self.statements,
        }
        if not self.passed:
            details["summary"] = self.summary
        return CheckRecord(
            layer=self.suite.layer,
            relation=self.suite.relation,
            check_name=CHECK_NAME,
            tool="great_expectations",
            passed=self.passed,
            is_blocking=self.is_blocking,
            severity=self.severity,
            partition_key=self.partition_key,
            rows_checked=self.rows_checked,
            rows_failed=self.rows_failed,
            details=details,
        )
