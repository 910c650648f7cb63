"""Line numbers of CSV rows, also behind skipped records and quoted line breaks.

Belongs here: the counting. Arrow numbers the records it skips (the header is record 1) but not
those it delivers, and it counts records where people count lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from warehouse.loading.readers.chunk import LINE, RAW_LINE, Reject

_FIRST_RECORD = 2  # the header is record 1


@dataclass(frozen=True)
class InvalidRecord:
    """A record that Arrow skipped: its number, the fields it should have and has, its text."""

    number: int
    expected: int
    actual: int
    text: str


class LineNumbers:
    """Running count over the blocks of one file."""

    def __init__(self) -> None:
        self._good = 0  # records delivered so far
        self._breaks = 0  # line breaks inside their values
        self._reported = 0  # invalid records reported so far

    def of_block(self, frame: pl.DataFrame, invalid: list[InvalidRecord]) -> tuple[pl.Series, list[Reject]]:
        """Count through the next block: number its rows and report the records skipped before its end.

        Parameters
        ----------
        frame
            The block: text columns, blank lines included.
        invalid
            All records skipped so far, in order; later ones are ignored.
        """
        inside = frame.select(
            pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0)).alias("breaks")
        )["breaks"].to_numpy()
        before = self._breaks + np.concatenate([[0], np.cumsum(inside, dtype=np.int64)])
        ranks = self._good + np.arange(frame.height, dtype=np.int64)
        # the j-th skipped record is before the good record of this rank
        places = np.array([r.number - j - _FIRST_RECORD for j, r in enumerate(invalid)], dtype=np.int64)
        skipped_breaks = np.concatenate([[0], np.cumsum([r.text.count("\n") for r in invalid])])
        skipped = np.searchsorted(places, ranks, side="right")
        numbers = ranks + _FIRST_RECORD + skipped + before[:-1] + skipped_breaks[skipped].astype(np.int64)
        self._good += frame.height
        end = int(np.searchsorted(places, self._good, side="left"))
        rejects = []
        for j in range(self._reported, end):
            rank_in_block = max(int(places[j]) - (self._good - frame.height), 0)
            line = invalid[j].number + int(before[rank_in_block]) + int(skipped_breaks[j])
            rejects.append(_reject(invalid[j], line))
        self._reported, self._breaks = max(end, self._reported), int(before[-1])
        return pl.Series(LINE, numbers, dtype=pl.Int64), rejects

    def rest(self, invalid: list[InvalidRecord]) -> list[Reject]:
        """Report the records skipped behind the last good one."""
        return [_reject(record, record.number + self._breaks) for record in invalid[self._reported :]]


def _reject(record: InvalidRecord, line: int) -> Reject:
    return Reject(
        line,
        "wrong_field_count",
        f"{record.actual} fields where the header names {record.expected}; check quotes and delimiters",
        {RAW_LINE: record.text},
    )
