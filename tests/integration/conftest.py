"""Warehouses that are dear to build, shared by the tests that only read them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.conftest import DatabaseServer
from tests.dbt_builds import build_models
from tests.risk_world import MONTHS, TIMEZONE, insert_company, insert_model, insert_scores
from warehouse.connection import Warehouse


@pytest.fixture(scope="session")
def risk_world(embedded_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The company of `tests.risk_world`, scored three times and built whole, tests of dbt included."""
    warehouse = embedded_server.create(f"risk{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("risk_world"))
    insert_company(warehouse)
    insert_model(warehouse)
    insert_scores(warehouse, ["2025-11-01", "2025-12-01", "2026-01-01"])
    build_models(warehouse, with_tests=True, timezone=TIMEZONE, months=MONTHS)
    yield warehouse
    embedded_server.drop(warehouse.database)
