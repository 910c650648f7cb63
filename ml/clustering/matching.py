"""Cluster 3 stays cluster 3: this month's clusters take the numbers of those of last month they share most with.

Belongs here: numbers. Does not: finding clusters.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from ml.clustering.grouping import IntArray


@dataclass(frozen=True)
class Matched:
    """Numbers of this month's clusters.

    Parameters
    ----------
    cluster_ids : array of int64, shape (clusters,)
        Lasting number of each cluster, from 1.
    overlaps : array of float64, shape (clusters,)
        Share of customers common to the cluster and its namesake of last month among those in either of them (of
        customers present in both months); NaN for a new number.
    """

    cluster_ids: IntArray
    overlaps: np.ndarray


def match_clusters(current: pd.Series, previous: pd.Series, *, largest_id: int = 0) -> Matched:
    """Give lasting numbers to this month's clusters.

    Parameters
    ----------
    current : Series of int, index customer
        This month's cluster of each customer, numbered from 0 without gaps.
    previous : Series of int, index customer
        Last month's lasting numbers; may be empty.
    largest_id : int
        Largest number ever given; a cluster without a namesake gets the next ones and never a dead cluster's.

    Notes
    -----
    The assignment has the largest sum of overlaps (Jaccard) over all one-to-one pairings (Kuhn 1955, in scipy's
    implementation); a pair that shares nobody is no match.
    """
    count = int(current.max()) + 1
    ids = np.zeros(count, dtype=np.int64)
    overlaps = np.full(count, np.nan)
    known = np.sort(previous.unique())
    both = current.index.intersection(previous.index)
    if len(both):
        shared = pd.crosstab(current[both], previous[both]).reindex(index=range(count), columns=known, fill_value=0)
        together = shared.to_numpy("float64")
        union = together.sum(axis=1, keepdims=True) + together.sum(axis=0, keepdims=True) - together
        overlap = np.divide(together, union, out=np.zeros_like(together), where=union > 0)
        for row, column in zip(*linear_sum_assignment(-overlap), strict=True):
            if overlap[row, column] > 0:
                ids[row], overlaps[row] = known[column], overlap[row, column]
    fresh = np.flatnonzero(ids == 0)
    start = max(largest_id, int(known.max()) if len(known) else 0)
    ids[fresh] = start + 1 + np.arange(len(fresh))
    return Matched(ids, overlaps)
