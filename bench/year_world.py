"""The customers of a simulated year and what may happen to them: `bench.simulated_year` runs the model loop on it.

Twelve months before the year and its first six are steady. Then a story begins. Months are counted from the year's
first: month 1 is the first that is scored, month 0 and those before it are history.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from scipy.special import expit

from warehouse.months import add_months

TIMEZONE = "Asia/Seoul"
FIRST_MONTH = date(2025, 1, 1)
"""As-of date of month 1."""
HISTORY_MONTHS = 12
DRIFT_MONTH = 7
HORIZON_MONTHS, MATURITY_DAYS = 1, 14
"""The company asks whether a customer leaves within a month, so that a year shows what labels say."""
PERSISTENCE = 0.8
LEAVING = 0.02
DELAY = 1.5
"""By how many standard deviations payments come later from the drift on."""


@dataclass(frozen=True)
class Story:
    """What happens in a year.

    Parameters
    ----------
    drift_month : int, optional
        From then on payments come later and no longer speak of leaving, and contacts, which said nothing, do.
    turned_from : int, optional
        From then on contacts keep customers instead, and whoever pays late leaves again.
    flipped : mapping
        Share of the labels of a month (by its number) that arrive turned round; 1 with `all_ones` means every one.
    all_ones : frozenset
        Months whose labels all arrive as 1.
    """

    drift_month: int | None = None
    turned_from: int | None = None
    flipped: Mapping[int, float] = field(default_factory=dict)
    all_ones: frozenset[int] = frozenset()


STEADY = Story()


def as_of(month: int) -> date:
    """Return the as-of date of a month of the year."""
    return add_months(FIRST_MONTH, month - 1)


def known_at(month: int) -> datetime:
    """Return when the labels of a month become known."""
    day = add_months(as_of(month), HORIZON_MONTHS) + timedelta(days=MATURITY_DAYS)
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(TIMEZONE))


def is_known(month: int, closing: int) -> bool:
    """Whether a month's labels are known when another one closes, a week after its as-of date."""
    day = as_of(closing) + timedelta(days=7)
    return known_at(month) <= datetime(day.year, day.month, day.day, 4, tzinfo=ZoneInfo(TIMEZONE))


class World:
    """Customers who change slowly and are replaced when they leave; the same seed and story give the same rows."""

    def __init__(self, customers: int, seed: int, story: Story = STEADY) -> None:
        self.seed, self.story = seed, story
        rng = np.random.default_rng([seed, 0])
        self._codes = np.arange(customers)
        self._state = rng.normal(size=(customers, 5))
        self._lasting = self._people(rng, customers)
        self.month = -HISTORY_MONTHS

    def next_month(self) -> pd.DataFrame:
        """Return the next month's rows: keys, features, and the true ``label``.

        Returns
        -------
        DataFrame
            One row a customer; ``snapshot_month`` is the month before ``as_of_date``.
        """
        self.month += 1
        rng = np.random.default_rng([self.seed, self.month + HISTORY_MONTHS])
        fresh = rng.normal(size=self._state.shape)
        self._state = PERSISTENCE * self._state + np.sqrt(1 - PERSISTENCE**2) * fresh
        day = as_of(self.month)
        features = self._features(rng)
        label = (rng.random(len(self._codes)) < expit(self._log_odds())).astype("int64")
        keys = pd.DataFrame(
            {
                "customer_code": [f"C{code:06d}" for code in self._codes],
                "snapshot_month": add_months(day, -1),
                "as_of_date": day,
            }
        )
        frame = keys.join(features).assign(label=label)
        self._replace_leavers(rng, label == 1)
        return frame

    def reported(self, month: int, labels: np.ndarray) -> np.ndarray:
        """Return the labels of a month as they arrive, poisoned if the story says so."""
        if month in self.story.all_ones:
            return np.ones_like(labels)
        share = self.story.flipped.get(month, 0.0)
        wrong = np.random.default_rng([self.seed, 9_999, month + HISTORY_MONTHS]).random(len(labels)) < share
        return np.where(wrong, 1 - labels, labels)

    def _is_drifted(self) -> bool:
        return self.story.drift_month is not None and self.month >= self.story.drift_month

    def _is_turned(self) -> bool:
        return self.story.turned_from is not None and self.month >= self.story.turned_from

    def _log_odds(self) -> np.ndarray:
        complaints, satisfaction, delay, contacts, _ = self._state.T
        is_shop = self._lasting["customer_type"].to_numpy() == "shop"
        steady = -2.3 + 0.7 * complaints * np.where(is_shop, 1.3, 0.7) - 0.8 * satisfaction
        late, talk = (0.9, 0.0) if not self._is_drifted() else (0.9, -1.5) if self._is_turned() else (-0.9, 1.5)
        return np.asarray(steady + late * delay + talk * contacts)

    def _features(self, rng: np.random.Generator) -> pd.DataFrame:
        complaints, satisfaction, delay, contacts, visits = self._state.T
        count = len(self._codes)
        delay = delay + (DELAY if self._is_drifted() else 0.0)
        score = 70 + 12 * satisfaction + rng.normal(0, 3, count)
        return self._lasting.assign(
            voc_90d=rng.poisson(np.exp(0.7 + 0.6 * complaints)).astype("float64"),
            csi_score_90d=np.where(rng.random(count) < 0.1, np.nan, score.round(1)),
            average_days_late_180d=(8 + 4 * delay + rng.normal(0, 1, count)).clip(0).round(1),
            interactions_90d=rng.poisson(np.exp(1.6 + 0.4 * contacts)).astype("float64"),
            cancellation_rate_90d=expit(-2 + 0.5 * visits).round(3),
        )

    def _people(self, rng: np.random.Generator, count: int) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "monthly_fee": (50_000 * np.exp(rng.normal(0, 0.4, count))).round(-2),
                "customer_type": rng.choice(["shop", "household"], count, p=[0.4, 0.6]),
                "sido": rng.choice(["Seoul", "Busan", "Jeju"], count, p=[0.5, 0.4, 0.1]),
            }
        )

    def _replace_leavers(self, rng: np.random.Generator, has_left: np.ndarray) -> None:
        count = len(self._codes)
        fresh = self._codes.max() + 1 + np.arange(count)
        self._codes = np.where(has_left, fresh, self._codes)
        self._state = np.where(has_left[:, None], rng.normal(size=self._state.shape), self._state)
        people = self._people(rng, count)
        self._lasting = pd.DataFrame(
            {name: np.where(has_left, people[name], self._lasting[name]) for name in people.columns}
        )
