"""Customers as the CRM knows them: names, addresses for contact, attributes. All are invented.

Telephone numbers begin with 010-0, which is not assigned; e-mail addresses are at example domains.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.sample.catalogue import catalogue
from warehouse.sample.records.fragments import customer_codes
from warehouse.sample.simulation.population import IntArray, Population
from warehouse.sample.timeline import OFFSET, day_texts

_DOMAINS = ("example.com", "example.org", "example.net")


def customer_names(population: Population) -> pl.Series:
    """Personal names for homes, brand, trade and district for businesses."""
    known = catalogue()
    draw = population.name_draw

    def pick(values: pl.Series, column: int) -> pl.Series:
        return values.gather(np.floor(draw[:, column] * len(values)).astype(np.int64))

    suffixes = known.column("industries", "suffixes").to_list()
    counts = np.array([max(len(group), 1) for group in suffixes])
    flat = pl.Series([suffix for group in suffixes for suffix in (group or [""])])
    start = np.cumsum(counts) - counts
    trade = start[population.industry] + np.floor(draw[:, 1] * counts[population.industry]).astype(np.int64)
    branch = known.provinces.gather(population.province).str.slice(0, 2)
    frame = pl.DataFrame(
        {
            "business": pick(known.texts("brand_words"), 0) + flat.gather(trade) + " " + branch + "점",
            "home": pick(known.texts("surnames"), 0) + pick(known.texts("given_names"), 2),
            "is_home": population.is_home,
        }
    )
    return frame.select(pl.when("is_home").then("home").otherwise("business").alias("name"))["name"]


def customer_table(population: Population, joined: IntArray, until: int) -> pl.DataFrame:
    """Rows of the customer file: those who joined before day ``until`` (days since 1970).

    Columns of ``crm.customer`` and the attributes of package.yml; ``joined_on`` is the instant at
    which the company came to know the customer. Columns this company does not have are left out.
    """
    known = catalogue()
    number = pl.Series(population.number).cast(pl.String).str.zfill(7)
    # an odd multiplier spreads the numbers, and keeps them distinct
    digits = pl.Series(population.number * 7_654_321 % 10_000_000).cast(pl.String).str.zfill(7)
    domain = pl.Series(_DOMAINS).gather(population.number % len(_DOMAINS))
    frame = pl.DataFrame(
        {
            "customer_code": customer_codes(population),
            "name": customer_names(population),
            "email": "customer" + number + "@" + domain,
            "phone": "010-0" + digits.str.slice(0, 3) + "-" + digits.str.slice(3),
            "age": pl.Series(population.age),
            "credit_card": population.pays_by_card,
            "sales_channel": known.texts("sales_channels").gather(population.sales_channel),
            "building_age_years": population.building_age,
            "joined_on": day_texts(joined) + f"T00:00:00{OFFSET}",
            "is_home": population.is_home,
            "has_joined": joined < until,
        }
    )
    # a business has no age: only private customers have one
    age = pl.when("is_home").then("age")
    return frame.with_columns(age.alias("age")).filter("has_joined").drop("is_home", "has_joined")
