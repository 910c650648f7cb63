"""What one table is held to, in plain data: no Great Expectations here, so that reading it costs nothing.

Belongs here: the words a suite is written in. Out of scope: numbers (`thresholds.yml`), and how a
suite becomes expectations (`translation`).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

from warehouse.months import as_of_date

Layer = Literal["raw", "staging", "features", "predictions", "marts"]
Severity = Literal["error", "warn"]

CHECK_NAME = "expectations"
_PRODUCTION_VERSION = "exists (select from ml.model_version as serving where is_active and {})"
ANY_PRODUCTION_MODEL = _PRODUCTION_VERSION.format("target_name in (select target_name from staging.target_definition)")
"""A company with too few known outcomes has no risk model, and so no scores."""
DOCUMENTED_TARGET_MODEL = _PRODUCTION_VERSION.format(
    "target_name in (select target_name from staging.target_definition where is_documented)"
)
"""What the documented churn tables are made of; a company may be asked of other targets only."""


@dataclass(frozen=True)
class RowRule:
    """What no row may be.

    Parameters
    ----------
    reason
        What is wrong with a row the rule finds, in words; unique within the suite.
    bad_when
        SQL condition over the table's columns, true for a bad row (NULL is not bad). It holds no brace.
    severity
        `error`: the table is not fit for use; `warn`: somebody should look.
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
    """One condition that the rows of a snapshot month meet.

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
        Where the table stands, and `schema.name`.
    key
        Columns that name a bad row.
    rules
        Row rules; all of them are asked in one statement.
    is_blocking
        Whether a failure of severity `error` stops everything downstream.
    month_bounds
        What the rows of one snapshot month meet; empty: the table is checked whole.
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
        """Return what the rows to check meet; nothing where the table is checked whole.

        Raises
        ------
        ValueError
            A monthly suite was given no month, or another one a month.
        """
        if (month is not None) != self.is_monthly:
            wanted = "needs a month (YYYY-MM-01)" if self.is_monthly else "is checked whole, without a month"
            raise ValueError(f"suite {self.name} {wanted}")
        return tuple(bound.of_month(month) for bound in self.month_bounds) if month else ()
