"""What the rule of registration compares: backtests of a newly trained version and of the active one.

What a better version is belongs to `ml.promotion.registration`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg import Connection

from dagster_app.lib.models.registry import active_model
from ml.promotion.registration import RegistrationDecision, first_version, not_worse_on_shared_origins

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


def decide_registration(connection: Connection[Any], model_name: str, metrics: pd.DataFrame) -> RegistrationDecision:
    """Compare a candidate with the active version on the backtest origins that both have.

    Parameters
    ----------
    metrics : DataFrame
        Rows of the candidate for ``ml.model_metrics``.
    """
    incumbent = active_model(connection, model_name)
    if incumbent is None:
        return first_version({})
    theirs = {row[0]: row[1] for row in connection.execute(INCUMBENT_ORIGINS, [incumbent.version])}
    rows = metrics[(metrics["subject"] == "model") & metrics["origin_date"].notna()]
    ours = dict(zip(rows["origin_date"], rows["auc_roc"], strict=True))
    return not_worse_on_shared_origins(ours, theirs, incumbent.version)
