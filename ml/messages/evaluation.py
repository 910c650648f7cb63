"""How good a classification is: accuracy down to each level, abstention, confusion.

Belongs here: figures over predictions with their truth. Does not: making predictions.
"""

import pandas as pd

from ml.messages.hierarchy import at_level
from ml.messages.taxonomy import Taxonomy


def level_metrics(predictions: pd.DataFrame, taxonomy: Taxonomy, threshold: float) -> dict[str, float]:
    """Return the figures of held-out predictions; NaN where there is nothing to divide by.

    Parameters
    ----------
    predictions : DataFrame
        ``true_voc_id``, ``predicted_voc_id``, ``confidence``, ``is_right``, ``is_claim``, ``predicted_claim``.
    threshold : float
        Confidence below which a message is unknown.
    """
    figures = {"message_count": float(len(predictions))}
    for level in range(taxonomy.depth):
        true, predicted = (_down_to(predictions[name], taxonomy, level) for name in ("true_voc_id", "predicted_voc_id"))
        figures[f"accuracy_level_{level + 1}"] = float((true == predicted).mean())
    answered = predictions[predictions["confidence"] >= threshold]
    figures["coverage"] = len(answered) / len(predictions) if len(predictions) else float("nan")
    figures["error_rate"] = float(1 - answered["is_right"].mean()) if len(answered) else float("nan")
    said = predictions[predictions["is_claim"].notna() & predictions["predicted_claim"].notna()]
    is_claim_right = said["is_claim"].astype(bool) == said["predicted_claim"].astype(bool)
    figures["claim_accuracy"] = float(is_claim_right.mean()) if len(said) else float("nan")
    return figures


def confusion(predictions: pd.DataFrame, taxonomy: Taxonomy) -> pd.DataFrame:
    """Count true against predicted categories on each level; ``level`` from 1."""
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


def _down_to(categories: pd.Series, taxonomy: Taxonomy, level: int) -> pd.Series:
    return categories.map(lambda voc_id: taxonomy.paths[voc_id][: level + 1])
