"""Simulated rows scored by two models whose quality is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ml.risk.target import RiskTarget

TARGET = RiskTarget("leaves", "leaves", capacity_ratio=0.05, contact_cost=10.0, customer_value=400.0)
REFERENCE = 0.1


def sigmoid(values: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-values))


def labelled_rows(*, customers: int = 1000, months: int = 3, missed: float = 1.0, seed: int = 3) -> pd.DataFrame:
    """Customers with a known probability; ``sharp`` sees it, ``blunt`` misses a part of deviation `missed`.

    Both are calibrated: the blunt one states the mean over what it does not see, by the probit approximation of a
    normal mixture of logits.
    """
    rng = np.random.default_rng(seed)
    frames = []
    for month in range(months):
        seen, unseen = rng.normal(-2.7, 1.1, customers), rng.normal(0, missed, customers)
        probability = sigmoid(seen + unseen)
        frames.append(
            pd.DataFrame(
                {
                    "customer_code": [f"C{number:04d}" for number in range(customers)],
                    "as_of_date": pd.Timestamp("2025-01-01") + pd.DateOffset(months=month),
                    "label": (rng.random(customers) < probability).astype(int),
                    "sharp": probability,
                    "blunt": sigmoid(seen / np.sqrt(1 + np.pi / 8 * missed**2)),
                    "region": rng.choice(["north", "south"], customers, p=[0.6, 0.4]),
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def compared(rows: pd.DataFrame, champion: str, challenger: str) -> pd.DataFrame:
    """The rows with two of their scores as champion and challenger."""
    return rows.assign(champion=rows[champion], challenger=rows[challenger])
