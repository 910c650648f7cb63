"""The 57 features of one month in DuckDB, from the same raw JSON documents.

The statement is what a careful DuckDB user would write: each document is parsed once into typed structs, each array is
unnested once, and every window is a filtered aggregate. Formulas: `docs/snapshot_documents.md` and the descriptions of
`user_monthly_property`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

WINDOWS = (30, 60, 90)

DOCUMENT = (
    '{"works":[{"work_type":"VARCHAR","scheduled_at":"VARCHAR","status":"VARCHAR","services":"INTEGER"}],'
    '"csi":[{"surveyed_at":"VARCHAR","score":"DOUBLE"}],'
    '"interactions":[{"occurred_at":"VARCHAR","is_voc":"BOOLEAN"}]}'
)


def _ratio(top: str, bottom: str) -> str:
    return f"{top}::double / nullif({bottom}, 0)"


def _work_columns() -> list[str]:
    columns = [
        "count(*) as works",
        "count(*) filter (status = 'confirmed') as confirmed",
        "count(*) filter (status = 'cancelled') as cancelled",
        "sum(services) as services",
        "count(distinct work_type) as work_types",
        "min(moment) as first_work_at",
    ]
    for days in WINDOWS:
        inside = f"moment >= cutoff - interval {days} day"
        columns += [
            f"count(*) filter ({inside}) as work_last_{days}d",
            f"count(*) filter ({inside} and status = 'confirmed') as confirmed_{days}d",
            f"count(*) filter ({inside} and status = 'cancelled') as cancelled_{days}d",
            f"coalesce(sum(services) filter ({inside}), 0) as services_{days}d",
            f"count(distinct work_type) filter ({inside}) as work_types_{days}d",
        ]
    return columns


def _csi_columns() -> list[str]:
    columns = ["avg(score) as avg_csi_score", "count(*) as csi_survey_count"]
    for days in WINDOWS:
        inside = f"moment >= cutoff - interval {days} day"
        columns += [
            f"avg(score) filter ({inside}) as csi_score_{days}d",
            f"count(*) filter ({inside}) as csi_survey_count_{days}d",
        ]
    return columns


def _interaction_columns() -> list[str]:
    columns = [
        "count(*) as num_interactions",
        "count(*) filter (is_voc) as voc_count",
        "min(moment) as first_interaction_at",
    ]
    for days in WINDOWS:
        inside = f"moment >= cutoff - interval {days} day"
        columns += [
            f"count(*) filter ({inside}) as interactions_{days}d",
            f"count(*) filter ({inside} and is_voc) as voc_{days}d",
        ]
    return columns


def _final_columns() -> list[str]:
    columns = [
        "coalesce(work_types, 0) as unique_work_types",
        "coalesce(cancelled, 0) as cancelled_work",
        _ratio("cancelled", "works") + " as cancellation_rate",
        _ratio("confirmed", "works") + " as confirmation_rate",
        _ratio("services", "works") + " as avg_services_per_work",
    ]
    for d in WINDOWS:
        columns += [
            f"coalesce({name}_{d}d, 0) as {name}_{d}d"
            for name in ("work_last", "confirmed", "cancelled", "services", "work_types")
        ]
        columns += [
            _ratio(f"cancelled_{d}d", f"work_last_{d}d") + f" as cancellation_rate_{d}d",
            _ratio(f"confirmed_{d}d", f"work_last_{d}d") + f" as confirmation_rate_{d}d",
        ]
    columns += ["avg_csi_score", *(f"csi_score_{d}d" for d in WINDOWS)]
    columns += ["coalesce(csi_survey_count, 0) as csi_survey_count"]
    columns += [f"coalesce(csi_survey_count_{d}d, 0) as csi_survey_count_{d}d" for d in WINDOWS]
    columns += [
        "coalesce(num_interactions, 0) as num_interactions",
        "coalesce(voc_count, 0) as voc_count",
        "coalesce(num_interactions - voc_count, 0) as non_voc_count",
        _ratio("voc_count", "num_interactions") + " as voc_ratio",
    ]
    for d in WINDOWS:
        columns += [
            f"coalesce(interactions_{d}d, 0) as interactions_{d}d",
            f"coalesce(voc_{d}d, 0) as voc_{d}d",
            f"coalesce(interactions_{d}d - voc_{d}d, 0) as non_voc_{d}d",
            _ratio(f"voc_{d}d", f"interactions_{d}d") + f" as voc_ratio_{d}d",
        ]
    activity = "(coalesce(works, 0) + coalesce(num_interactions, 0))"

    def recent(days: int) -> str:
        return f"(coalesce(work_last_{days}d, 0) + coalesce(interactions_{days}d, 0))"

    columns += [
        _ratio(recent(90), activity) + " as recent_90d_activity_ratio",
        _ratio(recent(30), activity) + " as recent_30d_activity_ratio",
        f"case when {activity} > 0 then {activity}::double / greatest(extract(epoch from"
        " cutoff - least(first_work_at, first_interaction_at)) / 86400.0, 1.0) end as activity_density",
        _ratio("confirmed_30d", "work_last_30d")
        + " - "
        + _ratio("confirmed_90d", "work_last_90d")
        + " as confirmation_rate_change",
        _ratio("cancelled_30d", "work_last_30d")
        + " - "
        + _ratio("cancelled_90d", "work_last_90d")
        + " as cancellation_rate_change",
        _ratio("coalesce(voc_count, 0)", "works") + " as voc_to_work_ratio",
        _ratio(recent(30), recent(90)) + " as recent_30d_to_90d_ratio",
    ]
    return columns


def _aggregate(array: str, instant: str, columns: list[str]) -> str:
    return f"""
        select ccod, {", ".join(columns)}
        from (select ccod, cutoff, unnested.*, unnested.{instant}::timestamptz as moment
              from (select ccod, cutoff, unnest(document.{array}) as unnested from documents))
        where moment < cutoff group by ccod"""


def feature_statement(source: str, cutoff: str) -> str:
    """Build the statement for one month.

    Parameters
    ----------
    source : str
        A relation with `ccod` and `interaction_history` (JSON text) of the month's snapshot.
    cutoff : str
        T, the first instant of the next month, ISO with offset.

    Returns
    -------
    str
        A select of `ccod`, `created_at` (T) and the 57 features.
    """
    return f"""
    with documents as materialized (
        select ccod, timestamptz '{cutoff}' as cutoff, from_json(interaction_history, '{DOCUMENT}') as document
        from {source}),
    works as ({_aggregate("works", "scheduled_at", _work_columns())}),
    surveys as ({_aggregate("csi", "surveyed_at", _csi_columns())}),
    contacts as ({_aggregate("interactions", "occurred_at", _interaction_columns())})
    select ccod, cutoff as created_at, {", ".join(_final_columns())}
    from (select ccod, cutoff from documents)
    left join works using (ccod) left join surveys using (ccod) left join contacts using (ccod)"""


def build_month(parquet: Path, month: str, cutoff: str, connection: duckdb.DuckDBPyConnection) -> int:
    """Build one month's features into table `property` from Parquet documents; return the rows written."""
    connection.execute("set timezone = 'UTC'")
    source = f"(select * from read_parquet('{parquet}') where snapshot_month = date '{month}')"
    connection.execute(f"create or replace table property as {feature_statement(source, cutoff)}")
    counted = connection.execute("select count(*) from property").fetchone()
    return int(counted[0]) if counted else 0
