"""Clusters of one month: from features to numbered clusters, with each customer's similarity and nearest customer.

Belongs here: the order of the steps. Does not: the steps.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml.clustering.fitting import IntArray, fit_clusters
from ml.clustering.matching import match_clusters
from ml.clustering.neighbours import NO_NEIGHBOUR, most_similar
from ml.clustering.space import FloatArray, build_space
from ml.feature_list import FeatureList


@dataclass(frozen=True)
class MonthlyClusters:
    """Clusters of one month.

    Parameters
    ----------
    customer_codes : array of str, shape (customers,)
        Sorted; the rows of every other array.
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
        Mean silhouette of each number of clusters that was tried.
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
        Features by which customers are compared.
    previous : DataFrame
        `customer_code` and `cluster_id` of last month; may be empty.
    largest_id : int
        Largest cluster number ever used.
    seed : int
    """
    frame = customers.sort_values("customer_code", kind="stable", ignore_index=True)
    codes = frame["customer_code"].to_numpy(dtype=object)
    space = build_space(frame, features)
    last = previous.set_index("customer_code")["cluster_id"].astype("int64")
    clustering = fit_clusters(
        space.coordinates, seed=seed, last_centres=_last_centres(space.coordinates, last.reindex(codes))
    )
    match = match_clusters(pd.Series(clustering.labels, index=codes), last, largest_id=largest_id)
    nearest, nearest_similarity = most_similar(space.coordinates, clustering.labels)
    sizes = np.bincount(clustering.labels)
    clusters = pd.DataFrame(
        {
            "cluster_id": match.cluster_ids,
            "cluster_size": sizes,
            "mean_similarity": np.bincount(clustering.labels, weights=clustering.similarity) / sizes,
            "matched_overlap": match.overlaps,
        }
    ).sort_values("cluster_id", ignore_index=True)
    return MonthlyClusters(
        codes,
        match.cluster_ids[clustering.labels],
        clustering.similarity,
        nearest,
        nearest_similarity,
        clusters,
        clustering.silhouettes,
    )


def _last_centres(coordinates: FloatArray, last: pd.Series) -> FloatArray | None:
    """Mean position of the remaining members of each of last month's clusters; None if there are none."""
    known = last.notna().to_numpy()
    if not known.any():
        return None
    centres: FloatArray = pd.DataFrame(coordinates[known]).groupby(last[known].to_numpy()).mean().to_numpy()
    return centres


__all__ = ["NO_NEIGHBOUR", "MonthlyClusters", "cluster_month"]
