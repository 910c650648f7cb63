"""The 57 features from the same snapshot documents: dbt on PostgreSQL, DuckDB, pandas.

Ours reads the documents as loaded; the peers read them from the package's Parquet files. All keep two threads.
"""

from __future__ import annotations

import json
import tempfile
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any
from zoneinfo import ZoneInfo

from bench.timing import Timing
from bench.world import TIME_ZONE, World, month_of

SELECTION = "+user_monthly_property,config.materialized:monthly"


def ours_month(world: World) -> Timing:
    """Rebuild the newest month: documents taken apart, windows, the documented table."""
    return _build(world, world.snapshots()[-1:])


def ours_all(world: World) -> Timing:
    """Rebuild every month in one dbt invocation."""
    return _build(world, world.snapshots())


def _build(world: World, snapshots: list[Path]) -> Timing:
    from dagster_app.lib.dbt.invocation import invoke, raise_for_failure
    from warehouse.database.opening import open_warehouse

    months = [month_of(path).isoformat() for path in snapshots]
    settings = json.dumps({"business_timezone": TIME_ZONE, "months": months})
    with open_warehouse() as warehouse, tempfile.TemporaryDirectory() as target:
        connection = warehouse.dbt_environment()
        # parsing is paid before, as in a Dagster process that already runs
        raise_for_failure(
            invoke(["ls", "--select", SELECTION], connection=connection, target=Path(target)), Path(target)
        )
        began = perf_counter()
        result = invoke(["run", "--select", SELECTION, "--vars", settings], connection=connection, target=Path(target))
        seconds = perf_counter() - began
        raise_for_failure(result, Path(target))
        rows = warehouse_rows(warehouse, months)
    return Timing(seconds, rows, {"in the database": _span(result.result.results)})


def warehouse_rows(warehouse: Any, months: list[str]) -> int:
    """Rows of the property table in the given months."""
    query = (
        "select count(*) from analytics.user_monthly_property"
        " where (created_at at time zone %s)::date - interval '1 month' = any(%s::date[])"
    )
    with warehouse.connect() as connection:
        return int(connection.execute(query, [TIME_ZONE, months]).fetchone()[0])


def _span(results: list[Any]) -> float:
    """Seconds from the start of the first model to the end of the last."""
    timings = [one for result in results for one in result.timing if one.name == "execute"]
    return float((max(one.completed_at for one in timings) - min(one.started_at for one in timings)).total_seconds())


def cut_off(snapshot: Path) -> datetime:
    """T of a snapshot file: the first instant of the next month."""
    month = month_of(snapshot)
    return datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=ZoneInfo(TIME_ZONE))


def duckdb_month(world: World) -> Timing:
    """Build the newest month in DuckDB, into a table of a database file."""
    return _duckdb(world.snapshots()[-1:])


def duckdb_all(world: World) -> Timing:
    """Build every month in DuckDB, one statement each."""
    return _duckdb(world.snapshots())


def _duckdb(snapshots: list[Path]) -> Timing:
    import duckdb

    from bench.peers.duckdb_features import build_month

    with tempfile.TemporaryDirectory() as folder, duckdb.connect(str(Path(folder) / "peer.duckdb")) as connection:
        connection.execute("set threads = 2")
        began, rows = perf_counter(), 0
        for path in snapshots:
            rows += build_month(path, month_of(path).isoformat(), cut_off(path).isoformat(), connection)
        return Timing(perf_counter() - began, rows)


def pandas_month(world: World) -> Timing:
    """Build the newest month in pandas, into a Parquet file."""
    return _pandas(world.snapshots()[-1:])


def pandas_all(world: World) -> Timing:
    """Build every month in pandas, one after the other."""
    return _pandas(world.snapshots())


def _pandas(snapshots: list[Path]) -> Timing:
    import pandas as pd

    from bench.peers.pandas_features import build_month

    with tempfile.TemporaryDirectory() as folder:
        began, rows = perf_counter(), 0
        for path in snapshots:
            frame = pd.read_parquet(path, columns=["ccod", "interaction_history"])
            features = build_month(frame, pd.Timestamp(cut_off(path)))
            features.to_parquet(Path(folder) / path.name)
            rows += len(features)
        return Timing(perf_counter() - began, rows)
