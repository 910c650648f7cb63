"""The load log: what was loaded when, from which file, with which result.

Belongs here: the tables `source.load_batch`, `load_month`, `data_package` and `attribute`. Out of
scope: the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from warehouse.loading.errors import LoadError
from warehouse.packages import DataPackage

# one load at a time per database: any constant will do, as long as no other lock has it
LOAD_LOCK = 0x62656C6C_6C6F6164


@dataclass(frozen=True)
class Counts:
    """Rows of one batch by outcome; read = loaded + unchanged + quarantined."""

    read: int
    loaded: int
    unchanged: int
    quarantined: int


def acquire_load_lock(connection: psycopg.Connection) -> None:
    """Wait until no other load runs, then mark the batches of a killed one as failed. Held until disconnection."""
    connection.execute("select pg_advisory_lock(%s)", [LOAD_LOCK])
    connection.execute(
        "update source.load_batch set status = 'failed', finished_at = clock_timestamp(), "
        "error_message = 'the process ended before this file was loaded; no row was written: load it again' "
        "where status = 'running'"
    )


def database_clock(connection: psycopg.Connection) -> datetime:
    """Return the time of the database, later than every earlier load even if its clock was set back."""
    row = connection.execute(
        "select greatest(clock_timestamp(), max(finished_at) + interval '1 microsecond') "
        "from source.load_batch where status = 'loaded'"
    ).fetchone()
    assert row is not None  # noqa: S101 - an aggregate always returns a row
    instant: datetime = row[0]
    return instant


def register_package(connection: psycopg.Connection, package: DataPackage) -> datetime:
    """Record the package and its attributes.

    Returns
    -------
    datetime
        Instant from which this definition applies: files loaded before it are read again.

    Raises
    ------
    LoadError
        The database belongs to another company, or real and simulated records would mix.
    """
    _check_company(connection, package)
    with connection.transaction():
        since = _upsert_package(connection, package)
        _register_attributes(connection, package)
    return since


def _upsert_package(connection: psycopg.Connection, package: DataPackage) -> datetime:
    known = connection.execute(
        "select definition from source.data_package where package_name = %s", [package.name]
    ).fetchone()
    reads_as_before = known is not None and _is_read_the_same_way(known[0], package.definition)
    row = connection.execute(
        """
        insert into source.data_package as known (
            company, package_name, business_timezone, currency, is_simulated, definition, loaded_at
        )
        values (%s, %s, %s, %s, %s, %s, clock_timestamp())
        on conflict (package_name) do update
        set business_timezone = excluded.business_timezone,
            currency = excluded.currency,
            is_simulated = excluded.is_simulated,
            definition = excluded.definition,
            loaded_at = case when %s then known.loaded_at else excluded.loaded_at end
        returning loaded_at
        """,
        [
            package.company,
            package.name,
            package.business_timezone,
            package.currency,
            package.is_simulated,
            Jsonb(package.definition),
            reads_as_before,
        ],
    ).fetchone()
    assert row is not None  # noqa: S101 - an upsert always returns its row
    since: datetime = row[0]
    return since


def _is_read_the_same_way(known: dict[str, Any], now: dict[str, Any]) -> bool:
    """Whether files read under the known definition would be read the same way now.

    Entries may be added or dropped; titles, limits and dates do not change how rows are read.
    """

    def essence(definition: dict[str, Any]) -> list[Any]:
        types = {name: about["type"] for name, about in definition.get("attributes", {}).items()}
        return [definition["business_timezone"], types, definition.get("lookups", {})]

    places = {(entry["target"], entry["path"]) for entry in now["files"]}
    kept = [entry for entry in known["files"] if (entry["target"], entry["path"]) in places]
    return essence(known) == essence(now) and all(entry in now["files"] for entry in kept)


def is_loaded(connection: psycopg.Connection, package: DataPackage, target: str, digest: str, since: datetime) -> bool:
    """Whether a file with these bytes has been loaded for this target under the present definition."""
    row = connection.execute(
        "select exists (select from source.load_batch where file_sha256 = %s and target_table = %s "
        "and package_name = %s and status = 'loaded' and started_at >= %s)",
        [digest, target, package.name, since],
    ).fetchone()
    return bool(row and row[0])


def start_batch(
    connection: psycopg.Connection,
    package_name: str,
    company: str,
    file_name: str,
    digest: str,
    target: str,
    known_at: datetime,
) -> int:
    """Record that a file is being loaded, at once visible to others; returns the batch id."""
    row = connection.execute(
        "insert into source.load_batch "
        "(package_name, company, file_name, file_sha256, target_table, status, known_at) "
        "values (%s, %s, %s, %s, %s, 'running', %s) returning batch_id",
        [package_name, company, file_name, digest, target, known_at],
    ).fetchone()
    assert row is not None  # noqa: S101 - an insert always returns its row
    return int(row[0])


def finish_batch(cursor: psycopg.Cursor, batch_id: int, counts: Counts, known_at: datetime) -> None:
    """Mark a batch as loaded, inside the transaction that loads it; `known_at` as rows without one have it."""
    cursor.execute(
        "update source.load_batch set status = 'loaded', rows_read = %s, rows_loaded = %s, "
        "rows_unchanged = %s, rows_quarantined = %s, known_at = %s, finished_at = clock_timestamp() "
        "where batch_id = %s",
        [counts.read, counts.loaded, counts.unchanged, counts.quarantined, known_at, batch_id],
    )


def close_open_batches(connection: psycopg.Connection, batch_ids: list[int], status: str, message: str) -> None:
    """Mark batches that are still running as refused or failed, with the reason.

    If the connection is lost, the next load marks them.
    """
    if connection.closed or connection.broken:
        return
    connection.execute(
        "update source.load_batch set status = %s, error_message = %s, finished_at = clock_timestamp() "
        "where batch_id = any(%s) and status = 'running'",
        [status, message.replace("\x00", "␀"), batch_ids],
    )


def record_months(
    cursor: psycopg.Cursor, batch_id: int, changed: dict[date, int], *, own_months: bool, as_of: list[date]
) -> list[date]:
    """Record which snapshot months a batch made out of date.

    Parameters
    ----------
    changed
        Month to rows changed.
    own_months
        Whether these are snapshot months. If not, they are months in which rows became known, and
        every snapshot month from then on is out of date.
    as_of
        Snapshot months that the package requests by its as-of dates.
    """
    if own_months:
        rows = dict(changed)
    else:
        # from the load log, without a scan of all snapshots
        cursor.execute(
            "select distinct snapshot_month from source.load_month join source.load_batch using (batch_id) "
            "where target_table = 'source.user_monthly_features'"
        )
        months = {row[0] for row in cursor.fetchall()} | set(as_of)
        totals = {month: sum(n for known, n in changed.items() if known <= month) for month in months}
        rows = {month: total for month, total in totals.items() if total}
    cursor.executemany(
        "insert into source.load_month (batch_id, snapshot_month, rows_changed) values (%s, %s, %s)",
        [(batch_id, month, count) for month, count in sorted(rows.items())],
    )
    return sorted(rows)


def _check_company(connection: psycopg.Connection, package: DataPackage) -> None:
    rows = connection.execute(
        "select company, is_simulated, package_name from source.data_package where package_name <> %s or company <> %s",
        [package.name, package.company],
    ).fetchall()
    for company, is_simulated, name in rows:
        if company != package.company:
            raise LoadError(
                f"this database belongs to company {company}; use another one for {package.company}: run with "
                f"--company {package.company}, or set BELLWETHER_DATABASE_URL to another database"
            )
        if is_simulated != package.is_simulated:
            raise LoadError(
                f"package {name} is {'simulated' if is_simulated else 'real'} and {package.name} is not: "
                "real and simulated records cannot share a database; use another company for the simulated records"
            )


def _register_attributes(connection: psycopg.Connection, package: DataPackage) -> None:
    for attribute in package.attributes.values():
        row = connection.execute(
            "select data_type, package_name from source.attribute where attribute_name = %s",
            [attribute.name],
        ).fetchone()
        if row and row[1] != package.name and row[0] != attribute.type:
            raise LoadError(
                f"attribute {attribute.name} is {row[0]} in package {row[1]} and {attribute.type} here: "
                "choose another name for this one"
            )
        connection.execute(
            """
            insert into source.attribute (
                attribute_name, data_type, unit, label_en, label_ko, direction, description, is_feature,
                package_name
            )
            values (%s, %s, %s, %s, %s, %s, %s, %s, %s)
            on conflict (attribute_name) do update
            set data_type = excluded.data_type, unit = excluded.unit, label_en = excluded.label_en,
                label_ko = excluded.label_ko, direction = excluded.direction,
                description = excluded.description, is_feature = excluded.is_feature,
                package_name = excluded.package_name
            """,
            [
                attribute.name,
                attribute.type,
                attribute.unit,
                attribute.label_en,
                attribute.label_ko,
                attribute.direction,
                attribute.description,
                attribute.is_feature,
                package.name,
            ],
        )
