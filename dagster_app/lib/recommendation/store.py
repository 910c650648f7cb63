"""Read what a month's recommendations are made of, and replace the month in the core tables.

Belongs here: SQL at both ends of `ml.recommendation.recommend`. Does not: any ranking.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd
from psycopg import Connection, sql

from ml.feature_list import FeatureList
from ml.recommendation.recommend import Recommended, recommend
from warehouse.database.partitions import ensure_partitions
from warehouse.frames import copy_frame, read_frame
from warehouse.months import add_months

# What customers are compared by: what they are, pay, buy and report; not the outcome of any model.
CLUSTER_FEATURES = FeatureList.of(
    {
        "monthly_fee": "numeric",
        "active_contract_count": "numeric",
        "tenure_months": "numeric",
        "purchase_count_365d": "numeric",
        "work_last_90d": "numeric",
        "avg_csi_score": "numeric",
        "interactions_90d": "numeric",
        "voc_90d": "numeric",
        "site_area_m2": "numeric",
        "industry_code": "categorical",
        "customer_type": "categorical",
    }
)
CUSTOMERS = f"""
select customer.customer_code, customer.sido, customer.industry_code, customer.site_area_m2,
  {", ".join(f"feature.{name}" for name in CLUSTER_FEATURES.names if name not in {"industry_code", "site_area_m2"})}
from intermediate.int_recommendation__customer as customer
left join analytics.customer_features as feature
  on customer.customer_code = feature.customer_code and customer.snapshot_month = feature.snapshot_month
where customer.snapshot_month = %(month)s
"""
HOLDINGS = """
select customer_code, item_kind, item_code
from intermediate.int_recommendation__holding where snapshot_month = %(month)s
"""
ITEMS = """
select item_kind, item_code, min(item_name) as item_name
from intermediate.int_recommendation__holding where snapshot_month = %(month)s group by item_kind, item_code
"""
PROSPECTS = """
select prospect_key, industry_code, sido, site_area_m2
from staging.stg_deskroom__potential_user where snapshot_month = %(month)s
"""
PREVIOUS = """
select subject_key as customer_code, cluster_id
from ml.customer_cluster where snapshot_month = %(last_month)s and subject_kind = 'customer'
"""
LARGEST = "select coalesce(max(cluster_id), 0) from ml.cluster where snapshot_month < %(month)s"
INDUSTRIES = (
    "select industry_code, industry_name from staging.stg_deskroom__industry_code where industry_name is not null"
)
# in order of reference: what is referred to is deleted last and written first
TABLES = ("ml.cluster", "ml.customer_cluster", "ml.recommendation", "ml.similar_customer")


@dataclass(frozen=True)
class RecommendedMonth:
    """Rows written for a month, by table."""

    rows: dict[str, int]


def recommend_month(connection: Connection[Any], month: date, methods: dict[str, str] | None = None) -> Recommended:
    """Read a month's frames and recommend.

    Parameters
    ----------
    connection : Connection
        As the model role.
    month : date
        Snapshot month; its features and holdings are built.
    methods : dict of item kind to method, optional
        What `ml.recommendation.choice` chose.
    """
    values = {"month": month, "last_month": add_months(month, -1)}
    largest = connection.execute(LARGEST, values).fetchone()
    industries = connection.execute(INDUSTRIES).fetchall()
    return recommend(
        read_frame(connection, CUSTOMERS, values),
        read_frame(connection, HOLDINGS, values),
        read_frame(connection, PROSPECTS, values),
        read_frame(connection, ITEMS, values),
        CLUSTER_FEATURES,
        previous=read_frame(connection, PREVIOUS, values),
        largest_id=int(largest[0]) if largest else 0,
        methods=methods,
        industry_names=dict(industries),
    )


def replace_recommendations(
    connection: Connection[Any], month: date, recommended: Recommended, run_id: str
) -> RecommendedMonth:
    """Replace one month in all four tables, in the caller's transaction and under the month's lock."""
    connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"ml.recommendation:{month}"])
    frames = {
        "ml.cluster": recommended.clusters,
        "ml.customer_cluster": recommended.customer_clusters,
        "ml.recommendation": recommended.recommendations,
        "ml.similar_customer": recommended.similar_customers,
    }
    for table in reversed(TABLES):
        ensure_partitions(connection, table, month, month, schema="ml")
        connection.execute(sql.SQL("delete from {} where snapshot_month = %s").format(_name(table)), [month])
    rows = {}
    for table in TABLES:
        frame: pd.DataFrame = frames[table].assign(snapshot_month=month, run_id=run_id)
        rows[table] = copy_frame(connection, frame, table, list(frame.columns))
    return RecommendedMonth(rows)


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))
