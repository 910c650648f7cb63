"""Recommendations for those without history: what customers alike hold, by industry, place and size.

Belongs here: groups of customers alike, the nearest customer of a prospect. Does not: customers' own rankings.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.recommendation.holdings import Holdings, IntArray
from ml.recommendation.reasons import Evidence

SMALLEST_GROUP = 20
GROUPS: tuple[tuple[str, ...], ...] = (("industry_code", "sido"), ("industry_code",), ("sido",), ())


@dataclass(frozen=True)
class Alike:
    """The customers that a prospect is compared with.

    Parameters
    ----------
    traits : dict
        What they share with the prospect; empty: all customers.
    rows : array of int64
        Their rows among the customers, in order of code.
    """

    traits: dict[str, str]
    rows: IntArray

    def best(self, holdings: Holdings, count: int) -> list[tuple[int, float, Evidence]]:
        """Return the items most of the group hold: column, share, evidence; ties by general popularity, then code."""
        counts = np.asarray(holdings.matrix[self.rows].sum(axis=0)).ravel().astype(np.int64)
        precedence = holdings.precedence
        order = precedence[np.argsort(-counts[precedence], kind="stable")]
        basis = "alike" if self.traits else "everyone"
        return [
            (int(item), counts[item] / len(self.rows), Evidence(basis, len(self.rows), int(counts[item]), self.traits))
            for item in order[:count]
            if counts[item]
        ]


def customers_alike(customers: pd.DataFrame, industry: Any, sido: Any) -> Alike:
    """Return the closest group with at least 20 customers: industry and place, industry, place, everyone.

    A prospect whose industry or place is not known is compared by the other.
    """
    known = {name: value for name, value in (("industry_code", industry), ("sido", sido)) if isinstance(value, str)}
    for names in GROUPS:
        if not set(names) <= set(known):
            continue
        is_alike = np.ones(len(customers), dtype=bool)
        for name in names:
            is_alike &= (customers[name] == known[name]).to_numpy(dtype=bool, na_value=False)
        if is_alike.sum() >= SMALLEST_GROUP or not names:
            return Alike({name: known[name] for name in names}, np.flatnonzero(is_alike))
    raise AssertionError("the last group holds everyone")


def nearest_in_size(areas: np.ndarray, group: Alike, site_area: float) -> tuple[int, float]:
    """Return the row of the customer of the group nearest in size, and a similarity of 0 to 1.

    Notes
    -----
    Similarity = share of the three traits that agree, size counting exp(-|ln ratio of areas|); the middle customer of
    the group in size stands in where the prospect's size is not known. Ties go to the smaller code.
    """
    logs = np.log(np.where(areas[group.rows] > 0, areas[group.rows], np.nan))
    wanted = np.log(site_area) if site_area > 0 else np.nan
    target = wanted if np.isfinite(wanted) else (np.nanmedian(logs) if np.isfinite(logs).any() else np.nan)
    distance = np.nan_to_num(np.abs(logs - target), nan=np.inf)
    place = int(distance.argmin())
    size = float(np.exp(-distance[place])) if np.isfinite(wanted) else 0.0
    return int(group.rows[place]), round((len(group.traits) + size) / 3, 9)
