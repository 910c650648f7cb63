"""Recommendations: worked examples, no held items, reasons that can be verified, invalid input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from ml.feature_list import FeatureList
from ml.frames import FrameError
from ml.recommendation.choice import METHODS, choose_method, fit_ranker
from ml.recommendation.evaluation import adopted_items, measure_method, paired_interval
from ml.recommendation.holdings import build_holdings
from ml.recommendation.ranking import NO_ITEM, best_items
from ml.recommendation.reasons import Evidence, percent, reason_text
from ml.recommendation.recommend import Recommended, recommend

FEATURES = FeatureList.of({"fee": "numeric"})
NOBODY = pd.DataFrame({"customer_code": [], "cluster_id": []})
ITEMS = pd.DataFrame(
    [("contract", code, f"contract {code}") for code in "ABCDE"]
    + [("product", code, f"product {code}") for code in "PQRS"],
    columns=["item_kind", "item_code", "item_name"],
)
NO_PROSPECTS = pd.DataFrame(columns=["prospect_key", "industry_code", "sido", "site_area_m2"])


def company(size: int = 200, seed: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers of two industries, of which one holds A with B and the other C with D."""
    rng = np.random.default_rng(seed)
    industry = np.where(np.arange(size) % 2 == 0, "food", "office")
    customers = pd.DataFrame(
        {
            "customer_code": [f"C{number:04d}" for number in range(size)],
            "industry_code": industry,
            "sido": np.where(np.arange(size) % 5 == 0, "north", "south"),
            "site_area_m2": rng.uniform(20, 500, size),
            "fee": np.where(industry == "food", 100.0, 10.0) + rng.normal(0, 1, size),
        }
    )
    chances = {"food": {"A": 0.7, "B": 0.6, "E": 0.1}, "office": {"C": 0.7, "D": 0.6, "E": 0.1}}
    held = [
        (code, "contract", item)
        for code, kind in zip(customers["customer_code"], industry, strict=True)
        for item, chance in chances[kind].items()
        if rng.random() < chance
    ]
    held += [(code, "product", item) for code in customers["customer_code"] for item in "PQR" if rng.random() < 0.3]
    return customers, pd.DataFrame(held, columns=["customer_code", "item_kind", "item_code"])


def recommended(prospects: pd.DataFrame = NO_PROSPECTS, **options: object) -> tuple[Recommended, pd.DataFrame]:
    customers, held = company()
    return recommend(customers, held, prospects, ITEMS, FEATURES, previous=NOBODY, **options), held  # type: ignore[arg-type]


def counted(evidence: dict, item: str, kind: str, held: pd.DataFrame, result: Recommended) -> tuple[int, int]:
    """Count a reason's customers again, from the holdings alone."""
    customers, _ = company()
    of_kind = held[held["item_kind"] == kind]
    if evidence["basis"] == "also_held":
        group = set(of_kind.loc[of_kind["item_code"] == evidence["given_item"], "customer_code"])
    elif evidence["basis"] == "cluster":
        assigned = result.customer_clusters.query("subject_kind == 'customer'")
        group = set(assigned.loc[assigned["cluster_id"] == evidence["cluster_id"], "subject_key"])
    else:
        for trait in ("industry_code", "sido"):
            customers = customers[customers[trait] == evidence[trait]] if trait in evidence else customers
        group = set(customers["customer_code"])
    return len(group), len(group & set(of_kind.loc[of_kind["item_code"] == item, "customer_code"]))


@pytest.mark.parametrize("method", METHODS)
def test_held_items_are_not_recommended_and_reasons_are_correct(method: str) -> None:
    prospects = pd.DataFrame(
        {"prospect_key": ["k1"], "industry_code": ["food"], "sido": ["south"], "site_area_m2": [9.0]}
    )
    result, held = recommended(prospects, methods={"contract": method, "product": method})
    rows = result.recommendations
    assert set(rows["item_kind"]) == {"contract", "product"}
    pairs = set(held.itertuples(index=False, name=None))
    for row in rows.itertuples(index=False):
        assert (row.subject_key, row.item_kind, row.item_code) not in pairs
        evidence = row.evidence
        assert counted(evidence, row.item_code, row.item_kind, held, result) == (evidence["among"], evidence["hold"])
        assert f"{evidence['among']} customers" in row.reason
        assert f" {row.item_name} (" in row.reason
    assert not rows.duplicated(["subject_kind", "subject_key", "item_kind", "rank"]).any()
    assert not rows.duplicated(["subject_kind", "subject_key", "item_kind", "item_code"]).any()


def test_input_order_does_not_change_recommendations() -> None:
    customers, held = company()
    first = recommend(customers, held, NO_PROSPECTS, ITEMS, FEATURES, previous=NOBODY)
    shuffled = [frame.sample(frac=1, random_state=2) for frame in (customers, held, ITEMS)]
    again = recommend(shuffled[0], shuffled[1], NO_PROSPECTS, shuffled[2], FEATURES, previous=NOBODY)
    pd.testing.assert_frame_equal(first.recommendations, again.recommendations)
    pd.testing.assert_frame_equal(first.similar_customers, again.similar_customers)


def test_reason_text_has_counts_and_share() -> None:
    evidence = Evidence("also_held", 37, 21, "X")
    assert reason_text(evidence, "Y", {"X": "x"}) == "Of 37 customers who hold x, 21 also hold Y (57 %)."
    assert [percent(Evidence("everyone", 200, hold)) for hold in (1, 2, 3)] == [1, 1, 2]


