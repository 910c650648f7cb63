"""Objects of Great Expectations: a context without files and telemetry, and batches of one table.

Belongs here: setup and cleanup of the library. Out of scope: expectations.
"""

from __future__ import annotations

import logging
import os
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from warehouse.connection import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.interfaces import Batch

    from warehouse.connection import Warehouse


@cache
def context() -> EphemeralDataContext:
    """Return this process's context: in memory, without telemetry and progress bars."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # it warns of every mean of a numeric column, which it shows as a float
    logging.getLogger("great_expectations.util").setLevel(logging.ERROR)
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    made = gx.get_context(mode="ephemeral", project_config=DataContextConfig(store_backend_defaults=stores))
    made.variables.progress_bars = ProgressBarsConfig(globally=False)
    return made


@contextmanager
def batch_of(warehouse: Warehouse, relation: str) -> Iterator[Batch]:
    """Open a table as a batch, read as transformer; its connections are closed afterwards."""
    schema, table = relation.split(".")
    source_name = f"{relation}-{uuid4().hex[:8]}"
    source = context().data_sources.add_postgres(
        source_name,
        connection_string=warehouse.sqlalchemy_url(Role.TRANSFORMER),
    )
    try:
        asset = source.add_table_asset(relation, table_name=table, schema_name=schema)
        yield asset.add_batch_definition_whole_table("batch").get_batch()
    finally:
        source.get_execution_engine().close()
        source.get_engine().dispose()
        context().data_sources.delete(source_name)


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """Collect the SQL statements that SQLAlchemy sends during a block."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    statements: list[str] = []

    def remember(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", remember)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", remember)
