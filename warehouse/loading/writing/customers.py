"""The CRM's present state, derived from the versions just merged.

Here belong `crm.customer` (the latest known version of each customer, under an id that never
changes) and `crm.customer_identity`. The versions themselves are merged by `merging.py`.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from warehouse.loading.buffer.names import buffer_table
from warehouse.packages.load_targets import LOAD_TARGETS

_TARGET = LOAD_TARGETS["crm.customer"]


def refresh_customers(cursor: psycopg.Cursor, batch_id: int) -> None:
    """Bring the customers of one batch up to their latest version, and name them in the identity table."""
    columns = [*_TARGET.column_names, "attributes", "known_at", "batch_id"]
    updates = sql.SQL(", ").join(
        sql.SQL("{0} = excluded.{0}").format(sql.Identifier(name)) for name in columns if name != "customer_code"
    )
    names = sql.SQL(", ").join(sql.Identifier(name) for name in columns)
    cursor.execute(
        sql.SQL(
            """
            insert into crm.customer as kept ({names})
            select distinct on (customer_code) {names}
            from crm.customer_version
            where customer_code in (select customer_code from {buffer})
            order by customer_code, known_at desc
            on conflict (customer_code) do update
            set {updates}, updated_at = greatest(kept.updated_at, clock_timestamp())
            where kept.known_at <> excluded.known_at
            """
        ).format(names=names, buffer=buffer_table(batch_id), updates=updates)
    )
    cursor.execute(
        sql.SQL(
            """
            insert into crm.customer_identity (customer_code, crm_customer_id)
            select customer.customer_code, customer.id
            from crm.customer
            where customer.customer_code in (select customer_code from {buffer})
                and not exists (
                    select from crm.customer_identity as identity
                    where identity.customer_code = customer.customer_code
                )
            """
        ).format(buffer=buffer_table(batch_id))
    )
