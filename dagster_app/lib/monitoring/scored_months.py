"""Which versions scored a month, and the histograms of what they saw, counted in the database.

Only queries: raw rows stay in the database, and what a histogram says belongs to `ml.monitoring.drift`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from ml.monitoring.drift.histogram import SCORE
from warehouse.frames import read_frame

if TYPE_CHECKING:
    import pandas as pd

VERSIONS = """
select distinct on (model_version.version)
  model_version.model_name, model_version.version, target_name, artifact_sha256, as_of_date
from ml.scores_as_of(%(as_of)s) as prediction
inner join ml.model_version
  on prediction.model_version = model_version.version
inner join ml.model_deployment
  on model_version.version = model_deployment.version
  and upper_inf(valid_during) and stage in ('production', 'shadow')
order by model_version.version
"""
HISTOGRAMS = """
with score as (
  select probability, features
  from ml.scores_as_of(%(as_of)s)
  where model_version = %(version)s
),

reference as (
  select feature_name, edges
  from jsonb_to_recordset(%(reference)s) as given (feature_name text, edges double precision[])
),

seen as (
  select
    reference.feature_name, reference.edges, entry.value as level,
    case
      when reference.edges is null then null
      when entry.value in ('true', 'false') then (entry.value = 'true')::integer
      else entry.value::double precision
    end as number
  from score
  cross join lateral jsonb_each_text(score.features) as entry
  inner join reference
    on entry.key = reference.feature_name
  where entry.value is not null

  union all

  select %(score)s, %(score_edges)s::double precision[], null, probability
  from score
)

select
  feature_name,
  case when edges is null then level else width_bucket(number, edges)::text end as bin,
  count(*) as row_count,
  coalesce(sum(number), 0) as value_sum
from seen
group by 1, 2
order by 1, 2
"""
ROW_COUNT = """
select count(*) from ml.scores_as_of(%(as_of)s) where model_version = %(version)s
"""


@dataclass(frozen=True)
class ScoredMonth:
    """A version and a month it scored."""

    model_name: str
    version: str
    target_name: str
    artifact_sha256: str
    as_of_date: date


def scored_by(connection: Connection[Any], as_of: date) -> list[ScoredMonth]:
    """Return the versions in production or in shadow mode that have scores as of a day."""
    with connection.cursor(row_factory=class_row(ScoredMonth)) as cursor:
        return cursor.execute(VERSIONS, {"as_of": as_of}).fetchall()


def count_rows(connection: Connection[Any], month: ScoredMonth) -> int:
    """Return how many scores a version has as of the month's day."""
    row = connection.execute(ROW_COUNT, {"version": month.version, "as_of": month.as_of_date}).fetchone()
    return int(row[0]) if row else 0


def read_histograms(connection: Connection[Any], month: ScoredMonth, reference: dict[str, Any]) -> pd.DataFrame:
    """Count a month's scores and their features into the bins of the version's reference.

    Parameters
    ----------
    reference : dict
        ``reference.json`` of the version's bundle.

    Returns
    -------
    DataFrame
        ``feature_name``, ``bin``, ``row_count``, ``value_sum``, as `ml.monitoring.drift.comparison.compare` takes them.
    """
    entries = [{"feature_name": name, "edges": entry.get("edges")} for name, entry in reference["features"].items()]
    values = {"version": month.version, "as_of": month.as_of_date, "reference": Jsonb(entries), "score": SCORE}
    return read_frame(connection, HISTOGRAMS, values | {"score_edges": reference["score"]["edges"]})
