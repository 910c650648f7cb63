"""What the asset graph shows about scored months: counts and a small picture of the distribution."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import dagster as dg

from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.risk.predictions import WrittenMonth
from dagster_app.lib.risk.scoring import score_months
from dagster_app.lib.risk.targets import RiskTarget, by_target
from warehouse.connection import Role, Warehouse

BUCKETS = 20
DISTRIBUTION = """
select width_bucket(probability, 0, 1.000001, 20) as bucket, count(*)
from ml.prediction
inner join ml.model_version
  on prediction.model_version = model_version.version and model_version.is_active
where prediction.model_name = %s
  and as_of_date = (select max(as_of_date) from ml.prediction where model_name = %s)
group by bucket
order by bucket
"""


def score_and_describe(warehouse: Warehouse, store: BundleStore, months: Sequence[date], run_id: str) -> dict[str, Any]:
    """Score months with the active model of each target; return the metadata of all of them."""
    rows = 0

    def step(target: RiskTarget) -> dict[str, Any]:
        nonlocal rows
        written = score_months(warehouse, store, target.model_name, months, run_id)
        rows += sum(month.scored for month in written.values())
        return describe(warehouse, target.model_name, written)

    return {**by_target(warehouse, step), "dagster/row_count": rows}


def describe(warehouse: Warehouse, model_name: str, written: Mapping[date, WrittenMonth]) -> dict[str, Any]:
    """Return metadata of a scoring: rows, what changed, and the newest month's distribution."""
    lines = ["| month | scored | changed | removed |", "|---|---|---|---|"]
    lines += [
        f"| {month:%Y-%m} | {row.scored:,} | {row.changed:,} | {row.deleted:,} |" for month, row in written.items()
    ]
    with warehouse.connect(Role.MODEL) as connection:
        counts: dict[int, int] = dict(connection.execute(DISTRIBUTION, [model_name, model_name]).fetchall())
    return {
        "months": dg.MetadataValue.md("\n".join(lines)),
        "distribution": dg.MetadataValue.md(f"![scores]({_histogram(counts)})"),
    }


def _histogram(counts: Mapping[int, int]) -> str:
    """Draw customers by probability as a PNG in a data address."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 2.2), layout="constrained")
    axes = figure.add_subplot()
    edges = [position / BUCKETS for position in range(BUCKETS)]
    axes.bar(edges, [counts.get(position + 1, 0) for position in range(BUCKETS)], width=1 / BUCKETS, align="edge")
    axes.set(xlabel="probability", ylabel="customers", yscale="symlog")
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=80)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
