"""The contract book of a block of customers: what starts, changes price, pauses and ends.

Slots are filled in order of start; a customer has at most one main and one additional contract in
force. Why something happens is decided in `blocks.py` and `hazard.py`; here it is only booked.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from warehouse.sample.catalogue import catalogue
from warehouse.sample.simulation.population import BoolArray, FloatArray, IntArray, Population

SLOTS = 6
OPEN_END = np.iinfo(np.int64).max
NO_SLOT = -1


@dataclass(frozen=True)
class BookState:
    """The contracts at the end of a month; arrays of shape (customers, SLOTS)."""

    code: IntArray
    start: IntArray
    end: IntArray
    fee: IntArray
    reason: IntArray
    is_paused: BoolArray


@dataclass
class ContractBook:
    """Contracts of a block; days count from 1970, ``code`` -1 marks a free slot."""

    population: Population
    code: IntArray = field(init=False)
    start: IntArray = field(init=False)
    end: IntArray = field(init=False)
    fee: IntArray = field(init=False)
    reason: IntArray = field(init=False)
    main: IntArray = field(init=False)
    extra: IntArray = field(init=False)
    paused_until: IntArray = field(init=False)

    def __post_init__(self) -> None:
        shape = (len(self.population), SLOTS)
        self.code = np.full(shape, -1, dtype=np.int64)
        self.start = np.full(shape, OPEN_END, dtype=np.int64)
        self.end = np.full(shape, OPEN_END, dtype=np.int64)
        self.fee = np.zeros(shape, dtype=np.int64)
        self.reason = np.full(shape, -1, dtype=np.int64)
        self.main = np.full(len(self.population), NO_SLOT, dtype=np.int64)
        self.extra = np.full(len(self.population), NO_SLOT, dtype=np.int64)
        self.paused_until = np.full(len(self.population), -1, dtype=np.int64)

    @property
    def in_force(self) -> BoolArray:
        """Customers with a main contract, paused or not."""
        holds: BoolArray = self.main != NO_SLOT
        return holds

    @property
    def has_room(self) -> BoolArray:
        """Customers with a free slot."""
        has_room: BoolArray = (self.code == -1).any(axis=1)
        return has_room

    def sign(self, rows: BoolArray, code: IntArray, day: IntArray, factor: FloatArray, *, extra: bool) -> None:
        """Start a contract for the chosen customers; full-length arrays, fee rounded to 1,000."""
        who = np.flatnonzero(rows & self.has_room)
        slot = (self.code[who] == -1).argmax(axis=1)
        self.code[who, slot] = code[who]
        self.start[who, slot] = day[who]
        fee = list_fee(self.population)[who] * catalogue().numbers("contracts", "fee")[code[who]] * factor[who]
        self.fee[who, slot] = np.maximum(np.round(fee / 1000), 15).astype(np.int64) * 1000
        (self.extra if extra else self.main)[who] = slot
        if not extra:
            self.paused_until[who] = -1

    def close(self, rows: BoolArray, day: IntArray, reason: IntArray, *, extra_only: bool = False) -> None:
        """End the additional contract, or everything in force, on a day."""
        for holder in (self.extra,) if extra_only else (self.extra, self.main):
            who = np.flatnonzero(rows & (holder != NO_SLOT))
            # nothing ends before it started, even when both fall on one day
            self.end[who, holder[who]] = np.maximum(day[who], self.start[who, holder[who]])
            self.reason[who, holder[who]] = reason[who]
            holder[who] = NO_SLOT

    def raise_fees(self, rows: BoolArray, factor: FloatArray) -> None:
        """Multiply the fees of everything in force, rounded to 1,000."""
        for holder in (self.main, self.extra):
            who = np.flatnonzero(rows & (holder != NO_SLOT))
            raised = np.round(self.fee[who, holder[who]] * factor[who] / 1000).astype(np.int64) * 1000
            self.fee[who, holder[who]] = raised

    def main_value(self, column: IntArray) -> IntArray:
        """Value of the main contract per customer; of slot 0 where none is in force."""
        value: IntArray = column[np.arange(len(column)), np.maximum(self.main, 0)]
        return value

    def billed(self, day: int, month: int) -> IntArray:
        """Sum of the fees in force on a day, 0 while paused; shape (customers,)."""
        in_force = (self.code >= 0) & (self.start <= day) & (self.end > day)
        billed: IntArray = np.where(self.paused_until >= month, 0, (self.fee * in_force).sum(axis=1))
        return billed

    def state(self, month: int) -> BookState:
        """Copy of the book at the end of a month."""
        in_force = (self.code >= 0) & (self.end == OPEN_END)
        is_paused = in_force & (self.paused_until >= month)[:, None]
        return BookState(
            self.code.copy(),
            self.start.copy(),
            self.end.copy(),
            self.fee.copy(),
            self.reason.copy(),
            is_paused,
        )


def list_fee(population: Population) -> FloatArray:
    """Factor of the list price per customer: industry scale and site area."""
    known = catalogue()
    area = population.site_area / np.where(population.is_home, 85.0, 210.0)
    factor: FloatArray = known.numbers("industries", "scale")[population.industry] * np.clip(area, 0.3, 8.0) ** 0.45
    return factor
