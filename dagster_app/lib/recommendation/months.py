"""Recommend months in order of time, so that clusters keep their numbers from one month to the next.

Ranking belongs to `ml.recommendation`, queries and rows to `recommendation_store`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from dagster_app.lib.dbt.vars import loaded_company
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.runs import progress
from warehouse.connection import Role, Warehouse
from warehouse.database.planner_statistics import gather_statistics

if TYPE_CHECKING:
    from dagster_app.lib.recommendation.method_choice import MonthlyChoice

RECOMMENDED = "select distinct snapshot_month from ml.customer_cluster order by snapshot_month"
CUSTOMERS = "select count(*) from intermediate.int_recommendation__customer where snapshot_month = %s"


def recommend_months(
    warehouse: Warehouse, months: Sequence[date], run_id: str
) -> tuple[dict[str, int], dict[str, str]]:
    """Replace the months' clusters and recommendations; returns rows written by table, and what chose the methods.

    A month without customers, or of a company without contracts and purchases, has nothing to recommend from.
    """
    from dagster_app.lib.recommendation.method_choice import choice_metadata, choose, judged_month, write_card
    from dagster_app.lib.recommendation.store import recommend_month, replace_recommendations

    written: Counter[str] = Counter()
    choices: dict[date, MonthlyChoice] = {}
    is_simulated = loaded_company(warehouse)[1]
    store = BundleStore(warehouse.folders.models)
    for position, month in enumerate(sorted(months)):
        progress.report("recommendations", position, len(months), f"{month:%Y-%m}")
        with warehouse.connect(Role.MODEL) as connection:
            row = connection.execute(CUSTOMERS, [month]).fetchone()
            if row is None or row[0] == 0:
                continue
            quarter = judged_month(month)
            if quarter not in choices:
                choices[quarter] = choose(connection, quarter)
                write_card(store, choices[quarter], is_simulated=is_simulated)
            recommended = recommend_month(connection, month, choices[quarter].methods)
            written.update(replace_recommendations(connection, month, recommended, run_id).rows)
    gather_statistics(warehouse, written)
    progress.report("recommendations", len(months), len(months))
    return dict(written), choice_metadata(choices)


def keep_cards(warehouse: Warehouse, store: BundleStore) -> list[str]:
    """Name the choices behind what the database recommends, in order of time, and write those cards that are missing.

    The recommender is not a trained bundle and not in the registry: it is chosen by quarter.
    """
    from dagster_app.lib.recommendation.method_choice import MODEL, choose, judged_month, version, write_card

    with warehouse.connect(Role.MODEL) as connection:
        months = [row[0] for row in connection.execute(RECOMMENDED).fetchall()]
        quarters = sorted({judged_month(month) for month in months})
        for quarter in quarters:
            if not store.card(MODEL, version(quarter)).exists():
                write_card(store, choose(connection, quarter), is_simulated=loaded_company(warehouse)[1])
    return [version(quarter) for quarter in quarters]
