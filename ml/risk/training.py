"""Training of a risk model: from a frame of labelled rows to a bundle and its metrics.

Belongs here: the order of the steps and the facts in the manifest. Does not: the steps.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import Any

import pandas as pd

from ml.data_hash import data_hash
from ml.feature_list import FeatureList
from ml.frames import known_instants, training_frame
from ml.metrics.arrays import FloatArray
from ml.metrics.registry import METRICS
from ml.monitoring.drift.training_profile import training_profile
from ml.risk.backtest import Backtest, run_backtest
from ml.risk.bundle import Bundle, build_bundle
from ml.risk.evaluation import MODEL, metric_rows
from ml.risk.importance import hold_out_contributions, importance_frame
from ml.risk.parameters import TrainingParameters
from ml.risk.pipeline import TrainingDataError, fit_pipeline
from ml.risk.splits import known_labels, sample_customers
from ml.risk.target import RiskTarget
from ml.risk.threshold import choose_threshold

LIBRARIES = ("lightgbm", "numpy", "pandas", "scikit-learn", "scipy")


@dataclass(frozen=True)
class TrainingResult:
    """A trained bundle and its evaluation.

    Parameters
    ----------
    bundle : Bundle
        The trained bundle; the model store writes its files.
    metrics : DataFrame
        Rows of ``ml.model_metrics`` (without its identifiers): per origin and subject, and over all of them.
    importance : DataFrame
        Rows of ``ml.feature_importance``.
    predictions : DataFrame
        Out-of-time predictions of all subjects with their labels, for the model card.
    explained_rows, explained_contributions
        Hold-out rows and their contributions in log-odds, for the model card.
    """

    bundle: Bundle
    metrics: pd.DataFrame
    importance: pd.DataFrame
    predictions: pd.DataFrame
    explained_rows: pd.DataFrame
    explained_contributions: FloatArray


def train(
    frame: pd.DataFrame,
    features: FeatureList,
    target: RiskTarget,
    *,
    trained_at: datetime,
    seed: int,
    code_version: str,
    parameters: TrainingParameters | Mapping[str, Any] | None = None,
) -> TrainingResult:
    """Train, calibrate, evaluate and explain one model.

    Parameters
    ----------
    frame : DataFrame
        ``customer_code``, ``as_of_date``, ``label`` (0 or 1), ``label_known_at`` (time-zone aware) and all features.
    trained_at : datetime
        Training cut-off and training date, in the business time zone: labels known later are not used, and the days of
        the evaluation origins begin in this zone.
    seed : int
        The same frame, arguments and library versions give the same bundle, byte for byte.
    code_version : str
        Version of the training code, for the manifest.

    Raises
    ------
    ml.frames.FrameError
        If the frame is invalid.
    TrainingDataError
        If the labels known at the cut-off do not suffice for a model with a valid evaluation.
    """
    settings = parameters if isinstance(parameters, TrainingParameters) else TrainingParameters.from_mapping(parameters)
    cut_off = _cut_off(trained_at)
    usable = training_frame(_usable_rows(frame, cut_off, settings, seed), features)
    available = int((known_instants(frame) <= cut_off).sum())
    backtest = run_backtest(usable, features, target, cut_off=cut_off, parameters=settings, seed=seed)
    training = known_labels(usable, cut_off)
    pipeline = fit_pipeline(training, features, target, settings, seed)
    scores = backtest.predictions[MODEL].to_numpy("float64")
    threshold = choose_threshold(scores, target)
    metrics = metric_rows(backtest.predictions, backtest.kind, threshold, target.capacity_ratio)
    metrics.insert(0, "evaluation_date", cut_off)
    explained = sample_customers(backtest.last_rows, settings.importance_rows, seed)
    contributions = hold_out_contributions(backtest.last_pipeline, explained)
    facts = {
        "model_name": target.model_name,
        "model_type": "lightgbm",
        "target": target.to_dict(),
        "features": features.to_records(),
        "trained_at": cut_off.isoformat(),
        "training_window": _window(training) | {"available_row_count": available},
        "data_hash": data_hash(usable),
        "code_version": code_version,
        "library_versions": {"python": platform.python_version()} | {name: version(name) for name in LIBRARIES},
        "parameters": settings.to_dict() | {"tree_count": pipeline.booster.num_trees()},
        "seed": seed,
        "threshold": threshold,
        "evaluation": _evaluation_facts(backtest),
        "metrics": _headline(metrics),
    }
    scored = backtest.predictions.rename(columns={MODEL: "score"})
    bundle = build_bundle(pipeline, training_profile(training, features, scored), facts)
    importance = importance_frame(contributions, training, features)
    return TrainingResult(bundle, metrics, importance, backtest.predictions, explained, contributions)


def _cut_off(trained_at: datetime) -> pd.Timestamp:
    if trained_at.tzinfo is None:
        raise ValueError("trained_at needs a time zone: the days of the origins begin in the business time zone")
    return pd.Timestamp(trained_at)


def _usable_rows(frame: pd.DataFrame, cut_off: pd.Timestamp, parameters: TrainingParameters, seed: int) -> pd.DataFrame:
    """Return the rows known at the cut-off; if they are too many, without some of the customers."""
    known = frame[(known_instants(frame) <= cut_off).to_numpy()]
    if known.empty:
        raise TrainingDataError(
            f"no label is known at {cut_off.isoformat()}; load older months or wait until the horizon has passed"
        )
    return sample_customers(known, parameters.maximum_rows, seed)


def _window(training: pd.DataFrame) -> dict[str, Any]:
    return {
        "start": training["as_of_date"].min().date().isoformat(),
        "end": training["as_of_date"].max().date().isoformat(),
        "row_count": len(training),
        "positive_count": int(training["label"].sum()),
        "customer_count": int(training["customer_code"].nunique()),
    }


def _evaluation_facts(backtest: Backtest) -> dict[str, Any]:
    dates = sorted(backtest.predictions["origin_date"].unique())
    return {"kind": backtest.kind, "origins": [day.isoformat() for day in dates]}


def _headline(metrics: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """Return the pooled out-of-time metrics per subject."""
    pooled = metrics[metrics["origin_date"].isna()]
    names = [metric.name for metric in METRICS]
    return {
        str(row["subject"]): {name: None if pd.isna(row[name]) else float(row[name]) for name in names}
        for _, row in pooled.iterrows()
    }
