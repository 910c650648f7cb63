"""Whether a newly trained version replaces the active one: not worse on the backtest origins both have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Connection

from dagster_app.lib.models.registry import Decision, active_model

if TYPE_CHECKING:
    import pandas as pd

INCUMBENT_ORIGINS = """
select model_metrics.origin_date, model_metrics.auc_roc
from ml.model_metrics
inner join ml.model_version
  on model_metrics.model_version_id = model_version.id
where model_version.version = %s
  and model_metrics.subject = 'model'
  and model_metrics.origin_date is not null
"""


def decide(connection: Connection[Any], model_name: str, metrics: pd.DataFrame) -> Decision:
    """Compare mean ROC AUC over the origins common to the candidate and the active version.

    Parameters
    ----------
    metrics : DataFrame
        Rows of the candidate for ``ml.model_metrics``.

    Notes
    -----
    Without an active version, or without a common origin (the old backtest lies too far back to compare), the
    candidate goes live: a model of today's data beats one nobody can compare.
    """
    incumbent = active_model(connection, model_name)
    if incumbent is None:
        return Decision(True, "first version of this model", {})
    theirs = {row[0]: row[1] for row in connection.execute(INCUMBENT_ORIGINS, [incumbent.version])}
    rows = metrics[(metrics["subject"] == "model") & metrics["origin_date"].notna()]
    ours = dict(zip(rows["origin_date"], rows["auc_roc"], strict=True))
    common = sorted(theirs.keys() & ours.keys())
    evidence: dict[str, Any] = {"incumbent": incumbent.version, "common_origins": [day.isoformat() for day in common]}
    if not common:
        return Decision(True, f"no backtest origin in common with {incumbent.version}", evidence)
    candidate = sum(ours[day] for day in common) / len(common)
    champion = sum(theirs[day] for day in common) / len(common)
    evidence |= {"candidate_auc_roc": candidate, "incumbent_auc_roc": champion}
    words = f"mean ROC AUC {candidate:.4f} against {champion:.4f} of {incumbent.version} on {len(common)} origins"
    return Decision(candidate >= champion, words, evidence)
