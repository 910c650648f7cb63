"""From options to a package folder: block after block, month after month.

Memory is bounded by one block of customers. The folder appears complete or not at all; a folder
that contains the same package already is not changed.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from warehouse.sample.catalogue import catalogue
from warehouse.sample.categories import category_table, succession_table
from warehouse.sample.definition import package_definition
from warehouse.sample.faults import FaultPlan
from warehouse.sample.files import PackageFiles
from warehouse.sample.options import SampleOptions
from warehouse.sample.records.documents import joining_days
from warehouse.sample.records.ledger import ledger_table
from warehouse.sample.records.people import customer_table
from warehouse.sample.records.prospects import prospect_months
from warehouse.sample.records.rows import by_month, invoice_table, message_tables, revenue_by_month
from warehouse.sample.records.snapshots import SnapshotWriter
from warehouse.sample.simulation.blocks import BlockHistory, BlockSimulation
from warehouse.sample.simulation.contracts import OPEN_END
from warehouse.sample.simulation.drivers import draw_environment
from warehouse.sample.simulation.population import IntArray, draw_population
from warehouse.sample.timeline import HISTORY_MONTHS, Timeline

BLOCK_CUSTOMERS = 5_000
RECEIPT_NAME = "generated.json"

Progress = Callable[[int, int], None]


def generate(out_dir: Path, options: SampleOptions | None = None, *, progress: Progress | None = None) -> Path:
    """Write the simulated company as a data package.

    Parameters
    ----------
    out_dir : Path
        Package folder; replaced if it contains an earlier sample, reused if that is the same.
    options : SampleOptions
        Size, span, seed, drift, faults.
    progress : callable, optional
        Called with the number of customers written and of all.

    Returns
    -------
    Path
        ``out_dir``; it then contains ``package.yml`` and ``generated.json`` (rows per file, figures).

    Raises
    ------
    FileExistsError
        If ``out_dir`` contains other files than an earlier sample.
    """
    options = options or SampleOptions()
    if _is_same(out_dir, options):
        return out_dir
    if out_dir.exists() and any(out_dir.iterdir()) and not (out_dir / RECEIPT_NAME).exists():
        raise FileExistsError(f"{out_dir} contains other files; choose an empty folder")
    partial = out_dir.with_name(out_dir.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    _write(partial, options, progress)
    if out_dir.exists():
        shutil.rmtree(out_dir)
    partial.rename(out_dir)
    return out_dir


def read_receipt(folder: Path) -> dict[str, Any]:
    """Read what was generated: fingerprint, rows and bytes per file, customers per month."""
    receipt: dict[str, Any] = json.loads((folder / RECEIPT_NAME).read_text(encoding="utf-8"))
    return receipt


def _is_same(folder: Path, options: SampleOptions) -> bool:
    if not (folder / RECEIPT_NAME).exists():
        return False
    receipt = read_receipt(folder)
    if receipt["fingerprint"] != options.fingerprint:
        return False
    sizes = {name: entry["bytes"] for name, entry in receipt["files"].items()}
    return all((folder / name).is_file() and (folder / name).stat().st_size == size for name, size in sizes.items())


def _write(folder: Path, options: SampleOptions, progress: Progress | None) -> None:
    timeline = Timeline(options.end_month, options.months)
    environment = draw_environment(options.seed, timeline)
    instants = timeline.instants()
    plan = FaultPlan(options, timeline)
    revenue: IntArray = np.zeros(timeline.months, dtype=np.int64)
    counts = np.zeros((2, timeline.months), dtype=np.int64)
    customers = []
    with PackageFiles(folder) as files:
        for block, first in enumerate(range(1, options.customers + 1, BLOCK_CUSTOMERS)):
            size = min(BLOCK_CUSTOMERS, options.customers + 1 - first)
            population = draw_population(options.seed, block, first, size, timeline)
            history = BlockSimulation(population, environment, options, block, timeline).run()
            joined = joining_days(population, timeline)
            customers.append(customer_table(population, joined, int(timeline.ordinals()[-1])))
            _write_block(files, history, plan, block, instants)
            revenue += revenue_by_month(history, timeline.months)
            counts += _count(history)
            if progress:
                progress(first - 1 + size, options.customers)
        files.write_csv("customers.csv.gz", customers)
        codes, names = catalogue().column("industries", "code"), catalogue().column("industries", "name")
        files.write_csv("industry_codes.csv", [pl.DataFrame({"code": codes, "name": names})])
        files.write_csv("voc_categories.csv", [category_table(timeline)])
        files.write_csv("voc_successions.csv", [succession_table(timeline)])
        for month, places in prospect_months(options.seed, options.customers, timeline):
            files.append(f"prospects/prospects_{timeline.label(month)}.parquet", places)
        for month, entries in by_month(ledger_table(revenue, options.seed, timeline)):
            files.write_csv(f"ledger/ledger_{timeline.label(month)}.csv", [entries])
    (folder / "package.yml").write_text(package_definition(options, plan), encoding="utf-8")
    _write_receipt(folder, options, files.rows, timeline, counts)


def _write_block(files: PackageFiles, history: BlockHistory, plan: FaultPlan, block: int, instants: pl.Series) -> None:
    timeline = plan.timeline
    snapshots = SnapshotWriter(history, timeline, instants)
    for month in range(HISTORY_MONTHS, timeline.months):
        for delivery in plan.deliveries(month, block, snapshots.month(month)):
            files.append(delivery.name, delivery.rows)
    messages, labels = message_tables(history, timeline, instants)
    for month, rows in by_month(messages):
        files.append(f"messages/messages_{timeline.label(month)}.parquet", rows)
    for month, rows in by_month(labels):
        files.append(f"message_labels/message_labels_{timeline.label(month)}.parquet", rows)
    for month, rows in by_month(invoice_table(history, timeline)):
        files.append(f"invoices/invoices_{timeline.label(month)}.parquet", rows)


def _count(history: BlockHistory) -> IntArray:
    """Count customers with an open contract at each month's end, and those without one three months later."""
    active = np.stack([((book.code >= 0) & (book.end == OPEN_END)).any(axis=1) for book in history.books])
    gone = np.zeros(len(active), dtype=np.int64)
    gone[:-3] = (active[:-3] & ~active[3:]).sum(axis=1)
    return np.stack([active.sum(axis=1), gone])


def _write_receipt(
    folder: Path, options: SampleOptions, rows: dict[str, int], timeline: Timeline, counts: IntArray
) -> None:
    files = {name: {"rows": rows[name], "bytes": (folder / name).stat().st_size} for name in sorted(rows)}
    months = {
        timeline.label(month): {"active": int(counts[0, month]), "left_within_3_months": int(counts[1, month])}
        for month in range(HISTORY_MONTHS, timeline.months)
    }
    receipt = {"fingerprint": options.fingerprint, "files": files, "months": months}
    (folder / RECEIPT_NAME).write_text(json.dumps(receipt, indent=1), encoding="utf-8")
