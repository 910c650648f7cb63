"""One page per model version that a person can judge it by.

Belongs here: choosing what the page says and rendering it. Does not: drawing (charts) or measuring (evaluation).
The page needs nothing from elsewhere: style and charts are inline.
"""

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from ml.cards.page import render_page
from ml.metrics.registry import METRICS
from ml.risk.charts.contributions import beeswarm_chart, importance_chart
from ml.risk.charts.ranking import LOOKS, lift_chart, precision_recall_chart, roc_chart
from ml.risk.charts.trust import backtest_chart, reliability_chart
from ml.risk.charts.value import value_chart
from ml.risk.evaluation import LOGISTIC_BASELINE, MODEL
from ml.risk.threshold import break_even
from ml.risk.training import TrainingResult

BEESWARM_ROWS = 600
ECE_LIMIT = 0.03
FEW_POSITIVES = 200


def render(
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
        What `ml.risk.training.train` returned.
    version : str, optional
        Name of the version in the registry; the bundle's hash stands in for it.
    labels : mapping of str to str, optional
        English label of each feature; its name stands where there is none.
    simulated : bool
        True puts a banner on the page: the customers do not exist.
    """
    manifest, words = result.bundle.manifest, dict(labels or {})
    return render_page(
        "model_card.html",
        manifest=manifest,
        target=result.bundle.target,
        break_even=break_even(result.bundle.target),
        version=version or result.bundle.sha256[:12],
        sha256=result.bundle.sha256,
        is_simulated=simulated,
        subjects=[(name, look[0]) for name, look in LOOKS.items()],
        metrics=METRICS,
        origins=_origin_table(result.metrics),
        caveats=caveats(manifest),
        charts=_charts(result, words),
        feature_labels=[(words.get(f["name"], f["name"]), f["name"], f["kind"]) for f in manifest["features"]],
    )


def caveats(manifest: Mapping[str, Any]) -> list[str]:
    """Return what a reader must know before trusting the model, from its own figures."""
    model, baseline = manifest["metrics"][MODEL], manifest["metrics"][LOGISTIC_BASELINE]
    window, evaluation = manifest["training_window"], manifest["evaluation"]
    found = []
    if evaluation["kind"] != "backtest":
        found.append(
            "There is too little history to split by time: quality is measured on customers the model had not seen, "
            "at the same dates. It says nothing about how the model ages."
        )
    elif len(evaluation["origins"]) < 6:
        found.append(f"Only {len(evaluation['origins'])} evaluation origins were possible; six or more are wanted.")
    if model["calibration_error"] > ECE_LIMIT:
        found.append(f"Probabilities are off by {model['calibration_error']:.3f} on average, more than {ECE_LIMIT}.")
    if model["auc_roc"] <= baseline["auc_roc"]:
        found.append("The model does not rank better than the logistic baseline; the simpler one may do.")
    if window["positive_count"] < FEW_POSITIVES:
        found.append(f"The training window holds only {window['positive_count']} positives: figures are uncertain.")
    return found


def _origin_table(metrics: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Return the model's row of every origin or fold, oldest first."""
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
