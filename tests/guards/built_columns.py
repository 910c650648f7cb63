"""Columns as an empty warehouse builds them, compared with the columns that the YAML describes, both ways."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.guards.problem import Problem
from warehouse.connection import Warehouse
from warehouse.environment import environment_variables

COLUMNS = """
select n.nspname, c.relname, a.attname
from pg_attribute as a
join pg_class as c on c.oid = a.attrelid
join pg_namespace as n on n.oid = c.relnamespace
where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm')
"""


def parse_project(project: Path, target: Path) -> dict[str, Any]:
    """Parse a dbt project into its manifest.

    Raises
    ------
    BellwetherError
        If dbt cannot parse it; the message is dbt's own and names the file.
    """
    from dagster_app.lib.dbt.manifest import parse

    parse(target, project)
    manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def build_models(warehouse: Warehouse, project: Path, target: Path, *selection: str) -> list[Problem]:
    """Build models of a project in an empty warehouse and return what dbt refused, such as a broken contract."""
    from dbt.cli.main import dbtRunner

    from dagster_app.lib.dbt.manifest import dbt_arguments

    chosen = ("--select", *selection) if selection else ()
    with environment_variables(warehouse.dbt_environment()):
        result = dbtRunner().invoke(
            ["build", "--resource-type", "model", "--resource-type", "seed", *chosen, *dbt_arguments(target, project)]
        )
    if result.exception is not None:
        raise result.exception
    return [
        Problem(
            f"dbt_project/{item.node.original_file_path}",
            " ".join(str(item.message).split()),
            "make the SQL and the columns in the YAML beside it agree",
        )
        for item in result.result.results
        if str(item.status) == "error"
    ]


def column_problems(warehouse: Warehouse, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield columns that are built and not described, and those described and not built, of models and sources."""
    with warehouse.connect() as connection:
        built: dict[tuple[str, str], set[str]] = {}
        for schema, relation, column in connection.execute(COLUMNS).fetchall():
            built.setdefault((schema, relation), set()).add(column)
    for node in (*manifest["nodes"].values(), *manifest["sources"].values()):
        if node["resource_type"] not in {"model", "source"}:
            continue
        name = node.get("identifier") or node.get("alias") or node["name"]
        found = built.get((node["schema"], name))
        if found is None:
            continue
        described = set(node["columns"])
        file = str(node.get("patch_path") or "").partition("://")[2] or node["original_file_path"]
        for column in sorted(found - described):
            yield Problem(
                f"dbt_project/{file}", f"column {node['name']}.{column} is not described", "add it to the YAML"
            )
        for column in sorted(described - found):
            yield Problem(
                f"dbt_project/{file}", f"column {node['name']}.{column} does not exist", "remove it from the YAML"
            )
