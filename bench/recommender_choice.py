"""Which recommendation method: hit rate, nDCG, coverage on a time split, with paired bootstrap intervals.

Run: ``python -m bench.recommender_choice --purchases FOLDER`` (the public household purchases:
transactions_sample.csv.gz and products.csv.gz), ``--speed`` for 100,000 customers x 500 items. The item level is the
product category; recommended are categories that the household has not bought before the cut.
"""

from __future__ import annotations

import argparse
import resource
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd

from ml.clustering.monthly import cluster_month
from ml.feature_list import FeatureList
from ml.recommendation.choice import BASELINES, METHODS, fit_ranker
from ml.recommendation.evaluation import adopted_items, comparison_table, measure_method, paired_interval
from ml.recommendation.holdings import Holdings, build_holdings
from ml.recommendation.rankers import Lift
from ml.recommendation.recommend import recommend

#: The methods' settings were compared on these; on the next nobody looked before they were settled.
CHOOSING_CUTS = ("2017-04-01", "2017-07-01", "2017-10-01")
CONFIRMING_CUTS = ("2017-05-01", "2017-06-01", "2017-08-01", "2017-09-01")
CHOSEN = Lift.name
NOBODY = pd.DataFrame({"customer_code": [], "cluster_id": []})


def purchases(folder: Path) -> pd.DataFrame:
    """Return purchases with customer, category, time, basket, amount and department."""
    bought = pd.read_csv(folder / "transactions_sample.csv.gz")
    goods = pd.read_csv(folder / "products.csv.gz", usecols=["product_id", "product_category", "department"])
    frame = bought.merge(goods, on="product_id", how="left").dropna(subset=["product_category"])
    frame["customer_code"] = frame["household_id"].astype(str)
    frame["item_code"] = frame["product_category"]
    frame["bought_at"] = pd.to_datetime(frame["transaction_timestamp"])
    return frame


def split(frame: pd.DataFrame, cut: str) -> tuple[Holdings, Holdings, np.ndarray]:
    """Return holdings before the cut and at the end, and clusters as of the cut."""
    past = frame[frame["bought_at"] < cut]
    customers, items = past["customer_code"].unique(), past["item_code"].unique()
    by_customer = past.groupby("customer_code")
    traits = pd.DataFrame(
        {
            "purchases": np.log1p(by_customer.size()),
            "spend": np.log1p(by_customer["sales_value"].sum()),
            "baskets": np.log1p(by_customer["basket_id"].nunique()),
            "categories": by_customer["item_code"].nunique(),
        }
    )
    largest = past["department"].value_counts().index[:6]
    traits = traits.join(pd.crosstab(past["customer_code"], past["department"], normalize="index")[largest])
    features = FeatureList.of(dict.fromkeys(traits.columns, "numeric"))
    clusters = cluster_month(traits.reset_index(), features, NOBODY).cluster_ids
    return build_holdings(past, customers, items), build_holdings(frame, customers, items), clusters


def compare(frame: pd.DataFrame, cut: str) -> pd.DataFrame:
    """Measure every method on one cut."""
    before, after, clusters = split(frame, cut)
    new = adopted_items(before, after)
    measured = [measure_method(fit_ranker(method, before, clusters), before, new) for method in METHODS]
    return comparison_table(measured, baselines=BASELINES, seed=0)


def confirm(frame: pd.DataFrame, months: int) -> str:
    """Hold the chosen method against both baselines on the confirming cuts, and pooled: a household's mean over cuts.

    Parameters
    ----------
    months : int
        How long after a cut a purchase counts.
    """
    lines = [f"| cut, {months} months after | over | nDCG@10 | 95 % |", "|---|---|---:|---|"]
    pooled: dict[str, dict[str, list[float]]] = {name: {} for name in BASELINES}
    for cut in CONFIRMING_CUTS:
        before, after, clusters = split(
            frame[frame["bought_at"] < pd.Timestamp(cut) + pd.DateOffset(months=months)], cut
        )
        new = adopted_items(before, after)
        judges = before.customer_codes[new.any(axis=1)]
        chosen = measure_method(fit_ranker(CHOSEN, before, clusters), before, new).per_customer
        for name in BASELINES:
            gain = chosen - measure_method(fit_ranker(name, before, clusters), before, new).per_customer
            lines.append(_gain_line(cut, name, gain))
            for judge, one in zip(judges, gain, strict=True):
                pooled[name].setdefault(judge, []).append(float(one))
    for name, gains in pooled.items():
        means = np.array([np.mean(one) for one in gains.values()])
        lines.append(_gain_line(f"all, {len(means):,} households", name, means))
    return "\n".join([*lines, ""])


