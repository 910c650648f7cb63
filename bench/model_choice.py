"""Which gradient boosting library: accuracy, fit time, exact SHAP time, model size, side by side.

Run: ``python -m bench.model_choice [--bank-file FILE] [--rows 20000]``. XGBoost and CatBoost are measured
where they are installed; the project does not depend on them. Every library gets the same encoded rows, the same
folds, one thread, and settings of equal size (about 90 trees of 12 leaves and depth 5), so that the times compare.
"""

from __future__ import annotations

import argparse
import importlib.util
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold

TREES, LEAVES, DEPTH, RATE = 90, 12, 5, 0.1
EXPLAINED = 5000


@dataclass(frozen=True)
class Candidate:
    """A library: how it fits, scores in log-odds, explains, and what it stores."""

    name: str
    fit: Callable[[np.ndarray, np.ndarray, int], Any]
    margin: Callable[[Any, np.ndarray], np.ndarray]
    contributions: Callable[[Any, np.ndarray], tuple[np.ndarray, Any]]
    size: Callable[[Any], int]


def lightgbm_bag(members: int) -> Candidate:
    """Return the project's own booster, with as many members."""
    from ml.risk.boosting import fit_trees
    from ml.risk.parameters import TrainingParameters

    parameters = TrainingParameters(bag_size=members)

    def contributions(model: Any, rows: np.ndarray) -> tuple[np.ndarray, Any]:
        values = model.predict(rows, pred_contrib=True, num_threads=1)
        return values[:, :-1], values[:, -1]

    return Candidate(
        f"LightGBM, bag of {members}",
        lambda x, y, seed: fit_trees(x, y, parameters, seed, [TREES] * members).booster,
        lambda model, rows: model.predict(rows, raw_score=True, num_threads=1),
        contributions,
        lambda model: len(model.model_to_string()),
    )


def hist_gradient_boosting() -> Candidate:
    """Return scikit-learn's booster; shap explains it."""
    import shap
    from sklearn.ensemble import HistGradientBoostingClassifier

    def fit(x: np.ndarray, y: np.ndarray, seed: int) -> Any:
        return HistGradientBoostingClassifier(
            max_iter=TREES,
            learning_rate=RATE,
            max_leaf_nodes=LEAVES,
            max_depth=DEPTH,
            max_features=0.6,
            l2_regularization=1.0,
            early_stopping=False,
            random_state=seed,
        ).fit(x, y)

    def contributions(model: Any, rows: np.ndarray) -> tuple[np.ndarray, Any]:
        explainer = shap.TreeExplainer(model)
        return explainer.shap_values(rows, check_additivity=False), explainer.expected_value

    return Candidate(
        "HistGradientBoosting",
        fit,
        lambda model, rows: model.decision_function(rows),
        contributions,
        lambda model: len(pickle.dumps(model)),
    )


def xgboost() -> Candidate:
    """Return XGBoost's histogram booster."""
    import xgboost as library

    settings = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_leaves": LEAVES,
        "max_depth": DEPTH,
        "eta": RATE,
        "subsample": 0.8,
        "colsample_bytree": 0.6,
        "nthread": 1,
    }

    def contributions(model: Any, rows: np.ndarray) -> tuple[np.ndarray, Any]:
        values = model.predict(library.DMatrix(rows, nthread=1), pred_contribs=True)
        return values[:, :-1], values[:, -1]

    return Candidate(
        "XGBoost",
        lambda x, y, seed: library.train(settings | {"seed": seed}, library.DMatrix(x, y, nthread=1), TREES),
        lambda model, rows: model.predict(library.DMatrix(rows, nthread=1), output_margin=True),
        contributions,
        lambda model: len(model.save_raw("json")),
    )


