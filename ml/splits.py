"""Which rows may be trained on and which evaluate: time first, customers where time cannot split.

Belongs here: knowledge time, rolling origins, folds by customer, sampling of whole customers.
Does not: fitting, or reading data.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
import pandas as pd

from ml.metrics.arrays import IntArray
from ml.parameters import TrainingParameters
from ml.target import Target


@dataclass(frozen=True)
class Origin:
    """One evaluation origin: an as-of date, the rows known there, and the rows scored there.

    Parameters
    ----------
    as_of_date : Timestamp
        The day of the origin.
    name : str
        Segment name of the evaluation (``all`` for a date, ``fold_k`` for a fold).
    training, evaluation : DataFrame
        Rows to fit on, with the label version known at the origin; rows to score, with the latest version.
    """

    as_of_date: pd.Timestamp
    name: str
    training: pd.DataFrame
    evaluation: pd.DataFrame


def known_labels(frame: pd.DataFrame, instant: pd.Timestamp) -> pd.DataFrame:
    """Return one row per customer and date: the last label version known at `instant`, if any was.

    Parameters
    ----------
    frame : DataFrame
        A canonical training frame (`ml.frames.training_frame`), several versions of a label allowed.
    instant : Timestamp
        Time-zone aware; a label known exactly then counts.
    """
    known = frame[frame["label_known_at"] <= instant]
    return known.drop_duplicates(["as_of_date", "customer_code"], keep="last").reset_index(drop=True)


def rolling_origins(
    frame: pd.DataFrame, cut_off: pd.Timestamp, target: Target, parameters: TrainingParameters
) -> list[Origin]:
    """Return the latest evaluation origins, oldest first; empty when time cannot split the frame.

    Parameters
    ----------
    frame : DataFrame
        A canonical training frame with every label version.
    cut_off : Timestamp
        The training cut-off; its time zone cuts the days of the origins.

    Notes
    -----
    At an origin o a row may train only if its label was known at o and its horizon had ended by o: the gap
    between the last training date and o is at least horizon plus maturity. One origin more than
    ``parameters.origins`` is returned where data allow: the first one warms up the last-score baseline.
    """
    latest = known_labels(frame, cut_off)
    origins: list[Origin] = []
    for day in sorted(latest["as_of_date"].unique(), reverse=True):
        origin = _origin(frame, latest, pd.Timestamp(day), cut_off.tzinfo, target)
        if _can_evaluate(origin, parameters):
            origins.append(origin)
        if len(origins) > parameters.origins:
            break
    return origins[::-1]


def _origin(
    frame: pd.DataFrame, latest: pd.DataFrame, day: pd.Timestamp, zone: tzinfo | None, target: Target
) -> Origin:
    known = known_labels(frame, day.tz_localize(zone))
    horizon_end = known["as_of_date"] + pd.DateOffset(months=target.horizon_months)
    training = known[(horizon_end <= day) & (known["as_of_date"] < day)].reset_index(drop=True)
    evaluation = latest[latest["as_of_date"] == day].reset_index(drop=True)
    return Origin(day, "all", training, evaluation)


def _can_evaluate(origin: Origin, parameters: TrainingParameters) -> bool:
    months = origin.training["as_of_date"].nunique()
    has_classes = has_both_classes(origin.training["label"], parameters.minimum_positives)
    return bool(
        months >= parameters.minimum_training_months and has_classes and has_both_classes(origin.evaluation["label"], 1)
    )


def has_both_classes(labels: pd.Series, minimum: int) -> bool:
    """Return whether each class has at least `minimum` rows."""
    positives = int(labels.sum())
    return min(positives, len(labels) - positives) >= minimum


def customer_folds(frame: pd.DataFrame, folds: int, seed: int) -> IntArray:
    """Return a fold number per row: whole customers, stratified by whether a customer was ever positive.

    Parameters
    ----------
    frame : DataFrame
        ``customer_code`` and ``label``; the result depends neither on the row order nor on other runs.
    folds : int
        Number of folds, at least 2.
    seed : int
        Changes which customers meet.

    Returns
    -------
    ndarray of shape (n,)
        0 to ``folds - 1``.
    """
    customers = frame.groupby("customer_code", sort=True)["label"].max().rename("is_positive").reset_index()
    customers["position"] = customer_hash(customers["customer_code"], seed)
    customers = customers.sort_values(["is_positive", "position", "customer_code"], ignore_index=True)
    customers["fold"] = np.arange(len(customers)) % folds
    fold: IntArray = frame["customer_code"].map(customers.set_index("customer_code")["fold"]).to_numpy("int64")
    return fold


def fold_origins(frame: pd.DataFrame, parameters: TrainingParameters, seed: int) -> Iterator[Origin]:
    """Yield one origin per fold by customer: for frames whose dates cannot split them (a single date)."""
    fold = customer_folds(frame, parameters.folds, seed)
    day = pd.Timestamp(frame["as_of_date"].max())
    for number in range(parameters.folds):
        held_out = fold == number
        yield Origin(
            day,
            f"fold_{number + 1}",
            frame[~held_out].reset_index(drop=True),
            frame[held_out].reset_index(drop=True),
        )


def sample_customers(frame: pd.DataFrame, maximum_rows: int, seed: int) -> pd.DataFrame:
    """Return the rows of whole customers, chosen by hash, so that about `maximum_rows` remain at most."""
    if len(frame) <= maximum_rows:
        return frame
    share = maximum_rows / len(frame)
    position = customer_hash(frame["customer_code"], seed) / float(2**64)
    return frame[position < share].reset_index(drop=True)


def customer_hash(codes: pd.Series, seed: int) -> np.ndarray:
    """Return a 64-bit hash per customer code; the same on every machine and for every row order."""
    key = f"bellwether{seed % 1_000_000:06d}"
    hashed: np.ndarray = pd.util.hash_array(codes.to_numpy(object), hash_key=key, categorize=True)
    return hashed
