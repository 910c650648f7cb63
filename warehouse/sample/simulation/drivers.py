"""The hidden drivers: how satisfaction, pressure, stress and engagement move from month to month.

Each driver has about unit spread over the company, so that a drift in sigma means the same for
all. The effects of the drivers are in events.py, payments.py and hazard.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.catalogue import catalogue
from warehouse.sample.options import Driver, SampleOptions
from warehouse.sample.simulation.population import BoolArray, FloatArray, Population
from warehouse.sample.timeline import Stream, Timeline, random_stream


@dataclass(frozen=True)
class MarketConditions:
    """Conditions that affect all blocks.

    ``reliability`` has shape (months, branches): how well a branch keeps its appointments;
    ``economy`` and ``season`` have shape (months,).
    """

    reliability: FloatArray
    economy: FloatArray
    season: FloatArray


@dataclass(frozen=True)
class DriverMonth:
    """Drivers of one month as they act, drift included; arrays of shape (customers,)."""

    satisfaction: FloatArray
    usual_satisfaction: FloatArray
    price_sensitivity: FloatArray
    infestation: FloatArray
    reliability: FloatArray
    stress: FloatArray
    engagement: FloatArray


def draw_environment(seed: int, timeline: Timeline) -> MarketConditions:
    """Draw the shared surroundings for all simulated months."""
    rng = random_stream(seed, Stream.BRANCH)
    branches = len(catalogue().provinces)
    shocks = rng.standard_normal((timeline.months, branches))
    economy_shocks = rng.standard_normal(timeline.months)
    reliability = np.zeros((timeline.months, branches))
    economy = np.zeros(timeline.months)
    level = rng.standard_normal(branches)
    state = 0.0
    for month in range(timeline.months):
        level = 0.85 * level + np.sqrt(1 - 0.85**2) * shocks[month]
        state = 0.9 * state + np.sqrt(1 - 0.9**2) * economy_shocks[month]
        reliability[month], economy[month] = level, state
    number = np.array([timeline.first_day(month).month for month in range(timeline.months)])
    return MarketConditions(reliability, economy, -np.cos(2 * np.pi * (number - 1.5) / 12))


class Drivers:
    """Evolves the drivers of one block, month by month.

    Parameters
    ----------
    population : Population
        Lasting traits that the drivers return to.
    environment : MarketConditions
        Shared surroundings.
    options : SampleOptions
        Seed and drift.
    block : int
        Number of the block: chooses the random stream.
    timeline : Timeline
        The simulated months.
    """

    def __init__(
        self,
        population: Population,
        environment: MarketConditions,
        options: SampleOptions,
        block: int,
        timeline: Timeline,
    ) -> None:
        self._population = population
        self._environment = environment
        self._options = options
        self._block = block
        self._timeline = timeline
        size = len(population)
        self._satisfaction = population.base_satisfaction.copy()
        self._usual = population.base_satisfaction.copy()
        self._pressure, self._strain, self._interest = np.zeros(size), np.zeros(size), np.zeros(size)

    def shift(self, driver: Driver, month: int) -> float:
        """Drift of a driver in a month, in sigma; 0 before it begins and for other drivers."""
        drift = self._options.drift
        if drift is None or drift.driver is not driver or month < self._timeline.index(drift.month):
            return 0.0
        return drift.sigma

    def advance(self, month: int) -> DriverMonth:
        """Move to a month; call once for each month, in order."""
        who, around = self._population, self._environment
        rng = random_stream(self._options.seed, Stream.DRIVER, self._block, month)
        noise = rng.standard_normal((4, len(who)))
        self._pressure = 0.75 * self._pressure + 0.66 * noise[0]
        self._strain = 0.93 * self._strain + 0.368 * noise[1]
        self._interest = 0.92 * self._interest + 0.392 * noise[2]
        reliability = around.reliability[month][who.province] + self.shift(Driver.RELIABILITY, month)
        infestation = who.infestation_rate + 0.7 * self._pressure + 0.45 * around.season[month]
        infestation += self.shift(Driver.INFESTATION, month)
        target = who.base_satisfaction + 0.35 * reliability - 0.45 * np.maximum(infestation - 0.7, 0)
        self._satisfaction += 0.14 * (target - self._satisfaction) + 0.27 * noise[3]
        self._usual += 0.12 * (self._satisfaction - self._usual)
        stress = who.stress_level + 0.65 * self._strain + 0.25 * around.economy[month]
        moved = self.shift(Driver.SATISFACTION, month)
        return DriverMonth(
            satisfaction=self._satisfaction + moved,
            usual_satisfaction=self._usual.copy(),
            price_sensitivity=who.price_sensitivity + self.shift(Driver.PRICE_SENSITIVITY, month),
            infestation=infestation,
            reliability=reliability,
            stress=stress + self.shift(Driver.FINANCIAL_STRESS, month),
            engagement=who.engagement_level + 0.7 * self._interest + self.shift(Driver.ENGAGEMENT, month),
        )

    def disappoint(self, amount: FloatArray) -> None:
        """Lower satisfaction for what went wrong this month; it acts from the next month on."""
        self._satisfaction -= amount

    def reconcile(self, rows: BoolArray) -> None:
        """Bring satisfaction back to the customer's own level where ``rows`` is true."""
        level = np.maximum(self._population.base_satisfaction, 0.3)
        self._satisfaction = np.where(rows, level, self._satisfaction)
        self._usual = np.where(rows, level, self._usual)
