"""The rule that chooses the ranking method, from a table of metrics of each method for the same customers.

Belongs here: the rule. Does not: fitting and measuring the methods (`ml.recommendation.choice`).
"""

import pandas as pd


def best_method(table: pd.DataFrame, *, primary_metric: str, baseline: str, default: str) -> tuple[str, str]:
    """Return the chosen method, and the reason in one sentence.

    Parameters
    ----------
    table : DataFrame
        One row per method: ``method``, the primary metric, and the limits of the 95 % interval of its gain over the
        baseline, ``over_popularity_low`` and ``over_popularity_high``.
    primary_metric : str
        Column by which methods are compared, higher is better.
    baseline, default : str
        The baseline, and the method that is kept if none is significantly better than the baseline.

    Notes
    -----
    Rule: the largest primary metric among the methods that are significantly better than the baseline. If there is
    none, the default is kept unless the baseline is significantly better: its reasons refer to the customer's own
    items.
    """
    better = table[table["over_popularity_low"] > 0]
    if better.empty:
        plain = f"no method is significantly better than {baseline}"
        if float(table.loc[table["method"] == default, "over_popularity_high"].max()) < 0:
            return baseline, f"{plain}, which is better than {default}"
        return default, f"{plain}; {default} is not worse, and its reasons refer to the customer's own items"
    best = better.sort_values([primary_metric, "method"], ascending=[False, True]).iloc[0]
    low, high = best["over_popularity_low"], best["over_popularity_high"]
    reason = f"nDCG at 10 of {best[primary_metric]:.4f}, above {baseline} by {low:.4f} to {high:.4f} (95 %)"
    return str(best["method"]), reason
