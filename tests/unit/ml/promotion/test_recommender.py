"""Worked examples of the rule that chooses the ranking method."""

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
            "no method is significantly better than popularity; "
            "lift is not worse, and its reasons refer to the customer's own items",
        ),
        (
            [("ease", 0.49, -0.1, 0.1), ("lift", 0.30, -0.3, -0.1)],
            "popularity",
            "no method is significantly better than popularity, which is better than lift",
        ),
    ],
    ids=["significantly better", "tie: by name", "none significantly better", "default significantly worse"],
)
def test_best_of_the_significantly_better_methods_is_chosen(
    rows: list[tuple[str, float, float, float]], method: str, reason: str
) -> None:
    found = best_method(table(POPULARITY, *rows), primary_metric="ndcg_at_10", baseline="popularity", default="lift")
    assert found == (method, reason)
