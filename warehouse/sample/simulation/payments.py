"""Invoices of a month and how they are paid: lateness follows financial stress.

One invoice a month and customer for everything in force on the issue day. Payment is later
knowledge: the writer turns it into a second version of the row.
"""

from __future__ import annotations

import numpy as np

from warehouse.sample.simulation.drivers import DriverMonth
from warehouse.sample.simulation.events import EventLog
from warehouse.sample.simulation.population import BoolArray, IntArray, Population
from warehouse.sample.timeline import SLOTS_PER_DAY, Stream, random_stream

#: Day of the month, from 0, on which invoices are issued.
ISSUE_DAY = 4
#: Days from issue to due date.
TERM_DAYS = 20
NEVER = 10_000


def make_invoices(
    log: EventLog,
    month: int,
    population: Population,
    drivers: DriverMonth,
    amount: IntArray,
    stream: tuple[int, int],
) -> BoolArray:
    """Issue the month's invoices and decide when each is paid.

    Returns
    -------
    array of bool, shape (customers,)
        Customers whose invoice of this month will be paid late or never.
    """
    uniform = random_stream(stream[0], Stream.PAYMENT, stream[1], month).random((4, len(population)))
    logit = -2.3 + 1.25 * drivers.stress - 1.6 * population.pays_by_card
    is_late = uniform[0] < 1 / (1 + np.exp(-logit))
    days_late = 1 + np.floor(np.exp(1.2 + 0.55 * np.maximum(drivers.stress, 0) + 1.3 * uniform[1]))
    is_lost = is_late & (uniform[2] < 0.05 * np.maximum(drivers.stress, 0))
    offset = np.where(is_late, TERM_DAYS + np.minimum(days_late, 75), np.floor(3 + uniform[3] * 17))
    paid_after = np.where(is_lost, NEVER, offset).astype(np.int64)
    rows = amount > 0
    log.add("invoice", rows, month, slot=ISSUE_DAY * SLOTS_PER_DAY, amount=amount, paid_after=paid_after)
    late: BoolArray = rows & is_late
    return late
