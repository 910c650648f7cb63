"""The persistent Dagster instance: its configuration in a company's folder, its storage next to the company's tables.

Runs and events are kept in schema `dagster` of the company's own database. Dagster's default, one SQLite file for
each run, opens a file for every event: a run with some hundred checks took ten times as long.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import dagster as dg
import yaml

from warehouse.connection import Warehouse
from warehouse.private_files import make_folder, write_if_changed
from warehouse.settings import Settings

TEMPLATES = Path(__file__).parent
SCHEMA = "dagster"
EVENT_BATCH = "200"
STATEMENT_TIMEOUT_MS = 600_000
RECYCLE_SECONDS = 3600
POOL_OVERFLOW = 10


def prepare_instance(settings: Settings, warehouse: Warehouse) -> Path:
    """Write the instance's files where they differ, point DAGSTER_HOME at them and return the folder.

    The configuration holds the server's address and password, so only its owner may read it.
    """
    with warehouse.connect(autocommit=True) as connection:
        connection.execute(f"create schema if not exists {SCHEMA}")
    home = warehouse.folders.dagster
    for name in ("dagster.yaml", "workspace.yaml"):  # of an older version, for all companies
        (settings.home / "dagster" / name).unlink(missing_ok=True)
    make_folder(home)
    content = yaml.safe_load((TEMPLATES / "dagster.yaml").read_text(encoding="utf-8"))
    content["storage"] = {"postgres": {"postgres_url": storage_url(warehouse)}}
    write_if_changed(
        home / "dagster.yaml", "# Written by Bellwether; edits are lost.\n" + yaml.safe_dump(content, sort_keys=False)
    )
    write_if_changed(home / "workspace.yaml", (TEMPLATES / "workspace.yaml").read_text(encoding="utf-8"))
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"
    os.environ["DAGSTER_EVENT_BATCH_SIZE"] = EVENT_BATCH
    os.environ["DO_NOT_TRACK"] = "1"
    return home


def storage_url(warehouse: Warehouse) -> str:
    """Address of the instance's storage: the company's database, with tables in a schema of their own."""
    parts = urlsplit(warehouse.sqlalchemy_url())
    query = [(name, value) for name, value in parse_qsl(parts.query) if name != "options"]
    query.append(("options", f"-c search_path={SCHEMA}"))
    return urlunsplit(parts._replace(scheme="postgresql", query=urlencode(query, quote_via=quote)))


def open_instance(settings: Settings, warehouse: Warehouse) -> dg.DagsterInstance:
    """Open the persistent instance with connections that are kept between events."""
    prepare_instance(settings, warehouse)
    instance = dg.DagsterInstance.get()
    instance.optimize_for_webserver(
        statement_timeout=STATEMENT_TIMEOUT_MS, pool_recycle=RECYCLE_SECONDS, max_overflow=POOL_OVERFLOW
    )
    return instance
