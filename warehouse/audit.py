"""The audit trail: seal its rows in blocks, and verify that no sealed row was changed.

The database computes every digest (revision 0020); one statement for each block keeps memory small. Out of scope:
writing events (`collections.log_audit_event`), the seal file (`warehouse.audit_file`), findings as errors
(`warehouse.audit_report`), the command line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import psycopg

from warehouse.audit_file import FILE_NAME, Seal, append_seals, read_seals
from warehouse.audit_report import TABLE, AuditReport, Finding
from warehouse.connection import Role
from warehouse.database.partitions import ensure_partitions
from warehouse.private_files import appended_file

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse.connection import Warehouse

BLOCK_ROWS = 10_000

_SEALS = """
select block, encode(digest, 'hex'), row_count, sealed_at, first_id, last_id
from collections.audit_seals order by block
"""
# The rows that a block must have, next to those found; and whether the block's own record has the digest it states.
_BLOCK = """
with seal as materialized (
  select * from collections.audit_seals where block = %(block)s
), listed as materialized (
  select id, row_number() over (order by id) as place
  from (
    select generate_series(lower(part), upper(part) - 1) as id
    from (select unnest(ids) as part from seal) as parts
    -- ranges that state other numbers of rows than there are digests are not expanded
    where (select sum(upper(part) - lower(part)) = cardinality(row_digests) from seal, unnest(ids) as part
           group by row_digests)
  ) as numbers
), digests as materialized (
  select one.digest, one.place from seal, unnest(row_digests) with ordinality as one (digest, place)
), expected as (
  select listed.id, digests.digest from listed full join digests using (place)
), found as materialized (
  select log.id, collections.audit_row_digest(log) as digest,
    row_number() over (partition by log.id order by log.created_at) as copy
  from collections.audit_logs as log
  where log.id between %(first)s and %(last)s
), compared as (
  select expected.id, found.digest, found.copy,
    case
      when found.id is null then 'deleted'
      when found.copy > 1 then 'inserted'
      when found.digest in (select digest from digests) then 'reordered'
      else 'changed'
    end as kind
  from expected left join found on found.id = expected.id
  where found.id is null or found.copy > 1 or found.digest is distinct from expected.digest
)
select
  (select digest = collections.audit_block_digest(
            %(previous)s, block, ids, snapshot, sealed_at, row_digests)
     and row_count = cardinality(row_digests)
     and row_count = (select count(*) from listed)
     and first_id = %(first)s and last_id = %(last)s
     and first_id = (select min(id) from listed) and last_id = (select max(id) from listed)
   from seal),
  (select count(*) from compared),
  (select id from compared order by id, copy limit 1),
  (select kind from compared order by id, copy limit 1)
"""
# Rows that no block holds: late ones and new ones are not sealed yet, others were inserted afterwards.
_UNSEALED = """
with unsealed as (
  select log.id, collections.is_late_audit_row(log.id, log.transaction_id) as is_late
  from collections.audit_gaps() as gap
  -- offset makes each gap one search of the index; a join would read every row
  cross join lateral (
    select * from collections.audit_logs where id >= lower(gap) and id < upper(gap) offset 0
  ) as log
)
select
  (select count(*) from unsealed where is_late)
  + (select count(*) from collections.audit_logs
     where id > (select coalesce(max(last_id), 0) from collections.audit_seals)),
  (select min(id) from unsealed where not is_late)
"""


@dataclass(frozen=True)
class _Block:
    seal: Seal
    first_id: int
    last_id: int


def seal_file(warehouse: Warehouse) -> Path:
    """Return the path of the company's seal file."""
    return warehouse.folders.audit / FILE_NAME


