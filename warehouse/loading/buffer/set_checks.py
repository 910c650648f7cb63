"""Checks that need all rows of a file, as set-based SQL over its staging table.

Here belong duplicates, e-mail addresses held by somebody else, and references to what nobody knows. Each
moves its rows from staging to the rejects. The rules of the tree of categories are in `categories.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

from warehouse.loading.buffer.categories import reject_broken_branches
from warehouse.loading.buffer.names import DIGEST_SUFFIX, REJECTS, buffer_table
from warehouse.packages.load_target import DOCUMENT_KINDS, ForeignKey, LoadTarget
from warehouse.packages.load_targets import LOAD_TARGETS

StagedBatches = Mapping[str, Sequence[int]]


def reject_duplicates(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> int:
    """Reject all but the last of rows with one key and one known_at (C37).

    The last line stays: exports append what came later. Returns the number rejected.
    """
    keys = sql.SQL(", ").join(sql.Identifier(name) for name in (*target.key, "known_at"))
    query = sql.SQL(
        """
        with repeated as (
            select {keys} from {stage} group by {keys} having count(*) > 1
        ),
        ranked as (
            select line_number, max(line_number) over (partition by {keys}) as kept_line
            from {stage} join repeated using ({keys})
        ),
        removed as (
            delete from {stage} as staged using ranked
            where staged.line_number = ranked.line_number and ranked.line_number < ranked.kept_line
            returning staged.*, ranked.kept_line
        )
        insert into {rejects}
        select
            %(batch_id)s, line_number, 'duplicate_key',
            %(names)s || ' again in line ' || kept_line || ', which stays',
            to_jsonb(removed) - %(own)s::text[]
        from removed
        """
    ).format(keys=keys, stage=buffer_table(batch_id), rejects=REJECTS)
    cursor.execute(query, {"batch_id": batch_id, "names": ", ".join(target.key), "own": _own_columns(target)})
    return cursor.rowcount


def reject_duplicate_emails(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> int:
    """Reject customers whose e-mail address another customer has, here (the last line stays) or in the CRM.

    Returns the number rejected.
    """
    query = sql.SQL(
        """
        with shared as (
            select email from {stage} group by email having count(distinct customer_code) > 1
        ),
        within_file as (
            select line_number, last_value(customer_code) over (
                partition by email order by line_number
                rows between unbounded preceding and unbounded following
            ) as owner_code
            from {stage} join shared using (email)
        ),
        foreign_rows as (
            select line_number, owner_code from within_file
            union
            select staged.line_number, customer.customer_code
            from {stage} as staged
            join crm.customer on customer.email = staged.email
        ),
        judged as (
            select line_number, min(owner_code) as owner_code
            from foreign_rows join {stage} as staged using (line_number)
            where owner_code <> staged.customer_code
            group by line_number
        ),
        removed as (
            delete from {stage} as staged using judged where staged.line_number = judged.line_number
            returning staged.*, judged.owner_code
        )
        insert into {rejects}
        select
            %(batch_id)s, line_number, 'email_taken',
            'email ' || email || ' belongs to customer ' || owner_code,
            to_jsonb(removed) - %(own)s::text[]
        from removed
        """
    ).format(stage=buffer_table(batch_id), rejects=REJECTS)
    cursor.execute(query, {"batch_id": batch_id, "own": _own_columns(target)})
    return cursor.rowcount


def reject_unknown(
    cursor: psycopg.Cursor, target: LoadTarget, batch_id: int, reference: ForeignKey, staged: StagedBatches
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
            *(buffer_table(batch) for batch in staged.get(reference.target, [])),
        )
    ]
    query = sql.SQL(
        """
        with known as materialized ({known}),
        unknown as (
            select distinct staged.{column} as code from {stage} as staged
            where staged.{column} is not null
                and not exists (select from known where known.code = staged.{column})
        ),
        removed as (
            delete from {stage} as staged using unknown where staged.{column} = unknown.code
            returning staged.*
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
        stage=buffer_table(batch_id),
        rejects=REJECTS,
    )
    place = "in the CRM" if reference.noun == "customer" else "on record"
    words = {"noun": reference.noun, "code": f"unknown_{reference.noun}", "place": place}
    cursor.execute(query, {"batch_id": batch_id, "own": _own_columns(target), **words})
    return cursor.rowcount


def keep_last_of_key(cursor: psycopg.Cursor, target: LoadTarget, batch_id: int) -> None:
    """Keep the last of the rows with one key: of a file that names a key in many rows."""
    same = sql.SQL(" and ").join(sql.SQL("later.{0} = staged.{0}").format(sql.Identifier(name)) for name in target.key)
    query = sql.SQL(
        "delete from {stage} as staged using ("
        "select {keys}, max(line_number) as kept_line from {stage} group by {keys} having count(*) > 1"
        ") as later where {same} and staged.line_number < later.kept_line"
    )
    keys = sql.SQL(", ").join(sql.Identifier(name) for name in target.key)
    cursor.execute(query.format(stage=buffer_table(batch_id), keys=keys, same=same))


def check_buffered_rows(
    cursor: psycopg.Cursor, target: LoadTarget, batch_id: int, staged: StagedBatches, *, distinct: bool = False
) -> None:
    """Run every check that this target needs.

    Parameters
    ----------
    staged
        LoadTarget to the batches of this load that wait in staging already.
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
        reject_unknown(cursor, target, batch_id, reference, staged)


def _own_columns(target: LoadTarget) -> list[str]:
    """Name what staging adds to a row: no part of what was handed over."""
    digests = [column.name + DIGEST_SUFFIX for column in target.columns if column.kind in DOCUMENT_KINDS]
    return ["line_number", "is_stated", "kept_line", "owner_code", *digests]
