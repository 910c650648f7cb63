"""Messages, their labels and invoices of a block as rows, grouped by the month in which they became known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from warehouse.sample.records.fragments import customer_codes
from warehouse.sample.records.labels import label_table
from warehouse.sample.records.messages import is_written, message_texts
from warehouse.sample.simulation.blocks import BlockHistory
from warehouse.sample.simulation.events import Topic
from warehouse.sample.simulation.payments import ISSUE_DAY, NEVER, TERM_DAYS
from warehouse.sample.simulation.population import IntArray
from warehouse.sample.timeline import OFFSET, Timeline, day_texts, slot_index

CURRENCY = "KRW"


def message_tables(history: BlockHistory, timeline: Timeline, instants: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Messages of all months, and the labels that people gave some of them.

    Returns
    -------
    DataFrame
        ``month``, ``rcno``, ``received_at``, ``ccod``, ``content``.
    DataFrame
        ``month`` (of the message) and the columns of ``source.message_label``.
    """
    events = history.log.table("contact")
    chosen = is_written(events["topic"], events["draw"] * 613 % 1, Topic.QUESTION)
    events = {name: values[chosen] for name, values in events.items()}
    codes = customer_codes(history.population).gather(events["who"])
    names = pl.Series([timeline.label(month).replace("-", "") for month in range(timeline.months)])
    turn = pl.Series(events["turn"]).cast(pl.String)
    messages = pl.DataFrame(
        {
            "month": events["month"],
            "rcno": "R" + names.gather(events["month"]) + "-" + codes.str.slice(1) + "-" + turn,
            "received_at": instants.gather(slot_index(events["month"], events["slot"])),
            "ccod": codes,
            "content": message_texts(events["topic"], events["draw"]),
        }
    )
    labels = label_table(messages, events["topic"], events["draw"], events["slot"], timeline, instants)
    return messages, labels


def invoice_table(history: BlockHistory, timeline: Timeline) -> pl.DataFrame:
    """Versions of invoices: one at issue, one when the payment is known, within the simulated time.

    Returns
    -------
    DataFrame
        ``month`` (in which the version became known), the columns of ``collections.payment_records``
        and ``known_at``; issue rows first, then payments.
    """
    events = history.log.table("invoice")
    firsts = timeline.ordinals()
    issued = firsts[events["month"]] + ISSUE_DAY
    paid = issued + events["paid_after"]
    is_known = (events["paid_after"] < NEVER) & (paid + 1 < firsts[-1])
    codes = customer_codes(history.population).gather(events["who"])
    labels = pl.Series([timeline.label(month).replace("-", "") for month in range(timeline.months)])
    base = pl.DataFrame(
        {
            "month": events["month"],
            "invoice_number": "INV-" + labels.gather(events["month"]) + "-" + codes.str.slice(1),
            "customer_code": codes,
            "amount": events["amount"],
            "currency": pl.Series([CURRENCY]).gather(np.zeros(len(issued), dtype=np.int64)),
            "issued_date": day_texts(issued),
            "due_date": day_texts(issued + TERM_DAYS),
        }
    )
    issue = base.with_columns(
        pl.lit(None, dtype=pl.String).alias("paid_date"),
        pl.lit("pending").alias("status"),
        (day_texts(issued) + f"T18:00:00{OFFSET}").alias("known_at"),
    )
    known_day = np.where(is_known, paid + 1, firsts[0])
    payment = base.with_columns(
        pl.Series(np.searchsorted(firsts, known_day, side="right") - 1).alias("month"),
        day_texts(np.where(is_known, paid, firsts[0])).alias("paid_date"),
        pl.lit("paid").alias("status"),
        (day_texts(known_day) + f"T09:00:00{OFFSET}").alias("known_at"),
    ).filter(pl.Series(is_known))
    return pl.concat([issue, payment])


def revenue_by_month(history: BlockHistory, months: int) -> IntArray:
    """Sum of the invoices issued in each simulated month, in KRW; shape (months,)."""
    events = history.log.table("invoice", ordered=False)
    revenue: IntArray = np.zeros(months, dtype=np.int64)
    np.add.at(revenue, events["month"], events["amount"])
    return revenue


def by_month(table: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Split a table on its ``month`` column, in order, the column left out."""
    for (month,), part in table.sort("month", maintain_order=True).group_by("month", maintain_order=True):
        yield int(month), part.drop("month")
