"""Events as JSON fragments: each event is written once, a month's document is a slice of bytes.

The fragments of a customer are in one blob in order of time, each with a trailing comma; a
window of months is then a byte range, taken for all customers at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from warehouse.sample.catalogue import catalogue
from warehouse.sample.simulation.events import Topic
from warehouse.sample.simulation.population import IntArray, Population
from warehouse.sample.timeline import Timeline, slot_index

Columns = dict[str, NDArray[Any]]


class Fragments:
    """Blobs of one kind of event for one block.

    Parameters
    ----------
    who, month : array of int, shape (events,)
        Customer (index in the block) and simulated month, in order.
    texts : Series of str, shape (events,)
        JSON objects without a comma behind them.
    size, months : int
        Customers of the block; simulated months, the one after the end included.
    """

    def __init__(self, who: IntArray, month: IntArray, texts: pl.Series, size: int, months: int) -> None:
        frame = pl.DataFrame({"who": who, "text": texts + ","})
        lengths = frame["text"].str.len_bytes().to_numpy()
        joined = frame.group_by("who", maintain_order=True).agg(pl.col("text").str.join(""))
        blobs = pl.DataFrame({"who": np.arange(size)}).join(joined, on="who", how="left", maintain_order="left")
        self._blobs = blobs["text"].fill_null("").cast(pl.Binary)
        by_month = np.bincount(who * months + month, weights=lengths, minlength=size * months)
        ends = np.cumsum(by_month.reshape(size, months), axis=1).astype(np.int64)
        self._ends = np.concatenate([np.zeros((size, 1), dtype=np.int64), ends], axis=1)

    def window(self, first_month: int, last_month: int) -> pl.Series:
        """Fragments of the months from first to last, both included; shape (customers,)."""
        start = self._ends[:, max(first_month, 0)]
        frame = pl.DataFrame({"blob": self._blobs, "start": start, "size": self._ends[:, last_month + 1] - start})
        return frame.select(pl.col("blob").bin.slice("start", "size").cast(pl.String))["blob"]


def customer_codes(population: Population) -> pl.Series:
    """Write business keys: ``C0000001``."""
    return "C" + pl.Series(population.number).cast(pl.String).str.zfill(7)


def _identifiers(letter: str, codes: pl.Series, events: Columns, timeline: Timeline, turn: str) -> pl.Series:
    """Key of an event from customer, month and its place in the month: ``W0000001-202507-1``."""
    months = pl.Series([timeline.label(month).replace("-", "") for month in range(timeline.months + 1)])
    number = codes.gather(events["who"]).str.slice(1)
    return letter + number + "-" + months.gather(events["month"]) + "-" + pl.Series(events[turn]).cast(pl.String)


def quoted(text: pl.Series) -> pl.Series:
    """Put texts between quotation marks."""
    return '"' + text + '"'


def _instants(events: Columns, instants: pl.Series) -> pl.Series:
    return instants.gather(slot_index(events["month"], events["slot"]))


def json_objects(fields: dict[str, pl.Series]) -> pl.Series:
    """Write JSON objects from columns of JSON values; no text of the catalogue needs escaping."""
    parts: list[pl.Expr] = []
    for index, name in enumerate(fields):
        parts += [pl.lit(("{" if index == 0 else ",") + f'"{name}":'), pl.col(name)]
    return pl.DataFrame(fields).select(pl.concat_str(*parts, pl.lit("}")).alias("text"))["text"]


def write_works(events: Columns, codes: pl.Series, timeline: Timeline, instants: pl.Series) -> pl.Series:
    """Visits as JSON objects."""
    status = pl.Series(["planned", "confirmed", "cancelled"])
    fields = {
        "work_id": quoted(_identifiers("W", codes, events, timeline, "visit")),
        "work_type": quoted(catalogue().texts("work_types").gather(events["kind"])),
        "scheduled_at": quoted(_instants(events, instants)),
        "status": quoted(status.gather(events["status"])),
        "services": pl.Series(events["services"]).cast(pl.String),
    }
    return json_objects(fields)


def write_surveys(events: Columns, instants: pl.Series) -> pl.Series:
    """Surveys as JSON objects."""
    fields = {
        "surveyed_at": quoted(_instants(events, instants)),
        "score": pl.Series(events["score"]).cast(pl.String),
    }
    return json_objects(fields)


def write_contacts(events: Columns, codes: pl.Series, timeline: Timeline, instants: pl.Series) -> pl.Series:
    """Interactions as JSON objects."""
    channels = catalogue().texts("channels")
    channel = np.floor(events["draw"] * 977 % 1 * len(channels)).astype(np.int64)
    flags = pl.Series(["false", "true"])
    fields = {
        "interaction_id": quoted(_identifiers("I", codes, events, timeline, "turn")),
        "occurred_at": quoted(_instants(events, instants)),
        "channel": quoted(channels.gather(channel)),
        "is_voc": flags.gather((events["topic"] <= Topic.BILLING).astype(np.int64)),
    }
    return json_objects(fields)


def write_purchases(events: Columns, codes: pl.Series, timeline: Timeline, instants: pl.Series) -> pl.Series:
    """Purchases as JSON objects."""
    known = catalogue()
    price = known.numbers("products", "price")[events["product"]].astype(np.int64)
    nothing: Columns = {**events, "turn": np.zeros(len(events["who"]), dtype=np.int64)}
    fields = {
        "purchase_id": quoted(_identifiers("B", codes, nothing, timeline, "turn")),
        "product_code": quoted(known.column("products", "code").gather(events["product"])),
        "product_name": quoted(known.column("products", "name").gather(events["product"])),
        "purchased_at": quoted(_instants(events, instants)),
        "quantity": pl.Series(events["quantity"]).cast(pl.String),
        "amount": pl.Series(price * events["quantity"]).cast(pl.String),
    }
    return json_objects(fields)
