"""From scores to the best items that a customer does not hold, with complete tie-breaks, in blocks of bounded size.

Belongs here: the order of items. Does not: what the scores mean.
"""

from collections.abc import Iterator

import numpy as np

from ml.recommendation.holdings import FloatArray, Holdings, IntArray
from ml.recommendation.rankers import Ranker

BLOCK_CELLS = 4_000_000
NO_ITEM = -1


def blocks(holdings: Holdings) -> Iterator[slice]:
    """Yield slices of customers whose scores take at most `BLOCK_CELLS` numbers."""
    step = max(BLOCK_CELLS // max(len(holdings.item_codes), 1), 1)
    for start in range(0, len(holdings.customer_codes), step):
        yield slice(start, min(start + step, len(holdings.customer_codes)))


def best_items(ranker: Ranker, holdings: Holdings, count: int) -> tuple[IntArray, FloatArray]:
    """Return for each customer the best items that the customer does not hold.

    Parameters
    ----------
    ranker : Ranker
    holdings : Holdings
        Held items are not recommended.
    count : int
        Number of items; fewer if fewer are left.

    Returns
    -------
    items : array of int64, shape (customers, count)
        Columns of the holdings, best first; `NO_ITEM` if no item is left.
    scores : array of float64, shape (customers, count)
        NaN if no item is left.
    """
    shape = (len(holdings.customer_codes), count)
    items, scores = np.full(shape, NO_ITEM, dtype=np.int64), np.full(shape, np.nan)
    kept = min(count, len(holdings.item_codes))
    if not kept:
        return items, scores
    precedence = holdings.precedence
    for rows in blocks(holdings):
        # columns in order of precedence, so that of equal scores the first one is chosen
        block = np.where(holdings.dense(rows)[:, precedence] > 0, -np.inf, ranker.scores(holdings, rows)[:, precedence])
        for place in range(kept):
            best = block.argmax(axis=1)
            score = block[np.arange(len(block)), best]
            block[np.arange(len(block)), best] = -np.inf
            is_left = np.isfinite(score)
            items[rows, place] = np.where(is_left, precedence[best], NO_ITEM)
            scores[rows, place] = np.where(is_left, score, np.nan)
    return items, scores
