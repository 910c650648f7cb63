"""The hazard: probability that a customer ends everything in the next month.

Thresholds and interactions are deliberate: what drives one customer out leaves another cold, so that
a model must find out which. Other effects of the drivers are in events.py and contacts.py.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.simulation.drivers import DriverMonth
from warehouse.sample.simulation.population import BoolArray, FloatArray, IntArray

#: Monthly probability of leaving for reasons that no record shows: a move, a death, a sale.
UNFORESEEN = 0.0012


@dataclass(frozen=True)
class Circumstances:
    """What has recently happened to each customer; arrays of shape (customers,).

    Ages are in months since the event, large where there was none.
    """

    tenure: IntArray
    unanswered_age: IntArray
    rise_age: IntArray
    late_age: IntArray
    has_extra: BoolArray
    is_home: BoolArray


def monthly_hazard(drivers: DriverMonth, facts: Circumstances, concept: float) -> FloatArray:
    """Probability of leaving within the next month, shape (customers,).

    Parameters
    ----------
    drivers : DriverMonth
        Drivers of the month that has just ended.
    facts : Circumstances
        Recent events known to the company.
    concept : float
        0 for the usual weights; towards 1 service matters less and prices more.

    Notes
    -----
    Competing reasons: each is a smooth step of its own driver, open only to some customers, and their
    probabilities add up. That is not a sum in log-odds, and no single reason explains most ends.
    """
    is_young = (facts.tenure >= 4) & (facts.tenure < 30)
    bearable = np.where(is_young, -1.1, -2.6)
    fall = np.maximum(drivers.usual_satisfaction - drivers.satisfaction, 0)
    service = 0.48 * _step(bearable - drivers.satisfaction + 0.5 * fall, 6.0)
    neglect = 0.015 * ((facts.unanswered_age <= 2) & is_young)
    money = 0.40 * ((facts.late_age <= 2) & ~facts.is_home) * _step(drivers.stress - 2.1, 8.0)
    silence = 0.40 * facts.is_home * _step(-1.75 - drivers.engagement, 8.0)
    shopping = 0.36 * ~facts.is_home * _step(drivers.engagement - 2.0, 8.0)
    price = (0.001 + 0.02 * (facts.rise_age <= 2) + 0.1 * concept) * _step(drivers.price_sensitivity - 0.9, 5.0)
    by_service = (1 - 0.8 * concept) * (service + neglect)
    known_reasons = by_service + money + silence + shopping + price
    hazard: FloatArray = np.minimum(known_reasons * np.where(facts.has_extra, 0.5, 1.0), 0.6) + UNFORESEEN
    return hazard


def _step(excess: FloatArray, steepness: float) -> FloatArray:
    """Rise smoothly from 0 to 1 where ``excess`` passes zero."""
    share: FloatArray = 1 / (1 + np.exp(-steepness * excess))
    return share
