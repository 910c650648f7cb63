"""The hazard: probability that a customer ends everything in the next month.

Thresholds and interactions are deliberate: a complaint left unanswered weighs on a young customer,
a price rise only on one who minds prices, a recent fall of satisfaction beyond its low level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.drivers import DriverMonth
from warehouse.sample.population import BoolArray, FloatArray, IntArray

BASE = -7.3
#: Monthly probability of leaving for reasons that no record shows: a move, a death, a sale.
UNFORESEEN = 0.001


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
    Logistic in a sum of hinge and product terms, capped at 0.6 a month, plus the unforeseen.
    """
    fragile = np.select([facts.tenure < 4, facts.tenure < 24, facts.tenure < 48], [0.3, 1.5, 0.8], 0.2)
    low = np.maximum(-0.1 - drivers.satisfaction, 0)
    fall = np.maximum(drivers.usual_satisfaction - drivers.satisfaction - 0.25, 0)
    neglected = (facts.unanswered_age <= 2) * np.where((facts.tenure >= 3) & (facts.tenure < 24), 3.0, 0.4)
    service = fragile * (3.4 * low + 1.6 * fall) + neglected
    mind = np.maximum(drivers.price_sensitivity, 0)
    price = (facts.rise_age <= 2) * 1.0 * mind + 0.6 * mind
    money = ((facts.late_age <= 1) & (drivers.stress > 0.6)) * np.where(facts.is_home, 0.3, 3.2)
    idle = np.maximum(-0.3 - drivers.engagement, 0) * np.where(facts.is_home, 3.0, 0.0)
    busy = np.maximum(drivers.engagement - 0.4, 0) * np.where(facts.is_home, 0.0, 1.8)
    loyalty = 0.8 * facts.has_extra
    weighed = (1 - 0.8 * concept) * service + (1 + 1.5 * concept) * price
    z = BASE + weighed + money + idle + busy - loyalty
    known_reasons = np.minimum(1 / (1 + np.exp(-z)), 0.6)
    hazard: FloatArray = known_reasons + UNFORESEEN
    return hazard
