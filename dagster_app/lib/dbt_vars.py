"""The variables dbt is given: business time zone and months. Both come from the database or the caller."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from warehouse.connection import Warehouse


def business_timezone(warehouse: Warehouse) -> str:
    """Return the time zone in which the loaded company cuts days and months.

    Raises
    ------
    RuntimeError
        If no company has been loaded.
    """
    with warehouse.connect() as connection:
        row = connection.execute(
            "select business_timezone from source.data_package order by loaded_at desc, package_name limit 1"
        ).fetchone()
    if row is None:
        raise RuntimeError("no company is loaded in this database: run `bellwether load PACKAGE` first")
    return str(row[0])


def dbt_vars(warehouse: Warehouse, months: Sequence[date] = ()) -> str:
    """Return ``--vars`` as JSON; without months dbt builds the stale and missing ones."""
    values = {
        "business_timezone": business_timezone(warehouse),
        "months": [month.isoformat() for month in sorted(months)],
    }
    return json.dumps(values)