def test_ties_go_to_more_holders_then_to_the_smaller_code() -> None:
    pairs = pd.DataFrame([("1", "b"), ("2", "b"), ("3", "a"), ("3", "c")], columns=["customer_code", "item_code"])
    holdings = build_holdings(pairs, np.array(["1", "2", "3", "4"]), np.array(["a", "b", "c"]))
    items, _ = best_items(fit_ranker("popularity", holdings, np.zeros(4, int)), holdings, 4)
    assert [[holdings.item_codes[i] for i in row if i != NO_ITEM] for row in items] == [
        ["a", "c"], ["a", "c"], ["b"], ["b", "a", "c"],
    ]  # fmt: skip


def test_ndcg_of_a_worked_example() -> None:
    before = build_holdings(
        pd.DataFrame([("1", "a"), ("2", "a"), ("2", "b"), ("3", "c")], columns=["customer_code", "item_code"]),
        np.array(["1", "2", "3"]), np.array(["a", "b", "c"]),
    )  # fmt: skip
    after = build_holdings(
        pd.DataFrame(
            [("1", "a"), ("1", "c"), ("2", "a"), ("2", "b"), ("3", "c")], columns=["customer_code", "item_code"]
        ),
        before.customer_codes, before.item_codes,
    )  # fmt: skip
    found = measure_method(fit_ranker("popularity", before, np.zeros(3, int)), before, adopted_items(before, after))
    # customer 1 is shown b, then c, and takes c: gain of the second place
    assert found.figures["ndcg_at_3"] == pytest.approx(1 / np.log2(3))
    assert found.figures["hit_rate_at_3"] == 1.0


def test_method_that_fits_the_structure_is_chosen() -> None:
    customers, held = company(2000)
    contracts = held[held["item_kind"] == "contract"]
    earlier = contracts.sample(frac=0.7, random_state=1)
    codes, items = customers["customer_code"].to_numpy(), np.array(list("ABCDE"))
    before, after = build_holdings(earlier, codes, items), build_holdings(contracts, codes, items)
    choice = choose_method(before, after, np.ones(len(codes), int), seed=0)
    assert choice.method not in {"popularity", "cluster_popularity"}
    row = choice.comparison.set_index("method").loc[choice.method]
    assert row["over_popularity_low"] > 0


def test_default_method_is_kept_without_adopted_items() -> None:
    customers, held = company()
    holdings = build_holdings(held, customers["customer_code"].to_numpy(), np.array(list("ABCDE")))
    choice = choose_method(holdings, holdings, np.ones(200, int), seed=0, default="ease")
    assert (choice.method, len(choice.comparison)) == ("ease", 0)
    assert "ease is kept" in choice.reason
    assert np.isnan(paired_interval(np.array([]), np.array([]), seed=0)).all()


def test_prospect_without_industry_or_size_uses_the_known_traits() -> None:
    prospects = pd.DataFrame(
        {
            "prospect_key": ["p1", "p2", "p3"],
            "industry_code": ["food", None, None],
            "sido": ["south", "south", None],
            "site_area_m2": [50.0, None, None],
        }
    )
    result, _ = recommended(prospects)
    rows = result.recommendations.query("subject_kind == 'prospect' and rank == 1 and item_kind == 'contract'")
    bases = dict(zip(rows["subject_key"], rows["evidence"], strict=True))
    assert {"industry_code", "sido"} <= set(bases["p1"])
    assert "industry_code" not in bases["p2"]
    assert bases["p3"]["basis"] == "everyone"
    assert set(result.customer_clusters.query("subject_kind == 'prospect'")["subject_key"]) == {"p1", "p2", "p3"}


def test_item_without_holders_is_not_recommended() -> None:
    result, _ = recommended()
    assert "S" not in set(result.recommendations.query("item_kind == 'product'")["item_code"])


def test_without_items_there_are_clusters_and_no_recommendations() -> None:
    customers, held = company()
    result = recommend(customers, held.iloc[:0], NO_PROSPECTS, ITEMS.iloc[:0], FEATURES, previous=NOBODY)
    assert result.recommendations.empty
    assert len(result.customer_clusters) == len(customers)


def test_single_customer_has_no_similar_customer() -> None:
    customers, held = company(1)
    result = recommend(customers, held, NO_PROSPECTS, ITEMS, FEATURES, previous=NOBODY)
    assert result.similar_customers.empty
    assert result.recommendations.empty


def test_holding_of_unknown_customer_or_item_is_refused() -> None:
    customers, held = company()
    stranger = pd.concat([held, pd.DataFrame([("X9", "contract", "A")], columns=held.columns)])
    with pytest.raises(FrameError, match="X9"):
        recommend(customers, stranger, NO_PROSPECTS, ITEMS, FEATURES, previous=NOBODY)
    unnamed = pd.concat([held, pd.DataFrame([("C0001", "contract", "Z")], columns=held.columns)])
    with pytest.raises(FrameError, match="are not in the items frame"):
        recommend(customers, unnamed, NO_PROSPECTS, ITEMS, FEATURES, previous=NOBODY)
    with pytest.raises(FrameError, match="no customers"):
        recommend(customers.iloc[:0], held.iloc[:0], NO_PROSPECTS, ITEMS, FEATURES, previous=NOBODY)
