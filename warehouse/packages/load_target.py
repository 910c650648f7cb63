"""What a raw table is to a data package: columns with kinds and limits, a key, rules of keeping and of knowing.

Belongs here: the classes that describe a load target. The targets themselves are in `load_targets.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Kind = Literal["text", "integer", "number", "money", "boolean", "date", "month", "timestamp", "document", "json"]

POSTGRES_TYPES: dict[Kind, str] = {
    "text": "text",
    "integer": "bigint",
    "number": "double precision",
    "money": "numeric(18,2)",
    "boolean": "boolean",
    "date": "date",
    "month": "date",
    "timestamp": "timestamptz",
    "document": "jsonb",
    "json": "jsonb",
}


DOCUMENT_KINDS: tuple[Kind, ...] = ("document", "json")


class VersionPolicy(StrEnum):
    """What happens to a row whose content changed."""

    VERSIONS = "versions"  # a new row with a later known_at
    CURRENT = "current"  # the row is updated; known_at stays the first


class KnownAtPolicy(StrEnum):
    """Rule for `known_at` if neither row nor package states it."""

    LOADED = "loaded"  # the instant of loading
    CUT_OFF = "cut_off"  # the snapshot month's as-of instant
    RECEIVED = "received"  # the row's own received_at
    REVIEWED = "reviewed"  # the row's own reviewed_at
    LOGGED = "logged"  # the row's own created_at
    LABELLED = "labelled"  # the row's own label_timestamp


@dataclass(frozen=True)
class LoadTargetColumn:
    """One column of a raw table.

    Parameters
    ----------
    max_length
        Longest text, in characters.
    minimum, maximum
        Inclusive limits, in the column's unit; for dates ISO text.
    allowed
        The only values, as they are stored.
    is_code
        Whether it names something, so that outer blanks mean nothing; keys and references always do.
    """

    name: str
    kind: Kind
    required: bool = False
    max_length: int | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    allowed: tuple[str | int, ...] = ()
    is_code: bool = False


@dataclass(frozen=True)
class ForeignKey:
    """A column that must name something on record, or in the files of the same load.

    Parameters
    ----------
    noun
        What is named, for reasons and reason codes (`unknown_customer`).
    target
        The target that brings it.
    key
        Column of that target by which it is named.
    """

    column: str
    noun: str
    target: str
    key: str


@dataclass(frozen=True)
class LoadTarget:
    """One raw table as a package sees it.

    Parameters
    ----------
    name
        Schema and table as written in `package.yml`.
    table
        Table that the rows are written to; differs from `name` if a table of latest versions hides the versions.
    key
        Columns that name the same fact in every version.
    rank
        Order of loading: referenced tables first.
    references
        Columns that must name what is on record.
    naive_timezone
        Zone of instants that state none; None: the business time zone.
    combined_into
        Load target that the rows are combined into on loading; None: they are written unchanged.
    """

    name: str
    table: str
    columns: tuple[LoadTargetColumn, ...]
    key: tuple[str, ...]
    keeping: VersionPolicy
    known_by: KnownAtPolicy
    rank: int
    references: tuple[ForeignKey, ...] = ()
    has_attributes: bool = False
    naive_timezone: str | None = None
    combined_into: str | None = None

    @property
    def is_monthly(self) -> bool:
        """Whether the table is partitioned by the snapshot month that each row names."""
        return "snapshot_month" in self.key

    def column(self, name: str) -> LoadTargetColumn:
        """Return the column called `name`."""
        return next(column for column in self.columns if column.name == name)

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of all columns a package can map."""
        return tuple(column.name for column in self.columns)
