"""Clusters: separated groups are found, keep their numbers, and neighbours are the nearest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.clustering.fitting import fit_clusters
from ml.clustering.matching import match_clusters
from ml.clustering.monthly import cluster_month
from ml.clustering.neighbours import NO_NEIGHBOUR, most_similar
from ml.feature_list import FeatureList

FEATURES = FeatureList.of({"spend": "numeric", "visits": "numeric", "industry": "categorical"})
NO_PREVIOUS_CLUSTERS = pd.DataFrame({"customer_code": [], "cluster_id": []})


def customer_features(size: int = 60) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    place = np.arange(size) % 3
    return pd.DataFrame(
        {
            "customer_code": [f"C{number:03d}" for number in range(size)],
            "spend": np.array([0.0, 100, 200])[place] + rng.normal(0, 1, size),
            "visits": np.array([0.0, 40, 5])[place] + rng.normal(0, 0.5, size),
            "industry": np.array(["a", "b", "c"])[place],
        }
    )


def test_three_groups_are_three_clusters_in_any_row_order() -> None:
    first = cluster_month(customer_features(), FEATURES, NO_PREVIOUS_CLUSTERS)
    assert first.clusters["cluster_size"].tolist() == [20, 20, 20]
    assert len({tuple(first.cluster_ids[start::3]) for start in range(3)}) == 3
    again = cluster_month(customer_features().sample(frac=1, random_state=3), FEATURES, NO_PREVIOUS_CLUSTERS)
    assert np.array_equal(first.cluster_ids, again.cluster_ids)
    assert np.array_equal(first.similarity, again.similarity)


def test_cluster_keeps_its_number_when_customers_join_and_leave() -> None:
    numbers = pd.DataFrame(
        {"customer_code": customer_features()["customer_code"], "cluster_id": np.array([7, 3, 5])[np.arange(60) % 3]}
    )
    changed = customer_features(75).iloc[9:].reset_index(drop=True)
    month = cluster_month(changed, FEATURES, numbers, largest_id=9)
    expected = np.array([7, 3, 5])[np.arange(9, 75) % 3]
    assert month.cluster_ids.tolist() == expected.tolist()


def test_matching_uses_the_largest_overlap_and_no_former_number() -> None:
    current = pd.Series([0, 0, 0, 1, 1, 2], index=list("abcdef"))
    previous = pd.Series([4, 4, 2, 2, 2], index=list("abcde"))
    matched = match_clusters(current, previous, largest_id=8)
    # a, b, c against a, b: 2 of 3; d, e against c, d, e: 2 of 3; f is new
    assert matched.cluster_ids.tolist() == [4, 2, 9]
    assert np.allclose(matched.overlaps[:2], 2 / 3)
    assert np.isnan(matched.overlaps[2])


def test_nearest_customer_is_in_the_cluster_and_ties_go_to_the_first() -> None:
    coordinates = np.array([[0.0], [1.0], [2.0], [10.0]])
    nearest, similarity = most_similar(coordinates, np.array([0, 0, 0, 1]))
    assert nearest.tolist() == [1, 0, 1, 2]
    assert similarity[3] < similarity[0]


def test_single_customer_has_one_cluster_and_no_neighbour() -> None:
    month = cluster_month(customer_features(1), FEATURES, NO_PREVIOUS_CLUSTERS)
    assert (month.cluster_ids.tolist(), month.nearest.tolist()) == ([1], [NO_NEIGHBOUR])
    assert month.similarity.tolist() == [1.0]


def test_identical_customers_are_one_cluster() -> None:
    clustering = fit_clusters(np.zeros((30, 2)), seed=0)
    assert set(clustering.labels) == {0}
    assert set(clustering.similarity) == {1.0}
