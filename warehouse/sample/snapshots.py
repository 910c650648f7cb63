"""Monthly snapshots: the four JSON documents of every customer known at a month's cut-off.

Inside the documents the names of the project's definitions; how fragments become bytes is in
fragments.py.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.sample.catalogue import catalogue
from warehouse.sample.contracts import OPEN_END, BookState
from warehouse.sample.fragments import (
    Fragments,
    customer_codes,
    write_contacts,
    write_purchases,
    write_surveys,
    write_works,
)
from warehouse.sample.people import customer_names
from warehouse.sample.population import IntArray, Population
from warehouse.sample.simulation import BlockHistory
from warehouse.sample.timeline import HISTORY_MONTHS, Timeline, day_texts


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
        self._information = _user_information(history.population, timeline)

    def month(self, month: int) -> pl.DataFrame:
        """Snapshot of a simulated month: a row per customer who has joined by then.

        Returns
        -------
        DataFrame
            ``ccod``, ``snapshot_month`` and the four documents as JSON text.
        """
        first = month - HISTORY_MONTHS + 1
        contracts = _contract_fragments(self._history.books[month], self._history.population)
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
        names = ("contracts", "purchases", "works", "csi", "interactions")
        lists = {name: pl.col(name).str.strip_suffix(",") for name in names}
        return frame.filter("has_joined").select(
            "ccod",
            pl.lit(self._timeline.first_day(month).isoformat()).alias("snapshot_month"),
            pl.concat_str(
                pl.lit('{"first_contract_code":"'),
                "first_contract",
                pl.lit('","contracts":['),
                lists["contracts"],
                pl.lit("]}"),
            ).alias("contract_info"),
            pl.col("information").alias("user_information"),
            pl.concat_str(pl.lit("["), lists["purchases"], pl.lit("]")).alias("purchase_logs"),
            pl.concat_str(
                pl.lit('{"works":['),
                lists["works"],
                pl.lit('],"csi":['),
                lists["csi"],
                pl.lit('],"interactions":['),
                lists["interactions"],
                pl.lit("]}"),
            ).alias("interaction_history"),
        )


def _contract_fragments(book: BookState, population: Population) -> pl.Series:
    """The contracts of each customer as a list without brackets, a comma behind each."""
    known = catalogue()
    who, slot = np.nonzero(book.code >= 0)
    code, end = book.code[who, slot], book.end[who, slot]
    has_ended = end != OPEN_END
    status = np.where(has_ended, 2, np.where(book.is_paused[who, slot], 1, 0))
    reasons = pl.concat([pl.Series(["null"]), '"' + known.texts("end_reasons") + '"'])
    ended_on = pl.DataFrame({"day": '"' + day_texts(np.where(has_ended, end, 0)) + '"', "has": has_ended})
    ended = ended_on.select(pl.when("has").then("day").otherwise(pl.lit("null")).alias("day"))["day"]
    number = pl.Series(population.number[who]).cast(pl.String).str.zfill(7)
    frame = pl.DataFrame(
        {
            "who": who,
            "id": "K" + number + "-" + pl.Series(slot + 1).cast(pl.String),
            "code": known.column("contracts", "code").gather(code),
            "name": known.column("contracts", "name").gather(code),
            "start": day_texts(book.start[who, slot]),
            "end": ended,
            "fee": book.fee[who, slot],
            "status": pl.Series(["active", "suspended", "ended"]).gather(status),
            "reason": reasons.gather(book.reason[who, slot] + 1),
        }
    )
    text = pl.concat_str(
        pl.lit('{"contract_id":"'),
        "id",
        pl.lit('","contract_code":"'),
        "code",
        pl.lit('","contract_name":"'),
        "name",
        pl.lit('","started_on":"'),
        "start",
        pl.lit('","ended_on":'),
        "end",
        pl.lit(',"monthly_fee":'),
        pl.col("fee").cast(pl.String),
        pl.lit(',"status":"'),
        "status",
        pl.lit('","end_reason":'),
        "reason",
        pl.lit("},"),
    )
    joined = (
        frame.select("who", text.alias("text")).group_by("who", maintain_order=True).agg(pl.col("text").str.join(""))
    )
    everyone = pl.DataFrame({"who": np.arange(len(population))})
    return everyone.join(joined, on="who", how="left", maintain_order="left")["text"].fill_null("")


def joining_days(population: Population, timeline: Timeline) -> IntArray:
    """Day of joining in days since 1970, shape (customers,)."""
    firsts = np.concatenate([timeline.ordinals_before(), timeline.ordinals()])
    joined: IntArray = firsts[population.join_month + 120] + population.join_day
    return joined


def _user_information(population: Population, timeline: Timeline) -> pl.Series:
    known = catalogue()
    districts = [district for place in known.raw["places"].values() for district in place["districts"]]
    counts = np.array([len(place["districts"]) for place in known.raw["places"].values()])
    district = (np.cumsum(counts) - counts)[population.province] + population.district
    kinds = pl.Series(["business", "home"])
    frame = pl.DataFrame(
        {
            "name": customer_names(population),
            "industry": known.column("industries", "code").gather(population.industry),
            "type": kinds.gather(population.is_home.astype(np.int64)),
            "sido": known.provinces.gather(population.province),
            "sigungu": pl.Series(districts).gather(district),
            "area": pl.Series(population.site_area).round(1).cast(pl.String),
            "joined": day_texts(joining_days(population, timeline)),
        }
    )
    text = pl.concat_str(
        pl.lit('{"name":"'),
        "name",
        pl.lit('","industry_code":"'),
        "industry",
        pl.lit('","customer_type":"'),
        "type",
        pl.lit('","sido":"'),
        "sido",
        pl.lit('","sigungu":"'),
        "sigungu",
        pl.lit('","site_area_m2":'),
        "area",
        pl.lit(',"joined_on":"'),
        "joined",
        pl.lit('"}'),
    )
    return frame.select(text.alias("text"))["text"]
