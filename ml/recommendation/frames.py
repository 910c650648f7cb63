"""Validation of the frames for recommendations.

Belongs here: schemas, the cast to canonical types, errors with a remedy. Does not: rankings.
"""

import pandas as pd
import pandera.pandas as pa

from ml.feature_list import FeatureList
from ml.frames import FrameError, category_text

ITEM_KINDS = ("contract", "product")
PROSPECT_COLUMNS = ("prospect_key", "industry_code", "sido", "site_area_m2")


def customer_frame(frame: pd.DataFrame, features: FeatureList) -> pd.DataFrame:
    """Check customers: unique `customer_code`, `industry_code`, `sido` (None if unknown), every feature."""
    columns_needed = ["customer_code", "industry_code", "sido", "site_area_m2", *features.names]
    typed = _selected(frame, list(dict.fromkeys(columns_needed)), "customers")
    if typed.empty:
        raise FrameError("there are no customers to recommend to: is the features mart built for this month?")
    for name in ("industry_code", "sido"):
        typed[name] = category_text(typed[name])
    typed["site_area_m2"] = typed["site_area_m2"].astype("float64")
    columns = {"customer_code": pa.Column(object, pa.Check.str_length(min_value=1), unique=True)}
    _validate(typed, columns, "customers")
    return typed.sort_values("customer_code", kind="stable", ignore_index=True)


def holding_frame(frame: pd.DataFrame, customers: pd.DataFrame, items: pd.DataFrame) -> pd.DataFrame:
    """Check holdings: `customer_code`, `item_kind`, `item_code`, each of a known customer and a known item."""
    typed = _selected(frame, ["customer_code", "item_kind", "item_code"], "holdings")
    columns = {
        "customer_code": pa.Column(object, pa.Check.isin(set(customers["customer_code"])), coerce=True),
        "item_kind": pa.Column(object, pa.Check.isin(ITEM_KINDS), coerce=True),
        "item_code": pa.Column(object, coerce=True),
    }
    _validate(typed, columns, "holdings")
    unnamed = pd.MultiIndex.from_frame(typed[["item_kind", "item_code"]]).difference(
        pd.MultiIndex.from_frame(items[["item_kind", "item_code"]])
    )
    if len(unnamed):
        raise FrameError(f"holdings of items that are not in the items frame, first: {unnamed[0]}; select them too")
    return typed


def item_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Check items: `item_kind`, `item_code` (together unique), `item_name`."""
    typed = _selected(frame, ["item_kind", "item_code", "item_name"], "items")
    columns = {
        "item_kind": pa.Column(object, pa.Check.isin(ITEM_KINDS), coerce=True),
        "item_code": pa.Column(object, coerce=True),
        "item_name": pa.Column(object, coerce=True),
    }
    _validate(typed, columns, "items", unique=["item_kind", "item_code"])
    return typed


def prospect_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Check prospects: unique `prospect_key`, `industry_code`, `sido`, `site_area_m2`, NULL if unknown."""
    typed = _selected(frame, list(PROSPECT_COLUMNS), "prospects")
    for name in ("industry_code", "sido"):
        typed[name] = category_text(typed[name])
    typed["site_area_m2"] = typed["site_area_m2"].astype("float64")
    _validate(typed, {"prospect_key": pa.Column(object, unique=True, coerce=True)}, "prospects")
    return typed.sort_values("prospect_key", kind="stable", ignore_index=True)


def _selected(frame: pd.DataFrame, names: list[str], what: str) -> pd.DataFrame:
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise FrameError(f"columns missing from the frame of {what}: {', '.join(missing)}; select them")
    return frame[names].copy()


def _validate(frame: pd.DataFrame, columns: dict[str, pa.Column], what: str, unique: list[str] | None = None) -> None:
    try:
        pa.DataFrameSchema(columns, unique=unique).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "failure_case", "index"]].head(5).to_dict("records")
        raise FrameError(f"{len(error.failure_cases)} values of {what} are invalid, first: {cases}") from error
