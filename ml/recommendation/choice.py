"""Which method recommends: fitted before a date, judged by what was taken up after it.

Belongs here: the methods in competition. Does not: figures (evaluation), the rule (`ml.promotion.recommender`).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.promotion.recommender import best_method
from ml.recommendation.evaluation import HEADLINE, comparison_table, measure, taken_up
from ml.recommendation.holdings import Holdings, IntArray
from ml.recommendation.rankers import ClusterPopularity, Ease, Factors, ItemItem, Lift, Popularity, Ranker

BASELINES = (Popularity.name, ClusterPopularity.name)
METHODS = (*BASELINES, ItemItem.name, Factors.name, Ease.name, Lift.name)
FEW_JUDGES = 100


@dataclass(frozen=True)
class Choice:
    """The chosen method and why.

    Parameters
    ----------
    method : str
    reason : str
        One sentence.
    comparison : DataFrame
        One row per method; empty where there was nothing to measure.
    """

    method: str
    reason: str
    comparison: pd.DataFrame


def fit_ranker(method: str, holdings: Holdings, clusters: IntArray) -> Ranker:
    """Fit a method by name.

    Raises
    ------
    ValueError
        When no method has the name.
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
) -> Choice:
    """Choose by a time split.

    Parameters
    ----------
    before, after : Holdings
        The same customers and items at two dates.
    clusters : array of int64, shape (customers,)
        As of the earlier date.
    seed : int
        Of the bootstrap.
    default : str
        What was chosen on public purchases; stands where fewer than 100 customers took something up.
    """
    new = taken_up(before, after)
    judges = int(np.count_nonzero(new.any(axis=1)))
    if judges < FEW_JUDGES:
        reason = f"only {judges} customers took something up, {FEW_JUDGES} are wanted: {default} stands"
        return Choice(default, reason, pd.DataFrame())
    measured = [measure(fit_ranker(method, before, clusters), before, new) for method in METHODS]
    table = comparison_table(measured, baselines=BASELINES, seed=seed)
    method, reason = best_method(table, headline=HEADLINE, baseline=Popularity.name, default=default)
    return Choice(method, reason, table)
