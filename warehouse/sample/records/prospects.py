"""Prospects: places of business that are not customers yet, one file a month. All are invented.

Homes are not prospects. Some places open or close in the simulated time; a tenth belong to the owner of another place.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.sample.catalogue import catalogue, shares
from warehouse.sample.timeline import HISTORY_MONTHS, Stream, Timeline, random_stream

#: Prospects for each customer of the simulated company.
PROSPECT_RATIO = 0.1


def prospect_months(seed: int, customers: int, timeline: Timeline) -> list[tuple[int, pl.DataFrame]]:
    """Rows of ``source.potential_user`` for each snapshot month.

    Returns
    -------
    list of (month, DataFrame)
        Every snapshot month, also one without prospects.
    """
    size = int(customers * PROSPECT_RATIO)
    uniform = random_stream(seed, Stream.PROSPECT).random((9, size))
    months = range(HISTORY_MONTHS, timeline.months)
    opens = HISTORY_MONTHS + np.floor((uniform[0] * 1.4 - 0.4) * len(months))
    closes = np.where(uniform[1] < 0.15, HISTORY_MONTHS + np.floor(uniform[1] / 0.15 * len(months)), timeline.months)
    places = _places(uniform)
    return [
        (
            month,
            places.filter(pl.Series((opens <= month) & (closes > month))).select(
                pl.lit(timeline.first_day(month).isoformat()).alias("snapshot_month"), pl.all()
            ),
        )
        for month in months
    ]


def _places(uniform: np.ndarray) -> pl.DataFrame:
    known = catalogue()
    weights = known.numbers("industries", "share")
    weights[known.home_industry] = 0.0
    industry, rows = shares(weights, uniform[2]), known.raw["industries"]
    regions = list(known.raw["places"].items())
    region = shares(np.array([place["share"] for _, place in regions]), uniform[3])
    number = np.arange(1, uniform.shape[1] + 1)
    owner = np.where(uniform[4] < 0.1, np.maximum(number - 1, 1), number)
    district = [
        regions[place][1]["districts"][int(draw * len(regions[place][1]["districts"]))]
        for place, draw in zip(region, uniform[5], strict=True)
    ]
    brand = known.texts("brand_words").gather(np.floor(uniform[6] * len(known.texts("brand_words"))).astype(np.int64))
    suffix = [
        rows[one]["suffixes"][int(draw * len(rows[one]["suffixes"]))]
        for one, draw in zip(industry, uniform[7], strict=True)
    ]
    sido = pl.Series([regions[place][0] for place in region], dtype=pl.String)
    name = brand + pl.Series(suffix, dtype=pl.String)
    area = np.round(np.exp(3.9 + 2.6 * uniform[8]), 1)
    return pl.DataFrame(
        {
            "kedcd": "K" + pl.Series(owner).cast(pl.String).str.zfill(7),
            "bzpl_cd": "B" + pl.Series(number).cast(pl.String).str.zfill(7),
            "bzpl_seq": pl.Series(np.where(owner == number, "1", "2")),
            "bzno": "999" + pl.Series(owner).cast(pl.String).str.zfill(7),
            "enp_nm": name,
            "sido": sido,
            "sigungu": pl.Series(district, dtype=pl.String),
            "lat": np.round(34.5 + 3.2 * uniform[5], 5),
            "lot": np.round(126.4 + 2.8 * uniform[6], 5),
            "bzpl_nm": name + " " + pl.Series(district, dtype=pl.String) + "점",
            "bf_bzc_cd": pl.Series([rows[one]["code"] for one in industry], dtype=pl.String),
            "bsze_metr": area,
            "lsze_metr": np.round(area * (1.1 + uniform[7]), 1),
            "rdnm_addr": sido
            + " "
            + pl.Series(district, dtype=pl.String)
            + " 가상로 "
            + pl.Series(number).cast(pl.String),
        }
    )
