"""Simulated months of customers for the drift figures: `python -m bench.drift_worlds` prints false alarms and power.

Customers stay for years and change slowly, so months depend on each other, and the reference is a sample of the same
customers. Of the 57 features some are normal, some heavy-tailed, counts, rare flags; all share a common cause; some
have missing values, some a season.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from ml.feature_list import FeatureList
from ml.monitoring.drift.comparison import compare_with_training
from ml.monitoring.drift.training_profile import training_profile
from ml.monitoring.drift.verdict import DriftLimits, assess_drift

CUSTOMERS = 2_000
FEATURES = FeatureList.of({f"f{number:02d}": "numeric" for number in range(57)})
PERSISTENCE = 0.9
LEAVING = 0.03
REFERENCE_MONTHS = 12
HORIZON_MONTHS = 3


@dataclass
class World:
    """Customers whose features move month by month, with the distribution of each month the same."""

    rng: np.random.Generator
    season: float = 0.0
    leaving: float = LEAVING
    month: int = 0

    def __post_init__(self) -> None:
        self.codes = np.arange(CUSTOMERS)
        self.state = self.rng.normal(size=(CUSTOMERS, len(FEATURES)))

    def next_month(self) -> pd.DataFrame:
        """Return the month's features, with a score made of three of them."""
        self.month += 1
        leaving = self.rng.random(CUSTOMERS) < self.leaving
        self.codes = np.where(leaving, self.codes.max() + 1 + np.arange(CUSTOMERS), self.codes)
        fresh = self.rng.normal(size=self.state.shape)
        moved = PERSISTENCE * self.state + np.sqrt(1 - PERSISTENCE**2) * fresh
        self.state = np.where(leaving[:, None], fresh, moved)
        common = self.state[:, :1]
        latent = 0.6 * common + 0.8 * self.state + self.season * np.sin(self.month * np.pi / 6)
        values = np.array([_shape(latent[:, place], place) for place in range(len(FEATURES))]).T
        frame = pd.DataFrame(values, columns=FEATURES.names)
        score = 1 / (1 + np.exp(2.5 - latent[:, 1] - latent[:, 2] - 0.5 * latent[:, 3]))
        day = pd.Timestamp("2020-01-01") + pd.DateOffset(months=self.month)
        return frame.assign(customer_code=self.codes.astype(str), as_of_date=day, score=score)


def _shape(latent: np.ndarray, place: int) -> np.ndarray:
    """Give a standard normal the shape of its feature: amounts, counts, rare flags, gaps."""
    kind = place % 6
    if kind == 1:
        return np.exp(latent)
    if kind == 2:
        return np.searchsorted(stats.norm.ppf(stats.poisson.cdf(np.arange(8), 0.8)), latent).astype("float64")
    if kind == 3:
        return (latent > 2.0).astype("float64")
    if kind == 4:
        return np.where(latent > 1.0, np.nan, latent)
    return latent


def make_reference(world: World) -> dict[str, object]:
    """Live through a training window and its horizon, and return the window's profile."""
    months = pd.concat([world.next_month() for _ in range(REFERENCE_MONTHS)], ignore_index=True)
    for _ in range(HORIZON_MONTHS):
        world.next_month()
    return training_profile(months, FEATURES, months[["customer_code", "as_of_date", "score"]])


def count(profile: dict[str, object], month: pd.DataFrame) -> pd.DataFrame:
    """Return the histograms of a month, as the database counts them."""
    entries = {**profile["features"], "score": profile["score"]}  # type: ignore[dict-item]
    rows = []
    for name, entry in entries.items():
        values = month[name].to_numpy("float64")
        present = values[~np.isnan(values)]
        position = np.searchsorted(entry["edges"], present, side="right")
        for place in np.unique(position):
            chosen = present[position == place]
            rows.append((name, str(place), len(chosen), chosen.sum()))
    return pd.DataFrame(rows, columns=["feature_name", "bin", "row_count", "value_sum"])


def false_alarms(
    worlds: int, months: int, *, season: float = 0.0, leaving: float = LEAVING, seed: int = 1
) -> np.ndarray:
    """Return for each world how many of its stable months raised an alarm, shape (worlds,).

    Parameters
    ----------
    season : float
        Height of a yearly wave in every feature, in standard deviations: stable, but not constant.
    leaving : float
        Share of the customers replaced each month; 1 makes the months independent.
    """
    alarms = np.zeros(worlds, dtype="int64")
    for number in range(worlds):
        world = World(np.random.default_rng([seed, number]), season, leaving)
        profile = make_reference(world)
        for _ in range(months):
            month = world.next_month()
            alarms[number] += assess_drift(
                compare_with_training(profile, count(profile, month), CUSTOMERS), DriftLimits()
            ).is_drifted
    return alarms


def caught(shift: float, worlds: int, features_each: int, *, season: float = 0.0, seed: int = 2) -> np.ndarray:
    """Return for each shifted feature whether its month's alarm names it, shape (worlds * features_each,).

    One numeric feature in turn is moved by `shift` of its standard deviations in the reference; flags, which have no
    such shift, are left out.
    """
    found = []
    names = [name for place, name in enumerate(FEATURES.names) if place % 6 != 3]
    for number in range(worlds):
        rng = np.random.default_rng([seed, number])
        world = World(rng, season)
        profile = make_reference(world)
        month = world.next_month()
        for name in rng.choice(names, features_each, replace=False):
            deviation = profile["features"][name]["deviation"]  # type: ignore[index]
            moved = month.assign(**{name: month[name] + shift * deviation})
            verdict = assess_drift(compare_with_training(profile, count(profile, moved), CUSTOMERS), DriftLimits())
            found.append(name in verdict.drifted_features)
    return np.array(found)


def interval(hits: int, trials: int) -> tuple[float, float]:
    """Return the exact 95 % interval of a rate (Clopper and Pearson 1934)."""
    found = stats.binomtest(hits, trials).proportion_ci(method="exact")
    return float(found.low), float(found.high)


def main() -> None:
    """Print the figures for streams without and with a season."""
    for season, leaving in ((0.0, LEAVING), (0.0, 1.0), (0.1, LEAVING)):
        alarms = false_alarms(20, 10, season=season, leaving=leaving)
        low, high = interval(int(alarms.sum()), 200)
        sys.stdout.write(
            f"season {season} sd, {leaving:.0%} of the customers new each month: {alarms.sum()} of 200 stable months"
            f" alarm, in {(alarms > 0).sum()} of 20 worlds ({low:.3f} to {high:.3f} if months were independent)\n"
        )
        for shift in (0.1, 0.2, 0.3):
            found = caught(shift, 10, 10, season=season)
            low, high = interval(int(found.sum()), len(found))
            sys.stdout.write(f"  shift {shift} sd in one of 57: {found.mean():.2f} caught ({low:.2f} to {high:.2f})\n")


if __name__ == "__main__":
    main()
