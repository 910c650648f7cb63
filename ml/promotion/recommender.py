"""Which method recommends, by a table of what each achieved for the same customers.

Belongs here: the rule. Does not: fitting and measuring the methods (`ml.recommendation.choice`).
"""

import pandas as pd


def best_method(table: pd.DataFrame, *, headline: str, baseline: str, default: str) -> tuple[str, str]:
    """Return the chosen method, and why in one sentence.

    Parameters
    ----------
    table : DataFrame
        One row per method: ``method``, the headline figure, and the limits of the 95 % interval of its difference from
        the baseline, ``over_popularity_low`` and ``over_popularity_high``.
    headline : str
        Column of the figure that decides, higher is better.
    baseline, default : str
        The method to beat, and the one that stands where none does.

    Notes
    -----
    Rule: the largest headline figure among the methods that beat the baseline by an interval above zero. Where none
    does, the default stands as long as the baseline does not beat it: of equals the one whose reasons are the
    customer's own.
    """
    better = table[table["over_popularity_low"] > 0]
    if better.empty:
        plain = f"no method beats {baseline} beyond chance"
        if float(table.loc[table["method"] == default, "over_popularity_high"].max()) < 0:
            return baseline, f"{plain}, and it beats {default}"
        return default, f"{plain}; {default} is not worse, and its reasons are the customer's own"
    best = better.sort_values([headline, "method"], ascending=[False, True]).iloc[0]
    low, high = best["over_popularity_low"], best["over_popularity_high"]
    reason = f"nDCG at 10 of {best[headline]:.4f}, above {baseline} by {low:.4f} to {high:.4f} (95 %)"
    return str(best["method"]), reason
