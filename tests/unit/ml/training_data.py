"""A small simulated company for model tests: the features behind the label are known."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from ml.feature_list import FeatureList
from ml.risk.target import RiskTarget

SEOUL = ZoneInfo("Asia/Seoul")
CUT_OFF = datetime(2025, 4, 1, tzinfo=SEOUL)
FEATURES = FeatureList.of(
    {
        "visits": "numeric",
        "delay_days": "numeric",
        "empty": "numeric",
        "noise": "numeric",
        "plan": "categorical",
        "industry": "categorical",
        "has_card": "boolean",
    }
)
TARGET = RiskTarget("leaves", "leaves", capacity_ratio=0.1, contact_cost=10.0, customer_value=400.0)


def make_months(customers: int = 150, months: int = 14, seed: int = 5) -> pd.DataFrame:
    """One row per customer and month from 2024-01 on; labels known 14 days after three months, in Seoul."""
    rng = np.random.default_rng(seed)
    visits, industry = rng.normal(size=customers), rng.integers(0, 20, customers)
    frames = []
    for month in range(months):
        day = pd.Timestamp("2024-01-01") + pd.DateOffset(months=month)
        visits = 0.8 * visits + 0.6 * rng.normal(size=customers)
        delay = rng.exponential(3, customers)
        plan = rng.choice(["basic", "plus", "gold"], customers)
        log_odds = -1.2 - 1.2 * visits + 0.25 * delay * (plan == "basic") + 0.06 * (industry - 10)
        known_at = (day + pd.DateOffset(months=3)).tz_localize(SEOUL) + pd.Timedelta(days=14)
        frames.append(
            pd.DataFrame(
                {
                    "customer_code": [f"C{number:04d}" for number in range(customers)],
                    "as_of_date": day.date(),
                    "label": (rng.random(customers) < 1 / (1 + np.exp(-log_odds))).astype(int),
                    "label_known_at": known_at,
                    "visits": np.where(rng.random(customers) < 0.1, np.nan, visits),
                    "delay_days": delay.round(1),
                    "empty": np.nan,
                    "noise": rng.normal(size=customers),
                    "plan": np.where(rng.random(customers) < 0.05, None, plan),
                    "industry": [f"I{number:02d}" for number in industry],
                    "has_card": rng.random(customers) < 0.5,
                }
            )
        )
    return pd.concat(frames, ignore_index=True)
