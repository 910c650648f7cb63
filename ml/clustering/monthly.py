"""One month's clusters: from features to numbered clusters, each customer's similarity and most similar customer.

Belongs here: the order of the steps. Does not: the steps.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.clustering.grouping import IntArray, group_customers
from ml.clustering.matching import match_clusters
from ml.clustering.neighbours import ALONE, most_similar
from ml.clustering.space import FloatArray, build_space
from ml.feature_list import FeatureList


@dataclass(frozen=True)
class MonthlyClusters:
    """Clusters of one month.

    Parameters
    ----------
    customer_codes : array of str, shape (customers,)
        In order; every other array follows it.
    cluster_ids : array of int64
        Lasting number of each customer's cluster.
    similarity : array of float64
        To the centre of the own cluster.
    nearest : array of int64
        Row of the most similar other customer; -1 where there is none.
    nearest_similarity : array of float64
    clusters : DataFrame
        `cluster_id`, `cluster_size`, `mean_similarity`, `matched_overlap` (NaN for a new number).
    silhouettes : dict of int to float
        What chose the number of clusters.
    """

    customer_codes: np.ndarray
    cluster_ids: IntArray
    similarity: FloatArray
    nearest: IntArray
    nearest_similarity: FloatArray
    clusters: pd.DataFrame
    silhouettes: dict[int, float]


def cluster_month(
    customers: pd.DataFrame, features: FeatureList, previous: pd.DataFrame, *, largest_id: int = 0, seed: int = 0
) -> MonthlyClusters:
    """Cluster the customers of a month.

    Parameters
    ----------
    customers : DataFrame
        `customer_code`, unique, and every feature; at least one row.
    features : FeatureList
        What customers are compared by.
    previous : DataFrame
        `customer_code` and `cluster_id` of last month; may be empty.
    largest_id : int
        Largest cluster number ever given.
    seed : int
    """
    frame = customers.sort_values("customer_code", kind="stable", ignore_index=True)
    codes = frame["customer_code"].to_numpy(dtype=object)
    space = build_space(frame, features)
    last = previous.set_index("customer_code")["cluster_id"].astype("int64")
    grouping = group_customers(
        space.coordinates, seed=seed, last_centres=_last_centres(space.coordinates, last.reindex(codes))
    )
    matched = match_clusters(pd.Series(grouping.labels, index=codes), last, largest_id=largest_id)
    nearest, nearest_similarity = most_similar(space.coordinates, grouping.labels)
    sizes = np.bincount(grouping.labels)
    clusters = pd.DataFrame(
        {
            "cluster_id": matched.cluster_ids,
            "cluster_size": sizes,
            "mean_similarity": np.bincount(grouping.labels, weights=grouping.similarity) / sizes,
            "matched_overlap": matched.overlaps,
        }
    ).sort_values("cluster_id", ignore_index=True)
    return MonthlyClusters(
        codes,
        matched.cluster_ids[grouping.labels],
        grouping.similarity,
        nearest,
        nearest_similarity,
        clusters,
        grouping.silhouettes,
    )


def _last_centres(coordinates: FloatArray, last: pd.Series) -> FloatArray | None:
    """Mean place of the remaining members of each of last month's clusters; None where there are none."""
    known = last.notna().to_numpy()
    if not known.any():
        return None
    centres: FloatArray = pd.DataFrame(coordinates[known]).groupby(last[known].to_numpy()).mean().to_numpy()
    return centres


__all__ = ["ALONE", "MonthlyClusters", "cluster_month"]
