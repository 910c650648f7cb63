"""Reasons: a sentence and the counts behind it, both from the method that ranked.

Belongs here: evidence and its words. Does not: rankings. Whoever counts again in the holdings finds the same numbers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ml.recommendation.holdings import FloatArray, Holdings, IntArray
from ml.recommendation.rankers import ClusterPopularity, ItemModel, Ranker
from ml.recommendation.ranking import NO_ITEM

MUTE = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Evidence:
    """What a reason counts.

    Parameters
    ----------
    basis : str
        ``also_held``: among the holders of `given`; ``cluster``: among the cluster `given`; ``alike``: among the
        customers with the traits `given`; ``everyone``: among all customers.
    among, hold : int
        How many customers, and how many of them hold the recommended item.
    given : str, int, mapping or None
    """

    basis: str
    among: int
    hold: int
    given: Any = None

    def as_document(self) -> dict[str, Any]:
        """Return the evidence as a JSON object; the traits of ``alike`` stand beside the counts."""
        document: dict[str, Any] = {"basis": self.basis, "among": self.among, "hold": self.hold}
        if self.basis == "also_held":
            document["given_item"] = self.given
        elif self.basis == "cluster":
            document["cluster_id"] = self.given
        elif self.basis == "alike":
            document |= dict(self.given)
        return document


def sentence(evidence: Evidence, item_name: str, names: Mapping[str, str]) -> str:
    """Write evidence as an English sentence: Of 37 customers who hold X, 21 also hold Y (57 %)."""
    share = f"{evidence.hold} {{}} {item_name} ({percent(evidence)} %)."
    if evidence.basis == "also_held":
        whose = f"Of {evidence.among} customers who hold {names.get(evidence.given, evidence.given)}, "
        return whose + share.format("also hold")
    if evidence.basis == "cluster":
        return f"Of {evidence.among} customers of cluster {evidence.given}, " + share.format("hold")
    if evidence.basis == "alike":
        traits = evidence.given
        told = (
            [f"industry {names.get(traits['industry_code'], traits['industry_code'])}"]
            if "industry_code" in traits
            else []
        )
        told += [f"place {traits['sido']}"] if "sido" in traits else []
        return f"Of {evidence.among} customers with {' and '.join(told)}, " + share.format("hold")
    return f"Of all {evidence.among} customers, " + share.format("hold")


def percent(evidence: Evidence) -> int:
    """Return the share in whole percent, halves upwards, in integer arithmetic."""
    return (200 * evidence.hold + evidence.among) // (2 * evidence.among) if evidence.among else 0


class Witness:
    """Finds the evidence of recommendations of one fitted method.

    Parameters
    ----------
    ranker : Ranker
    holdings : Holdings
        What it was fitted on.
    cluster_ids : array of int64, shape (customers,)
    """

    def __init__(self, ranker: Ranker, holdings: Holdings, cluster_ids: IntArray) -> None:
        self._ranker, self._holdings, self._cluster_ids = ranker, holdings, cluster_ids
        self._holders = holdings.holder_counts
        self._together = (holdings.matrix.T @ holdings.matrix).toarray().astype(np.int64)
        self._strength = self._order(ranker.weights) if isinstance(ranker, ItemModel) else None
        self._in_cluster: dict[int, tuple[int, IntArray]] = {}
        if isinstance(ranker, ClusterPopularity):
            for cluster in np.unique(cluster_ids):
                rows = holdings.matrix[cluster_ids == cluster]
                self._in_cluster[int(cluster)] = (rows.shape[0], np.asarray(rows.sum(axis=0)).ravel().astype(np.int64))

    def evidence(self, row: int, item: int) -> Evidence:
        """Return why an item was ranked for a customer.

        Notes
        -----
        A model of items is moved most by the held item with the largest weight (of equals the one with more holders,
        then the smaller code); where none speaks for the item, its general popularity does.
        """
        if item == NO_ITEM:
            raise ValueError("there is no evidence for no item")
        if self._strength is not None:
            given = self._strongest(self._strength, row, item)
            if given is not None:
                code = str(self._holdings.item_codes[given])
                return Evidence("also_held", int(self._holders[given]), int(self._together[given, item]), code)
        if self._in_cluster:
            cluster = int(self._cluster_ids[row])
            size, counts = self._in_cluster[cluster]
            if counts[item]:
                return Evidence("cluster", size, int(counts[item]), cluster)
        return Evidence("everyone", len(self._holdings.customer_codes), int(self._holders[item]))

    def _order(self, weights: FloatArray) -> IntArray:
        """Place of each row's item among those that speak for the column's, 0 first; `MUTE` where it does not."""
        size = len(weights)
        ties = np.arange(size)
        speaks = (np.round(weights, 9) > 0) & (self._together > 0)
        places = np.full((size, size), MUTE, dtype=np.int64)
        for item in range(size):
            order = np.lexsort((ties, -self._holders, -np.round(weights[:, item], 9)))
            places[order, item] = ties
        places[~speaks] = MUTE
        return places

    def _strongest(self, strength: IntArray, row: int, item: int) -> int | None:
        matrix = self._holdings.matrix
        held = matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]
        if not len(held):
            return None
        places = strength[held, item]
        best = int(places.argmin())
        return None if places[best] == MUTE else int(held[best])
