"""Write a month's scores into ``ml.prediction``: the month is replaced, unchanged rows are not touched.

Rows arrive in chunks into a temporary table; one transaction under the month's lock then inserts what is new,
updates what differs and deletes what vanished. Readers see the old month or the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
from psycopg import Connection

from warehouse.frames import copy_frame

KEY = "(model_name, model_version, customer_code, as_of_date, predicted_at)"
PAYLOAD = (
    "probability",
    "predicted_label",
    "threshold",
    "features",
    "top_features",
    "top_values",
    "top_contributions",
    "top_value_texts",
    "base_value",
    "other_contribution",
)
STAGE = """
create temporary table scored (
  customer_code text not null, as_of_date date not null, probability double precision not null,
  predicted_label smallint not null, threshold double precision not null, features jsonb not null,
  top_features text[] not null, top_values double precision[] not null,
  top_contributions double precision[] not null, top_value_texts text[] not null,
  base_value double precision not null, other_contribution double precision not null
) on commit drop
"""
MERGE = f"""
insert into ml.prediction (
  prediction_id, model_name, model_version, model_stage, customer_code, customer_id, as_of_date, predicted_at, run_id,
  {", ".join(PAYLOAD)}
)
select
  concat_ws(':', %(model_name)s::text, %(version)s::text, scored.as_of_date::text, scored.customer_code),
  %(model_name)s, %(version)s, %(stage)s, scored.customer_code, customer.customer_id, scored.as_of_date,
  %(predicted_at)s, %(run_id)s,
  {", ".join(f"scored.{name}" for name in PAYLOAD)}
from scored
inner join staging.stg_crm__customer as customer
  on scored.customer_code = customer.customer_code
order by scored.customer_code
on conflict {KEY} do update set
  run_id = excluded.run_id, {", ".join(f"{name} = excluded.{name}" for name in PAYLOAD)}
where prediction.model_stage = excluded.model_stage
  and ({", ".join(f"prediction.{name}" for name in PAYLOAD)})
  is distinct from ({", ".join(f"excluded.{name}" for name in PAYLOAD)})
"""
# A version that was promoted scores its months again: deleted and inserted, so that its alerts are raised.
DELETE_SHADOW = """
delete from ml.prediction
where model_name = %(model_name)s
  and model_version = %(version)s
  and predicted_at = %(predicted_at)s
  and request_source = 'batch'
  and model_stage = 'shadow'
"""
DELETE_VANISHED = """
delete from ml.prediction
where model_name = %(model_name)s
  and model_version = %(version)s
  and predicted_at = %(predicted_at)s
  and request_source = 'batch'
  and model_stage = %(stage)s
  and not exists (select 1 from scored where scored.customer_code = prediction.customer_code)
"""


@dataclass(frozen=True)
class ScoredMonth:
    """The month being written: whose scores, as of when, by which run, and whether anybody acts on them.

    A score in shadow mode never replaces one that was in production.
    """

    model_name: str
    version: str
    as_of_date: date
    predicted_at: datetime
    run_id: str
    stage: str = "production"


@dataclass(frozen=True)
class WrittenMonth:
    """What replacing a month did, in rows."""

    scored: int
    changed: int
    deleted: int


class PredictionWriter:
    """Collects chunks of one month and replaces it; used inside one transaction of `connection`."""

    def __init__(self, connection: Connection[Any], month: ScoredMonth) -> None:
        self._connection = connection
        self._month = month
        self._scored = 0
        lock = f"ml.prediction:{month.model_name}:{month.as_of_date}"
        connection.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [lock])
        connection.execute(STAGE)

    def add(self, published: pd.DataFrame) -> None:
        """Stage rows as `ml.risk.scoring.score` publishes them."""
        self._scored += copy_frame(self._connection, published, "scored", list(published.columns))

    def replace(self) -> WrittenMonth:
        """Bring the month to what was staged.

        Raises
        ------
        RuntimeError
            If nothing was staged, or a scored customer is not known to the warehouse.
        """
        if self._scored == 0:
            raise RuntimeError(f"no scores for {self._month.as_of_date}: the month stays as it was")
        values = vars(self._month)
        self._connection.execute("analyze scored")
        self._demand_known_customers()
        if self._month.stage == "production":
            self._connection.execute(DELETE_SHADOW, values)
        changed = self._connection.execute(MERGE, values).rowcount
        deleted = self._connection.execute(DELETE_VANISHED, values).rowcount
        return WrittenMonth(self._scored, changed, deleted)

    def _demand_known_customers(self) -> None:
        row = self._connection.execute(
            "select count(*), min(customer_code) from scored"
            " where not exists ("
            "  select 1 from staging.stg_crm__customer as known where known.customer_code = scored.customer_code)"
        ).fetchone()
        if row and row[0]:
            raise RuntimeError(f"{row[0]} scored customers are not known customers, the first is {row[1]!r}")
