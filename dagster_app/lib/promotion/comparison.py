"""The gate's rows from the warehouse, its verdict back: champion and challenger where the labels have matured.

What a better model is belongs to `ml.promotion`, the switch to `warehouse.retraining`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg import Connection, sql

from dagster_app.lib.alerts.raising import NewAlert, raise_alert
from dagster_app.lib.models.registry import ActiveModel, active_model, registered_model
from dagster_app.lib.risk import inputs as model_inputs
from dagster_app.lib.risk.training import SEED
from warehouse import retraining
from warehouse.connection import Role, Warehouse
from warehouse.frames import read_frame
from warehouse.retraining import Attempt, GateComparison

if TYPE_CHECKING:
    import pandas as pd

    from ml.promotion.verdict import GateVerdict

MATURE_DATES = 4
"""As-of dates with mature labels after which a challenger that is neither better nor worse is abandoned."""
# Only scores whose label neither version can have learned from; the latest version of a label counts. Each side is
# grouped to its key before the join: joined as they lie, the planner expects one row and loops over all of them.
ROWS = """
with scored as (
  select distinct on (model_version, customer_code, as_of_date)
    model_version, customer_code, as_of_date, probability, predicted_label
  from ml.prediction
  where model_version in ({champion}, {challenger}) and request_source = 'batch'
  order by model_version, customer_code, as_of_date, id desc
),
paired as (
  select
    customer_code, as_of_date,
    max(probability) filter (where model_version = {champion}) as champion,
    max(probability) filter (where model_version = {challenger}) as challenger,
    max(predicted_label) filter (where model_version = {champion}) as champion_label,
    max(predicted_label) filter (where model_version = {challenger}) as challenger_label
  from scored
  group by customer_code, as_of_date
  having count(*) = 2
),
outcome as (
  select customer_code, as_of_date, known_at, label
  from ml.latest_label
  where target_name = {target} and first_known_at > {trained_at}
)
select
  paired.customer_code, paired.as_of_date, outcome.label::integer as label, outcome.known_at,
  paired.champion, paired.challenger,
  paired.champion_label::integer as champion_label, paired.challenger_label::integer as challenger_label
  {segments}
from paired
inner join outcome
  on outcome.customer_code = paired.customer_code and outcome.as_of_date = paired.as_of_date
inner join analytics.customer_features
  on customer_features.customer_code = paired.customer_code
  and customer_features.snapshot_month = (paired.as_of_date - interval '1 month')::date
