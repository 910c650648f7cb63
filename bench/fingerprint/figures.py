"""Figures of models and checks in words that two builds share: what a reader wants to see beside the checksums."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, LiteralString

from psycopg import Connection, errors
from psycopg.rows import dict_row

SIGNIFICANT_DIGITS = 12
#: A version ends with a hash of its training rows, definition and code.
_HASH = re.compile(r"-[0-9a-f]{8,}$")

VERSIONS: LiteralString = "select version from ml.model_version order by id"

#: Each query gives a name and a value; names are unique.
QUERIES: dict[str, LiteralString] = {
    "models": """
        select version as name, jsonb_build_object(
          'model_name', model_name, 'target_name', target_name, 'model_type', model_type,
          'training_window_start', training_window_start, 'training_window_end', training_window_end,
          'data_hash', data_hash, 'code_version', code_version, 'metrics', metrics, 'parameters', parameters,
          'threshold', threshold, 'feature_names', feature_names, 'is_active', is_active) as value
        from ml.model_version""",
    "deployments": """
        select version || ' / ' || stage || ' / ' || row_number() over (partition by version, stage order by
          deployment_id) as name, jsonb_build_object('decided_by', decided_by, 'reason', reason) as value
        from ml.model_deployment""",
    "model metrics": """
        select concat_ws(' / ', version, evaluation_kind, coalesce(origin_date::text, 'no origin'), subject, segment)
          as name,
          to_jsonb(m) - '{id,model_version_id,evaluation_date,created_at}'::text[] as value
        from ml.model_metrics as m join ml.model_version as v on v.id = m.model_version_id""",
    "feature importance": """
        select version || ' / ' || feature_name as name, jsonb_build_object('importance_score', importance_score,
          'retained_average', retained_average, 'churned_average', churned_average) as value
        from ml.feature_importance as f join ml.model_version as v on v.id = f.model_version_id""",
    "live performance": """
        select concat_ws(' / ', model_version, as_of_date, segment, metric_name, rank() over (partition by
          model_version, as_of_date, segment, metric_name order by labels_known_until)) as name,
          jsonb_build_object('value', value, 'row_count', row_count, 'positive_count', positive_count) as value
        from ml.performance""",
    "checks": """
        select concat_ws(' / ', tool, relation, check_name) as name, jsonb_build_object(
          'results', count(*), 'passed', count(*) filter (where passed), 'rows_failed', sum(rows_failed),
          'severity', min(severity), 'is_blocking', bool_or(is_blocking), 'layer', min(layer)) as value
        from monitoring.check_result group by tool, relation, check_name""",
    "number of checks": """
        select concat_ws(' / ', tool, layer) as name, jsonb_build_object(
          'checks', count(distinct (relation, check_name)), 'results', count(*),
          'passed', count(*) filter (where passed)) as value
        from monitoring.check_result group by tool, layer""",
    "alerts of scores": """
        select concat_ws(' / ', model_name, alert_type, severity, case when was_sent then 'sent' else 'waiting' end)
          as name, to_jsonb(count(*)) as value
        from ml.alert group by model_name, alert_type, severity, was_sent""",
    "alerts of monitors": """
        select concat_ws(' / ', model_name, alert_type, severity) as name, to_jsonb(count(*)) as value
        from ml.monitoring_alert group by model_name, alert_type, severity""",
    "quarantine": """
        select concat_ws(' / ', target_table, reason_code, status) as name, to_jsonb(count(*)) as value
        from quarantine.rejected_row group by target_table, reason_code, status""",
}


def version_aliases(connection: Connection[Any]) -> dict[str, str]:
    """Return for each model version a name that does not depend on the code: without its hash, numbered if need be."""
    aliases: dict[str, str] = {}
    try:
        versions = connection.execute(VERSIONS).fetchall()
    except errors.UndefinedTable:  # a database without models
        return aliases
    for (version,) in versions:
        base = _HASH.sub("", version)
        number = sum(alias.rpartition("-#")[0] == base for alias in aliases.values()) + 1
        aliases[version] = f"{base}-#{number}"
    return aliases


def read_figures(connection: Connection[Any], replacements: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the figures by subject and name; a subject whose tables are missing says so.

    Parameters
    ----------
    connection
        A connection in autocommit.
    replacements
        Texts that depend on the build, and what stands in for them.
    """
    found: dict[str, dict[str, Any]] = {}
    for subject, query in QUERIES.items():
        try:
            with connection.cursor(row_factory=dict_row) as cursor:
                rows = cursor.execute(query).fetchall()
        except (errors.UndefinedTable, errors.UndefinedColumn) as error:
            found[subject] = {"not readable": str(error).splitlines()[0]}
            continue
        named = {str(row["name"]): row["value"] for row in rows}
        if len(named) != len(rows):
            raise ValueError(f"figures of {subject!r}: {len(rows)} rows share {len(named)} names")
        found[subject] = _plain(named, replacements)
    return found


def _plain(value: Any, replacements: Mapping[str, str]) -> Any:
    """Round floating-point numbers and replace what depends on the build, at any depth."""
    if isinstance(value, dict):
        return {_replaced(key, replacements): _plain(inner, replacements) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner, replacements) for inner in value]
    if isinstance(value, float):
        return float(f"{value:.{SIGNIFICANT_DIGITS}g}")
    return _replaced(value, replacements) if isinstance(value, str) else value


def _replaced(text: str, replacements: Mapping[str, str]) -> str:
    for original, stand_in in replacements.items():
        text = text.replace(original, stand_in)
    return text
