"""Quality of a classification: accuracy down to each level, coverage and error rate, confusion.

Belongs here: metrics of predictions with their actual categories. Does not: making predictions.
"""

import pandas as pd

from ml.messages.hierarchy import at_level
from ml.messages.taxonomy import Taxonomy


def level_metrics(predictions: pd.DataFrame, taxonomy: Taxonomy, threshold: float) -> dict[str, float]:
    """Return the metrics of held-out predictions; NaN where a denominator is 0.

    Parameters
    ----------
    predictions : DataFrame
        ``true_voc_id``, ``predicted_voc_id``, ``confidence``, ``is_correct``, ``is_claim``, ``predicted_claim``.
    threshold : float
        Confidence below which a message is unknown.
    """
    metrics = {"message_count": float(len(predictions))}
    for level in range(taxonomy.depth):
        true, predicted = (
            _path_to_level(predictions[name], taxonomy, level) for name in ("true_voc_id", "predicted_voc_id")
        )
        metrics[f"accuracy_level_{level + 1}"] = float((true == predicted).mean())
    classified = predictions[predictions["confidence"] >= threshold]
    metrics["coverage"] = len(classified) / len(predictions) if len(predictions) else float("nan")
    metrics["error_rate"] = float(1 - classified["is_correct"].mean()) if len(classified) else float("nan")
    with_claim = predictions[predictions["is_claim"].notna() & predictions["predicted_claim"].notna()]
    is_claim_correct = with_claim["is_claim"].astype(bool) == with_claim["predicted_claim"].astype(bool)
    metrics["claim_accuracy"] = float(is_claim_correct.mean()) if len(with_claim) else float("nan")
    return metrics


def category_confusion(predictions: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Count actual against predicted categories on each level; ``level`` from 1."""
    parts = []
    for level in range(taxonomy.depth):
        pairs = pd.DataFrame(
            {
                "true_voc_id": [at_level(taxonomy.paths[voc], level) for voc in predictions["true_voc_id"]],
                "predicted_voc_id": [at_level(taxonomy.paths[voc], level) for voc in predictions["predicted_voc_id"]],
            }
        )
        counted = pairs.value_counts(sort=False).rename("message_count").reset_index()
        parts.append(counted.assign(level=level + 1))
    columns = ["level", "true_voc_id", "predicted_voc_id", "message_count"]
    return pd.concat(parts, ignore_index=True)[columns]


def _path_to_level(categories: pd.Series, taxonomy: Taxonomy, level: int) -> pd.Series:
    return categories.map(lambda voc_id: taxonomy.paths[voc_id][: level + 1])
