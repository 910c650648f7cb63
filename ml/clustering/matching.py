"""Cluster numbers from month to month: a cluster keeps the number of last month's cluster that it overlaps most.

Belongs here: numbers. Does not: finding clusters.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from ml.clustering.fitting import IntArray


@dataclass(frozen=True)
class ClusterMatch:
    """Numbers of this month's clusters.

    Parameters
    ----------
    cluster_ids : array of int64, shape (clusters,)
        Lasting number of each cluster, from 1.
    overlaps : array of float64, shape (clusters,)
        Jaccard index of the cluster and last month's cluster of the same number, over the customers present in both
        months; NaN for a new number.
    """

    cluster_ids: IntArray
    overlaps: np.ndarray


def match_clusters(current: pd.Series, previous: pd.Series, *, largest_id: int = 0) -> ClusterMatch:
    """Give lasting numbers to this month's clusters.

    Parameters
    ----------
    current : Series of int, index customer
        This month's cluster of each customer, numbered from 0 without gaps.
    previous : Series of int, index customer
        Last month's lasting numbers; may be empty.
    largest_id : int
        Largest number ever used; a new cluster gets the next one, never the number of an earlier cluster.

    Notes
    -----
    The assignment has the largest sum of overlaps (Jaccard) over all one-to-one pairings (Kuhn 1955, in scipy's
    implementation); a pair without a common customer is not a match.
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
    return ClusterMatch(ids, overlaps)
