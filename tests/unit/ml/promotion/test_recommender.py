"""Worked examples of the rule by which a method recommends."""

import pandas as pd
import pytest

from ml.promotion.recommender import best_method


def table(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["method", "ndcg_at_10", "over_popularity_low", "over_popularity_high"])


POPULARITY = ("popularity", 0.50, 0.0, 0.0)


@pytest.mark.parametrize(
    ("rows", "method", "reason"),
    [
        (
            [("ease", 0.70, 0.1, 0.3), ("lift", 0.90, -0.1, 0.5)],
            "ease",
            "nDCG at 10 of 0.7000, above popularity by 0.1000 to 0.3000 (95 %)",
        ),
        (
            [("ease", 0.70, 0.1, 0.3), ("factors", 0.70, 0.2, 0.3)],
            "ease",
            "nDCG at 10 of 0.7000, above popularity by 0.1000 to 0.3000 (95 %)",
        ),
        (
            [("ease", 0.49, -0.1, 0.1), ("lift", 0.48, -0.1, 0.1)],
            "lift",
            "no method beats popularity beyond chance; lift is not worse, and its reasons are the customer's own",
        ),
        (
            [("ease", 0.49, -0.1, 0.1), ("lift", 0.30, -0.3, -0.1)],
            "popularity",
            "no method beats popularity beyond chance, and it beats lift",
        ),
    ],
    ids=["certainly better", "equal: by name", "nobody certainly better", "default certainly worse"],
)
def test_the_best_of_the_certainly_better_is_chosen(
    rows: list[tuple[str, float, float, float]], method: str, reason: str
) -> None:
    found = best_method(table(POPULARITY, *rows), headline="ndcg_at_10", baseline="popularity", default="lift")
    assert found == (method, reason)
