"""The tree of categories with its history, read from categories.yml, as the files of the package.

What a message is about is decided by its template (`records/messages.py`); who labels it is
`records/labels.py`.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from warehouse.sample.timeline import Timeline


@cache
def category_source() -> dict[str, Any]:
    """Read categories.yml once."""
    with (Path(__file__).parent / "categories.yml").open(encoding="utf-8") as file:
        source: dict[str, Any] = yaml.safe_load(file)
        return source


def change_month(timeline: Timeline, change: str) -> int:
    """Return the simulated month in which the `rename` or the `split` takes effect."""
    return timeline.months - int(category_source()[change]["months_before_end"])


def category_table(timeline: Timeline) -> pl.DataFrame:
    """Every version of every category: columns of ``source.voc_category``."""
    source = category_source()
    founded = timeline.first_day(0)
    split, rename = source["split"], source["rename"]
    split_on = timeline.first_day(change_month(timeline, "split"))
    renamed_on = timeline.first_day(change_month(timeline, "rename"))
    parents = {detail[0]: sub["id"] for main in source["tree"] for sub in main["subs"] for detail in sub["details"]}
    rows: list[tuple[str, date, str, str | None, int, date | None]] = []
    for main in source["tree"]:
        rows.append((main["id"], founded, main["name"], None, 1, None))
        if main["id"] == rename["id"]:
            rows.append((main["id"], renamed_on, rename["name"], None, 1, None))
        for sub in main["subs"]:
            rows.append((sub["id"], founded, sub["name"], main["id"], 2, None))
            rows += [
                (voc_id, founded, name, sub["id"], 3, split_on if voc_id == split["id"] else None)
                for voc_id, name in sub["details"]
            ]
    rows += [(voc_id, split_on, name, parents[split["id"]], 3, None) for voc_id, name in split["into"]]
    columns = ["voc_id", "valid_from", "name", "parent_id", "level", "valid_to"]
    return pl.DataFrame(rows, schema=columns, orient="row")


def succession_table(timeline: Timeline) -> pl.DataFrame:
    """Return what took the place of the category that was split: columns of ``source.voc_category_succession``."""
    split = category_source()["split"]
    split_on = timeline.first_day(change_month(timeline, "split"))
    rows = [(split["id"], successor, split_on) for successor, _ in split["into"]]
    return pl.DataFrame(rows, schema=["voc_id", "successor_voc_id", "valid_from"], orient="row")
