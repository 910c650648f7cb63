"""Model card of one version of a risk model.

Belongs here: the content of the page and its rendering. Does not: drawing (charts) or measuring (evaluation).
The page has no external resources: style and charts are inline.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ml.cards.page import render_page
from ml.metrics.registry import METRICS
from ml.risk.charts.calibration import backtest_chart, reliability_chart
from ml.risk.charts.contributions import beeswarm_chart, importance_chart
from ml.risk.charts.ranking import SUBJECT_STYLES, lift_chart, precision_recall_chart, roc_chart
from ml.risk.charts.value import value_chart
from ml.risk.evaluation import LOGISTIC_BASELINE, MODEL
from ml.risk.threshold import break_even
from ml.risk.training import TrainingResult

BEESWARM_ROWS = 600
ECE_LIMIT = 0.03
MIN_POSITIVES = 200


def render_model_card(
    result: TrainingResult,
    *,
    version: str | None = None,
    labels: Mapping[str, str] | None = None,
    simulated: bool = False,
) -> str:
    """Return the model card as one self-contained HTML page.

    Parameters
    ----------
    result : TrainingResult
        Result of `ml.risk.training.train`.
    version : str, optional
        Name of the version in the registry; default: the hash of the bundle.
    labels : mapping of str to str, optional
        English display name of each feature; default: the name of the feature.
    simulated : bool
        True puts a banner on the page: the customers do not exist.
    """
    manifest, display_names = result.bundle.manifest, dict(labels or {})
    return render_page(
        "model_card.html",
        manifest=manifest,
        target=result.bundle.target,
        break_even=break_even(result.bundle.target),
        version=version or result.bundle.sha256[:12],
        sha256=result.bundle.sha256,
        is_simulated=simulated,
        subjects=[(name, style[0]) for name, style in SUBJECT_STYLES.items()],
        metrics=METRICS,
        origins=_origin_table(result.metrics),
        caveats=caveats(manifest),
        charts=_charts(result, display_names),
        feature_labels=[(display_names.get(f["name"], f["name"]), f["name"], f["kind"]) for f in manifest["features"]],
    )


def caveats(manifest: Mapping[str, Any]) -> list[str]:
    """Return the caveats of a model that follow from its metrics."""
    model, baseline = manifest["metrics"][MODEL], manifest["metrics"][LOGISTIC_BASELINE]
    window, evaluation = manifest["training_window"], manifest["evaluation"]
    found = []
    if evaluation["kind"] != "backtest":
        found.append(
            "There is too little history to split by time: quality is measured on customers held out from training, "
            "at the same dates. It does not show how the model ages."
        )
    elif len(evaluation["origins"]) < 6:
        found.append(f"Only {len(evaluation['origins'])} evaluation origins; at least six are recommended.")
    if model["calibration_error"] > ECE_LIMIT:
        found.append(f"The calibration error is {model['calibration_error']:.3f}, more than {ECE_LIMIT}.")
    if model["auc_roc"] <= baseline["auc_roc"]:
        found.append("The model does not rank better than the logistic baseline; consider the simpler model.")
    if window["positive_count"] < MIN_POSITIVES:
        found.append(f"The training window has only {window['positive_count']} positives: metrics are uncertain.")
    return found


def _origin_table(metrics: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Return the rows of the model, one per origin or fold, oldest first."""
    rows = metrics[(metrics["subject"] == MODEL) & metrics["origin_date"].notna()]
    is_one_date = rows["origin_date"].nunique() == 1
    named = (
        rows["segment"].str.replace("_", " ") if is_one_date else rows["origin_date"].map(lambda day: f"{day:%Y-%m}")
    )
    return rows.assign(name=named).to_dict("records")


def _charts(result: TrainingResult, labels: dict[str, str]) -> dict[str, str]:
    predictions, target = result.predictions, result.bundle.target
    single = result.metrics[result.metrics["origin_date"].notna()]
    explained = result.explained_rows.head(BEESWARM_ROWS)
    contributions = result.explained_contributions[: len(explained)]
    has_value = target.customer_value is not None and target.contact_cost is not None
    return {
        "roc": roc_chart(predictions),
        "precision_recall": precision_recall_chart(predictions),
        "reliability": reliability_chart(predictions),
        "lift": lift_chart(predictions, target.capacity_ratio),
        "value": value_chart(predictions, target, result.bundle.threshold) if has_value else "",
        "backtest_auc": backtest_chart(single, "auc_roc", "ROC AUC"),
        "backtest_calibration": backtest_chart(single, "calibration_error", "calibration error (ECE)"),
        "importance": importance_chart(result.importance, labels),
        "contributions": beeswarm_chart(explained, contributions, result.importance, labels),
    }
