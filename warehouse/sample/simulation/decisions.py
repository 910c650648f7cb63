"""What customers decide about their contracts in a month: leave, join, return, extend, cut, pause.

The hazard of leaving comes from hazard.py; the book of contracts.py records what is decided here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.sample.catalogue import catalogue, shares, shares_by_row
from warehouse.sample.simulation.contracts import ContractBook
from warehouse.sample.simulation.drivers import DriverMonth
from warehouse.sample.simulation.events import Window
from warehouse.sample.simulation.population import BoolArray, FloatArray, IntArray, Population
from warehouse.sample.timeline import SLOTS_PER_DAY, Stream, random_stream

NOT_ENDED = 10_000
#: Reasons of an end as indexes of the catalogue, in its order; the last is a change of plan.
CHANGE_OF_PLAN = 5


@dataclass(frozen=True)
class MonthOfBook:
    """What a month did to the book; arrays of shape (customers,).

    ``main_code`` and ``extra_code`` are the contracts served this month, -1 for none.
    """

    window: Window
    leaves: BoolArray
    has_risen: BoolArray
    main_code: IntArray
    extra_code: IntArray


class ContractDecisions:
    """Decides month by month for one block; ``stream`` is (seed, block)."""

    def __init__(self, population: Population, book: ContractBook, stream: tuple[int, int]) -> None:
        self._who, self._book, self._stream = population, book, stream
        self._left_month = np.full(len(population), NOT_ENDED)

    def found(self, first_days: IntArray) -> None:
        """Sign the contracts of those who joined before month 0; ``first_days`` of months -120 to -1."""
        uniform = random_stream(self._stream[0], Stream.CONTRACT, self._stream[1]).random((4, len(self._who)))
        month = self._who.join_month
        before = month < 0
        day = first_days[np.clip(month + 120, 0, 119)] + self._who.join_day
        self._book.sign(before, self._who.contract, day, 0.85 + 0.3 * uniform[0], extra=False)
        later = first_days[np.clip(np.floor(month * uniform[1]).astype(np.int64) + 120, 0, 119)]
        extra = before & (month < -6) & (uniform[2] < 0.3)
        ones = np.ones(len(day))
        self._book.sign(extra, self._extra_code(uniform[3]), np.maximum(day, later), ones, extra=True)

    def decide(
        self, month: int, first: int, length: int, state: DriverMonth, hazard: FloatArray, *, is_history: bool
    ) -> MonthOfBook:
        """Decide everything for a month that begins on day ``first`` and has ``length`` days."""
        seed, block = self._stream
        churn = random_stream(seed, Stream.CHURN, block, month).random((8, len(self._who)))
        draws = random_stream(seed, Stream.CONTRACT, block, month + 1).random((20, len(self._who)))
        book = self._book
        had_main, had_extra = book.in_force, book.extra >= 0
        codes = book.main_value(book.code)
        extra_code = np.where(had_extra, book.code[np.arange(len(codes)), np.maximum(book.extra, 0)], -1)
        has_risen = self._raise_fees(first, draws[0:2])
        leaves = churn[0] < hazard
        ends = leaves & (not is_history)
        self._pause(month, state, draws[2:4], ~ends)
        last_day = np.floor(churn[1] * length).astype(np.int64)
        book.close(ends, first + last_day, _reason(state, churn[2:7]))
        self._left_month[ends] = month
        joins, returns, begin = self._arrive(month, first, draws[4:7])
        stays = had_main & ~ends
        cut = self._extra_contracts(first, length, state, draws[7:12], stays & (book.paused_until < month))
        self._change_plan(first, draws[12:15], stays & (book.paused_until < month))
        is_open = (stays & (book.paused_until < month)) | joins | returns
        open_end = ends & (book.paused_until < month)
        end = np.where(is_open, length, np.where(open_end, last_day, 0))
        window = Window(begin * SLOTS_PER_DAY, end * SLOTS_PER_DAY)
        main_code = np.where(had_main, codes, np.where(joins | returns, self._who.contract, -1))
        return MonthOfBook(window, leaves, has_risen, main_code, np.where(cut, -1, extra_code))

    def _raise_fees(self, first: int, uniform: FloatArray) -> BoolArray:
        """Half of the contracts get dearer by 4 to 14 % in the month of their anniversary."""
        start = np.minimum(self._book.main_value(self._book.start), first)
        months = _month_number(np.full(1, first)) - _month_number(start)
        rows: BoolArray = self._book.in_force & (months >= 12) & (months % 12 == 0) & (uniform[0] < 0.5)
        self._book.raise_fees(rows, 1.04 + 0.10 * uniform[1])
        return rows

    def _pause(self, month: int, state: DriverMonth, uniform: FloatArray, stays: BoolArray) -> None:
        """Suspend everything for one to three months, mostly under financial stress."""
        chance = np.where(state.stress > 1.2, 0.02, 0.003) * np.where(self._who.is_home, 0.5, 1.0)
        is_running = self._book.in_force & (self._book.paused_until < month)
        rows = stays & is_running & (uniform[0] < chance)
        self._book.paused_until[rows] = month + np.floor(uniform[1] * 3).astype(np.int64)[rows]

    def _arrive(self, month: int, first: int, uniform: FloatArray) -> tuple[BoolArray, BoolArray, IntArray]:
        """Sign new customers, and some of those who left within eighteen months."""
        joins = self._who.join_month == month
        factor = 0.85 + 0.3 * uniform[0]
        self._book.sign(joins, self._who.contract, first + self._who.join_day, factor, extra=False)
        away = month - self._left_month
        is_away = ~self._book.in_force & (away >= 1) & (away <= 18)
        returns = is_away & (uniform[1] < 0.012) & self._book.has_room
        day = np.floor(uniform[2] * 28).astype(np.int64)
        self._book.sign(returns, self._who.contract, first + day, 0.9 * factor, extra=False)
        self._left_month[returns] = NOT_ENDED
        return joins, returns, np.where(joins, self._who.join_day, np.where(returns, day, 0))

    def _extra_contracts(
        self, first: int, length: int, state: DriverMonth, uniform: FloatArray, stays: BoolArray
    ) -> BoolArray:
        """Cut or add an additional contract; returns who cut."""
        has_extra = self._book.extra >= 0
        day = first + np.floor(uniform[0] * length).astype(np.int64)
        cut: BoolArray = stays & has_extra & (uniform[1] < 0.012 * np.exp(np.clip(-0.9 * state.satisfaction, -2, 2)))
        self._book.close(cut, day, _reason(state, uniform[[2, 3, 4, 1, 0]]), extra_only=True)
        appetite = 0.005 * np.exp(np.clip(0.6 * state.engagement + 0.3 * state.satisfaction, -2, 2))
        add = stays & ~has_extra & (uniform[2] < appetite)
        self._book.sign(add, self._extra_code(uniform[3]), day, np.ones(len(day)), extra=True)
        return cut

    def _change_plan(self, first: int, uniform: FloatArray, stays: BoolArray) -> None:
        """End everything and start another main contract on the same day."""
        rows = stays & (uniform[0] < 0.004) & self._book.has_room
        day = first + np.floor(uniform[1] * 28).astype(np.int64)
        self._book.close(rows, day, np.full(len(day), CHANGE_OF_PLAN))
        self._book.sign(rows, self._main_code(uniform[2]), day, np.ones(len(day)), extra=False)

    def _main_code(self, uniform: FloatArray) -> IntArray:
        home = shares(catalogue().numbers("contracts", "home"), uniform)
        return np.where(self._who.is_home, home, shares(catalogue().numbers("contracts", "business"), uniform))

    def _extra_code(self, uniform: FloatArray) -> IntArray:
        """One of the contracts after the three general ones."""
        code: IntArray = 3 + shares_by_row(catalogue().appetite("contracts", first=3), self._who.industry, uniform)
        return code


def _month_number(days: IntArray) -> IntArray:
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _reason(state: DriverMonth, uniform: FloatArray) -> IntArray:
    """Stated reason: the strongest driver, blurred by a random part."""
    scores = np.stack(
        [
            -state.satisfaction,
            state.price_sensitivity,
            state.stress,
            -state.engagement,
            -0.6 * state.satisfaction + 0.3 * state.price_sensitivity,
        ]
    )
    reason: IntArray = (scores + 2 * uniform).argmax(axis=0).astype(np.int64)
    return reason
