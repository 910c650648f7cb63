"""Warehouses that are dear to build, shared by the tests that only read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import embedded
from tests.dbt_builds import build_models
from tests.risk_world import MONTHS, TIMEZONE, insert_company, insert_model, insert_scores
from tests.shared_homes import copied_server, made_once
from warehouse.connection import Warehouse

COMPANY = "risk"


@pytest.fixture(scope="session")
def risk_world(migrated_home: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """The company of `tests.risk_world`, scored three times and built whole, tests of dbt included; read only.

    It is built once for all processes; each reads a copy, on a server of its own.
    """
    migrated, template = migrated_home

    def make(home: Path) -> None:
        warehouse = embedded(home, template).create(COMPANY, home)
        insert_company(warehouse)
        insert_model(warehouse)
        insert_scores(warehouse, ["2025-11-01", "2025-12-01", "2026-01-01"])
        build_models(warehouse, with_tests=True, timezone=TIMEZONE, months=MONTHS)

    source = made_once(tmp_path_factory, "risk_world", make, begins_as=migrated)
    with copied_server(source, tmp_path_factory.mktemp("risk_world") / "home") as server:
        yield embedded(server.home, template).warehouse(COMPANY, server.home)
