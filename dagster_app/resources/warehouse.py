"""The warehouse as a Dagster resource: opened when a run starts, closed when it ends."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import dagster as dg
from pydantic import PrivateAttr

from warehouse.connection import Warehouse
from warehouse.database.opening import open_warehouse
from warehouse.settings import load_settings


class WarehouseResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """A company's database; `company` overrides the one last loaded."""

    company: str | None = None
    _stack: ExitStack = PrivateAttr(default_factory=ExitStack)
    _warehouse: Warehouse | None = PrivateAttr(default=None)

    def teardown_after_execution(self, context: dg.InitResourceContext) -> None:
        """Close what the run opened."""
        self._warehouse = None
        self._stack.close()

    def get(self) -> Warehouse:
        """Return the opened warehouse; the first call of a run opens it."""
        if self._warehouse is None:
            self._warehouse = self._stack.enter_context(open_warehouse(load_settings(), company=self.company))
        return self._warehouse

    def __enter__(self) -> WarehouseResource:
        return self

    def __exit__(self, *_: Any) -> None:
        self._warehouse = None
        self._stack.close()
