"""Loading beside pandas `to_sql`: customers and snapshots, rows a second and peak memory, in the same run.

Run: ``python -m bench.load [--customers 50000]``. Both sides read the same files into tables with the same columns,
keys and indexes, each in a process of its own. Ours also checks every row and document, merges by content and keeps
the ledger; the peer only inserts. Snapshots are the sample company's, about 4 kB of JSON each.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

COMPANY = "bench_load"
CUSTOMERS = "customers.csv.gz"
SNAPSHOTS = "snapshots/*.parquet"
UNMAPPED = ("joined_on", "sales_channel", "building_age_years")  # of the file, not of the peer's table
PEERS = {CUSTOMERS: "crm.customer", SNAPSHOTS: "source.user_monthly_features"}


@dataclass(frozen=True)
class Measured:
    """One side of one comparison.

    Parameters
    ----------
    seconds
        Wall time from the first byte read to the commit; imports and connecting are not in it.
    peak_mb
        Peak memory of the process over what its imports take.
    """

    what: str
    who: str
    rows: int
    seconds: float
    peak_mb: float

    @property
    def rows_per_second(self) -> float:
        """Rows of the file a second."""
        return self.rows / self.seconds


def measure(customers: int = 50_000) -> list[Measured]:
    """Generate a package and load it both ways; returns two rows for customers and two for snapshots."""
    from warehouse.database.opening import open_warehouse
    from warehouse.sample import SampleOptions, generate

    with tempfile.TemporaryDirectory() as folder, open_warehouse(company=COMPANY) as warehouse:
        package = Path(folder) / "package"
        generate(package, SampleOptions(customers=customers, months=3, end_month=date(2024, 3, 1)))
        _empty(warehouse)
        measured = [_measured("ours", package, files) for files in (CUSTOMERS, SNAPSHOTS)]
        measured += [_measured("to_sql", package, files) for files in (CUSTOMERS, SNAPSHOTS)]
        _empty(warehouse)
    return sorted(measured, key=lambda one: (one.what, one.who))


def _empty(warehouse: object) -> None:
    from warehouse.connection import Role, Warehouse

    assert isinstance(warehouse, Warehouse)  # noqa: S101 - imports stay inside functions: each process times its own
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "truncate source.data_package, source.load_batch, source.user_monthly_features, crm.customer, "
            "crm.customer_version, quarantine.rejected_row cascade"
        )
    with warehouse.connect() as connection:
        connection.execute("drop schema if exists bench cascade")
        connection.execute("create schema bench")
        for table in PEERS.values():
            connection.execute(f"create table bench.{table.split('.')[1]} (like {table} including all)")


def _measured(who: str, package: Path, files: str) -> Measured:
    command = [sys.executable, "-m", "bench.load", "--side", who, "--package", str(package), "--files", files]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Measured(what=PEERS[files], who=who, **json.loads(out.splitlines()[-1]))


def _ours(package: Path, files: str) -> tuple[int, float, float]:
    from dataclasses import replace

    from warehouse.database.opening import open_warehouse
    from warehouse.loading import load_package
    from warehouse.packages import DataPackage

    read = DataPackage.read(package)
    read = replace(read, company=COMPANY, files=tuple(entry for entry in read.files if entry.pattern == files))
    with open_warehouse(company=COMPANY) as warehouse:
        before, began = _peak_mb(), perf_counter()
        report = load_package(warehouse, read)
    return report.rows, perf_counter() - began, _peak_mb() - before


def _to_sql(package: Path, files: str) -> tuple[int, float, float]:
    import pandas as pd
    import sqlalchemy
    from sqlalchemy.dialects.postgresql import JSONB

    from warehouse.database.opening import open_warehouse

    table = PEERS[files].split(".")[1]
    documents = ("contract_info", "user_information", "purchase_logs", "interaction_history")
    with open_warehouse(company=COMPANY) as warehouse:
        engine = sqlalchemy.create_engine(warehouse.sqlalchemy_url(None))
        before, began = _peak_mb(), perf_counter()
        rows = 0
        for path in sorted(package.glob(files)):
            frame = pd.read_csv(path) if files == CUSTOMERS else pd.read_parquet(path)
            frame = frame.drop(columns=[name for name in frame if name in UNMAPPED])
            frame["known_at"], frame["batch_id"] = pd.Timestamp.now(tz="UTC"), 1
            if files == SNAPSHOTS:
                frame["content_hash"] = "-"
                frame[list(documents)] = frame[list(documents)].map(json.loads)
            types = {name: JSONB for name in documents if name in frame}
            with engine.begin() as connection:
                frame.to_sql(table, connection, schema="bench", if_exists="append", index=False, dtype=types)
            rows += len(frame)
    return rows, perf_counter() - began, _peak_mb() - before


def _peak_mb() -> float:
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes / (1024 if sys.platform != "darwin" else 1024 * 1024)


def main() -> None:
    """Print the table, or measure one side where the parent process asks for it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--customers", type=int, default=50_000)
    arguments.add_argument("--side", choices=("ours", "to_sql"), help=argparse.SUPPRESS)
    arguments.add_argument("--package", type=Path, help=argparse.SUPPRESS)
    arguments.add_argument("--files", help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.side:
        rows, seconds, peak = (_ours if given.side == "ours" else _to_sql)(given.package, given.files)
        print(json.dumps({"rows": rows, "seconds": seconds, "peak_mb": peak}))
        return
    measured = measure(given.customers)
    print(f"{'table':32}{'who':>8}{'rows':>10}{'rows/s':>12}{'peak MB':>10}{'faster':>9}")
    for one in measured:
        peer = next(other for other in measured if other.what == one.what and other.who == "to_sql")
        ratio = one.rows_per_second / peer.rows_per_second
        print(
            f"{one.what:32}{one.who:>8}{one.rows:>10,}{one.rows_per_second:>12,.0f}{one.peak_mb:>10,.0f}{ratio:>8.1f}x"
        )


if __name__ == "__main__":
    main()
