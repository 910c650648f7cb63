"""What happens in a month: visits, surveys, contacts and purchases, caused by the drivers.

Every draw has a fixed shape, whatever the state: a drift changes outcomes, never the other draws.
Texts and JSON are made elsewhere; here events are columns of numbers.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from warehouse.sample.simulation.drivers import DriverMonth
from warehouse.sample.simulation.population import BoolArray, FloatArray, IntArray, Population
from warehouse.sample.timeline import SLOTS_PER_DAY, Stream, random_stream

OPENING, CLOSING = 54, 108  # nine to six o'clock in ten-minute slots
URGENT = 5


class Work(IntEnum):
    """Status of a visit."""

    PLANNED = 0
    CONFIRMED = 1
    CANCELLED = 2


class Topic(IntEnum):
    """What a message is about; the first five are complaints."""

    PEST_BACK = 0
    NO_SHOW = 1
    PRICE = 2
    STAFF = 3
    BILLING = 4
    QUESTION = 5
    SCHEDULE = 6
    THANKS = 7


@dataclass(frozen=True)
class Window:
    """Time in which a customer is served this month: slots ``[start, end)``, both (customers,)."""

    start: IntArray
    end: IntArray

    def holds(self, slot: IntArray) -> BoolArray:
        """Whether a slot is in the window."""
        is_held: BoolArray = (slot >= self.start) & (slot < self.end)
        return is_held

    def moment(self, uniform: FloatArray) -> IntArray:
        """Choose a slot between opening and closing on a day of the window, by uniforms."""
        first, last = self.start // SLOTS_PER_DAY, (self.end - 1) // SLOTS_PER_DAY
        place = uniform * np.maximum(last - first + 1, 0)
        day = first + np.floor(place).astype(np.int64)
        hour = OPENING + np.floor((place % 1) * (CLOSING - OPENING)).astype(np.int64)
        slot: IntArray = day * SLOTS_PER_DAY + hour
        return slot


@dataclass
class EventLog:
    """Columns of events, collected month by month."""

    parts: dict[str, list[dict[str, NDArray[Any]]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, table: str, rows: BoolArray, month: int, **columns: NDArray[Any] | int) -> None:
        """Keep the chosen customers' values; a number applies to all of them."""
        who = np.flatnonzero(rows)
        part: dict[str, NDArray[Any]] = {"who": who, "month": np.full(len(who), month)}
        for name, values in columns.items():
            part[name] = values[who] if isinstance(values, np.ndarray) else np.full(len(who), values)
        self.parts[table].append(part)

    def table(self, kind: str, *, ordered: bool = True) -> dict[str, NDArray[Any]]:
        """All events of a kind as columns, by customer, month and slot."""
        parts = self.parts[kind]
        columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        if not ordered:
            return columns
        order = np.lexsort((columns["slot"], columns["month"], columns["who"]))
        return {name: values[order] for name, values in columns.items()}


@dataclass(frozen=True)
class Schedule:
    """Regular visits drawn for a month, independent of contracts.

    ``slot`` and ``services`` have shape (3, customers): first half, second half, additional contract.
    """

    slot: IntArray
    services: IntArray
    uniform: FloatArray


def draw_schedule(population: Population, seed: int, block: int, month: int) -> Schedule:
    """Draw a month's visiting times; the same call gives the plan a month ahead."""
    uniform = random_stream(seed, Stream.VISIT, block, month).random((12, len(population)))
    place = uniform[:3] * 14
    day = np.floor(place) + np.array([[0], [14], [5]])
    slot = day * SLOTS_PER_DAY + OPENING + np.floor((place % 1) * (CLOSING - OPENING))
    services = 1 + (uniform[3:6] < 0.35) + (uniform[3:6] < 0.10)
    return Schedule(slot.astype(np.int64), services.astype(np.int64), uniform[6:])


def visit_due(visits: FloatArray, number: IntArray, month: int) -> BoolArray:
    """Whether a regular visit falls into a month: always, or every third month by customer."""
    is_due: BoolArray = (visits > 0.5) | ((number + month) % 3 == 0)
    return is_due


def make_visits(
    log: EventLog,
    month: int,
    plan: Schedule,
    requested: tuple[BoolArray, BoolArray, BoolArray],
    types: tuple[IntArray, IntArray],
    window: Window,
    drivers: DriverMonth,
) -> tuple[BoolArray, IntArray]:
    """Book the regular visits and their outcome.

    Returns
    -------
    tuple
        Customers with a confirmed visit and the slot of the last one.
    """
    logit = -3.0 - 1.2 * drivers.satisfaction - 0.3 * drivers.engagement - 0.45 * drivers.reliability
    cancel = 1 / (1 + np.exp(-logit))
    confirmed = np.zeros(len(cancel), dtype=bool)
    last = np.zeros(len(cancel), dtype=np.int64)
    for visit, is_wanted in enumerate(requested):
        rows = is_wanted & window.holds(plan.slot[visit])
        draw = plan.uniform[visit]
        status = np.where(draw < cancel, Work.CANCELLED, np.where(draw > 0.985, Work.PLANNED, Work.CONFIRMED))
        kind = types[1] if visit == 2 else types[0]
        log.add(
            "work",
            rows,
            month,
            slot=plan.slot[visit],
            visit=visit,
            kind=kind,
            status=status,
            services=plan.services[visit],
        )
        done = rows & (status == Work.CONFIRMED)
        confirmed |= done
        last = np.where(done, np.maximum(last, plan.slot[visit]), last)
    return confirmed, last


def make_surveys(
    log: EventLog,
    month: int,
    plan: Schedule,
    visited: tuple[BoolArray, IntArray],
    drivers: DriverMonth,
    noise: FloatArray,
    month_end: int,
) -> None:
    """Ask some of the visited customers; the answer (1 to 5) follows satisfaction with noise."""
    answers = visited[0] & (plan.uniform[3] < 0.72 + 0.05 * np.tanh(drivers.engagement))
    delay = SLOTS_PER_DAY + np.floor(plan.uniform[4] * 4 * SLOTS_PER_DAY).astype(np.int64)
    score = np.clip(np.round(3.8 + 0.9 * drivers.satisfaction + 0.15 * drivers.reliability + noise), 1, 5)
    slot = np.minimum(visited[1] + delay, month_end - 1)
    log.add("csi", answers, month, slot=slot, score=score.astype(np.int64))