order by paired.as_of_date, paired.customer_code
"""
# The share of positives among what the champion learned from: labels known when it was trained.
REFERENCE = """
select avg(label::double precision)
from ml.label
where target_name = %(target)s and known_at <= %(trained_at)s
"""
NEWEST_SCORES = "select max(as_of_date) from ml.prediction where model_version = %s"
PROTECTED = "select feature_name from staging.protected_segment where target_name = %s order by 1"


def decide_waiting(
    warehouse: Warehouse, target_name: str, model_name: str, failed_checks: list[str]
) -> list[dict[str, Any]]:
    """Compare every challenger in shadow mode with the version in production; returns the verdict on each.

    A challenger that cannot be judged yet, or not while a check fails, stays in shadow mode until enough labels have
    matured; one that was judged is decided, each attempt in a transaction of its own.
    """
    verdicts = []
    with warehouse.connect(Role.MODEL) as connection:
        waiting = retraining.attempts(connection, model_name, "shadow")
    for attempt in waiting:
        with warehouse.connect(Role.MODEL) as connection:
            verdicts.append(_judge(connection, target_name, attempt, failed_checks))
    return verdicts


def _judge(connection: Connection[Any], target_name: str, attempt: Attempt, failed_checks: list[str]) -> dict[str, Any]:
    from ml.promotion.gate import decide_promotion

    champion = active_model(connection, attempt.model_name)
    challenger = registered_model(connection, str(attempt.shadow_model_version))
    if champion is None or champion.version == challenger.version:
        retraining.set_failed(connection, attempt, "the challenger serves already, or nothing does: nothing to compare")
        return {"challenger": challenger.version, "verdict": "nothing to compare"}
    protected = _protected(connection, target_name)
    rows = read_rows(connection, target_name, champion, challenger, protected)
    verdict = decide_promotion(
        rows,
        model_inputs.read_target(connection, target_name),
        expected_positive_ratio=_reference_ratio(connection, target_name, champion),
        seed=SEED,
        protected=protected,
        failed_checks=failed_checks,
    )
    comparison = _compared(champion.version, rows, verdict)
    _report_implausible(connection, attempt.model_name, verdict, comparison)
    is_judged = verdict.is_computable and not failed_checks
    if verdict.passed and _is_cooling_down(connection, attempt.model_name, champion):
        comparison = replace(comparison, passed=False, verdict=f"waits after a rollback; {comparison.verdict}")
        retraining.postpone(connection, attempt, comparison)
        return {"challenger": challenger.version, "decided": False, "promoted": False, "verdict": comparison.verdict}
    is_over = is_judged or rows["as_of_date"].nunique() >= MATURE_DATES
    (retraining.record_decision if is_over else retraining.postpone)(connection, attempt, comparison)
    return {
        "challenger": challenger.version,
        "champion": champion.version,
        "decided": is_over,
        "promoted": is_over and verdict.passed,
        "rows": len(rows),
        "verdict": verdict.summary,
    }


def _report_implausible(
    connection: Connection[Any], model_name: str, verdict: GateVerdict, comparison: GateComparison
) -> None:
    """Tell a person of implausible labels, once for each state of the labels: only a person can correct them."""
    from ml.promotion.plausibility import CHECK
    from ml.promotion.verdict import Finding

    found = [one.statement for one in verdict.reasons if one.check == CHECK and one.finding is Finding.OPPOSES]
    if found:
        message = (
            f"model {model_name}: {found[0]}; {comparison.champion} stays in production."
            " Correct the labels at their source"
        )
        key = f"labels:{model_name}:{comparison.labels_known_until}"
        raise_alert(connection, NewAlert("LABELS_IMPLAUSIBLE", "error", message[:2000], key, model_name))


def read_rows(
    connection: Connection[Any],
    target_name: str,
    champion: ActiveModel,
    challenger: ActiveModel,
    protected: list[str],
) -> pd.DataFrame:
    """Rows both versions scored, with their mature label and the protected segments as text."""
    expressions = model_inputs.read_expressions(connection)
    segments = [
        sql.SQL(", coalesce(({})::text, 'unknown') as {}").format(expressions[name], sql.Identifier(name))
        for name in protected
    ]
    query = sql.SQL(ROWS).format(
        target=sql.Literal(target_name),
        champion=sql.Literal(champion.version),
        challenger=sql.Literal(challenger.version),
        trained_at=sql.Literal(max(champion.training_date, challenger.training_date)),
        segments=sql.SQL("").join(segments),
    )
    return read_frame(connection, query)


def _is_cooling_down(connection: Connection[Any], model_name: str, champion: ActiveModel) -> bool:
    from ml.promotion.watch import WatchPolicy, is_cooling_down

    row = connection.execute(NEWEST_SCORES, [champion.version]).fetchone()
    newest = row[0] if row else None
    return newest is not None and is_cooling_down(
        retraining.last_rollback(connection, model_name), newest, WatchPolicy()
    )


def _protected(connection: Connection[Any], target_name: str) -> list[str]:
    known = model_inputs.read_expressions(connection)
    return [row[0] for row in connection.execute(PROTECTED, [target_name]).fetchall() if row[0] in known]


def _reference_ratio(connection: Connection[Any], target_name: str, champion: ActiveModel) -> float:
    row = connection.execute(REFERENCE, {"target": target_name, "trained_at": champion.training_date}).fetchone()
    return float(row[0]) if row and row[0] is not None else float("nan")


def _compared(champion: str, rows: pd.DataFrame, verdict: GateVerdict) -> GateComparison:
    from ml.metrics.f1 import f1

    scores: dict[str, float | None] = {"champion": None, "challenger": None}
    if len(rows):
        labels = rows["label"].to_numpy("int64")
        scores = {side: f1(labels, rows[f"{side}_label"].to_numpy("float64"), 0.5) for side in scores}
    known_until = rows["known_at"].max().to_pydatetime() if len(rows) else None
    return GateComparison(
        champion,
        verdict.passed,
        verdict.summary,
        verdict.to_records(),
        scores["challenger"],
        scores["champion"],
        known_until,
    )
