"""Backtest: fit at every origin on the labels known there, and predict later rows.

Belongs here: the loop over origins and its out-of-time predictions. Does not: choosing origins (splits) or
metrics (evaluation).
"""

from dataclasses import dataclass

import pandas as pd

from ml.feature_list import FeatureList
from ml.metrics.arrays import FloatArray
from ml.risk.baselines import last_score_baseline, logistic_baseline
from ml.risk.evaluation import SUBJECTS
from ml.risk.parameters import TrainingParameters
from ml.risk.pipeline import Pipeline, TrainingDataError, fit_pipeline
from ml.risk.splits import Origin, fold_origins, has_both_classes, known_rows, rolling_origins
from ml.risk.target import RiskTarget


@dataclass(frozen=True)
class Backtest:
    """Predictions for rows on which the model was not trained.

    Parameters
    ----------
    kind : str
        ``backtest`` over as-of dates, ``cross_validation`` over customers.
    predictions : DataFrame
        ``customer_code``, ``as_of_date``, ``origin_date``, ``segment``, ``label`` and a probability per subject.
    last_pipeline, last_rows
        The pipeline of the last origin and the canonical rows it was evaluated on, for explanations.
    """

    kind: str
    predictions: pd.DataFrame
    last_pipeline: Pipeline
    last_rows: pd.DataFrame


def run_backtest(
    frame: pd.DataFrame,
    features: FeatureList,
    target: RiskTarget,
    *,
    cut_off: pd.Timestamp,
    parameters: TrainingParameters,
    seed: int,
) -> Backtest:
    """Evaluate on rolling origins, or on folds by customer if the frame cannot be split by time.

    Parameters
    ----------
    frame : DataFrame
        A canonical training frame with every label version.
    cut_off : Timestamp
        The training cut-off, time-zone aware.

    Raises
    ------
    TrainingDataError
        If neither origins nor folds have enough rows of both classes.
    """
    settings = _Settings(features, target, parameters, seed)
    origins = rolling_origins(frame, cut_off, target, parameters)
    if origins:
        return _run(frame, origins, settings, kind="backtest")
    latest = known_rows(frame, cut_off)
    labels = frame["label"].iloc[latest]
    if not has_both_classes(labels, parameters.minimum_positives * 2):
        raise TrainingDataError(
            f"{int(labels.sum())} positive of {len(latest)} rows known at {cut_off.isoformat()}: too few of one "
            f"class to evaluate a model (each needs {parameters.minimum_positives * 2})"
        )
    return _run(frame, fold_origins(frame, latest, parameters, seed), settings, kind="cross_validation")


@dataclass(frozen=True)
class _Settings:
    """Arguments that are the same at every origin."""

    features: FeatureList
    target: RiskTarget
    parameters: TrainingParameters
    seed: int


def _run(frame: pd.DataFrame, origins: list[Origin], settings: _Settings, *, kind: str) -> Backtest:
    """Fit and predict at every origin; the rows of one origin at a time are copied."""
    previous, collected = None, []
    is_warmed_up = kind == "backtest" and len(origins) > settings.parameters.origins
    for number, origin in enumerate(origins):
        training, evaluation = frame.iloc[origin.training], frame.iloc[origin.evaluation]
        pipeline = fit_pipeline(training, settings.features, settings.target, settings.parameters, settings.seed)
        probabilities = pipeline.probabilities(evaluation)
        if not (is_warmed_up and number == 0):
            logistic = logistic_baseline(training, evaluation, settings.features, settings.parameters, settings.seed)
            last = last_score_baseline(evaluation, previous, float(training["label"].mean()))
            collected.append(_predictions(origin, evaluation, (probabilities, logistic, last)))
        if kind == "backtest":
            codes = evaluation["customer_code"]
            previous = pd.DataFrame({"customer_code": codes, "probability": probabilities})
    return Backtest(kind, pd.concat(collected, ignore_index=True), pipeline, evaluation.reset_index(drop=True))


def _predictions(origin: Origin, evaluation: pd.DataFrame, scores: tuple[FloatArray, ...]) -> pd.DataFrame:
    rows = evaluation[["customer_code", "as_of_date", "label"]]
    named = dict(zip(SUBJECTS, scores, strict=True))
    return rows.assign(origin_date=origin.as_of_date.date(), segment=origin.name, **named)
