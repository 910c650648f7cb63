"""Alembic's entry: run the revisions on the connection that `warehouse.database.migrate` hands over.

All revisions of one call run in one transaction under one advisory lock: two processes that migrate
at once take turns, and a killed one leaves the schema as it was.
"""

from __future__ import annotations

from alembic import context

MIGRATION_LOCK = "bellwether.migrations"

connection = context.config.attributes["connection"]
context.configure(connection=connection, version_table_schema="public", transactional_ddl=True)
with context.begin_transaction():
    connection.exec_driver_sql("select pg_advisory_xact_lock(hashtextextended(%s, 0))", (MIGRATION_LOCK,))
    context.run_migrations()
