"""The suite of one table as plain data: no import of Great Expectations, so that it is cheap to read.

Belongs here: the classes of a suite. Out of scope: numbers (`thresholds.yml`), and how a
suite becomes expectations (`to_great_expectations`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from warehouse.months import as_of_date

Layer = Literal["raw", "staging", "features", "predictions", "marts"]
Severity = Literal["error", "warn"]

CHECK_NAME = "expectations"
_PRODUCTION_VERSION = "exists (select from ml.model_version as production where is_active and {})"
ANY_PRODUCTION_MODEL = _PRODUCTION_VERSION.format("target_name in (select target_name from staging.target_definition)")
"""A company with too few labels has no risk model, and so no scores."""
DOCUMENTED_TARGET_MODEL = _PRODUCTION_VERSION.format(
    "target_name in (select target_name from staging.target_definition where is_documented)"
)
"""Required by the documented churn tables; a company may have other targets only."""


@dataclass(frozen=True)
class RowRule:
    """A condition that no row may meet.

    Parameters
    ----------
    reason
        What is wrong with a bad row, as text; unique within the suite.
    bad_when
        SQL condition over the table's columns, true for a bad row (NULL is not bad). It contains no brace.
    severity
        `error`: the table is not fit for use; `warn`: it should be looked at.
    """

    reason: str
    bad_when: str
    severity: Severity = "error"


@dataclass(frozen=True)
class Freshness:
    """The newest value of a column must keep up with a reference.

    Parameters
    ----------
    column
        A date or timestamptz column of the table.
    reference
        SQL expression (a scalar query) for the instant it must reach, less the threshold `freshness_days`; no check
        where it is NULL.
    """

    column: str
    reference: str


@dataclass(frozen=True)
class Bound:
    """One condition of the rows of a snapshot month.

    Parameters
    ----------
    column, operator
        Column and comparison.
    value
        A date or an instant, with one of `{month}`, `{as_of}`, `{day_before}`, `{day_after}` (of the as-of date) or
        `{month_after}` (a month after it).
    """

    column: str
    operator: Literal["=", ">", "<"]
    value: str

    def of_month(self, month: date) -> Bound:
        """Return the bound with the month's own date."""
        as_of = as_of_date(month)
        return replace(
            self,
            value=self.value.format(
                month=month,
                as_of=as_of,
                day_before=as_of - timedelta(days=1),
                day_after=as_of + timedelta(days=1),
                month_after=as_of_date(as_of),
            ),
        )


@dataclass(frozen=True)
class TableSuite:
    """The checks of one table.

    Parameters
    ----------
    layer, relation
        Layer, and `schema.name`.
    key
        Columns that name a bad row.
    rules
        Row rules; one statement checks all of them.
    is_blocking
        Whether a failure of severity `error` stops everything downstream.
    month_bounds
        Condition for the rows of one snapshot month; empty: the table is checked as a whole.
    monitored_columns
        Numeric columns whose mean is compared with the month before; monthly tables only.
    freshness
        What the table must keep up with.
    allow_empty
        Whether a company without this system has no row here.
    required_when
        SQL condition under which the table must be filled (rows, and values in its columns), where it is not always
        so; None: always.
    """

    layer: Layer
    relation: str
    key: tuple[str, ...]
    rules: tuple[RowRule, ...]
    is_blocking: bool = True
    month_bounds: tuple[Bound, ...] = ()
    monitored_columns: tuple[str, ...] = field(default=())
    freshness: Freshness | None = None
    allow_empty: bool = False
    required_when: str | None = None

    @property
    def name(self) -> str:
        """Name of the suite: that of its relation."""
        return self.relation

    @property
    def is_monthly(self) -> bool:
        """Whether the suite is run for one snapshot month at a time."""
        return bool(self.month_bounds)

    def bounds_of(self, month: date | None) -> tuple[Bound, ...]:
        """Return the condition of the rows to check; none if the table is checked as a whole.

        Raises
        ------
        ValueError
            A monthly suite has no month, or another suite has one.
        """
        if (month is not None) != self.is_monthly:
            needs = "needs a month (YYYY-MM-01)" if self.is_monthly else "is checked as a whole, without a month"
            raise ValueError(f"suite {self.name} {needs}")
        return tuple(bound.of_month(month) for bound in self.month_bounds) if month else ()
