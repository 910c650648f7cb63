"""Compare a month with the training data of each version that scored it, and replace its rows in ``ml.feature_drift``.

The figures belong to `ml.monitoring.drift`, counting to `scored_months`, what is made of an alarm to `alerts`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg import Connection

from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.monitoring.scored_months import ScoredMonth, count_rows, read_histograms, scored_by
from warehouse.connection import Role, Warehouse
from warehouse.frames import copy_frame
from warehouse.months import as_of_date

if TYPE_CHECKING:
    import pandas as pd

    from ml.monitoring.drift.verdict import DriftLimits

LOCK = "select pg_advisory_xact_lock(hashtextextended('ml.feature_drift:' || %s || %s, 0))"
REPLACED = "delete from ml.feature_drift where model_version = %s and as_of_date = %s"
LIMITS = "select limit_name, value from staging.monitoring_limit"


def read_limits(connection: Connection[Any]) -> DriftLimits:
    """Return the limits of the seed ``monitoring_limit``; those that are not about drift are left out."""
    from ml.monitoring.drift.verdict import DriftLimits

    given = dict(connection.execute(LIMITS).fetchall())
    known = {name: given[name] for name in DriftLimits.__dataclass_fields__ if name in given}
    return DriftLimits(**known)


def measure_drift(warehouse: Warehouse, store: BundleStore, months: Sequence[date], run_id: str) -> dict[str, int]:
    """Compare snapshot months, each in one transaction, and count the drifted features by version and month."""
    found: dict[str, int] = {}
    for snapshot_month in sorted(months):
        with warehouse.connect(Role.MODEL) as connection:
            limits = read_limits(connection)
            for month in scored_by(connection, as_of_date(snapshot_month)):
                rows = _compare(connection, store, month, limits)
                _replace(connection, month, rows.assign(run_id=run_id))
                found[f"{month.version} {month.as_of_date}"] = int(rows["is_drifted"].sum())
    return found


def _compare(connection: Connection[Any], store: BundleStore, month: ScoredMonth, limits: DriftLimits) -> pd.DataFrame:
    from ml.monitoring.drift.comparison import compare_with_training
    from ml.monitoring.drift.verdict import is_drifted

    profile = store.load(month.model_name, month.version, month.artifact_sha256).training_profile
    rows = compare_with_training(profile, read_histograms(connection, month, profile), count_rows(connection, month))
    return rows.assign(
        is_drifted=is_drifted(rows, limits),
        model_name=month.model_name,
        model_version=month.version,
        as_of_date=month.as_of_date,
    )


def _replace(connection: Connection[Any], month: ScoredMonth, rows: pd.DataFrame) -> None:
    connection.execute(LOCK, [month.version, month.as_of_date.isoformat()])
    connection.execute(REPLACED, [month.version, month.as_of_date])
    copy_frame(connection, rows, "ml.feature_drift")