def _gain_line(what: str, baseline: str, gain: np.ndarray) -> str:
    low, high = paired_interval(gain, np.zeros(len(gain)), seed=0)
    return f"| {what} | {baseline} | {gain.mean():+.4f} | {low:+.4f} to {high:+.4f} |"


def markdown(table: pd.DataFrame, title: str) -> str:
    """Write one comparison as a markdown section."""
    lines = [
        f"## {title}",
        "",
        "| method | hit rate@3 | nDCG@3 | hit rate@10 | nDCG@10 | coverage@10 | nDCG@10 over popularity (95 %) "
        "| over cluster-popularity (95 %) |",
        "|---|---:|---:|---:|---:|---:|---|---|",
    ]
    for row in table.to_dict("records"):
        gains = [
            f"{row[f'over_{name}']:+.4f} ({row[f'over_{name}_low']:+.4f} to {row[f'over_{name}_high']:+.4f})"
            for name in BASELINES
        ]
        figures = [
            row[name] for name in ("hit_rate_at_3", "ndcg_at_3", "hit_rate_at_10", "ndcg_at_10", "coverage_at_10")
        ]
        lines.append(" | ".join(["| " + str(row["method"]), *(f"{figure:.4f}" for figure in figures), *gains]) + " |")
    return "\n".join([*lines, "", f"{int(table['customers'].iloc[0]):,} households took up something new.", ""])


def speed(customers: int = 100_000, items: int = 500, seed: int = 0) -> str:
    """Time clusters, recommendations, reasons and neighbours of a simulated company."""
    rng = np.random.default_rng(seed)
    codes = np.array([f"C{number:07d}" for number in range(customers)], dtype=object)
    group = rng.integers(0, 8, customers)
    features = {f"f{place}": rng.normal(size=customers) + group * rng.normal() for place in range(30)}
    traits = {
        "industry_code": [f"I{one}" for one in group],
        "sido": "s",
        "site_area_m2": rng.uniform(10, 900, customers),
    }
    frame = pd.DataFrame({"customer_code": codes, **traits, **features})
    held = (rng.integers(0, items // 2, (customers, 10)) + group[:, None] * 30) % items
    holdings = pd.DataFrame(
        {"customer_code": np.repeat(codes, 10), "item_code": [f"P{one:03d}" for one in held.ravel()]}
    )
    holdings["item_kind"] = "product"
    names = [("product", f"P{one:03d}", f"product {one}") for one in range(items)]
    goods = pd.DataFrame(names, columns=["item_kind", "item_code", "item_name"])
    prospects = pd.DataFrame(columns=["prospect_key", "industry_code", "sido", "site_area_m2"])
    start = perf_counter()
    numeric = FeatureList.of(dict.fromkeys(features, "numeric"))
    done = recommend(frame, holdings, prospects, goods, numeric, previous=NOBODY)
    seconds = perf_counter() - start
    return (
        f"{customers:,} customers, {items} items: {seconds:.1f} s for {len(done.clusters)} clusters, "
        f"{len(done.similar_customers):,} most similar customers, {len(done.recommendations):,} recommendations with "
        f"reasons; peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB.\n"
    )


def main() -> None:
    """Measure and print markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--purchases", type=Path)
    parser.add_argument("--speed", action="store_true")
    arguments = parser.parse_args()
    if arguments.purchases:
        frame = purchases(arguments.purchases)
        for cut in CHOOSING_CUTS:
            print(markdown(compare(frame, cut), f"Public household purchases, cut at {cut}"))
        for months in (12, 3):
            print(confirm(frame, months))
    if arguments.speed:
        print(speed())


if __name__ == "__main__":
    main()
