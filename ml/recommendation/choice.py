"""Choice of the ranking method: fitted before a date, evaluated on items adopted after it.

Belongs here: the candidate methods. Does not: metrics (evaluation), the rule (`ml.promotion.recommender`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.promotion.recommender import best_method
from ml.recommendation.evaluation import PRIMARY_METRIC, adopted_items, comparison_table, measure_method
from ml.recommendation.holdings import Holdings, IntArray
from ml.recommendation.rankers import ClusterPopularity, Ease, Factors, ItemItem, Lift, Popularity, Ranker

BASELINES = (Popularity.name, ClusterPopularity.name)
METHODS = (*BASELINES, ItemItem.name, Factors.name, Ease.name, Lift.name)
MIN_EVALUATION_CUSTOMERS = 100


@dataclass(frozen=True)
class MethodChoice:
    """The chosen method and why.

    Parameters
    ----------
    method : str
    reason : str
        One sentence.
    comparison : DataFrame
        One row per method; empty if nothing was measured.
    """

    method: str
    reason: str
    comparison: pd.DataFrame


def fit_ranker(method: str, holdings: Holdings, clusters: IntArray) -> Ranker:
    """Fit a method by name.

    Raises
    ------
    ValueError
        If no method has the name.
    """
    if method == ClusterPopularity.name:
        return ClusterPopularity(holdings, clusters)
    plain: dict[str, type[Popularity | ItemItem | Factors | Ease | Lift]] = {
        one.name: one for one in (Popularity, ItemItem, Factors, Ease, Lift)
    }
    if method not in plain:
        raise ValueError(f"there is no method {method!r}; there are: {', '.join(METHODS)}")
    return plain[method](holdings)


def choose_method(
    before: Holdings, after: Holdings, clusters: IntArray, *, seed: int, default: str = Lift.name
) -> MethodChoice:
    """Choose by a time split.

    Parameters
    ----------
    before, after : Holdings
        The same customers and items at two dates.
    clusters : array of int64, shape (customers,)
        As of the earlier date.
    seed : int
        Seed of the bootstrap.
    default : str
        The method chosen on public purchases; kept if fewer than 100 customers adopted an item.
    """
    new = adopted_items(before, after)
    evaluation_customers = int(np.count_nonzero(new.any(axis=1)))
    if evaluation_customers < MIN_EVALUATION_CUSTOMERS:
        reason = (
            f"only {evaluation_customers} customers adopted an item; {MIN_EVALUATION_CUSTOMERS} are required."
            f" {default} is kept"
        )
        return MethodChoice(default, reason, pd.DataFrame())
    measured = [measure_method(fit_ranker(method, before, clusters), before, new) for method in METHODS]
    table = comparison_table(measured, baselines=BASELINES, seed=seed)
    method, reason = best_method(table, primary_metric=PRIMARY_METRIC, baseline=Popularity.name, default=default)
    return MethodChoice(method, reason, table)
