"""Recommendations for prospects, who have no history: the items of similar customers, by industry, place and size.

Belongs here: peer groups, the most similar customer of a prospect. Does not: rankings for customers.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.recommendation.holdings import Holdings, IntArray
from ml.recommendation.reasons import Evidence

MIN_GROUP_SIZE = 20
GROUPS: tuple[tuple[str, ...], ...] = (("industry_code", "sido"), ("industry_code",), ("sido",), ())


@dataclass(frozen=True)
class PeerGroup:
    """The customers with whom a prospect is compared.

    Parameters
    ----------
    traits : dict
        Traits in common with the prospect; empty: all customers.
    rows : array of int64
        Their rows among the customers, sorted by code.
    """

    traits: dict[str, str]
    rows: IntArray

    def best(self, holdings: Holdings, count: int) -> list[tuple[int, float, Evidence]]:
        """Return the items with most holders in the group: column, share, evidence; ties: popularity, then code."""
        counts = np.asarray(holdings.matrix[self.rows].sum(axis=0)).ravel().astype(np.int64)
        precedence = holdings.precedence
        order = precedence[np.argsort(-counts[precedence], kind="stable")]
        basis = "alike" if self.traits else "everyone"
        return [
            (int(item), counts[item] / len(self.rows), Evidence(basis, len(self.rows), int(counts[item]), self.traits))
            for item in order[:count]
            if counts[item]
        ]


def find_peer_group(customers: pd.DataFrame, industry: Any, sido: Any) -> PeerGroup:
    """Return the first group with at least 20 customers: same industry and place, industry, place, all customers.

    If the industry or place of a prospect is not known, only the other is used.
    """
    known = {name: value for name, value in (("industry_code", industry), ("sido", sido)) if isinstance(value, str)}
    for names in GROUPS:
        if not set(names) <= set(known):
            continue
        is_similar = np.ones(len(customers), dtype=bool)
        for name in names:
            is_similar &= (customers[name] == known[name]).to_numpy(dtype=bool, na_value=False)
        if is_similar.sum() >= MIN_GROUP_SIZE or not names:
            return PeerGroup({name: known[name] for name in names}, np.flatnonzero(is_similar))
    raise AssertionError("the last group is all customers")


def nearest_by_size(areas: np.ndarray, group: PeerGroup, site_area: float) -> tuple[int, float]:
    """Return the row of the customer of the group nearest in size, and a similarity of 0 to 1.

    Notes
    -----
    Similarity = share of the three traits that agree; size counts as exp(-|ln ratio of areas|). If the size of the
    prospect is not known, the customer of median size is returned. Ties: smaller code.
    """
    logs = np.log(np.where(areas[group.rows] > 0, areas[group.rows], np.nan))
    log_area = np.log(site_area) if site_area > 0 else np.nan
    target = log_area if np.isfinite(log_area) else (np.nanmedian(logs) if np.isfinite(logs).any() else np.nan)
    distance = np.nan_to_num(np.abs(logs - target), nan=np.inf)
    place = int(distance.argmin())
    size = float(np.exp(-distance[place])) if np.isfinite(log_area) else 0.0
    return int(group.rows[place]), round((len(group.traits) + size) / 3, 9)
