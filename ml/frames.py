"""Validation of the frames that the package receives for training and scoring.

Belongs here: schemas, the cast of each column to its canonical type, errors with a remedy.
Does not: encoding for a model (preprocessing) or splits.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ml.feature_list import Feature, FeatureList, Kind

KEYS = ["customer_code", "as_of_date"]
OUTCOME = ["label", "label_known_at"]


class FrameError(ValueError):
    """A frame is invalid; the message names column, rows and remedy."""


def training_frame(frame: pd.DataFrame, features: FeatureList) -> pd.DataFrame:
    """Check a training frame and return it in canonical types, column order and row order.

    Parameters
    ----------
    frame : DataFrame
        ``customer_code`` text, ``as_of_date`` date, ``label`` 0 or 1, ``label_known_at`` time-zone aware, and
        every feature. Several rows of one customer and date are versions of its label and must differ in
        ``label_known_at``.
    features : FeatureList
        The features; other columns are an error.

    Returns
    -------
    DataFrame
        Numeric and boolean features as float64 (NaN is missing), categorical ones as text or None;
        ``label_known_at`` in UTC; sorted by as-of date, customer and knowledge time.

    Raises
    ------
    FrameError
        If a column is missing or unexpected, or a value is invalid.
    """
    _require_columns(frame, [*KEYS, *OUTCOME, *features.names])
    typed = _canonical(frame, features)
    typed.insert(2, "label", _cast(frame["label"], "label", lambda column: column.astype("int64")).to_numpy())
    typed.insert(3, "label_known_at", known_instants(frame).array)
    columns = {
        "label": pa.Column("int64", pa.Check.isin([0, 1])),
        "label_known_at": pa.Column("datetime64[ns, UTC]", nullable=False),
    }
    _validate(typed, features, columns, unique=[*KEYS, "label_known_at"])
    return typed.sort_values(["as_of_date", "customer_code", "label_known_at"], kind="stable", ignore_index=True)


def known_instants(frame: pd.DataFrame) -> pd.Series:
    """Return ``label_known_at`` in UTC, at nanoseconds.

    Raises
    ------
    FrameError
        If the column is missing, or an instant is missing or has no time zone.
    """
    if "label_known_at" not in frame:
        raise FrameError("column missing from the frame: label_known_at; without it no row may be used for training")
    known_at = frame["label_known_at"]
    if not isinstance(known_at.dtype, pd.DatetimeTZDtype):
        known_at = _cast(known_at, "label_known_at", _aware_instants)
    instants: pd.Series = known_at.dt.tz_convert("UTC").astype("datetime64[ns, UTC]")
    return instants


def scoring_frame(frame: pd.DataFrame, features: FeatureList) -> pd.DataFrame:
    """Check a frame to be scored and return it in canonical types, in its row order.

    Raises
    ------
    FrameError
        If the frame is empty, a column is missing or unexpected, or a value is invalid.
    """
    _require_columns(frame, [*KEYS, *features.names])
    if frame.empty:
        raise FrameError("there are no rows to score: is the cohort of this month built?")
    typed = _canonical(frame, features)
    _validate(typed, features, {}, unique=KEYS)
    return typed


def _require_columns(frame: pd.DataFrame, expected: list[str]) -> None:
    present = list(frame.columns)
    missing = [name for name in expected if name not in present]
    if missing:
        raise FrameError(f"columns missing from the frame: {', '.join(missing)}; select them, NULL where unknown")
    unexpected = [str(name) for name in present if name not in set(expected)]
    if unexpected:
        raise FrameError(
            f"columns the model does not know: {', '.join(unexpected)}; select the keys and the listed features"
        )
    if len(present) != len(set(present)):
        raise FrameError("a column name occurs twice in the frame")


def _canonical(frame: pd.DataFrame, features: FeatureList) -> pd.DataFrame:
    columns: dict[str, Any] = {
        "customer_code": frame["customer_code"].astype(object).to_numpy(),
        "as_of_date": _cast(frame["as_of_date"], "as_of_date", _days).to_numpy(),
    }
    columns |= {feature.name: _feature_values(frame[feature.name], feature) for feature in features}
    return pd.DataFrame(columns)


def _feature_values(column: pd.Series, feature: Feature) -> np.ndarray:
    if feature.kind is Kind.CATEGORICAL:
        return category_text(column)
    return _cast(column, feature.name, lambda values: values.astype("float64")).to_numpy()


def category_text(column: pd.Series) -> np.ndarray:
    """Return categories as text; missing is None, and a float without decimals is written as an integer."""
    codes, levels = pd.factorize(column.astype(object), use_na_sentinel=True)
    texts = np.array([*(_level_text(level) for level in levels), None], dtype=object)
    return texts[codes]


def _level_text(level: Any) -> str:
    if isinstance(level, float | np.floating) and float(level).is_integer():
        return str(int(level))
    return str(level)


def _cast(column: pd.Series, name: str, cast: Any) -> pd.Series:
    try:
        result: pd.Series = cast(column)
    except (ValueError, TypeError) as error:
        raise FrameError(f"column {name} cannot be read ({error}); check its type in the query") from error
    return result


def _days(column: pd.Series) -> pd.Series:
    days = pd.to_datetime(column, utc=False)
    if getattr(days.dt, "tz", None) is not None:
        raise ValueError("as_of_date is a day, not an instant")
    return days.dt.normalize().astype("datetime64[ns]")


def _aware_instants(column: pd.Series) -> pd.Series:
    if any(getattr(value, "tzinfo", None) is None for value in column):
        raise ValueError("every instant needs its time zone and none may be missing")
    return pd.to_datetime(column, utc=True)


def _validate(frame: pd.DataFrame, features: Iterable[Feature], columns: dict[str, Any], unique: list[str]) -> None:
    is_finite = pa.Check(lambda values: ~np.isinf(values), error="infinite value")
    is_boolean = pa.Check.isin([0.0, 1.0])
    schema_columns: dict[str, Any] = {
        "customer_code": pa.Column(
            object,
            pa.Check(lambda values: values.map(lambda v: isinstance(v, str) and bool(v)), error="not a text"),
        ),
        "as_of_date": pa.Column("datetime64[ns]"),
        **columns,
    }
    for feature in features:
        if feature.kind is Kind.CATEGORICAL:
            schema_columns[feature.name] = pa.Column(object, nullable=True)
        else:
            check = is_finite if feature.kind is Kind.NUMERIC else is_boolean
            schema_columns[feature.name] = pa.Column("float64", check, nullable=True)
    try:
        pa.DataFrameSchema(schema_columns, unique=unique, strict=True).validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        cases = error.failure_cases[["column", "check", "failure_case", "index"]].head(5).to_dict("records")
        raise FrameError(f"{len(error.failure_cases)} values of the frame are invalid, first: {cases}") from error
