"""The variables dbt is given: business time zone and months. Both come from the database or the caller."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from warehouse.connection import Role, Warehouse


def business_timezone(warehouse: Warehouse) -> str:
    """Return the time zone in which the loaded company cuts days and months.

    Raises
    ------
    RuntimeError
        If no company has been loaded.
    """
    with warehouse.connect(Role.TRANSFORMER) as connection:
        row = connection.execute(
            "select business_timezone from source.data_package order by loaded_at desc, package_name limit 1"
        ).fetchone()
    if row is None:
        raise RuntimeError("no company is loaded in this database: run `bellwether load PACKAGE` first")
    return str(row[0])


def loaded_company(warehouse: Warehouse) -> tuple[str, bool]:
    """Return the loaded company's name and whether it is simulated."""
    with warehouse.connect(Role.TRANSFORMER) as connection:
        row = connection.execute(
            "select company, bool_or(is_simulated) over () from source.data_package order by loaded_at desc limit 1"
        ).fetchone()
    return (str(row[0]), bool(row[1])) if row else (warehouse.company, False)


def dbt_vars(warehouse: Warehouse, months: Sequence[date] = ()) -> str:
    """Return ``--vars`` as JSON; without months dbt builds the stale and missing ones."""
    values = {
        "business_timezone": business_timezone(warehouse),
        "months": [month.isoformat() for month in sorted(months)],
    }
    return json.dumps(values)
