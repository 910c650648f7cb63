"""Message labels of the simulated company: some messages are labelled, a few wrongly, some of those are corrected.

All draws are digits of the message's own draw, so that no other draw moves.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.sample.categories import category_source, change_month
from warehouse.sample.records.messages import detail_codes, message_details
from warehouse.sample.simulation.events import Topic
from warehouse.sample.simulation.population import FloatArray, IntArray
from warehouse.sample.timeline import SLOTS_PER_DAY, Timeline, slot_index

#: Share of messages with a label, of these with a wrong label, and of these with a correction.
LABELLED_SHARE, WRONG_SHARE, CORRECTED_SHARE = 0.35, 0.03, 0.5
#: Days from the message to its label, and from a wrong label to its correction, at most.
_REVIEW_DAYS, _CORRECTION_DAYS = 5, 20


def label_table(
    messages: pl.DataFrame, topic: IntArray, draw: FloatArray, slot: IntArray, timeline: Timeline, instants: pl.Series
) -> pl.DataFrame:
    """Labels known within the simulated time, wrong ones before their correction.

    Parameters
    ----------
    messages : DataFrame
        ``month`` and ``rcno`` of each message.
    topic, draw, slot : arrays of shape (messages,)
        What the simulation chose for each.

    Returns
    -------
    DataFrame
        ``month`` of the message and the columns of ``source.message_label``.
    """
    month = messages["month"].to_numpy()
    true = _in_force(message_details(topic, draw), month, timeline)
    is_wrong = _digit(draw, 48611) < WRONG_SHARE
    other = np.floor(_digit(draw, 27644437) * len(detail_codes())).astype(np.int64)
    given = np.where(is_wrong, _in_force(other, month, timeline), true)
    review = slot + _days(1 + _digit(draw, 15299) * _REVIEW_DAYS)
    correction = review + _days(1 + _digit(draw, 30011) * _CORRECTION_DAYS)
    is_labelled = _digit(draw, 2971) < LABELLED_SHARE
    is_corrected = is_labelled & is_wrong & (_digit(draw, 90001) < CORRECTED_SHARE)
    reviewer = np.floor(_digit(draw, 7013) * len(_reviewers())).astype(np.int64)
    parts = []
    for is_chosen, voc, at, turn in ((is_labelled, given, review, 0), (is_corrected, true, correction, 1)):
        place = slot_index(month, at)
        is_known = place < slot_index(np.array([timeline.months]), np.array([0]))
        parts.append(
            messages.select("month", "rcno")
            .with_columns(
                _codes().gather(voc).alias("voc_id"),
                pl.Series("is_claim", topic < Topic.QUESTION),
                _reviewers().gather((reviewer + turn) % len(_reviewers())).alias("reviewer"),
                instants.gather(np.minimum(place, len(instants) - 1)).alias("reviewed_at"),
            )
            .filter(pl.Series(is_chosen & is_known))
        )
    return pl.concat(parts)


def _codes() -> pl.Series:
    """Name the details as :func:`message_details` numbers them; the one that was split comes last."""
    return pl.Series([*detail_codes(), category_source()["split"]["id"]])


def _reviewers() -> pl.Series:
    return pl.Series(category_source()["reviewers"])


def _in_force(detail: IntArray, month: IntArray, timeline: Timeline) -> IntArray:
    """Give each detail as the tree of that month has it: before the split, both parts are the undivided category."""
    codes = _codes().to_list()
    halves = [codes.index(code) for code, _ in category_source()["split"]["into"]]
    is_before = month < change_month(timeline, "split")
    return np.where(is_before & np.isin(detail, halves), len(codes) - 1, detail)


def _digit(draw: FloatArray, prime: int) -> FloatArray:
    """Take another uniform out of a message's draw."""
    uniform: FloatArray = draw * prime % 1
    return uniform


def _days(days: FloatArray) -> IntArray:
    slots: IntArray = np.floor(days).astype(np.int64) * SLOTS_PER_DAY
    return slots
