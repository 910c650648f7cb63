"""Reasons of recommendations: a sentence and its counts, from the ranking method. The holdings verify the counts.

Belongs here: evidence and its text. Does not: rankings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.recommendation.holdings import FloatArray, Holdings, IntArray
from ml.recommendation.rankers import ClusterPopularity, ItemModel, Ranker
from ml.recommendation.ranking import NO_ITEM

NO_SUPPORT = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Evidence:
    """The counts of a reason.

    Parameters
    ----------
    basis : str
        ``also_held``: among the holders of the item `condition`; ``cluster``: in the cluster `condition`;
        ``alike``: among the customers with the traits `condition`; ``everyone``: among all customers.
    population_count, holder_count : int
        Number of customers, and number of those who hold the recommended item.
    condition : str, int, mapping or None
        The item, the cluster or the traits; None for all customers.
    """

    basis: str
    population_count: int
    holder_count: int
    condition: Any = None

    def as_document(self) -> dict[str, Any]:
        """Return the evidence as a JSON object; the traits of ``alike`` are keys next to the counts."""
        document: dict[str, Any] = {"basis": self.basis, "among": self.population_count, "hold": self.holder_count}
        if self.basis == "also_held":
            document["given_item"] = self.condition
        elif self.basis == "cluster":
            document["cluster_id"] = self.condition
        elif self.basis == "alike":
            document |= dict(self.condition)
        return document


def reason_text(evidence: Evidence, item_name: str, names: Mapping[str, str]) -> str:
    """Return evidence as an English sentence: Of 37 customers who hold X, 21 also hold Y (57 %)."""
    share = f"{evidence.holder_count} {{}} {item_name} ({percent(evidence)} %)."
    if evidence.basis == "also_held":
        whose = (
            f"Of {evidence.population_count} customers who hold {names.get(evidence.condition, evidence.condition)}, "
        )
        return whose + share.format("also hold")
    if evidence.basis == "cluster":
        return f"Of {evidence.population_count} customers of cluster {evidence.condition}, " + share.format("hold")
    if evidence.basis == "alike":
        traits = evidence.condition
        trait_texts = (
            [f"industry {names.get(traits['industry_code'], traits['industry_code'])}"]
            if "industry_code" in traits
            else []
        )
        trait_texts += [f"place {traits['sido']}"] if "sido" in traits else []
        return f"Of {evidence.population_count} customers with {' and '.join(trait_texts)}, " + share.format("hold")
    return f"Of all {evidence.population_count} customers, " + share.format("hold")


def percent(evidence: Evidence) -> int:
    """Return the share in percent, rounded to an integer with halves upwards, in integer arithmetic."""
    return (
        (200 * evidence.holder_count + evidence.population_count) // (2 * evidence.population_count)
        if evidence.population_count
        else 0
    )


class EvidenceFinder:
    """Finds the evidence of recommendations of one fitted method.

    Parameters
    ----------
    ranker : Ranker
    holdings : Holdings
        Holdings on which the ranker was fitted.
    cluster_ids : array of int64, shape (customers,)
    """

    def __init__(self, ranker: Ranker, holdings: Holdings, cluster_ids: IntArray) -> None:
        self._ranker, self._holdings, self._cluster_ids = ranker, holdings, cluster_ids
        self._holders = holdings.holder_counts
        self._co_holder_counts = (holdings.matrix.T @ holdings.matrix).toarray().astype(np.int64)
        self._support_rank = self._rank_supporting_items(ranker.weights) if isinstance(ranker, ItemModel) else None
        self._in_cluster: dict[int, tuple[int, IntArray]] = {}
        if isinstance(ranker, ClusterPopularity):
            for cluster in np.unique(cluster_ids):
                rows = holdings.matrix[cluster_ids == cluster]
                self._in_cluster[int(cluster)] = (rows.shape[0], np.asarray(rows.sum(axis=0)).ravel().astype(np.int64))

    def evidence(self, row: int, item: int) -> Evidence:
        """Return the evidence of an item that was ranked for a customer.

        Notes
        -----
        For an item model, the evidence is the held item with the largest weight (ties: more holders, then smaller
        code); if no held item supports the item, it is the item's popularity.
        """
        if item == NO_ITEM:
            raise ValueError("there is no evidence for no item")
        if self._support_rank is not None:
            held = self._strongest(self._support_rank, row, item)
            if held is not None:
                code = str(self._holdings.item_codes[held])
                return Evidence("also_held", int(self._holders[held]), int(self._co_holder_counts[held, item]), code)
        if self._in_cluster:
            cluster = int(self._cluster_ids[row])
            size, counts = self._in_cluster[cluster]
            if counts[item]:
                return Evidence("cluster", size, int(counts[item]), cluster)
        return Evidence("everyone", len(self._holdings.customer_codes), int(self._holders[item]))

    def _rank_supporting_items(self, weights: FloatArray) -> IntArray:
        """Return the rank of the row's item by support for the column's, 0 is largest; `NO_SUPPORT` if none."""
        size = len(weights)
        ties = np.arange(size)
        is_supporting = (np.round(weights, 9) > 0) & (self._co_holder_counts > 0)
        places = np.full((size, size), NO_SUPPORT, dtype=np.int64)
        for item in range(size):
            order = np.lexsort((ties, -self._holders, -np.round(weights[:, item], 9)))
            places[order, item] = ties
        places[~is_supporting] = NO_SUPPORT
        return places

    def _strongest(self, support_rank: IntArray, row: int, item: int) -> int | None:
        matrix = self._holdings.matrix
        held = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        if not len(held):
            return None
        places = support_rank[held, item]
        best = int(places.argmin())
        return None if places[best] == NO_SUPPORT else int(held[best])
