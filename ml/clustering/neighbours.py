"""The most similar other customer: exact search in bounded memory.

Belongs here: distances between customers. Does not: what they hold.
"""

import numpy as np

from ml.clustering.fitting import IntArray
from ml.clustering.space import FloatArray

BLOCK_CELLS = 8_000_000
NO_NEIGHBOUR = -1


def most_similar(coordinates: FloatArray, labels: IntArray) -> tuple[IntArray, FloatArray]:
    """Find for each customer the nearest other one of the same cluster.

    Parameters
    ----------
    coordinates : array, shape (customers, dimensions)
        Ties: the first row.
    labels : array of int64, shape (customers,)

    Returns
    -------
    nearest : array of int64, shape (customers,)
        Row of the nearest customer; in a cluster of one customer the nearest of all; `NO_NEIGHBOUR` if there is no
        other customer.
    similarity : array of float64, shape (customers,)
        1 / (1 + d / mean d) over all distances found: 1 for the same place, NaN for `NO_NEIGHBOUR`.
    """
    nearest = np.full(len(coordinates), NO_NEIGHBOUR, dtype=np.int64)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        others = rows if len(rows) > 1 else np.arange(len(coordinates))
        _search(coordinates, rows, others, nearest)
    distance = np.sqrt(((coordinates - coordinates[np.maximum(nearest, 0)]) ** 2).sum(axis=1))
    distance[nearest == NO_NEIGHBOUR] = np.nan
    known = distance[nearest != NO_NEIGHBOUR]
    usual = known.mean() if known.size and known.mean() > 0 else 1.0
    return nearest, np.round(1 / (1 + distance / usual), 9)


def _search(coordinates: FloatArray, rows: IntArray, others: IntArray, nearest: IntArray) -> None:
    if len(others) < 2:
        return
    # single precision suffices to find the nearest; the distance itself is taken in double
    points = np.ascontiguousarray(coordinates[others], dtype=np.float32)
    norms = (points**2).sum(axis=1)
    place = np.full(len(coordinates), -1, dtype=np.int64)
    place[others] = np.arange(len(others))
    step = max(BLOCK_CELLS // len(others), 1)
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        squared = norms - 2 * (coordinates[block].astype(np.float32) @ points.T)
        squared[np.arange(len(block)), place[block]] = np.inf
        nearest[block] = others[squared.argmin(axis=1)]
