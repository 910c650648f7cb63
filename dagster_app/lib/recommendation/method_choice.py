"""Which method recommends to this company: a time split of its own holdings, made again each quarter.

Belongs here: the dates of the split, reading it, the card. Does not: methods (`ml.recommendation.choice`) and rule
(`ml.promotion.recommender`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd
from psycopg import Connection

from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.recommendation.store import CLUSTER_FEATURES, CUSTOMERS, HOLDINGS
from warehouse.frames import read_frame
from warehouse.months import add_months

if TYPE_CHECKING:
    from ml.recommendation.choice import MethodChoice

MODEL = "recommender"
JUDGED_MONTHS = 6
SEED = 0
NOBODY = pd.DataFrame({"customer_code": [], "cluster_id": []})


@dataclass(frozen=True)
class MonthlyChoice:
    """What recommends in the months that share it.

    Parameters
    ----------
    before, after : date
        Snapshot months of the split: fitted on the first, judged by what was taken up until the second.
    by_kind : dict of item kind to Choice
    """

    before: date
    after: date
    by_kind: dict[str, MethodChoice]

    @property
    def methods(self) -> dict[str, str]:
        """Method of each kind of item."""
        return {kind: choice.method for kind, choice in self.by_kind.items()}


def judged_month(month: date) -> date:
    """Last month of the latest quarter that was over by the end of the snapshot month: its last day is then known."""
    return add_months(month, -(month.month % 3))


def choose(connection: Connection[Any], after: date) -> MonthlyChoice:
    """Compare the methods on the half year that ended with the month; nothing later is read.

    Parameters
    ----------
    connection : Connection
        As the model role.
    after : date
        From `judged_month`.
    """
    from ml.clustering.monthly import cluster_month
    from ml.recommendation.choice import choose_method
    from ml.recommendation.frames import ITEM_KINDS, customer_frame
    from ml.recommendation.holdings import build_holdings

    before = add_months(after, -JUDGED_MONTHS)
    customers = read_frame(connection, CUSTOMERS, {"month": before})
    known = customers["customer_code"].to_numpy(dtype=object)
    held = {month: read_frame(connection, HOLDINGS, {"month": month}) for month in (before, after)}
    clusters = None
    if len(customers):
        clusters = cluster_month(customer_frame(customers, CLUSTER_FEATURES), CLUSTER_FEATURES, NOBODY, seed=SEED)
    by_kind = {}
    for kind in ITEM_KINDS:
        pairs = {month: frame[frame["item_kind"] == kind] for month, frame in held.items()}
        items = pairs[before]["item_code"].unique()
        then, now = (build_holdings(pairs[month], known, items) for month in (before, after))
        ids = clusters.cluster_ids if clusters else pd.Series(dtype="int64").to_numpy()
        by_kind[kind] = choose_method(then, now, ids, seed=SEED)
    return MonthlyChoice(before, after, by_kind)


def write_card(store: BundleStore, choice: MonthlyChoice, *, is_simulated: bool) -> None:
    """Render and write the card of a quarter's choice."""
    from ml.recommendation.card import render_recommender_card

    name = version(choice.after)
    page = render_recommender_card(choice.by_kind, name, choice.before, choice.after, is_simulated=is_simulated)
    store.save_card(MODEL, name, page)


def version(after: date) -> str:
    """Name of the choice that was made at the end of a quarter."""
    return f"{MODEL}-{after:%Y%m}"


def choice_metadata(choices: Mapping[date, MonthlyChoice]) -> dict[str, str]:
    """Return which method recommends and why, as a run's metadata."""
    return {
        f"{kind} from {after:%Y-%m}": f"{one.method}: {one.reason}"
        for after, choice in sorted(choices.items())
        for kind, one in choice.by_kind.items()
    }
