"""The audit trail: seconds to seal and to verify a million rows, and events per second of eight writers.

Run: ``python -m bench.audit [--rows 1000000] [--writers 8]``. In a temporary home, with a server of its own.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
from pathlib import Path
from time import perf_counter

from warehouse import audit
from warehouse.audit_report import require_intact
from warehouse.connection import Role, Warehouse
from warehouse.database.opening import open_warehouse
from warehouse.server.lifecycle import EmbeddedServer
from warehouse.settings import load_settings

ROWS = """
insert into collections.audit_logs (entity_type, entity_id, action, actor_type, actor_id, changes)
select 'task', 'T' || number, 'updated', 'agent', 'A' || number %% 50,
  jsonb_build_object('status', jsonb_build_array('pending', 'assigned'), 'number', number)
from generate_series(1, %s) as number
"""
EVENT = """
select collections.log_audit_event('task', %s, 'updated', 'agent', 'A1', '{"status": ["pending", "assigned"]}')
"""


def events_per_second(warehouse: Warehouse, writers: int, events: int) -> float:
    """Let writers log events at the same time, each in a transaction of its own."""

    def write() -> None:
        with warehouse.connect(Role.LOADER, autocommit=True) as connection:
            started.wait()
            for number in range(events):
                connection.execute(EVENT, [str(number)])

    started = threading.Barrier(writers + 1)
    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    started.wait()
    begun = perf_counter()
    for thread in threads:
        thread.join()
    return writers * events / (perf_counter() - begun)


def measure(warehouse: Warehouse, rows: int, writers: int, events: int) -> str:
    """Fill the trail, seal and verify it, and let writers write; returns a sentence."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(ROWS, [rows])
    begun = perf_counter()
    audit.seal(warehouse)
    sealed = perf_counter()
    report = audit.verify(warehouse)
    verified = perf_counter()
    require_intact(report)
    rate = events_per_second(warehouse, writers, events)
    return (
        f"{report.rows:,} rows in {report.blocks} blocks: sealed in {sealed - begun:.1f} s, verified in "
        f"{verified - sealed:.1f} s; {writers} writers: {rate:,.0f} events per second."
    )


def main() -> None:
    """Measure in a temporary home and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--events", type=int, default=500, help="events of each writer")
    parser.add_argument("--folder", type=Path, default=None, help="where the home goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bellwether-audit-", dir=given.folder) as folder:
        os.environ |= {"BELLWETHER_HOME": folder, "BELLWETHER_COMPANY": "audit"}
        try:
            with open_warehouse(load_settings()) as warehouse:
                print(measure(warehouse, given.rows, given.writers, given.events))
        finally:
            EmbeddedServer(Path(folder)).stop(force=True)  # before its folder goes


if __name__ == "__main__":
    main()
