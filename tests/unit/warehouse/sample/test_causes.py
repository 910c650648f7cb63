"""The hidden drivers cause what is recorded, in the right direction, and never all of it."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from warehouse.sample.simulation.blocks import BlockHistory
from warehouse.sample.simulation.contracts import OPEN_END
from warehouse.sample.simulation.events import Topic
from warehouse.sample.simulation.payments import TERM_DAYS
from warehouse.sample.timeline import HISTORY_MONTHS


def active(history: BlockHistory) -> np.ndarray:
    """Customers with an open contract at each month's end, (months, customers)."""
    return np.stack([((book.code >= 0) & (book.end == OPEN_END)).any(axis=1) for book in history.books])


def left_within_three_months(history: BlockHistory) -> tuple[np.ndarray, np.ndarray]:
    """Month and customer pairs of the cohort as a mask, and who of them had left three months later."""
    is_active = active(history)
    cohort = is_active[HISTORY_MONTHS:-3]
    return cohort, cohort & ~is_active[HISTORY_MONTHS + 3 :]


def counts(history: BlockHistory, kind: str, keep: np.ndarray | None = None) -> np.ndarray:
    table = history.log.table(kind, ordered=False)
    chosen = slice(None) if keep is None else keep
    result = np.zeros((len(history.books), len(history.population)))
    np.add.at(result, (table["month"][chosen], table["who"][chosen]), 1)
    return result


def recent(history: BlockHistory, values: np.ndarray) -> np.ndarray:
    """Sum over the three months that end with each month of the cohort."""
    total = np.cumsum(np.vstack([np.zeros((1, values.shape[1])), values]), axis=0)
    sums = total[3:] - total[:-3]
    return sums[HISTORY_MONTHS - 2 :][: len(history.books) - HISTORY_MONTHS - 3]


def test_six_to_ten_percent_leave_within_three_months(history: BlockHistory) -> None:
    cohort, left = left_within_three_months(history)
    assert 0.06 <= left.sum() / cohort.sum() <= 0.10


def test_no_model_can_be_perfect(history: BlockHistory) -> None:
    cohort, left = left_within_three_months(history)
    hazards = history.hazards
    stays = [1 - hazards[HISTORY_MONTHS + k : len(hazards) - 3 + k] for k in range(3)]
    with_future = 1 - stays[0] * stays[1] * stays[2]
    oracle = roc_auc_score(left[cohort], with_future[cohort])
    at_the_time = roc_auc_score(left[cohort], hazards[HISTORY_MONTHS:-3][cohort])
    sys.stdout.write(f"oracle AUC {oracle:.3f} from future hazards, {at_the_time:.3f} from today's\n")
    assert 0.80 < at_the_time < 0.92
    assert oracle < 0.92


@pytest.mark.parametrize("kind", ["complaints", "late payments", "cancelled visits"])
def test_what_goes_wrong_comes_before_leaving(history: BlockHistory, kind: str) -> None:
    cohort, left = left_within_three_months(history)
    log = history.log
    if kind == "complaints":
        values = counts(history, "contact", log.table("contact", ordered=False)["topic"] <= Topic.BILLING)
    elif kind == "late payments":
        values = counts(history, "invoice", log.table("invoice", ordered=False)["paid_after"] > TERM_DAYS)
    else:
        values = counts(history, "work", log.table("work", ordered=False)["status"] == 2)
    troubled = recent(history, values)
    # the latest three months before the cut-off, among the customers of the cohort
    assert troubled[cohort & left].mean() > 1.25 * troubled[cohort & ~left].mean()


def test_low_scores_come_before_leaving(history: BlockHistory) -> None:
    cohort, left = left_within_three_months(history)
    table = history.log.table("csi", ordered=False)
    score = np.full((len(history.books), len(history.population)), np.nan)
    score[table["month"], table["who"]] = table["score"]
    score = score[HISTORY_MONTHS:-3]
    assert np.nanmean(score[cohort & left]) < np.nanmean(score[cohort & ~left]) - 0.2


def test_drivers_have_about_unit_spread(history: BlockHistory) -> None:
    months = history.drivers[HISTORY_MONTHS:]
    for name in ("satisfaction", "price_sensitivity", "infestation", "stress", "engagement"):
        spread = np.std(np.stack([getattr(month, name) for month in months]))
        assert 0.6 < spread < 1.4, name


def test_new_customers_join_and_some_return(history: BlockHistory) -> None:
    is_active = active(history)
    joined = history.population.join_month
    assert ((joined >= HISTORY_MONTHS) & (joined < len(history.books))).sum() > 1000
    returned = (~is_active[:-1] & is_active[1:]) & (joined[None, :] < np.arange(1, len(is_active))[:, None])
    assert returned.sum() > 20
