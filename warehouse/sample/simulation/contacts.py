"""Complaints, other contacts, the answers to complaints, and purchases of a month.

Whether a complaint is answered depends on the branch; an unanswered one is remembered by the
simulation. Texts of messages are made in records/messages.py from the topic chosen here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.catalogue import catalogue, shares_by_row
from warehouse.sample.simulation.drivers import DriverMonth
from warehouse.sample.simulation.events import URGENT, EventLog, Topic, Window, Work
from warehouse.sample.simulation.population import BoolArray, FloatArray, IntArray, Population
from warehouse.sample.timeline import SLOTS_PER_DAY, Stream, random_stream


@dataclass(frozen=True)
class ContactOutcome:
    """What the month's contacts leave behind; arrays of shape (customers,)."""

    complaints: IntArray
    is_unanswered: BoolArray


def make_contacts(
    log: EventLog,
    month: int,
    population: Population,
    drivers: DriverMonth,
    window: Window,
    recent: tuple[BoolArray, BoolArray],
    stream: tuple[int, int],
) -> ContactOutcome:
    """Book complaints with their callbacks, and other contacts.

    Parameters
    ----------
    log : EventLog
        Receives ``contact`` and ``work`` (urgent visits).
    month : int
        Simulated month.
    population, drivers, window
        Who, how they fare, when they are served.
    recent : tuple of arrays
        Whether a fee rose within two months; whether a payment was late within one.
    stream : tuple of int
        Seed and block.
    """
    rng = random_stream(stream[0], Stream.CONTACT, stream[1], month)
    uniform = rng.random((24, len(population)))
    served = window.end > window.start
    complaints = np.zeros(len(population), dtype=np.int64)
    answered = np.zeros(len(population), dtype=np.int64)
    for turn, chance in enumerate(_complaint_chances(population, drivers)):
        draws = uniform[turn * 6 : turn * 6 + 6]
        rows = served & (draws[0] < chance) & (complaints == turn)
        complaints += rows
        slot = window.moment(draws[1])
        topic = _complaint_topic(drivers, recent, draws[2])
        log.add("contact", rows, month, slot=slot, turn=turn, topic=topic, draw=draws[4])
        answered += rows & _call_back(log, month, rows, slot, drivers, window, draws, turn)
    for turn, chance in enumerate(_other_chances(drivers)):
        draws = uniform[12 + turn * 4 : 16 + turn * 4]
        rows = served & (draws[0] < chance)
        topic = np.where(draws[2] < 0.5, Topic.QUESTION, np.where(draws[2] < 0.85, Topic.SCHEDULE, Topic.THANKS))
        slot = window.moment(draws[1])
        log.add("contact", rows, month, slot=slot, turn=2 + turn, topic=topic, draw=draws[3])
    return ContactOutcome(complaints, complaints > answered)


def make_purchases(
    log: EventLog,
    month: int,
    population: Population,
    drivers: DriverMonth,
    window: Window,
    stream: tuple[int, int],
) -> None:
    """Book at most one purchase of goods a month; engaged and large customers buy more."""
    uniform = random_stream(stream[0], Stream.PURCHASE, stream[1], month).random((4, len(population)))
    logit = -2.5 + 0.85 * drivers.engagement + 0.3 * drivers.infestation - 0.4 * population.is_home
    rows = (window.end > window.start) & (uniform[0] < 1 / (1 + np.exp(-logit)))
    product = shares_by_row(catalogue().appetite("products"), population.industry, uniform[1])
    size = np.where(population.is_home, 1.0, np.clip(population.site_area / 150, 1, 6))
    quantity = 1 + np.floor(uniform[2] * size).astype(np.int64)
    log.add("purchase", rows, month, slot=window.moment(uniform[3]), product=product, quantity=quantity)


def _complaint_chances(population: Population, drivers: DriverMonth) -> tuple[FloatArray, FloatArray]:
    rate = np.exp(
        -2.7
        + 0.55 * np.clip(drivers.infestation, -1, 3)
        - 0.7 * np.clip(drivers.satisfaction, -3, 2)
        + population.message_rate
    )
    first = 1 - np.exp(-rate)
    return first, 0.15 + 0.4 * first


def _other_chances(drivers: DriverMonth) -> tuple[FloatArray, FloatArray, FloatArray]:
    first = 1 - np.exp(-np.exp(-1.1 + 0.9 * drivers.engagement))
    return first, 0.5 * first, 0.3 * first


def _complaint_topic(drivers: DriverMonth, recent: tuple[BoolArray, BoolArray], uniform: FloatArray) -> IntArray:
    """Topic by what troubles the customer: weights from the drivers, one draw each."""
    weights = np.stack(
        [
            np.exp(0.7 * drivers.infestation),
            0.6 * np.exp(-0.7 * drivers.reliability),
            0.1 + recent[0] * np.exp(np.clip(drivers.price_sensitivity, -2, 2)),
            0.5 * np.exp(-0.5 * drivers.satisfaction),
            0.1 + 1.0 * recent[1],
        ]
    )
    edges = np.cumsum(weights, axis=0) / weights.sum(axis=0)
    topic: IntArray = np.minimum((uniform > edges).sum(axis=0), Topic.BILLING)
    return topic


def _call_back(
    log: EventLog,
    month: int,
    rows: BoolArray,
    slot: IntArray,
    drivers: DriverMonth,
    window: Window,
    draws: FloatArray,
    turn: int,
) -> BoolArray:
    """Urgent visit within five days, if the branch keeps up and the contract still runs."""
    chance = 1 / (1 + np.exp(-(0.9 + 0.9 * drivers.reliability)))
    come = slot + SLOTS_PER_DAY * (1 + np.floor(draws[3] * 4).astype(np.int64))
    answered: BoolArray = rows & (draws[5] < chance) & (come < window.end)
    log.add(
        "work",
        answered,
        month,
        slot=come,
        visit=3 + turn,
        kind=URGENT,
        status=int(Work.CONFIRMED),
        services=1,
    )
    return answered
