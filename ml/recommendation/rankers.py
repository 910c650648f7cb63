"""The methods that score items for customers: popularity, cluster-popularity, item-item, factors, EASE.

Belongs here: one class per method, fitted on holdings only. Does not: choosing a method (choice) or reasons.
Scores are rounded to nine decimals, so that the order does not depend on the last bit of a sum.
"""

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np

from ml.recommendation.holdings import FloatArray, Holdings, IntArray

_DECIMALS = 9


class Ranker(ABC):
    """A fitted method; `scores` returns a score of every item for a block of customers, larger is better."""

    name: ClassVar[str]

    @abstractmethod
    def scores(self, holdings: Holdings, rows: slice) -> FloatArray:
        """Return scores, shape (customers of the block, items)."""


class Popularity(Ranker):
    """Share of all customers that hold the item."""

    name = "popularity"

    def __init__(self, holdings: Holdings) -> None:
        self._shares = holdings.holder_counts / max(len(holdings.customer_codes), 1)

    def scores(self, holdings: Holdings, rows: slice) -> FloatArray:
        """Return the same scores for every customer."""
        count = holdings.matrix[rows].shape[0]
        return np.broadcast_to(np.round(self._shares, _DECIMALS), (count, len(self._shares)))


class ClusterPopularity(Ranker):
    """Share of the customers of the own cluster that hold the item.

    Parameters
    ----------
    clusters : array of int64, shape (customers,)
        Cluster of each customer, in the order of the holdings' rows.
    """

    name = "cluster_popularity"

    def __init__(self, holdings: Holdings, clusters: IntArray) -> None:
        _, self._place = np.unique(clusters, return_inverse=True)
        sizes = np.bincount(self._place)
        sums = np.stack(
            [np.asarray(holdings.matrix[self._place == one].sum(axis=0)).ravel() for one in range(len(sizes))]
        )
        self._shares = np.round(sums / sizes[:, None], _DECIMALS)

    def scores(self, holdings: Holdings, rows: slice) -> FloatArray:
        """Return the shares of each customer's cluster."""
        shares: FloatArray = self._shares[self._place[rows]]
        return shares


class ItemModel(Ranker):
    """Score = sum of the weights of the items that the customer holds.

    The weight matrix, shape (items, items), gives the support of a held item (row) for another item (column). The
    reasons of recommendations are derived from it.
    """

    weights: FloatArray

    def scores(self, holdings: Holdings, rows: slice) -> FloatArray:
        """Return held items times weights."""
        return np.round(np.asarray(holdings.matrix[rows] @ self.weights), _DECIMALS)


def _co_holder_counts(holdings: Holdings) -> FloatArray:
    counts: FloatArray = (holdings.matrix.T @ holdings.matrix).toarray()
    return counts


class ItemItem(ItemModel):
    """Cosine of the items' holders (Sarwar et al. 2001)."""

    name = "item_item"

    def __init__(self, holdings: Holdings) -> None:
        together = _co_holder_counts(holdings)
        norms = np.sqrt(np.diag(together))
        scale = np.outer(norms, norms)
        self.weights = np.divide(together, scale, out=np.zeros_like(together), where=scale > 0)
        np.fill_diagonal(self.weights, 0.0)


class Factors(ItemModel):
    """Projection on the leading factors of the holdings (PureSVD, Cremonesi et al. 2010).

    Parameters
    ----------
    factors : int
        How many; at most the number of items less one.
    """

    name = "matrix_factorisation"

    def __init__(self, holdings: Holdings, factors: int = 2) -> None:
        _, vectors = np.linalg.eigh(_co_holder_counts(holdings))
        kept = vectors[:, -max(min(factors, vectors.shape[1] - 1), 1) :]
        self.weights = kept @ kept.T


class Ease(ItemModel):
    """Linear autoencoder without self-weights, in closed form (EASE, Steck 2019).

    Parameters
    ----------
    ridge : float
        Penalty on the weights, as a multiple of the mean number of holders of an item.
    """

    name = "ease"

    def __init__(self, holdings: Holdings, ridge: float = 64.0) -> None:
        together = _co_holder_counts(holdings)
        size = len(together)
        penalty = ridge * max(float(np.trace(together)) / max(size, 1), 1.0)
        inverse = np.linalg.inv(together + penalty * np.eye(size))
        self.weights = -inverse / np.diag(inverse)
        np.fill_diagonal(self.weights, 0.0)


class Lift(ItemModel):
    """Popularity, adjusted by the lift of each held item.

    Score = ln(share of holders) + sum over held items of ln((both + s) / (expected + s)) / sqrt(items held): naive
    Bayes with shrunk lifts, divided by the root because held items are correlated.

    Parameters
    ----------
    shrinkage : float
        s, in customers: lifts of rarer pairs are shrunk towards 1.
    """

    name = "lift"

    def __init__(self, holdings: Holdings, shrinkage: float = 20.0) -> None:
        together = _co_holder_counts(holdings)
        holders, customers = np.diag(together), max(len(holdings.customer_codes), 1)
        self.weights = np.log((together + shrinkage) / (np.outer(holders, holders) / customers + shrinkage))
        np.fill_diagonal(self.weights, 0.0)
        self._prior = np.log((holders + 0.5) / (customers + 1))

    def scores(self, holdings: Holdings, rows: slice) -> FloatArray:
        """Return the prior plus the scaled lifts of the held items."""
        block = holdings.matrix[rows]
        held = np.maximum(np.asarray(block.sum(axis=1)), 1.0)
        scores: FloatArray = np.round(self._prior + np.asarray(block @ self.weights) / np.sqrt(held), _DECIMALS)
        return scores
