"""Monthly snapshots: the four JSON documents of every customer known at a month's cut-off.

Inside the documents the names of the project's definitions; how fragments become bytes is in
fragments.py and documents.py.
"""

from __future__ import annotations

import polars as pl

from warehouse.sample.catalogue import catalogue
from warehouse.sample.records.documents import contract_lists, user_information
from warehouse.sample.records.fragments import (
    Fragments,
    customer_codes,
    write_contacts,
    write_purchases,
    write_surveys,
    write_works,
)
from warehouse.sample.simulation.blocks import BlockHistory
from warehouse.sample.timeline import HISTORY_MONTHS, Timeline


class SnapshotWriter:
    """Documents of one block, month by month.

    Parameters
    ----------
    history : BlockHistory
        All that happened to the block.
    timeline : Timeline
        The simulated months.
    instants : Series of str
        Texts of all instants, shared by all blocks.
    """

    def __init__(self, history: BlockHistory, timeline: Timeline, instants: pl.Series) -> None:
        self._history, self._timeline = history, timeline
        self._codes = customer_codes(history.population)
        size, months = len(history.population), timeline.months + 1
        log, codes = history.log, self._codes

        def gather(kind: str, texts: pl.Series) -> Fragments:
            table = log.table(kind)
            return Fragments(table["who"], table["month"], texts, size, months)

        self._works = gather("work", write_works(log.table("work"), codes, timeline, instants))
        self._plans = gather("plan", write_works(log.table("plan"), codes, timeline, instants))
        self._surveys = gather("csi", write_surveys(log.table("csi"), instants))
        self._contacts = gather("contact", write_contacts(log.table("contact"), codes, timeline, instants))
        self._purchases = gather("purchase", write_purchases(log.table("purchase"), codes, timeline, instants))
        self._information = user_information(history.population, timeline)

    def month(self, month: int) -> pl.DataFrame:
        """Snapshot of a simulated month: a row per customer who has joined by then.

        Returns
        -------
        DataFrame
            ``ccod``, ``snapshot_month`` and the four documents as JSON text.
        """
        first = month - HISTORY_MONTHS + 1
        contracts = contract_lists(self._history.books[month], self._history.population)
        first_code = catalogue().column("contracts", "code").gather(self._history.population.contract)
        frame = pl.DataFrame(
            {
                "ccod": self._codes,
                "first_contract": first_code,
                "contracts": contracts,
                "information": self._information,
                "purchases": self._purchases.window(first, month),
                "works": self._works.window(first, month) + self._plans.window(month + 1, month + 1),
                "csi": self._surveys.window(first, month),
                "interactions": self._contacts.window(first, month),
                "has_joined": self._history.population.join_month <= month,
            }
        )
        return _assemble(frame.filter("has_joined"), self._timeline.first_day(month).isoformat())


def _assemble(frame: pl.DataFrame, month: str) -> pl.DataFrame:
    """Put lists of fragments into the four documents; the trailing comma of each list is removed."""
    names = ("contracts", "purchases", "works", "csi", "interactions")
    lists = {name: pl.col(name).str.strip_suffix(",") for name in names}
    contract_info = pl.concat_str(
        pl.lit('{"first_contract_code":"'),
        "first_contract",
        pl.lit('","contracts":['),
        lists["contracts"],
        pl.lit("]}"),
    )
    interaction_history = pl.concat_str(
        pl.lit('{"works":['),
        lists["works"],
        pl.lit('],"csi":['),
        lists["csi"],
        pl.lit('],"interactions":['),
        lists["interactions"],
        pl.lit("]}"),
    )
    return frame.select(
        "ccod",
        pl.lit(month).alias("snapshot_month"),
        contract_info.alias("contract_info"),
        pl.col("information").alias("user_information"),
        pl.concat_str(pl.lit("["), lists["purchases"], pl.lit("]")).alias("purchase_logs"),
        interaction_history.alias("interaction_history"),
    )
