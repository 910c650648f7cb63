"""How good the model would have been: refit at every origin on what was known there.

Belongs here: the loop over origins and its out-of-time predictions. Does not: choosing origins (splits) or
metrics (evaluation).
"""

from dataclasses import dataclass

import pandas as pd

from ml.baselines import last_score_baseline, logistic_baseline
from ml.evaluation import LAST_SCORE_BASELINE, LOGISTIC_BASELINE, MODEL
from ml.feature_list import FeatureList
from ml.metrics.arrays import FloatArray
from ml.parameters import TrainingParameters
from ml.pipeline import Pipeline, TrainingDataError, fit_pipeline
from ml.splits import Origin, fold_origins, has_both_classes, known_labels, rolling_origins
from ml.target import Target


@dataclass(frozen=True)
class Backtest:
    """Predictions for rows that the predicting model had not seen.

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
    target: Target,
    *,
    cut_off: pd.Timestamp,
    parameters: TrainingParameters,
    seed: int,
) -> Backtest:
    """Evaluate on rolling origins, or on folds by customer where time cannot split.

    Parameters
    ----------
    frame : DataFrame
        A canonical training frame with every label version.
    cut_off : Timestamp
        The training cut-off, time-zone aware.

    Raises
    ------
    TrainingDataError
        When neither origins nor folds have enough rows of both classes.
    """
    origins = rolling_origins(frame, cut_off, target, parameters)
    if origins:
        return _run(origins, features, target, parameters, seed, kind="backtest")
    latest = known_labels(frame, cut_off)
    if not has_both_classes(latest["label"], parameters.minimum_positives * 2):
        raise TrainingDataError(
            f"{int(latest['label'].sum())} positive of {len(latest)} rows known at {cut_off.isoformat()}: too few of "
            f"one class to evaluate a model (each needs {parameters.minimum_positives * 2})"
        )
    folds = list(fold_origins(latest, parameters, seed))
    return _run(folds, features, target, parameters, seed, kind="cross_validation")


def _run(
    origins: list[Origin],
    features: FeatureList,
    target: Target,
    parameters: TrainingParameters,
    seed: int,
    *,
    kind: str,
) -> Backtest:
    previous, collected = None, []
    is_warmed_up = kind == "backtest" and len(origins) > parameters.origins
    for number, origin in enumerate(origins):
        pipeline = fit_pipeline(origin.training, features, target, parameters, seed)
        probabilities = pipeline.probabilities(origin.evaluation)
        if not (is_warmed_up and number == 0):
            logistic = logistic_baseline(origin.training, origin.evaluation, features, parameters, seed)
            last = last_score_baseline(origin.evaluation, previous, float(origin.training["label"].mean()))
            collected.append(_predictions(origin, probabilities, logistic, last))
        if kind == "backtest":
            codes = origin.evaluation["customer_code"]
            previous = pd.DataFrame({"customer_code": codes, "probability": probabilities})
    return Backtest(kind, pd.concat(collected, ignore_index=True), pipeline, origins[-1].evaluation)


def _predictions(origin: Origin, model: FloatArray, logistic: FloatArray, last: FloatArray) -> pd.DataFrame:
    rows = origin.evaluation[["customer_code", "as_of_date", "label"]].copy()
    scores = {MODEL: model, LOGISTIC_BASELINE: logistic, LAST_SCORE_BASELINE: last}
    return rows.assign(origin_date=origin.as_of_date.date(), segment=origin.name, **scores)
