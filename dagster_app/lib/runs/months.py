"""Which months a company has, which are out of date, and the ledger that remembers what was built from what."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from psycopg import Connection

MONTH_INPUTS = """
select snapshot_month, array_agg(batch_id order by batch_id)
from source.load_month
group by snapshot_month
order by snapshot_month
"""
REMEMBER = """
insert into monitoring.build_ledger (step, partition_key, input_hash, run_id)
values (%s, %s, %s, %s)
on conflict (step, partition_key) do update
set input_hash = excluded.input_hash, built_at = now(), run_id = excluded.run_id
"""


def digest(*parts: Any) -> str:
    """SHA-256 of plain values, 64 hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def month_inputs(connection: Connection[Any], code: str) -> dict[date, str]:
    """Return each month with the hash of what it is built from: the batches that touched it, and the code."""
    return {row[0]: digest(row[1], code) for row in connection.execute(MONTH_INPUTS)}


def built(connection: Connection[Any], step: str) -> dict[str, str]:
    """Return the input hash of each partition that a step has built."""
    rows = connection.execute("select partition_key, input_hash from monitoring.build_ledger where step = %s", [step])
    return {row[0]: row[1].strip() for row in rows}


def remember(connection: Connection[Any], step: str, inputs: dict[str, str], run_id: str | None) -> None:
    """Record that a step has built partitions from these inputs."""
    with connection.cursor() as cursor:
        cursor.executemany(REMEMBER, [(step, key, value, run_id) for key, value in inputs.items()])
    connection.commit()


def loaded_batches(connection: Connection[Any]) -> str:
    """Hash of the load ledger: changes when anything was loaded."""
    row = connection.execute(
        "select count(*), max(batch_id), sum(rows_loaded), sum(rows_quarantined) from source.load_batch"
        " where status = 'loaded'"
    ).fetchone()
    return digest(row)


def run_inputs(connection: Connection[Any], code: str) -> dict[str, str]:
    """Return the hash of everything a run is made from: what is loaded, and the code."""
    return {"all": digest(loaded_batches(connection), code)}


def built_months(connection: Connection[Any]) -> list[date]:
    """Return the months in which some target's cohort is built, in order; none if nothing has been built yet."""
    row = connection.execute("select to_regclass('intermediate.int_outcomes__cohort') is not null").fetchone()
    if row is None or not row[0]:
        return []
    rows = connection.execute("select distinct snapshot_month from intermediate.int_outcomes__cohort")
    return sorted(row[0] for row in rows)
