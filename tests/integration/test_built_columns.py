"""Every model builds in an empty warehouse, and its columns are those that its YAML describes, both ways."""

from __future__ import annotations

from pathlib import Path

from dagster_app.lib.dbt.manifest import manifest_contents
from tests.guards.built_columns import build_models, column_problems
from tests.guards.code import ROOT
from tests.quick import models_to_build
from warehouse.connection import Warehouse


def test_built_columns_equal_the_described_columns(warehouse: Warehouse, tmp_path: Path) -> None:
    problems = [
        *build_models(warehouse, ROOT / "dbt_project", tmp_path / "target"),
        *column_problems(warehouse, manifest_contents()),
    ]
    assert not problems, "\n".join(map(str, problems))


def test_changed_models_are_built_with_what_they_read() -> None:
    assert models_to_build(["README.md", "ml/frames.py"]) is None
    assert models_to_build(["dbt_project/models/marts/retention/retention_list.yml"]) == ["+retention_list"]
    assert models_to_build(["dbt_project/models/marts/retention/retention_list.sql", "dbt_project/macros/x.sql"]) == []
