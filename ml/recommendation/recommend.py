"""Clusters, recommendations and similar customers of a month, as rows of the core tables.

Belongs here: the function from frames to frames. Does not: the steps.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ml.clustering.monthly import NO_NEIGHBOUR, MonthlyClusters, cluster_month
from ml.feature_list import FeatureList
from ml.recommendation.choice import fit_ranker
from ml.recommendation.frames import (
    ITEM_KINDS,
    PROSPECT_COLUMNS,
    customer_frame,
    holding_frame,
    item_frame,
    prospect_frame,
)
from ml.recommendation.holdings import Holdings, build_holdings
from ml.recommendation.prospects import PeerGroup, find_peer_group, nearest_by_size
from ml.recommendation.rankers import Lift
from ml.recommendation.ranking import NO_ITEM, best_items
from ml.recommendation.reasons import Evidence, EvidenceFinder, reason_text

RANKS = 3
CUSTOMER, PROSPECT = "customer", "prospect"
ASSIGNED = ("subject_kind", "subject_key", "cluster_id", "similarity")
SIMILAR = ("subject_kind", "subject_key", "similar_customer_code", "similarity")
RECOMMENDED = (
    "subject_kind", "subject_key", "item_kind", "rank", "item_code", "item_name", "score", "method", "reason",
    "evidence",
)  # fmt: skip


@dataclass(frozen=True)
class Recommended:
    """Rows of the core tables of one month, without the columns of month and run.

    Parameters
    ----------
    clusters, customer_clusters, recommendations, similar_customers : DataFrame
        Columns of ``ml.cluster``, ``ml.customer_cluster``, ``ml.recommendation``, ``ml.similar_customer``.
    silhouettes : dict of int to float
        Mean silhouette of each number of clusters that was tried.
    """

    clusters: pd.DataFrame
    customer_clusters: pd.DataFrame
    recommendations: pd.DataFrame
    similar_customers: pd.DataFrame
    silhouettes: dict[int, float]


@dataclass(frozen=True)
class _Month:
    customers: pd.DataFrame
    clusters: MonthlyClusters
    holdings: dict[str, Holdings]
    names: dict[str, dict[str, str]]
    industry_names: dict[str, str]


def recommend(
    customers: pd.DataFrame,
    holdings: pd.DataFrame,
    prospects: pd.DataFrame,
    items: pd.DataFrame,
    features: FeatureList,
    *,
    previous: pd.DataFrame,
    largest_id: int = 0,
    methods: Mapping[str, str] | None = None,
    industry_names: Mapping[str, str] | None = None,
    seed: int = 0,
) -> Recommended:
    """Cluster the customers of a month, and recommend items to customers and prospects.

    Parameters
    ----------
    customers : DataFrame
        `customer_code`, `industry_code`, `sido`, `site_area_m2`, and every feature, as of T.
    holdings : DataFrame
        `customer_code`, `item_kind` (contract or product), `item_code`: held as of T.
    prospects : DataFrame
        `prospect_key`, `industry_code`, `sido`, `site_area_m2`; may be empty.
    items : DataFrame
        `item_kind`, `item_code`, `item_name`; an item without holders is never recommended.
    features : FeatureList
        Features by which customers are clustered.
    previous : DataFrame
        `customer_code`, `cluster_id` of last month; may be empty.
    largest_id : int
        Largest cluster number ever used.
    methods : mapping of item kind to method, optional
        Result of `choose_method`; default: `lift`.
    industry_names : mapping of code to name, optional
    seed : int

    Raises
    ------
    FrameError
        If a frame is invalid, the customer or item of a holding is unknown, or there are no customers.
    """
    known, named = customer_frame(customers, features), item_frame(items)
    held, checked_prospects = holding_frame(holdings, known, named), prospect_frame(prospects)
    clusters = cluster_month(known, features, previous, largest_id=largest_id, seed=seed)
    matrices, names = {}, {}
    for kind in ITEM_KINDS:
        pairs = held[held["item_kind"] == kind]
        matrices[kind] = build_holdings(pairs, clusters.customer_codes, pairs["item_code"].unique())
        of_kind = named[named["item_kind"] == kind]
        names[kind] = dict(zip(of_kind["item_code"], of_kind["item_name"], strict=True))
    month = _Month(known, clusters, matrices, names, dict(industry_names or {}))
    chosen = dict(methods or {})
    rows = [row for kind in ITEM_KINDS for row in _for_customers(month, kind, chosen.get(kind, Lift.name))]
    assigned, similar = _customer_rows(clusters)
    prospect_rows = _for_prospects(month, checked_prospects)
    return Recommended(
        clusters.clusters,
        pd.DataFrame([*assigned, *prospect_rows[0]], columns=list(ASSIGNED)),
        pd.DataFrame([*rows, *prospect_rows[1]], columns=list(RECOMMENDED)),
        pd.DataFrame([*similar, *prospect_rows[2]], columns=list(SIMILAR)),
        clusters.silhouettes,
    )


def _for_customers(month: _Month, kind: str, method: str) -> Iterator[tuple[Any, ...]]:
    holdings = month.holdings[kind]
    if not len(holdings.item_codes):
        return
    ranker = fit_ranker(method, holdings, month.clusters.cluster_ids)
    evidence_finder = EvidenceFinder(ranker, holdings, month.clusters.cluster_ids)
    items, scores = best_items(ranker, holdings, RANKS)
    for row, code in enumerate(holdings.customer_codes):
        for place in range(RANKS):
            item = int(items[row, place])
            if item != NO_ITEM:
                evidence = evidence_finder.evidence(row, item)
                yield _row(month, (CUSTOMER, code), (kind, place + 1), item, scores[row, place], method, evidence)


def _row(
    month: _Month,
    subject: tuple[str, str],
    slot: tuple[str, int],
    item: int,
    score: float,
    method: str,
    evidence: Evidence,
) -> tuple[Any, ...]:
    kind, rank = slot
    code, names = month.holdings[kind].item_codes[item], month.names[kind]
    display_names = month.industry_names if evidence.basis == "alike" else names
    reason = reason_text(evidence, names[code], display_names)
    return (*subject, kind, rank, code, names[code], float(score), method, reason, evidence.as_document())


def _customer_rows(clusters: MonthlyClusters) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    assigned: list[tuple[Any, ...]] = []
    similar: list[tuple[Any, ...]] = []
    codes = clusters.customer_codes
    for row, code in enumerate(codes):
        assigned.append((CUSTOMER, code, int(clusters.cluster_ids[row]), float(clusters.similarity[row])))
        nearest = int(clusters.nearest[row])
        if nearest != NO_NEIGHBOUR:
            similar.append((CUSTOMER, code, codes[nearest], float(clusters.nearest_similarity[row])))
    return assigned, similar


def _for_prospects(month: _Month, prospects: pd.DataFrame) -> tuple[list[Any], list[Any], list[Any]]:
    assigned: list[Any] = []
    recommended: list[Any] = []
    similar: list[Any] = []
    groups: dict[tuple[Any, Any], tuple[PeerGroup, dict[str, Any]]] = {}
    areas, codes = month.customers["site_area_m2"].to_numpy(), month.clusters.customer_codes
    columns = [prospects[name] for name in PROSPECT_COLUMNS]
    for prospect_key, *known, site_area in zip(*columns, strict=True):
        traits = (known[0], known[1])
        if traits not in groups:
            group = find_peer_group(month.customers, *traits)
            groups[traits] = group, {kind: group.best(month.holdings[kind], RANKS) for kind in ITEM_KINDS}
        group, best = groups[traits]
        key = (PROSPECT, str(prospect_key))
        nearest, similarity = nearest_by_size(areas, group, float(np.nan_to_num(site_area)))
        assigned.append((*key, int(month.clusters.cluster_ids[nearest]), similarity))
        similar.append((*key, codes[nearest], similarity))
        for kind in ITEM_KINDS:
            for place, (item, share, evidence) in enumerate(best[kind]):
                recommended.append(_row(month, key, (kind, place + 1), item, share, "customers_alike", evidence))
    return assigned, recommended, similar
