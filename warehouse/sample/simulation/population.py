"""Who the customers are: lasting traits of one block of customers, drawn at once.

Belongs here: what does not change in the simulated time. Out of scope: drivers, contracts, events.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.sample.catalogue import catalogue, shares
from warehouse.sample.timeline import HISTORY_MONTHS, Stream, Timeline, random_stream

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: Share of all customers that are with the company when the first snapshot is taken.
FOUNDING_SHARE = 0.64


@dataclass(frozen=True)
class Population:
    """Traits of a block; every array has shape (customers,).

    ``join_month`` is a simulated month, negative for those who joined before the simulation;
    ``join_day`` counts from 0. The last six are tastes and circumstances in sigma.
    """

    number: IntArray
    industry: IntArray
    province: IntArray
    district: IntArray
    is_home: BoolArray
    site_area: FloatArray
    building_age: IntArray
    age: IntArray
    pays_by_card: BoolArray
    sales_channel: IntArray
    join_month: IntArray
    join_day: IntArray
    contract: IntArray
    name_draw: FloatArray
    price_sensitivity: FloatArray
    base_satisfaction: FloatArray
    infestation_rate: FloatArray
    stress_level: FloatArray
    engagement_level: FloatArray
    message_rate: FloatArray

    def __len__(self) -> int:
        return len(self.number)


def draw_population(seed: int, block: int, first: int, size: int, timeline: Timeline) -> Population:
    """Draw the customers ``first`` to ``first + size - 1`` (numbers count from 1)."""
    rng = random_stream(seed, Stream.CUSTOMER, block)
    uniform = rng.random((16, size))
    normal = rng.standard_normal((8, size))
    known = catalogue()
    industry = shares(known.numbers("industries", "share"), uniform[0])
    is_home = industry == known.home_industry
    join_month, join_day = _joining(uniform[1:4], timeline)
    places = list(known.raw["places"].values())
    province = shares(np.array([place["share"] for place in places]), uniform[4])
    districts = np.array([len(place["districts"]) for place in places])
    building_age = np.floor(55 * uniform[6] ** 1.4).astype(np.int64)
    stress = 0.7 * normal[3]
    return Population(
        number=first + np.arange(size, dtype=np.int64),
        industry=industry,
        province=province,
        district=np.floor(uniform[5] * districts[province]).astype(np.int64),
        is_home=is_home,
        site_area=np.round(np.exp(np.where(is_home, 4.4, 5.3) + np.where(is_home, 0.35, 0.8) * normal[0]), 1),
        building_age=building_age,
        age=np.clip(np.round(46 + 12 * normal[1]), 20, 85).astype(np.int64),
        pays_by_card=uniform[7] < np.where(is_home, 0.75, 0.35),
        sales_channel=shares(np.array([0.30, 0.28, 0.12, 0.10, 0.20]), uniform[8]),
        join_month=join_month,
        join_day=join_day,
        contract=_first_contract(is_home, uniform[9]),
        name_draw=uniform[10:13].T,
        price_sensitivity=0.55 * normal[2] + 1.1 * known.numbers("industries", "price")[industry],
        base_satisfaction=0.55 * normal[4] + np.where(uniform[8] < 0.30, 0.2, -0.05),
        infestation_rate=0.45 * normal[5]
        + known.numbers("industries", "infestation")[industry]
        + 0.35 * (building_age - 18) / 15,
        stress_level=stress,
        engagement_level=0.7 * normal[6],
        message_rate=0.4 * normal[7],
    )


def _joining(uniform: FloatArray, timeline: Timeline) -> tuple[IntArray, IntArray]:
    """Month and day of joining: founders up to nine years back, the rest spread over the snapshots."""
    before = -np.log1p(-uniform[1] * (1 - np.exp(-108 / 40))) * 40
    founding = HISTORY_MONTHS - 1 - np.floor(before).astype(np.int64)
    later = HISTORY_MONTHS + np.floor(uniform[1] * timeline.snapshot_months).astype(np.int64)
    month = np.where(uniform[0] < FOUNDING_SHARE, founding, later)
    return month, np.floor(uniform[2] * 28).astype(np.int64)


def _first_contract(is_home: BoolArray, uniform: FloatArray) -> IntArray:
    known = catalogue()
    home = shares(known.numbers("contracts", "home"), uniform)
    business = shares(known.numbers("contracts", "business"), uniform)
    return np.where(is_home, home, business)
