"""One block of customers through all months: order of the steps, and the resulting events.

Within a month: drivers move, contracts are decided, visits and contacts happen, invoices go out,
memories are updated, the next month's hazard follows. Nothing is written here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.catalogue import catalogue
from warehouse.sample.options import Driver, SampleOptions
from warehouse.sample.simulation.contacts import make_contacts, make_purchases
from warehouse.sample.simulation.contracts import BookState, ContractBook
from warehouse.sample.simulation.decisions import ContractDecisions, MonthOfBook
from warehouse.sample.simulation.drivers import DriverMonth, Drivers, MarketConditions
from warehouse.sample.simulation.events import (
    EventLog,
    Schedule,
    Work,
    draw_schedule,
    make_surveys,
    make_visits,
    visit_due,
)
from warehouse.sample.simulation.hazard import Circumstances, monthly_hazard
from warehouse.sample.simulation.payments import ISSUE_DAY, make_invoices
from warehouse.sample.simulation.population import BoolArray, FloatArray, IntArray, Population
from warehouse.sample.timeline import HISTORY_MONTHS, SLOTS_PER_DAY, Stream, Timeline, random_stream

NEVER_BEFORE = 99
#: Work type by contract, both as indexes of the catalogue.
_WORK_TYPE = np.array([0, 0, 0, 1, 3, 2, 4])
#: Visits planned at most this many days ahead appear in a snapshot.
_PLAN_DAYS = 21


@dataclass(frozen=True)
class BlockHistory:
    """Events of a block.

    ``books`` holds the contract book at the end of every simulated month; ``hazards`` (months,
    customers) the probability, as of the end of each month, of leaving in the next one: known to
    the simulation only, never written. ``drivers`` likewise.
    """

    population: Population
    log: EventLog
    books: list[BookState]
    hazards: FloatArray
    drivers: list[DriverMonth]


class BlockSimulation:
    """State of one block while it moves through the months."""

    def __init__(
        self,
        population: Population,
        environment: MarketConditions,
        options: SampleOptions,
        block: int,
        timeline: Timeline,
    ) -> None:
        size = len(population)
        self._who, self._timeline = population, timeline
        self._stream = (options.seed, block)
        self._drivers = Drivers(population, environment, options, block, timeline)
        self._book = ContractBook(population)
        self._decisions = ContractDecisions(population, self._book, self._stream)
        self._log = EventLog()
        self._first_days = timeline.ordinals()
        self._hazard = np.zeros(size)
        self._unanswered_age, self._rise_age, self._late_age = (np.full(size, NEVER_BEFORE) for _ in range(3))
        self._plan = draw_schedule(population, *self._stream, 0)

    def run(self) -> BlockHistory:
        """Simulate all months."""
        books, hazards, drivers = [], [], []
        self._decisions.found(self._timeline.ordinals_before())
        for month in range(self._timeline.months):
            state = self._drivers.advance(month)
            self._simulate_month(month, state)
            self._update_satisfaction(month, state)
            self._plan_ahead(month + 1)
            books.append(self._book.state(month))
            hazards.append(self._hazard)
            drivers.append(state)
        return BlockHistory(self._who, self._log, books, np.stack(hazards), drivers)

    def _simulate_month(self, month: int, state: DriverMonth) -> None:
        length = self._timeline.days(month)
        first = int(self._first_days[month])
        is_history = month < HISTORY_MONTHS
        decided = self._decisions.decide(month, first, length, state, self._hazard, is_history=is_history)
        self._rise_age = np.where(decided.has_risen, 0, self._rise_age + 1)
        if is_history:
            # before the first snapshot no customer leaves: those who would have were won back
            self._drivers.reconcile(decided.leaves)
            self._unanswered_age[decided.leaves] = NEVER_BEFORE
        self._serve(month, state, decided, length * SLOTS_PER_DAY)
        recent = (self._rise_age <= 2, self._late_age <= 1)
        contacts = make_contacts(self._log, month, self._who, state, decided.window, recent, self._stream)
        make_purchases(self._log, month, self._who, state, decided.window, self._stream)
        amount = self._book.billed(first + ISSUE_DAY, month)
        is_late = make_invoices(self._log, month, self._who, state, amount, self._stream)
        self._unanswered_age = np.where(contacts.is_unanswered, 0, self._unanswered_age + 1)
        self._late_age = np.where(is_late, 0, self._late_age + 1)
        self._drivers.disappoint(0.35 * contacts.is_unanswered + 0.06 * contacts.complaints)

    def _serve(self, month: int, state: DriverMonth, decided: MonthOfBook, month_end: int) -> None:
        """Regular visits and the surveys that follow them."""
        requested = self._requested_visits(month, decided.main_code, decided.extra_code)
        types = (_WORK_TYPE[decided.main_code], _WORK_TYPE[decided.extra_code])
        visited = make_visits(self._log, month, self._plan, requested, types, decided.window, state)
        rng = random_stream(self._stream[0], Stream.SURVEY, self._stream[1], month)
        noise = 0.4 * rng.standard_normal(len(self._who))
        noise += 0.9 * self._drivers.shift(Driver.CSI_SCORE, month)
        make_surveys(self._log, month, self._plan, visited, state, noise, month_end)

    def _requested_visits(self, month: int, main: IntArray, extra: IntArray) -> tuple[BoolArray, BoolArray, BoolArray]:
        """Which of the three regular visits the contracts include in a month."""
        visits = catalogue().numbers("contracts", "visits")
        number = self._who.number
        due = (main >= 0) & visit_due(visits[main], number, month)
        return due, due & (visits[main] > 1.5), (extra >= 0) & visit_due(visits[extra], number + 1, month)

    def _update_satisfaction(self, month: int, state: DriverMonth) -> None:
        """Hazard of leaving in the next month, from what is true at the end of this one."""
        end_of_month = self._first_days[month + 1]
        start = np.minimum(self._book.main_value(self._book.start), end_of_month)
        facts = Circumstances(
            tenure=(end_of_month - start) // 30,
            unanswered_age=self._unanswered_age,
            rise_age=self._rise_age,
            late_age=self._late_age,
            has_extra=self._book.extra >= 0,
            is_home=self._who.is_home,
        )
        hazard = monthly_hazard(state, facts, self._drivers.shift(Driver.CONCEPT, month))
        self._hazard = np.where(self._book.in_force, hazard, 0.0)

    def _plan_ahead(self, month: int) -> None:
        """Draw the next month's visits and log those that a snapshot shows as planned."""
        self._plan = draw_schedule(self._who, *self._stream, month)
        book = self._book
        rows = np.arange(len(self._who))
        is_open = book.in_force & (book.paused_until < month)
        main = np.where(is_open, book.main_value(book.code), -1)
        extra = np.where(is_open & (book.extra >= 0), book.code[rows, np.maximum(book.extra, 0)], -1)
        self._log_plan(month, main, extra, self._plan)

    def _log_plan(self, month: int, main: IntArray, extra: IntArray, plan: Schedule) -> None:
        requested = self._requested_visits(month, main, extra)
        for visit, kind in ((0, _WORK_TYPE[main]), (1, _WORK_TYPE[main]), (2, _WORK_TYPE[extra])):
            self._log.add(
                "plan",
                requested[visit] & (plan.slot[visit] < _PLAN_DAYS * SLOTS_PER_DAY),
                month,
                slot=plan.slot[visit],
                visit=visit,
                kind=kind,
                status=int(Work.PLANNED),
                services=plan.services[visit],
            )