def catboost() -> Candidate:
    """Return CatBoost's symmetric trees, depth-limited."""
    from catboost import CatBoostClassifier, Pool

    def fit(x: np.ndarray, y: np.ndarray, seed: int) -> Any:
        return CatBoostClassifier(
            iterations=3 * TREES,
            depth=DEPTH,
            learning_rate=RATE,
            random_seed=seed,
            thread_count=1,
            verbose=0,
            allow_writing_files=False,
        ).fit(x, y)

    def contributions(model: Any, rows: np.ndarray) -> tuple[np.ndarray, Any]:
        values = model.get_feature_importance(Pool(rows), type="ShapValues", thread_count=1)
        return values[:, :-1], values[:, -1]

    return Candidate(
        "CatBoost, 3x the trees",
        fit,
        lambda model, rows: model.predict(rows, prediction_type="RawFormulaVal", thread_count=1),
        contributions,
        lambda model: len(pickle.dumps(model)),
    )


def simulated(rows: int, features: int = 90, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return rows in which lines, an interaction and a step drive the label, among noise and gaps."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, features))
    log_odds = -2.2 + 0.8 * matrix[:, 0] + 0.6 * matrix[:, 1] * (matrix[:, 2] > 0) + 0.7 * (matrix[:, 3] > 1)
    log_odds += 0.15 * matrix[:, 4:10].sum(axis=1)
    labels = (rng.random(rows) < expit(log_odds)).astype("int64")
    matrix[rng.random(matrix.shape) < 0.05] = np.nan
    return matrix, labels


def bank(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return the public bank file, one column per level of its two categories."""
    raw = pd.read_csv(path)
    features = raw.drop(columns=["RowNumber", "CustomerId", "Surname", "Exited"])
    return pd.get_dummies(features).to_numpy("float64"), raw["Exited"].to_numpy("int64")


def measure(candidate: Candidate, matrix: np.ndarray, labels: np.ndarray, seeds: int) -> dict[str, Any]:
    """Cross-validate, then time a fit and the explanation of rows, and check that contributions add up."""
    scores = [_out_of_fold(candidate, matrix, labels, seed) for seed in range(1, seeds + 1)]
    start = perf_counter()
    model = candidate.fit(matrix, labels, 1)
    fit_seconds = perf_counter() - start
    rows = matrix[:EXPLAINED]
    start = perf_counter()
    contributions, base = candidate.contributions(model, rows)
    explain_seconds = perf_counter() - start
    gap = np.abs(np.sum(contributions, axis=1) + base - candidate.margin(model, rows)).max()
    return {
        "library": candidate.name,
        "ROC AUC": np.mean([roc_auc_score(labels, score) for score in scores]),
        "log loss": np.mean([log_loss(labels, expit(score)) for score in scores]),
        "fit s": fit_seconds,
        "SHAP rows/s": len(rows) / explain_seconds,
        "SHAP gap": gap,
        "size kB": candidate.size(model) / 1000,
    }


def _out_of_fold(candidate: Candidate, matrix: np.ndarray, labels: np.ndarray, seed: int) -> np.ndarray:
    scores = np.empty(len(labels))
    for inside, outside in StratifiedKFold(5, shuffle=True, random_state=seed).split(matrix, labels):
        scores[outside] = candidate.margin(candidate.fit(matrix[inside], labels[inside], seed), matrix[outside])
    return scores


def main() -> None:
    """Measure every library that is here on every data set that is given."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--bank-file", type=Path)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seeds", type=int, default=2)
    arguments = parser.parse_args()
    candidates = [lightgbm_bag(1), lightgbm_bag(4)]
    makers = {"shap": hist_gradient_boosting, "xgboost": xgboost, "catboost": catboost}
    candidates += [make() for name, make in makers.items() if importlib.util.find_spec(name)]
    sets = {f"simulated, {arguments.rows:,} x 90": simulated(arguments.rows)}
    if arguments.bank_file:
        sets["public bank file, 10,000 x 13"] = bank(arguments.bank_file)
    for name, (matrix, labels) in sets.items():
        table = pd.DataFrame([measure(candidate, matrix, labels, arguments.seeds) for candidate in candidates])
        print(f"\n{name}\n{table.to_string(index=False, float_format=lambda value: f'{value:.4g}')}")


if __name__ == "__main__":
    main()
