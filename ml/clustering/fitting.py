"""Clusters of one month: k-means, with a rule for the number of clusters.

Belongs here: clusters of one month. Does not: cluster numbers from month to month (matching).
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.metrics import pairwise_distances, silhouette_score
from threadpoolctl import threadpool_limits

from ml.clustering.space import FloatArray

IntArray = NDArray[np.int64]

MAX_CLUSTER_COUNT = 10
MIN_CLUSTER_RATIO = 0.02
SAMPLE_SIZE = 2000
INITIALISATIONS = 10
STABILITY_BONUS = 0.1
THREADED_ROWS = 20_000
"""With fewer rows the threads of k-means wait for each other: one thread is 30 times as fast on a busy machine."""


@dataclass(frozen=True)
class Clustering:
    """Clusters of one month, numbered from 0 by falling size.

    Parameters
    ----------
    labels : array of int64, shape (customers,)
    centres : array of float64, shape (clusters, dimensions)
    similarity : array of float64, shape (customers,)
        1 at the centre of the cluster, 0.5 at the mean distance of all customers from their centres, near 0 far away.
    silhouettes : dict of int to float
        Mean silhouette of each number of clusters that was tried.
    """

    labels: IntArray
    centres: FloatArray
    similarity: FloatArray
    silhouettes: dict[int, float]


def fit_clusters(coordinates: FloatArray, *, seed: int, last_centres: FloatArray | None = None) -> Clustering:
    """Find the clusters.

    Parameters
    ----------
    coordinates : array, shape (customers, dimensions)
        At least one row.
    seed : int
        Seed of the initialisations of k-means and of the sample that chooses the number of clusters.
    last_centres : array, shape (clusters of last month, dimensions), optional
        Present mean position of the members of each of last month's clusters.

    Notes
    -----
    Rule: of 2 to 10 clusters, the number with the largest mean silhouette (Rousseeuw 1987) on a sample of at most
    2,000 customers, among those in which every cluster has at least 2 % of the sample; ties: smaller number. Last
    month's number is kept unless it no longer qualifies or another one is better by more than 0.1, because clusters
    that change every month are of little use. k-means then starts from the present positions of last month's members.
    One cluster if there are fewer than eight customers or no number qualifies.
    """
    silhouettes = _silhouettes(coordinates, seed)
    last_count = 0 if last_centres is None else len(last_centres)
    count = max(
        silhouettes,
        key=lambda number: (round(silhouettes[number] + STABILITY_BONUS * (number == last_count), 6), -number),
        default=1,
    )
    distinct = len(np.unique(coordinates, axis=0))
    labels, centres = _by_size(
        *_fit(coordinates, min(count, distinct), seed, last_centres if count == last_count else None)
    )
    return Clustering(labels, centres, similarity_to_centre(coordinates, centres[labels]), silhouettes)


def similarity_to_centre(coordinates: FloatArray, own_centre: FloatArray) -> FloatArray:
    """Return 1 / (1 + d / mean d) for each customer's distance d from the centre of its cluster."""
    distance = np.sqrt(((coordinates - own_centre) ** 2).sum(axis=1))
    usual = distance.mean()
    if usual == 0:
        return np.ones(len(distance))
    similarity: FloatArray = np.round(1 / (1 + distance / usual), 9)
    return similarity


def _silhouettes(coordinates: FloatArray, seed: int) -> dict[int, float]:
    rng = Generator(Philox(seed))
    rows = np.sort(rng.permutation(len(coordinates))[:SAMPLE_SIZE])
    sample = coordinates[rows]
    distances = pairwise_distances(sample)
    found = {}
    for count in range(2, min(MAX_CLUSTER_COUNT, len(np.unique(sample, axis=0)) - 1, len(sample) // 4) + 1):
        labels, _ = _fit(sample, count, seed)
        sizes = np.bincount(labels)
        if len(sizes) > 1 and sizes.min() >= MIN_CLUSTER_RATIO * len(sample):
            found[count] = float(silhouette_score(distances, labels, metric="precomputed"))
    return found


def _fit(
    coordinates: FloatArray, count: int, seed: int, start: FloatArray | None = None
) -> tuple[IntArray, FloatArray]:
    if count <= 1:
        return np.zeros(len(coordinates), dtype=np.int64), coordinates.mean(axis=0, keepdims=True)
    continues = start is not None and len(start) == count
    with threadpool_limits(None if len(coordinates) >= THREADED_ROWS else 1):
        model = KMeans(
            count,
            init=start if continues else "k-means++",
            n_init=1 if continues else INITIALISATIONS,
            random_state=seed,
            algorithm="lloyd",
        ).fit(coordinates)
    return model.labels_.astype(np.int64), model.cluster_centers_


def _by_size(labels: IntArray, centres: FloatArray) -> tuple[IntArray, FloatArray]:
    """Renumber clusters by falling size; ties: coordinates of the centre."""
    sizes = np.bincount(labels, minlength=len(centres))
    order = sorted(range(len(centres)), key=lambda one: (-sizes[one], *np.round(centres[one], 6)))
    order = [one for one in order if sizes[one]]
    place = np.zeros(len(centres), dtype=np.int64)
    place[order] = np.arange(len(order))
    return place[labels], centres[order]