def seal(warehouse: Warehouse, *, block_rows: int = BLOCK_ROWS, is_new_file: bool = False) -> list[Seal]:
    """Seal all committed rows that no block holds, and append the seals to the seal file.

    The database commits first: an interrupted process leaves blocks that the next call writes to the file.

    Parameters
    ----------
    block_rows
        Rows of a block at most.
    is_new_file
        Whether a seal file that is missing begins with all seals of the database.

    Returns
    -------
    list of Seal
        The blocks that were sealed.

    Raises
    ------
    BellwetherError
        The seal file is missing or contradicts the database.
    """
    path = seal_file(warehouse)
    with appended_file(path) as descriptor, warehouse.connect(Role.LOADER, autocommit=True) as connection:
        before = [block.seal for block in _blocks(connection)]
        append_seals(descriptor, path, before, is_new=is_new_file)
        today = datetime.now(UTC).date()
        ensure_partitions(connection, TABLE, today, today.replace(day=1) + timedelta(days=31))
        while connection.execute("select collections.seal_audit_rows(%s)", [block_rows]).fetchone() != (None,):
            pass
        after = [block.seal for block in _blocks(connection)]
        append_seals(descriptor, path, after, is_new=is_new_file or not before)
    return after[len(before) :]


def verify(warehouse: Warehouse) -> AuditReport:
    """Compute every digest again, and compare them with the seals and with the seal file.

    Everything is read as of one instant, so writers and seals may go on.

    Raises
    ------
    BellwetherError
        The seal file cannot be read.
    """
    # before the database is read: the file can then have no block that the database does not have yet
    written = read_seals(seal_file(warehouse))
    with warehouse.connect(Role.LOADER) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        blocks = _blocks(connection)
        unsealed, inserted = connection.execute(_UNSEALED).fetchone() or (0, None)
        finding = _first_bad_block(connection, blocks, written)
    # which rows were inserted is known by the seals, so a finding about those comes first
    if inserted is not None and (finding is None or _is_later_row(finding, inserted)):
        finding = Finding(
            "inserted", None, inserted, f"Row {inserted} was inserted after the rows around it had been sealed."
        )
    rows = sum(block.seal.rows for block in blocks)
    return AuditReport(len(blocks), rows, unsealed, max(0, len(blocks) - len(written)), finding)


def _is_later_row(finding: Finding, row_id: int) -> bool:
    is_of_row = finding.kind in {"changed", "deleted", "inserted", "reordered"}
    return is_of_row and finding.row_id is not None and row_id < finding.row_id


def _blocks(connection: psycopg.Connection[Any]) -> list[_Block]:
    return [
        _Block(Seal(block, digest, rows, sealed_at), first_id, last_id)
        for block, digest, rows, sealed_at, first_id, last_id in connection.execute(_SEALS)
    ]


def _first_bad_block(
    connection: psycopg.Connection[Any], blocks: Sequence[_Block], written: Sequence[Seal]
) -> Finding | None:
    if blocks and not written:
        return Finding("missing file", None, None, "The database has sealed blocks, and the seal file has none.")
    previous: bytes | None = None
    following = 1  # the row after those of the blocks read so far
    for number, block in enumerate(blocks, start=1):
        if block.seal.block != number:
            return Finding("altered seal", number, following, f"The seal of block {number} was deleted.")
        finding = _compare_rows(connection, block, previous)
        if finding is None and number <= len(written) and written[number - 1] != block.seal:
            finding = Finding(
                "recomputed chain",
                number,
                block.first_id,
                f"Block {number}, from row {block.first_id}, has another digest in the seal file.",
            )
        if finding is not None:
            return finding
        previous = bytes.fromhex(block.seal.digest)
        following = max(following, block.last_id + 1)
    if len(written) > len(blocks):
        number = len(blocks) + 1
        what = f"The seal file has block {number}, with {written[len(blocks)].rows} rows; the database does not."
        return Finding("cut tail", number, following, what)
    return None


def _compare_rows(connection: psycopg.Connection[Any], block: _Block, previous: bytes | None) -> Finding | None:
    number = block.seal.block
    given = {"block": number, "previous": previous, "first": block.first_id, "last": block.last_id}
    is_consistent, bad_rows, row_id, kind = connection.execute(_BLOCK, given).fetchone() or (False, 0, None, None)
    if not is_consistent:
        what = f"The seal of block {number} (rows {block.first_id} to {block.last_id}) is not the one it states."
        return Finding("altered seal", number, row_id or block.first_id, what)
    if not bad_rows:
        return None
    more = f" {bad_rows - 1} more rows of the block differ." if bad_rows > 1 else ""
    hint = " The partition of its month may have been dropped." if kind == "deleted" and bad_rows > 1 else ""
    return Finding(str(kind), number, row_id, f"Row {row_id} was {kind}.{more}{hint}")
