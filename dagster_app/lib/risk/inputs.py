"""Read what models are trained on and score: target, feature list, training rows, rows of a month.

Only queries and the shaping of frames. Training and scoring belong to `ml`, writing to the stores.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from psycopg import Connection, sql
from psycopg.rows import dict_row

from warehouse.frames import iter_frames, read_frame

if TYPE_CHECKING:
    import pandas as pd

    from ml.feature_list import FeatureList
    from ml.risk.target import RiskTarget

POSTGRES_TYPES = {"numeric": sql.SQL("double precision"), "boolean": sql.SQL("boolean"), "categorical": sql.SQL("text")}


def read_target(connection: Connection[Any], target_name: str) -> RiskTarget:
    """Read one target with its planning figures in the company's currency.

    Raises
    ------
    RuntimeError
        If the target is not defined.
    """
    from ml.risk.target import RiskTarget

    with connection.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute(
            "select * from intermediate.int_risk__target_economics where target_name = %s", [target_name]
        ).fetchone()
    if row is None:
        raise RuntimeError(f"target {target_name!r} is not defined: add a row to seeds/target_definition.csv")
    return RiskTarget.from_mapping(row)


def read_features(connection: Connection[Any]) -> tuple[FeatureList, dict[str, sql.Composable]]:
    """Return the model features of this company and the expression of each over ``customer_features``.

    Features without a single value in this company are left out: they can teach nothing.
    """
    from ml.feature_list import FeatureList

    expressions = read_expressions(connection)
    filled = _filled(connection, expressions)
    kinds = {name: kind for name, kind in _dictionary(connection) if name in filled}
    return FeatureList.of(kinds), {name: expressions[name] for name in kinds}


def read_expressions(connection: Connection[Any]) -> dict[str, sql.Composable]:
    """Return each feature's typed expression; one that is not a column of the mart is an attribute of the package."""
    columns = {
        str(row[0])
        for row in connection.execute(
            "select attname from pg_attribute where attrelid = 'analytics.customer_features'::regclass and attnum > 0"
        )
    }
    expressions: dict[str, sql.Composable] = {}
    for name, kind in _dictionary(connection):
        attribute = sql.SQL("(customer_features.attributes ->> {})").format(sql.Literal(name))
        column = sql.Identifier("customer_features", name) if name in columns else attribute
        expressions[name] = sql.SQL("{}::{}").format(column, POSTGRES_TYPES[kind])
    return expressions


def _dictionary(connection: Connection[Any]) -> list[tuple[str, str]]:
    return connection.execute(
        "select feature_name, data_type from analytics.feature_dictionary where is_model_feature order by feature_name"
    ).fetchall()


def read_labels(connection: Connection[Any]) -> dict[str, str]:
    """Return each feature's English label."""
    return dict(connection.execute("select feature_name, label_en from analytics.feature_dictionary").fetchall())


def _filled(connection: Connection[Any], expressions: dict[str, sql.Composable]) -> set[str]:
    counts = sql.SQL(", ").join(sql.SQL("count({}) > 0").format(item) for item in expressions.values())
    row = connection.execute(sql.SQL("select {} from analytics.customer_features").format(counts)).fetchone()
    return {name for name, has_value in zip(expressions, row or (), strict=True) if has_value}


def read_training_rows(
    connection: Connection[Any],
    target_name: str,
    expressions: dict[str, sql.Composable],
    known_until: datetime,
    since: date | None = None,
) -> pd.DataFrame:
    """Labelled rows known until an instant: keys, label, ``label_known_at`` and every feature.

    Parameters
    ----------
    since : date, optional
        Earliest as-of date; none: every date.
    """
    query = sql.SQL(
        "select label.customer_code, label.as_of_date, label.label, label.known_at as label_known_at, {features}"
        " from ml.label inner join analytics.customer_features"
        " on customer_features.customer_code = label.customer_code"
        " and customer_features.snapshot_month = label.as_of_date - interval '1 month'"
        " where label.target_name = {target} and label.known_at <= {known_until}"
        " and label.as_of_date >= {since}"
        " order by label.as_of_date, label.customer_code, label.known_at"
    ).format(
        features=_select_list(expressions),
        target=sql.Literal(target_name),
        known_until=sql.Literal(known_until),
        since=sql.Literal(since or date.min),
    )
    return read_frame(connection, query)


def iter_month_rows(
    connection: Connection[Any],
    target_name: str,
    month: date,
    expressions: dict[str, sql.Composable],
    chunk_rows: int,
) -> Iterator[pd.DataFrame]:
    """Rows of a month's cohort in chunks, ordered by customer."""
    query = sql.SQL(
        "select customer_features.customer_code, customer_features.as_of_date, {features}"
        " from analytics.customer_features"
        " inner join intermediate.int_outcomes__cohort as cohort"
        " on cohort.customer_code = customer_features.customer_code"
        " and cohort.snapshot_month = customer_features.snapshot_month and cohort.target_name = {target}"
        " where customer_features.snapshot_month = {month}"
        " order by customer_features.customer_code"
    ).format(features=_select_list(expressions), target=sql.Literal(target_name), month=sql.Literal(month))
    yield from iter_frames(connection, query, chunk_rows=chunk_rows)


def _select_list(expressions: dict[str, sql.Composable]) -> sql.Composed:
    return sql.SQL(", ").join(
        sql.SQL("{} as {}").format(expression, sql.Identifier(name)) for name, expression in expressions.items()
    )


def training_cut_off(connection: Connection[Any], target_name: str, timezone: str) -> datetime:
    """Return the instant up to which the records speak, in the business time zone: the training date.

    Data time, not the wall clock, so that the same data train the same model.
    """
    row = connection.execute(
        "select greatest("
        " (select max(known_until) from intermediate.int_outcomes__data_horizon),"
        " (select max(known_at) from intermediate.int_outcomes__label where target_name = %(target)s),"
        " (select max(as_of_date)::timestamp at time zone %(zone)s from intermediate.int_outcomes__cohort))",
        {"target": target_name, "zone": timezone},
    ).fetchone()
    if row is None or row[0] is None:
        raise RuntimeError("nothing is built that a model could learn from: run the job `build_features` first")
    cut_off: datetime = row[0]
    return cut_off.astimezone(ZoneInfo(timezone))


def first_asked_month(connection: Connection[Any], target_name: str) -> date | None:
    """Return the first snapshot month in which anybody is in the target's cohort."""
    row = connection.execute(
        "select min(snapshot_month) from intermediate.int_outcomes__cohort where target_name = %s", [target_name]
    ).fetchone()
    return row[0] if row else None


def months_to_score(connection: Connection[Any], target_name: str, trained_at: datetime) -> list[date]:
    """Snapshot months out of time for a model trained at `trained_at`; the newest month always.

    A month is out of time if none of its labels was known then: the model cannot have seen its outcome.
    """
    rows = connection.execute(
        "with asked as (select distinct snapshot_month, as_of_date from intermediate.int_outcomes__cohort"
        " where target_name = %(target)s),"
        " learned as (select distinct as_of_date from intermediate.int_outcomes__label"
        " where target_name = %(target)s and known_at <= %(trained_at)s)"
        " select snapshot_month from asked where as_of_date not in (select as_of_date from learned)"
        " or snapshot_month = (select max(snapshot_month) from asked) order by snapshot_month",
        {"target": target_name, "trained_at": trained_at},
    ).fetchall()
    return [row[0] for row in rows]
