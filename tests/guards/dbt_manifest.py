"""Rules over dbt's manifest: contracts, keys, descriptions, readers, and the structure of the graph.

The rules on structure are those of dbt's project evaluator that fit this project; `LEFT_OUT` names the others with the
reason. Columns as they are built are compared in `built_columns`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.guards.problem import Problem

LEFT_OUT = {
    "model fan-out": "one wide table of features feeds many marts on purpose",
    "source fan-out": "one snapshot document is taken apart by several base models",
    "chained views": "views are what months and marts are made of; materialised ones are chosen by measurement",
    "model directories": "tests/architecture/test_dbt_models.py holds the order of layers and the names of models",
    "public models without contract": "every mart has one, whether public or not",
    "missing source freshness": "freshness is a check of expectations on each raw table",
}
UNIQUENESS = {"unique", "unique_combination"}
MAX_JOINS = 7
# Exceptions, each with its reason.
KEYLESS_MARTS = {"prediction_volume_last_24h": "one row"}
CONTRACTLESS_MARTS = {"high_risk_customers": "a materialised view, on which dbt enforces no contract"}
SOURCES_WITHOUT_MODEL = {
    "load_batch": "the log of loads: the loader, the build log and the freshness of other sources read it"
}
HARD_CODED = re.compile(
    r"\b(?:from|join)\s+(?:crm|source|collections|finance|quarantine|ml|staging|intermediate|analytics|monitoring)\.\w+",
    re.I,
)
JINJA_OR_COMMENT = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|--[^\n]*", flags=re.DOTALL)


def mart_problems(manifest: Mapping[str, Any], code: str) -> Iterator[Problem]:
    """Yield marts without an enforced contract, a uniqueness test, described columns or a reader.

    Parameters
    ----------
    manifest : mapping
        dbt's manifest as parsed JSON.
    code : str
        All Python source of the project: a mart that it names has a reader.
    """
    tested = _uniqueness_tested(manifest)
    for key, node in _models(manifest):
        if node["fqn"][1] != "marts":
            continue
        yaml = _yaml_path(node)
        if not node["config"].get("contract", {}).get("enforced") and node["name"] not in CONTRACTLESS_MARTS:
            yield Problem(
                yaml,
                f"mart {node['name']} has no enforced contract",
                "add `config: {contract: {enforced: true}}` and a data_type for each column",
            )
        if key not in tested and node["name"] not in KEYLESS_MARTS:
            yield Problem(
                yaml,
                f"mart {node['name']} has no test of its key",
                "add `unique` to its key column, or `unique_combination` with the columns of its grain",
            )
        if not _has_reader(key, node, manifest, code):
            yield Problem(
                yaml,
                f"mart {node['name']} has no reader",
                "name it in dbt_project/models/exposures.yml, read it in a model or in code, or remove it",
            )


def description_problems(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield models, sources and columns that nobody described."""
    nodes = [*(node for _, node in _models(manifest)), *manifest["sources"].values()]
    for node in nodes:
        is_model = node["resource_type"] == "model"
        file = _yaml_path(node) if is_model else f"dbt_project/{node['original_file_path']}"
        if not node.get("description"):
            yield Problem(file, f"{node['name']} has no description", "describe it: what it holds, grain, key")
        for name, column in node["columns"].items():
            if not column.get("description"):
                what = f"column {node['name']}.{name} has no description"
                yield Problem(file, what, "describe it: meaning, unit, when it is NULL")


def structure_problems(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield breaches of the rules of dbt's project evaluator that fit."""
    children = manifest["child_map"]
    for key, source in manifest["sources"].items():
        is_read = any(child.startswith("model.") for child in children.get(key, []))
        if not is_read and source["name"] not in SOURCES_WITHOUT_MODEL:
            yield Problem(
                f"dbt_project/{source['original_file_path']}",
                f"source {source['source_name']}.{source['name']} is read by no model",
                "read it in a staging model, or remove it from the sources",
            )
    relations = Counter((source["schema"], source["identifier"]) for source in manifest["sources"].values())
    for (schema, table), count in relations.items():
        if count > 1:
            yield Problem("dbt_project/models", f"{schema}.{table} is declared as a source {count} times", "keep one")
    for _, node in _models(manifest):
        sql = JINJA_OR_COMMENT.sub(" ", node["raw_code"])
        if found := HARD_CODED.search(sql):
            yield Problem(_sql_path(node), f"names a relation directly: `{found[0]}`", "use ref() or source()")
        if (joins := len(re.findall(r"\bjoin\b", sql, re.I))) > MAX_JOINS:
            yield Problem(_sql_path(node), f"joins {joins} relations (at most {MAX_JOINS})", "split the model")
    yield from _exposure_problems(manifest)


def dictionary_problems(manifest: Mapping[str, Any], described: set[str], keys: set[str]) -> Iterator[Problem]:
    """Yield features without a line in the feature dictionary.

    Parameters
    ----------
    described : set of str
        Feature names of `seeds/feature_dictionary.csv`.
    keys : set of str
        Columns of `customer_features` that are not features.
    """
    for _, node in _models(manifest):
        if node["name"] == "customer_features":
            for column in sorted(set(node["columns"]) - described - keys):
                yield Problem(
                    "dbt_project/seeds/feature_dictionary.csv",
                    f"feature {column} has no line",
                    "add name, unit, labels in English and Korean, direction",
                )


def _exposure_problems(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for exposure in manifest["exposures"].values():
        for parent in exposure["depends_on"]["nodes"]:
            if parent.startswith("model.") and manifest["nodes"][parent]["fqn"][1] != "marts":
                yield Problem(
                    f"dbt_project/{exposure['original_file_path']}",
                    f"exposure {exposure['name']} reads {parent.rpartition('.')[2]}, which is not a mart",
                    "let people read marts only",
                )


def _models(manifest: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(key, node) for key, node in manifest["nodes"].items() if node["resource_type"] == "model"]


def _uniqueness_tested(manifest: Mapping[str, Any]) -> set[str]:
    return {
        node["attached_node"]
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test" and (node.get("test_metadata") or {}).get("name") in UNIQUENESS
    }


def _has_reader(key: str, node: Mapping[str, Any], manifest: Mapping[str, Any], code: str) -> bool:
    children = manifest["child_map"].get(key, [])
    if any(child.startswith(("model.", "exposure.")) for child in children):
        return True
    return f"{node['schema']}.{node['name']}" in code


def _sql_path(node: Mapping[str, Any]) -> str:
    return f"dbt_project/{node['original_file_path']}"


def _yaml_path(node: Mapping[str, Any]) -> str:
    """Path of the model's YAML; where there is none, the path at which it is expected."""
    patch = str(node.get("patch_path") or "").partition("://")[2]
    return f"dbt_project/{patch}" if patch else _sql_path(node).removesuffix(".sql") + ".yml"
