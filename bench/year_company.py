"""The company of a simulated year in a warehouse: built once without a customer, then filled month by month.

Months are written where the model loop reads them: features, cohorts and the extent of the snapshots beside what dbt
would build of them, labels where a data package brings them. Loading and building features are other tests' subject.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
from psycopg import Connection, sql
from psycopg.conninfo import make_conninfo

from bench.year_world import HORIZON_MONTHS, MATURITY_DAYS, TIMEZONE, World, is_known, known_at
from dagster_app.defs.warehouse.relations import FEATURE_DICTIONARY, HEALTH_MARTS
from dagster_app.lib.dbt.invocation import invoke, raise_for_failure
from warehouse.connection import Role, Warehouse
from warehouse.database.companies import PREFIX
from warehouse.frames import copy_frame

TARGET = MODEL = "churn"
PACKAGE = """
insert into source.data_package (company, package_name, business_timezone, currency, is_simulated, definition)
values ('year', 'year', %s, 'KRW', true, '{}')
"""
HORIZON = "update staging.target_definition set horizon_months = %s, maturity_days = %s where target_name = %s"
CUSTOMERS = """
insert into crm.customer (customer_code, name, email, phone, known_at)
select code, 'Person ' || code, lower(code) || '@customers.example', '010-0000-0000', %s
from unnest(%s::text[]) as code
on conflict do nothing
"""
COHORT = """
insert into intermediate.int_outcomes__cohort (target_name, customer_code, as_of_date, snapshot_month)
select %s, code, %s, %s from unnest(%s::text[]) as code
"""
SNAPSHOT = """
insert into intermediate.int_outcomes__snapshot (customer_code, snapshot_month, as_of_date, known_at)
select code, %s, %s, %s::timestamp at time zone %s from unnest(%s::text[]) as code
"""
PARTITIONS = """
select source.ensure_partitions(relation::regclass, %(month)s::date, %(month)s::date)
from unnest(array['analytics.customer_features', 'intermediate.int_outcomes__snapshot']) as relation
"""
OTHERS = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()"
# What a month changes; the dictionary of features (the model feature_reference) stands from the first build on.
MARTS = ("+promotion_watch", *(f"+{mart.path[-1]}" for mart in HEALTH_MARTS if mart != FEATURE_DICTIONARY))


def build(warehouse: Warehouse, *selection: str) -> None:
    """Build dbt's models of a selection (nothing: all) without their tests."""
    arguments = ["build", "--no-write-json", "--vars", json.dumps({"business_timezone": TIMEZONE, "months": []})]
    arguments += ["--exclude-resource-type", "test", "unit_test"]
    arguments += ["--select", *selection] if selection else []
    with tempfile.TemporaryDirectory() as target:
        result = invoke(arguments, connection=warehouse.dbt_environment(), target=Path(target))
        raise_for_failure(result, Path(target))


def prepare(warehouse: Warehouse) -> None:
    """Make a migrated warehouse that of a company without customers, every relation built."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(PACKAGE, [TIMEZONE])
    build(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(HORIZON, [HORIZON_MONTHS, MATURITY_DAYS, TARGET])


def fork(warehouse: Warehouse, company: str) -> Warehouse:
    """Copy a company's database under another name on the same server, and its bundles with it."""
    database = f"{PREFIX}{company}"
    admin = make_conninfo(warehouse.conninfo, dbname="postgres")
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(OTHERS, [warehouse.database])
        statement = sql.SQL("create database {} template {}")
        connection.execute(statement.format(sql.Identifier(database), sql.Identifier(warehouse.database)))
    settings = warehouse.settings.model_copy(update={"company": company})
    copied = Warehouse(settings, warehouse.kind, company, make_conninfo(warehouse.conninfo, dbname=database))
    if warehouse.folders.models.exists():
        shutil.copytree(warehouse.folders.models, copied.folders.models)
    return copied


class Records:
    """Writes a world's months, and each month's labels when they become known."""

    def __init__(self, warehouse: Warehouse, world: World) -> None:
        self._warehouse, self._world = warehouse, world
        self._unknown: dict[int, pd.DataFrame] = {}
        self.month = world.month

    def skip(self, months: int) -> None:
        """Pass over the months that the warehouse was copied with; their labels may still be to come."""
        while self.month < months:
            rows = self._world.next_month()
            self.month = self._world.month
            self._unknown[self.month] = rows[["customer_code", "as_of_date", "label"]]
            for month in [month for month in self._unknown if is_known(month, self.month)]:
                del self._unknown[month]

    def close_month(self) -> date:
        """Write the next month and the labels known a week after it; return its snapshot month."""
        rows = self._world.next_month()
        self.month = self._world.month
        self._unknown[self.month] = rows[["customer_code", "as_of_date", "label"]]
        snapshot_month: date = rows["snapshot_month"].iloc[0]
        with self._warehouse.connect(Role.OWNER) as connection:
            self._write_month(connection, rows)
            for month in [month for month in self._unknown if is_known(month, self.month)]:
                self._write_labels(connection, month)
        return snapshot_month

    def _write_month(self, connection: Connection[Any], rows: pd.DataFrame) -> None:
        codes = rows["customer_code"].tolist()
        snapshot_month, day = rows["snapshot_month"].iloc[0], rows["as_of_date"].iloc[0]
        connection.execute(PARTITIONS, {"month": snapshot_month})
        connection.execute(CUSTOMERS, [day, codes])
        connection.execute(COHORT, [TARGET, day, snapshot_month, codes])
        connection.execute(SNAPSHOT, [snapshot_month, day, day, TIMEZONE, codes])
        features = rows.drop(columns="label").assign(attributes="{}")
        copy_frame(connection, features, "analytics.customer_features")

    def _write_labels(self, connection: Connection[Any], month: int) -> None:
        rows = self._unknown.pop(month)
        labels = rows.assign(
            target_name=TARGET,
            label=self._world.reported(month, rows["label"].to_numpy()),
            known_at=known_at(month),
            content_hash="0" * 32,
            batch_id=0,
        )
        copy_frame(connection, labels, "source.outcome_label")
