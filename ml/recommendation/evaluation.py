"""Quality of recommendations: items adopted later, compared with the items recommended before.

Belongs here: hit rate, nDCG, catalogue coverage, paired bootstrap. Does not: choosing (choice).
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.random import Generator, Philox

from ml.recommendation.holdings import FloatArray, Holdings
from ml.recommendation.rankers import Ranker
from ml.recommendation.ranking import NO_ITEM, best_items

CUTOFF_RANKS = (3, 10)
RESAMPLES = 2000
PRIMARY_METRIC = "ndcg_at_10"


@dataclass(frozen=True)
class MethodQuality:
    """Quality of one method on one split.

    Parameters
    ----------
    name : str
    figures : dict of str to float
        `hit_rate_at_3`, `ndcg_at_3`, `hit_rate_at_10`, `ndcg_at_10`: means over the customers that adopted an item;
        `coverage_at_10`: share of the items that were recommended to at least one customer.
    per_customer : array of float64, shape (customers that adopted an item,)
        nDCG at 10 of each, for the paired comparison.
    """

    name: str
    figures: dict[str, float]
    per_customer: FloatArray


def adopted_items(before: Holdings, after: Holdings) -> np.ndarray:
    """Return the items that each customer holds after and not before, dense bool of the shape of `before`.

    Raises
    ------
    ValueError
        If the two do not have the same customers and items.
    """
    if not (
        np.array_equal(before.customer_codes, after.customer_codes)
        and np.array_equal(before.item_codes, after.item_codes)
    ):
        raise ValueError("holdings before and after must have the same customers and items; build both with one list")
    new: np.ndarray = (after.matrix - before.matrix.multiply(after.matrix)).toarray() > 0
    return new


def measure_method(ranker: Ranker, before: Holdings, new: np.ndarray) -> MethodQuality:
    """Measure a method fitted on `before` by the items adopted afterwards.

    Parameters
    ----------
    ranker : Ranker
    before : Holdings
    new : array of bool, shape (customers, items)
        From `adopted_items`.

    Notes
    -----
    nDCG at k = sum of 1/log2(rank + 1) over hits, divided by that of the best possible order (Järvelin and
    Kekäläinen 2002). Customers that adopted no item are left out.
    """
    evaluation_customers = np.flatnonzero(new.any(axis=1))
    items, _ = best_items(ranker, before, max(CUTOFF_RANKS))
    items = items[evaluation_customers]
    is_hit = (items != NO_ITEM) & np.take_along_axis(new[evaluation_customers], np.maximum(items, 0), axis=1)
    adopted_counts = new[evaluation_customers].sum(axis=1)
    figures: dict[str, float] = {}
    per_customer = np.zeros(len(evaluation_customers))
    for depth in CUTOFF_RANKS:
        per_customer = _ndcg(is_hit, adopted_counts, depth)
        figures[f"hit_rate_at_{depth}"] = _mean(is_hit[:, :depth].any(axis=1))
        figures[f"ndcg_at_{depth}"] = _mean(per_customer)
    shown = np.unique(items[items != NO_ITEM])
    figures["coverage_at_10"] = len(shown) / max(len(before.item_codes), 1)
    return MethodQuality(ranker.name, figures, per_customer)


def paired_interval(better: FloatArray, worse: FloatArray, *, seed: int, level: float = 0.95) -> tuple[float, float]:
    """Return the bootstrap interval of the mean difference of two methods on the same customers.

    Notes
    -----
    Percentile bootstrap over customers (Efron and Tibshirani 1993), 2,000 resamples; NaN without customers.
    """
    difference = better - worse
    if not len(difference):
        return float("nan"), float("nan")
    rng = Generator(Philox(seed))
    means = np.array([difference[rng.integers(0, len(difference), len(difference))].mean() for _ in range(RESAMPLES)])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def comparison_table(measured: list[MethodQuality], *, baselines: tuple[str, ...], seed: int) -> pd.DataFrame:
    """Return one row per method: its metrics, and its nDCG gain at 10 over each baseline with the interval."""
    by_name = {one.name: one for one in measured}
    rows = []
    for one in measured:
        row: dict[str, object] = {"method": one.name, **one.figures, "customers": len(one.per_customer)}
        for baseline in baselines:
            low, high = paired_interval(one.per_customer, by_name[baseline].per_customer, seed=seed)
            row[f"over_{baseline}"] = one.figures[PRIMARY_METRIC] - by_name[baseline].figures[PRIMARY_METRIC]
            row[f"over_{baseline}_low"], row[f"over_{baseline}_high"] = low, high
        rows.append(row)
    return pd.DataFrame(rows)


def _ndcg(is_hit: np.ndarray, adopted_counts: np.ndarray, depth: int) -> FloatArray:
    gains = 1 / np.log2(np.arange(2, depth + 2))
    ideal = np.concatenate([[0.0], np.cumsum(gains)])[np.minimum(adopted_counts, depth)]
    found: FloatArray = is_hit[:, :depth] @ gains[: is_hit[:, :depth].shape[1]]
    ratio: FloatArray = np.divide(found, ideal, out=np.zeros(len(found)), where=ideal > 0)
    return ratio


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
