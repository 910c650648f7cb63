"""The documents that change little: a customer's contracts at a month's end, and who they are.

Documents made of events are in fragments.py.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.sample.catalogue import catalogue
from warehouse.sample.records.fragments import json_objects, quoted
from warehouse.sample.records.people import customer_names
from warehouse.sample.simulation.contracts import OPEN_END, BookState
from warehouse.sample.simulation.population import IntArray, Population
from warehouse.sample.timeline import Timeline, day_texts


def contract_lists(book: BookState, population: Population) -> pl.Series:
    """Write the contracts of each customer: JSON objects, a comma behind each; shape (customers,)."""
    known = catalogue()
    who, slot = np.nonzero(book.code >= 0)
    code, end = book.code[who, slot], book.end[who, slot]
    has_ended = end != OPEN_END
    status = np.where(has_ended, 2, np.where(book.is_paused[who, slot], 1, 0))
    reasons = pl.concat([pl.Series(["null"]), quoted(known.texts("end_reasons"))])
    number = pl.Series(population.number[who]).cast(pl.String).str.zfill(7)
    texts = json_objects(
        {
            "contract_id": quoted("K" + number + "-" + pl.Series(slot + 1).cast(pl.String)),
            "contract_code": quoted(known.column("contracts", "code").gather(code)),
            "contract_name": quoted(known.column("contracts", "name").gather(code)),
            "started_on": quoted(day_texts(book.start[who, slot])),
            "ended_on": _day_or_null(end),
            "monthly_fee": pl.Series(book.fee[who, slot]).cast(pl.String),
            "status": quoted(pl.Series(["active", "suspended", "ended"]).gather(status)),
            "end_reason": reasons.gather(book.reason[who, slot] + 1),
        }
    )
    frame = pl.DataFrame({"who": who, "text": texts + ","})
    joined = frame.group_by("who", maintain_order=True).agg(pl.col("text").str.join(""))
    everyone = pl.DataFrame({"who": np.arange(len(population))})
    return everyone.join(joined, on="who", how="left", maintain_order="left")["text"].fill_null("")


def user_information(population: Population, timeline: Timeline) -> pl.Series:
    """Write the document ``user_information`` of each customer; shape (customers,)."""
    known = catalogue()
    districts = [district for place in known.raw["places"].values() for district in place["districts"]]
    counts = np.array([len(place["districts"]) for place in known.raw["places"].values()])
    district = (np.cumsum(counts) - counts)[population.province] + population.district
    kinds = pl.Series(["business", "home"])
    return json_objects(
        {
            "name": quoted(customer_names(population)),
            "industry_code": quoted(known.column("industries", "code").gather(population.industry)),
            "customer_type": quoted(kinds.gather(population.is_home.astype(np.int64))),
            "sido": quoted(known.provinces.gather(population.province)),
            "sigungu": quoted(pl.Series(districts).gather(district)),
            "site_area_m2": pl.Series(population.site_area).round(1).cast(pl.String),
            "joined_on": quoted(day_texts(joining_days(population, timeline))),
        }
    )


def joining_days(population: Population, timeline: Timeline) -> IntArray:
    """Return the day of joining in days since 1970, shape (customers,)."""
    firsts = np.concatenate([timeline.ordinals_before(), timeline.ordinals()])
    joined: IntArray = firsts[population.join_month + 120] + population.join_day
    return joined


def _day_or_null(days: IntArray) -> pl.Series:
    is_known = days != OPEN_END
    frame = pl.DataFrame({"day": quoted(day_texts(np.where(is_known, days, 0))), "is_known": is_known})
    return frame.select(pl.when("is_known").then("day").otherwise(pl.lit("null")).alias("day"))["day"]
