"""Splits into training and evaluation rows: by time, or by customer if the frame cannot be split by time.

Belongs here: known labels, rolling origins, folds by customer, sampling of customers.
Does not: fitting, or reading data.
"""

from dataclasses import dataclass
from datetime import tzinfo

import numpy as np
import pandas as pd

from ml.metrics.arrays import IntArray
from ml.risk.parameters import TrainingParameters
from ml.risk.target import RiskTarget


@dataclass(frozen=True)
class Origin:
    """One evaluation origin: an as-of date, the rows known there, and the rows scored there.

    Parameters
    ----------
    as_of_date : Timestamp
        The day of the origin.
    name : str
        Segment name of the evaluation (``all`` for a date, ``fold_k`` for a fold).
    training, evaluation : ndarray of int
        Positions in the frame of the training rows, with the label version known at the origin, and of the evaluation
        rows, with the latest version.
    """

    as_of_date: pd.Timestamp
    name: str
    training: IntArray
    evaluation: IntArray


def known_rows(frame: pd.DataFrame, instant: pd.Timestamp) -> IntArray:
    """Return positions of one row per customer and date: the last label version known at `instant`, if any.

    Parameters
    ----------
    frame : DataFrame
        A canonical training frame (`ml.frames.training_frame`), several versions of a label allowed.
    instant : Timestamp
        Time-zone aware, inclusive.
    """
    known = np.flatnonzero((frame["label_known_at"] <= instant).to_numpy())
    keys = frame[["as_of_date", "customer_code"]].iloc[known]
    last_versions: IntArray = known[~keys.duplicated(keep="last").to_numpy()]
    return last_versions


def known_labels(frame: pd.DataFrame, instant: pd.Timestamp) -> pd.DataFrame:
    """Return the rows of `known_rows` as a frame."""
    return frame.iloc[known_rows(frame, instant)].reset_index(drop=True)


def rolling_origins(
    frame: pd.DataFrame, cut_off: pd.Timestamp, target: RiskTarget, parameters: TrainingParameters
) -> list[Origin]:
    """Return the latest evaluation origins, oldest first; empty if the frame cannot be split by time.

    Parameters
    ----------
    frame : DataFrame
        A canonical training frame with every label version.
    cut_off : Timestamp
        The training cut-off; days of origins begin in its time zone.

    Notes
    -----
    At an origin o, a row may be used for training only if its label was known and its horizon had ended at o: the gap
    between the last training date and o is at least horizon plus maturity. If the data suffice, one origin more than
    ``parameters.origins`` is returned: the first one is only used for the last-score baseline.
    """
    latest = known_rows(frame, cut_off)
    days = frame["as_of_date"].iloc[latest]
    origins: list[Origin] = []
    for day in sorted(days.unique(), reverse=True):
        evaluation = latest[(days == day).to_numpy()]
        training = _training_rows(frame, pd.Timestamp(day), cut_off.tzinfo, target)
        if _can_evaluate(frame, training, evaluation, parameters):
            origins.append(Origin(pd.Timestamp(day), "all", training, evaluation))
        if len(origins) > parameters.origins:
            break
    return origins[::-1]


def _training_rows(frame: pd.DataFrame, day: pd.Timestamp, zone: tzinfo | None, target: RiskTarget) -> IntArray:
    known = known_rows(frame, day.tz_localize(zone))
    as_of = frame["as_of_date"].iloc[known]
    has_ended = (as_of <= day - pd.DateOffset(months=target.horizon_months)) & (as_of < day)
    return known[has_ended.to_numpy()]


def _can_evaluate(
    frame: pd.DataFrame, training: IntArray, evaluation: IntArray, parameters: TrainingParameters
) -> bool:
    labels = frame["label"]
    return bool(
        frame["as_of_date"].iloc[training].nunique() >= parameters.minimum_training_months
        and has_both_classes(labels.iloc[training], parameters.minimum_positives)
        and has_both_classes(labels.iloc[evaluation], 1)
    )


def has_both_classes(labels: pd.Series, minimum: int) -> bool:
    """Return whether each class has at least `minimum` rows."""
    positives = int(labels.sum())
    return min(positives, len(labels) - positives) >= minimum


def customer_folds(frame: pd.DataFrame, folds: int, seed: int) -> IntArray:
    """Return a fold number per row: by customer, stratified by whether the customer was ever positive.

    Parameters
    ----------
    frame : DataFrame
        ``customer_code`` and ``label``; the result depends neither on the row order nor on other runs.
    folds : int
        Number of folds, at least 2.
    seed : int
        Changes which customers are in the same fold.

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


def fold_origins(frame: pd.DataFrame, rows: IntArray, parameters: TrainingParameters, seed: int) -> list[Origin]:
    """Return one origin per fold by customer among `rows`, for frames that cannot be split by time."""
    fold = customer_folds(frame[["customer_code", "label"]].iloc[rows], parameters.folds, seed)
    day = pd.Timestamp(frame["as_of_date"].iloc[rows].max())
    return [
        Origin(day, f"fold_{number + 1}", rows[fold != number], rows[fold == number])
        for number in range(parameters.folds)
    ]


def sample_customers(frame: pd.DataFrame, maximum_rows: int, seed: int) -> pd.DataFrame:
    """Return all rows of customers chosen by hash, about `maximum_rows` at most."""
    if len(frame) <= maximum_rows:
        return frame
    position = customer_hash(frame["customer_code"], seed) / float(2**64)
    return frame[position < maximum_rows / len(frame)]


def customer_hash(codes: pd.Series, seed: int) -> np.ndarray:
    """Return a 64-bit hash per customer code; the same on every machine and for every row order."""
    key = f"bellwether{seed % 1_000_000:06d}"
    hashed: np.ndarray = pd.util.hash_array(codes.to_numpy(object), hash_key=key, categorize=True)
    return hashed
