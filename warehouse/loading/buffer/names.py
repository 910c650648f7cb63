"""Names of the temporary tables of one load. Nothing else."""

from __future__ import annotations

from psycopg import sql


def buffer_table(batch_id: int) -> sql.Identifier:
    """Name the table of one batch's checked rows."""
    return sql.Identifier("pg_temp", f"buffer_{batch_id}")


DIGEST_SUFFIX = "__digest"  # of the column that holds a document's digest
REJECTS = sql.Identifier("pg_temp", "load_reject")
