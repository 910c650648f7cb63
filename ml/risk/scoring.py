"""From a frame of features to published scores with their contributions.

Belongs here: scoring with a loaded bundle, in chunks, and rejecting rows whose contributions do not add up.
Does not: fitting, reading or writing.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
from scipy.special import logit

from ml.feature_list import FeatureList, Kind
from ml.frames import scoring_frame
from ml.metrics.arrays import FloatArray, IntArray
from ml.risk.boosting import margins
from ml.risk.bundle import Bundle
from ml.risk.explanation import Explanation, explain_scores, top_contributions

TOP_CONTRIBUTIONS = 10
TOLERANCE = 1e-6
CHUNK_ROWS = 20_000
"""Rows held in memory at a time: about 100 MB with contributions."""


@dataclass(frozen=True)
class ScoringResult:
    """Scores whose contributions add up to the log-odds, and the others.

    Parameters
    ----------
    published : DataFrame
        ``customer_code``, ``as_of_date``, ``probability``, ``predicted_label``, ``threshold``, ``top_features``,
        ``top_values``, ``top_value_texts``, ``top_contributions`` (lists, largest absolute contribution
        first), ``base_value``, ``other_contribution`` (log-odds) and ``features`` (JSON text).
    refused : DataFrame
        ``customer_code``, ``as_of_date``, ``probability``, ``reason``: must not be published.
    """

    published: pd.DataFrame
    refused: pd.DataFrame


def score(bundle: Bundle, frame: pd.DataFrame, *, chunk_rows: int = CHUNK_ROWS) -> ScoringResult:
    """Score and explain every row; the result of a row depends neither on the batch nor on the order.

    Parameters
    ----------
    frame : DataFrame
        ``customer_code``, ``as_of_date`` and exactly the features of ``bundle.features``; NULL is missing.
    chunk_rows : int
        Rows explained at a time; limits the memory.

    Raises
    ------
    ml.frames.FrameError
        If the frame is empty, a column is missing or unexpected, or a value is invalid.

    Notes
    -----
    ``base_value + sum(top_contributions) + other_contribution = ln(p / (1 - p))`` within 1e-6 for every published
    row. The probability comes from the trees' own prediction, the contributions from TreeSHAP: the check compares
    two computations.
    """
    typed = scoring_frame(frame, bundle.features)
    parts = [_score_chunk(bundle, typed.iloc[start : start + chunk_rows]) for start in range(0, len(typed), chunk_rows)]
    scored = pd.concat(parts, ignore_index=True)
    gap = scored.pop("gap").to_numpy()
    adds_up = gap <= TOLERANCE  # NaN compares false and is rejected
    refused = scored.loc[~adds_up, ["customer_code", "as_of_date", "probability"]].reset_index(drop=True)
    refused["reason"] = [
        f"contributions miss the log-odds by {value:.3g}, allowed {TOLERANCE:g}" for value in gap[~adds_up]
    ]
    return ScoringResult(scored[adds_up].reset_index(drop=True), refused)


def _score_chunk(bundle: Bundle, rows: pd.DataFrame) -> pd.DataFrame:
    pipeline = bundle.pipeline
    matrix = pipeline.encoder.transform(rows)
    probability = pipeline.calibrator.probability(margins(pipeline.booster, matrix))
    explanation = explain_scores(pipeline, matrix)
    top = top_contributions(explanation.contributions, TOP_CONTRIBUTIONS)
    contributions = np.take_along_axis(explanation.contributions, top, axis=1)
    with np.errstate(divide="ignore"):
        gap = np.abs(explanation.total() - logit(probability))
    names = np.array(bundle.features.names, dtype=object)
    values, texts = _top_values(rows, bundle.features, top)
    return pd.DataFrame(
        {
            "customer_code": rows["customer_code"].to_numpy(),
            "as_of_date": rows["as_of_date"].dt.date.to_numpy(),
            "probability": probability,
            "predicted_label": (probability >= bundle.threshold).astype("int64"),
            "threshold": bundle.threshold,
            "top_features": names[top].tolist(),
            "top_values": values,
            "top_value_texts": texts,
            "top_contributions": contributions.tolist(),
            "base_value": explanation.base_value,
            "other_contribution": _other_contribution(explanation, top),
            "features": features_json(rows, bundle.features),
            "gap": gap,
        }
    )


def _other_contribution(explanation: Explanation, top: IntArray) -> FloatArray:
    """Return the sum of the contributions outside the top, column by column in the features' order."""
    rest = explanation.contributions.copy()
    np.put_along_axis(rest, top, 0.0, axis=1)
    return Explanation(rest, np.zeros(len(rest))).total()


def _top_values(
    rows: pd.DataFrame, features: FeatureList, top: IntArray
) -> tuple[list[list[float | None]], list[list[str]]]:
    """Return numbers (None for categories and missing values) and texts ('' for all but categories)."""
    numbers = np.full((len(rows), len(features)), None, dtype=object)
    texts = np.full((len(rows), len(features)), "", dtype=object)
    for position, feature in enumerate(features):
        values = rows[feature.name].to_numpy()
        if feature.kind is Kind.CATEGORICAL:
            texts[:, position] = np.where(pd.isna(values), "", values)
        else:
            numbers[~np.isnan(values), position] = values[~np.isnan(values)]
    return np.take_along_axis(numbers, top, axis=1).tolist(), np.take_along_axis(texts, top, axis=1).tolist()


def features_json(rows: pd.DataFrame, features: FeatureList) -> list[str]:
    """Return each row's features as one JSON object; missing is null, booleans are true and false."""
    columns = []
    for feature in features:
        values = rows[feature.name]
        if feature.kind is Kind.CATEGORICAL:
            columns.append(pl.Series(feature.name, values.to_list(), dtype=pl.String))
            continue
        numbers = pl.Series(feature.name, values.to_numpy(), nan_to_null=True, dtype=pl.Float64)
        columns.append(numbers.cast(pl.Boolean) if feature.kind is Kind.BOOLEAN else numbers)
    return pl.DataFrame(columns).select(pl.struct(pl.all()).struct.json_encode()).to_series().to_list()
