"""Kinds of columns that raw tables are made of, each with the limits that every table keeps to."""

from __future__ import annotations

from warehouse.packages.load_target import ForeignKey, Kind, LoadTargetColumn

_LARGEST_INTEGER = 2_147_483_647
_LARGEST_AMOUNT = 9_999_999_999_999.99  # cents stay exact in a double up to here


def text(name: str, length: int | None, *, required: bool = False) -> LoadTargetColumn:
    """Hold at most so many characters; None: any number."""
    return LoadTargetColumn(name, "text", required=required, max_length=length)


def day(name: str, kind: Kind = "date", *, required: bool = False) -> LoadTargetColumn:
    """Hold a day, or an instant, of two centuries."""
    return LoadTargetColumn(name, kind, required=required, minimum="1900-01-01", maximum="2199-12-31")


def month(name: str) -> LoadTargetColumn:
    """Hold the first day of a month, always there."""
    return LoadTargetColumn(name, "month", required=True, minimum="1990-01-01", maximum="2099-12-01")


def integer(name: str, minimum: int = -_LARGEST_INTEGER) -> LoadTargetColumn:
    """Define a column of whole numbers of four bytes."""
    return LoadTargetColumn(name, "integer", minimum=minimum, maximum=_LARGEST_INTEGER)


def amount(name: str) -> LoadTargetColumn:
    """Hold money, exact to the cent, always there."""
    return LoadTargetColumn(name, "money", required=True, minimum=-_LARGEST_AMOUNT, maximum=_LARGEST_AMOUNT)


def of_customer(column: str) -> ForeignKey:
    """Refer to a customer by code."""
    return ForeignKey(column, "customer", "crm.customer", "customer_code")


def of_category(column: str) -> ForeignKey:
    """Refer to a category of messages."""
    return ForeignKey(column, "category", "source.voc_category", "voc_id")
