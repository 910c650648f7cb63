"""The hazard: probability that a customer ends everything in the next month.

Thresholds and interactions are deliberate: a complaint left unanswered weighs on a young customer,
a price rise only on one who minds prices, a recent fall of satisfaction beyond its low level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.drivers import DriverMonth
from warehouse.sample.population import BoolArray, FloatArray, IntArray

BASE = -5.0


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
    Logistic in a sum of hinge and product terms, capped at 0.6 a month.
    """
    low = np.maximum(-0.15 - drivers.satisfaction, 0)
    fall = np.maximum(drivers.usual_satisfaction - drivers.satisfaction - 0.3, 0)
    unanswered = facts.unanswered_age <= 2
    young = facts.tenure < 18
    service = 1.5 * low + 1.3 * fall + unanswered * np.where(young, 2.2, 0.2)
    mind = np.maximum(drivers.price_sensitivity, 0)
    price = (facts.rise_age <= 2) * 1.5 * mind + 0.25 * mind
    money = np.where((facts.late_age <= 1) & (drivers.stress > 0.8), 1.8, 0.0)
    idle = np.maximum(-0.7 - drivers.engagement, 0) * np.where(facts.is_home, 1.5, 0.5)
    renewal = facts.tenure % 12 >= 10
    review = np.where(renewal & (drivers.satisfaction < 0), 0.8, 0.0)
    loyalty = 0.35 * np.log1p(facts.tenure / 12) + 0.6 * facts.has_extra
    weighed = (1 - 0.8 * concept) * service + (1 + 1.5 * concept) * price
    z = BASE + weighed + money + idle + review - loyalty
    return np.minimum(1 / (1 + np.exp(-z)), 0.6)
