"""Checks that need all rows of a file, as set-based SQL over its load buffer.

Belongs here: duplicates, e-mail addresses of another customer, and foreign keys without a row. Each
moves its rows from the load buffer to the rejects. The rules of the tree of categories are in `categories.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

from warehouse.loading.buffer.categories import reject_broken_branches
from warehouse.loading.buffer.names import DIGEST_SUFFIX, REJECTS, buffer_table
from warehouse.packages.load_target import DOCUMENT_KINDS, ForeignKey, LoadTarget
from warehouse.packages.load_targets import LOAD_TARGETS

BufferedBatches = Mapping[str, Sequence[int]]


def reject_duplicates(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> int:
    """Reject all but the last of rows with one key and one known_at (C37).

    The last line is kept: exports append later rows. Returns the number rejected.
    """
    keys = sql.SQL(", ").join(sql.Identifier(name) for name in (*target.key, "known_at"))
    query = sql.SQL(
        """
        with repeated as (
            select {keys} from {buffer} group by {keys} having count(*) > 1
        ),
        ranked as (
            select line_number, max(line_number) over (partition by {keys}) as kept_line
            from {buffer} join repeated using ({keys})
        ),
        removed as (
            delete from {buffer} as buffered using ranked
            where buffered.line_number = ranked.line_number and ranked.line_number < ranked.kept_line
            returning buffered.*, ranked.kept_line
        )
        insert into {rejects}
        select
            %(batch_id)s, line_number, 'duplicate_key',
            %(names)s || ': duplicate of line ' || kept_line || '; line ' || kept_line || ' is kept',
            to_jsonb(removed) - %(own)s::text[]
        from removed
        """
    ).format(keys=keys, buffer=buffer_table(batch_id), rejects=REJECTS)
    cursor.execute(query, {"batch_id": batch_id, "names": ", ".join(target.key), "own": _own_columns(target)})
    return cursor.rowcount


def reject_duplicate_emails(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> int:
    """Reject customers whose e-mail address another customer has, here (the last line is kept) or in the CRM.

    Returns the number rejected.
    """
    query = sql.SQL(
        """
        with shared as (
            select email from {buffer} group by email having count(distinct customer_code) > 1
        ),
        within_file as (
            select line_number, last_value(customer_code) over (
                partition by email order by line_number
                rows between unbounded preceding and unbounded following
            ) as owner_code
            from {buffer} join shared using (email)
        ),
        foreign_rows as (
            select line_number, owner_code from within_file
            union
            select buffered.line_number, customer.customer_code
            from {buffer} as buffered
            join crm.customer on customer.email = buffered.email
        ),
        checked as (
            select line_number, min(owner_code) as owner_code
            from foreign_rows join {buffer} as buffered using (line_number)
            where owner_code <> buffered.customer_code
            group by line_number
        ),
        removed as (
            delete from {buffer} as buffered using checked where buffered.line_number = checked.line_number
            returning buffered.*, checked.owner_code
        )
        insert into {rejects}
        select
            %(batch_id)s, line_number, 'email_taken',
            'email ' || email || ' belongs to customer ' || owner_code,
            to_jsonb(removed) - %(own)s::text[]
        from removed
        """
    ).format(buffer=buffer_table(batch_id), rejects=REJECTS)
    cursor.execute(query, {"batch_id": batch_id, "own": _own_columns(target)})
    return cursor.rowcount


def reject_unknown(
    cursor: psycopg.Cursor, target: LoadTarget, batch_id: int, reference: ForeignKey, buffered: BufferedBatches
) -> int:
    """Reject rows that name a customer (message, category) neither on record nor in this load's files.

    Returns
    -------
    int
        Rows rejected; they can be replayed once what they name has arrived.
    """
    known = [
        sql.SQL("select {} as code from {}").format(sql.Identifier(reference.key), table)
        for table in (
            sql.Identifier(*reference.target.split(".")),
            *(buffer_table(batch) for batch in buffered.get(reference.target, [])),
        )
    ]
    query = sql.SQL(
        """
        with known as materialized ({known}),
        unknown as (
            select distinct buffered.{column} as code from {buffer} as buffered
            where buffered.{column} is not null
                and not exists (select from known where known.code = buffered.{column})
        ),
        removed as (
            delete from {buffer} as buffered using unknown where buffered.{column} = unknown.code
            returning buffered.*
        )
        insert into {rejects}
        select
            %(batch_id)s, line_number, %(code)s,
            %(noun)s || ' ' || {column} || ' is not ' || %(place)s || '; load it, then replay this row',
            to_jsonb(removed) - %(own)s::text[]
        from removed
        """
    ).format(
        known=sql.SQL(" union all ").join(known),
        column=sql.Identifier(reference.column),
        buffer=buffer_table(batch_id),
        rejects=REJECTS,
    )
    place = "in the CRM" if reference.noun == "customer" else "on record"
    parameters = {"noun": reference.noun, "code": f"unknown_{reference.noun}", "place": place}
    cursor.execute(query, {"batch_id": batch_id, "own": _own_columns(target), **parameters})
    return cursor.rowcount


def keep_last_of_key(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> None:
    """Keep the last of the rows with one key: of a file that names a key in many rows."""
    same = sql.SQL(" and ").join(
        sql.SQL("later.{0} = buffered.{0}").format(sql.Identifier(name)) for name in target.key
    )
    query = sql.SQL(
        "delete from {buffer} as buffered using ("
        "select {keys}, max(line_number) as kept_line from {buffer} group by {keys} having count(*) > 1"
        ") as later where {same} and buffered.line_number < later.kept_line"
    )
    keys = sql.SQL(", ").join(sql.Identifier(name) for name in target.key)
    cursor.execute(query.format(buffer=buffer_table(batch_id), keys=keys, same=same))


def check_buffered_rows(
    cursor: psycopg.Cursor, target: LoadTarget, batch_id: int, buffered: BufferedBatches, *, distinct: bool = False
) -> None:
    """Run every check that this target needs.

    Parameters
    ----------
    buffered
        LoadTarget to the batches of this load that are buffered already.
    distinct
        Whether the file names a key in many rows.
    """
    if distinct:
        keep_last_of_key(cursor, target, batch_id)
    reject_duplicates(cursor, target, batch_id)
    if target is LOAD_TARGETS["crm.customer"]:
        reject_duplicate_emails(cursor, target, batch_id)
    if target is LOAD_TARGETS["source.voc_category"]:
        reject_broken_branches(cursor, batch_id)
    for reference in target.references:
        reject_unknown(cursor, target, batch_id, reference, buffered)


def _own_columns(target: LoadTarget) -> list[str]:
    """Columns that the load buffer adds to a row; the file does not contain them."""
    digests = [column.name + DIGEST_SUFFIX for column in target.columns if column.kind in DOCUMENT_KINDS]
    return ["line_number", "is_stated", "kept_line", "owner_code", *digests]
