"""Purchases, one per row, combined into the monthly snapshots that the warehouse uses.

Belongs here: the way from buffered purchases to buffered snapshots, inside the server, so that no customer's
history passes through this process. How snapshots are stored is in
`writing/merging.py`.
"""

from __future__ import annotations

from datetime import datetime

import psycopg
from psycopg import sql

from warehouse.loading.buffer.names import DIGEST_SUFFIX, buffer_table
from warehouse.loading.buffer.rows import create_buffer
from warehouse.packages.load_targets import LOAD_TARGETS

HISTORY_MONTHS = 12
_SNAPSHOT = LOAD_TARGETS["source.user_monthly_features"]

_COMBINE = """
with customer_month as (
    select
        ccod,
        generate_series(
            date_trunc('month', min(purchased_at at time zone %(zone)s)),
            (select max(date_trunc('month', purchased_at at time zone %(zone)s)) from {events}),
            interval '1 month'
        ) as month
    from {events}
    group by ccod
),
ended as (
    select
        ccod,
        month,
        (month + interval '1 month') at time zone %(zone)s as cut_off,
        (month + interval '1 month' - %(history)s * interval '1 month') at time zone %(zone)s as begins
    from customer_month
    where (month + interval '1 month') at time zone %(zone)s <= %(loaded_at)s
),
combined as (
    select
        ended.ccod,
        ended.month::date as snapshot_month,
        ended.cut_off,
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'purchase_id', purchase.purchase_id,
                    'product_code', purchase.product_code,
                    'product_name', purchase.product_name,
                    'purchased_at',
                    to_char(purchase.purchased_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
                    'quantity', purchase.quantity,
                    'amount', purchase.amount
                )
                order by purchase.purchased_at, purchase.purchase_id
            ) filter (where purchase.purchase_id is not null),
            '[]'
        ) as purchase_logs
    from ended
    left join {events} as purchase
        on purchase.ccod = ended.ccod
        and purchase.purchased_at >= ended.begins
        and purchase.purchased_at < ended.cut_off
    group by ended.ccod, ended.month, ended.cut_off
)
insert into {buffer} (line_number, known_at, is_stated, ccod, snapshot_month, purchase_logs, {digest})
select
    row_number() over (order by snapshot_month, ccod), cut_off, false, ccod, snapshot_month, purchase_logs,
    md5(purchase_logs::text)
from combined
"""


def build_snapshots(cursor: psycopg.Cursor, batch_id: int, timezone: str, loaded_at: datetime) -> None:
    """Replace the buffered purchases of a batch by snapshots.

    A customer has a snapshot for every month from the first purchase to the newest purchase of any customer, with the
    purchases of the twelve months before its cut-off, known at the cut-off. A month that has not ended at the time of
    loading has none yet: its purchases are loaded with the next file.

    Parameters
    ----------
    timezone
        Business time zone, in which months are cut.
    loaded_at
        Instant of the load.
    """
    events = sql.Identifier(f"buffer_{batch_id}_purchase")
    cursor.execute(sql.SQL("alter table {} rename to {}").format(buffer_table(batch_id), events))
    cursor.execute(sql.SQL("create index on {} (ccod, purchased_at)").format(events))
    cursor.execute(sql.SQL("analyze {}").format(events))
    create_buffer(cursor, _SNAPSHOT, batch_id)
    query = sql.SQL(_COMBINE).format(
        events=events, buffer=buffer_table(batch_id), digest=sql.Identifier("purchase_logs" + DIGEST_SUFFIX)
    )
    cursor.execute(query, {"zone": timezone, "history": HISTORY_MONTHS, "loaded_at": loaded_at})
    cursor.execute(sql.SQL("drop table {}").format(events))
    cursor.execute(sql.SQL("analyze {} (ccod, snapshot_month)").format(buffer_table(batch_id)))
