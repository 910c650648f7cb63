"""Training, scoring with reasons and checks, beside shap where there is a peer."""

from __future__ import annotations

from importlib import import_module
from time import perf_counter
from typing import Any

from bench.timing import Timing
from bench.world import LAST_MONTH, World

TARGET = "churn"


def train(world: World) -> Timing:
    """Read the labelled rows, train, calibrate, backtest and explain, as the asset does."""
    from dagster_app.lib.dbt.vars import business_timezone
    from dagster_app.lib.risk import inputs as model_inputs
    from dagster_app.lib.risk.training import SEED
    from ml.risk.training import train as train_model
    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse, warehouse.connect(Role.MODEL) as connection:
        began = perf_counter()
        target = model_inputs.read_target(connection, TARGET)
        features, expressions = model_inputs.read_features(connection)
        trained_at = model_inputs.training_cut_off(connection, TARGET, business_timezone(warehouse))
        rows = model_inputs.read_training_rows(connection, TARGET, expressions, trained_at)
        read = perf_counter() - began
        train_model(rows, features, target, trained_at=trained_at, seed=SEED, code_version="bench")
        return Timing(perf_counter() - began, len(rows), {"reading": read})


def score_month(world: World) -> Timing:
    """Score the newest month's cohort from the feature mart into ``ml.prediction``."""
    from dagster_app.lib.models.store import BundleStore
    from dagster_app.lib.risk.scoring import score_months
    from warehouse.database.opening import open_warehouse

    import_module("ml.risk.scoring")  # imports are not measured
    with open_warehouse() as warehouse:
        began = perf_counter()
        written = score_months(warehouse, BundleStore(warehouse.folders.models), TARGET, [LAST_MONTH], "bench")
        return Timing(perf_counter() - began, written[LAST_MONTH].scored)


def _frame(world: World) -> tuple[Any, Any]:
    """Bundle and a frame of as many rows as the world has customers: the newest cohort, repeated."""
    import pandas as pd

    from dagster_app.lib.models.store import BundleStore
    from dagster_app.lib.risk import inputs as model_inputs
    from dagster_app.lib.risk.scoring import load_scorer
    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse, warehouse.connect(Role.MODEL) as connection:
        scorer = load_scorer(warehouse, BundleStore(warehouse.folders.models), TARGET)
        chunks = model_inputs.iter_month_rows(connection, TARGET, LAST_MONTH, scorer.expressions, 1_000_000)
        cohort = pd.concat(list(chunks), ignore_index=True)
    times = -(-world.customers // len(cohort))
    rows = pd.concat([cohort] * times, ignore_index=True).iloc[: world.customers]
    rows["customer_code"] = [f"row-{number}" for number in range(len(rows))]
    return scorer.bundle, rows


def score_frame(world: World) -> Timing:
    """Score and explain a frame: encoded, scored, top ten with values, every row's sum checked."""
    from ml.risk.scoring import score

    bundle, rows = _frame(world)
    began = perf_counter()
    result = score(bundle, rows)
    return Timing(perf_counter() - began, len(result.published))


def shap_frame(world: World) -> Timing:
    """Explain the same encoded rows with ``shap.TreeExplainer``, which asks LightGBM for the values."""
    return _shap(world, own_algorithm=False)


def shap_own_frame(world: World) -> Timing:
    """Explain the same encoded rows with shap's own TreeSHAP in C, which other boosters get."""
    return _shap(world, own_algorithm=True)


def _shap(world: World, *, own_algorithm: bool) -> Timing:
    import shap

    from ml.frames import scoring_frame

    bundle, rows = _frame(world)
    matrix = bundle.pipeline.encoder.transform(scoring_frame(rows, bundle.features))
    explainer = shap.TreeExplainer(bundle.pipeline.booster)
    if own_algorithm:
        explainer.model.model_type = "internal"
    began = perf_counter()
    explainer.shap_values(matrix, check_additivity=False)
    return Timing(perf_counter() - began, len(matrix))


def checks(world: World) -> Timing:
    """Run every Great Expectations suite, the monthly ones on the newest month, results recorded."""
    from expectations.registry import suites
    from expectations.run import run_suite
    from warehouse.database.opening import open_warehouse

    parts = {}
    with open_warehouse() as warehouse:
        run_suite(warehouse, "source.industry_codes")  # imports of the library are not measured
        began = perf_counter()
        for name, suite in suites().items():
            started = perf_counter()
            run_suite(warehouse, name, LAST_MONTH.isoformat() if suite.is_monthly else None)
            parts[name] = perf_counter() - started
        return Timing(perf_counter() - began, len(parts), parts)
