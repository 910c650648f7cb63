"""Mistakes made on purpose are found by the guards of `make quick`, with the file and the remedy."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dagster_app.definitions import defs
from dagster_app.lib.dbt.manifest import manifest_contents
from tests.guards.built_columns import build_models, column_problems, parse_project
from tests.guards.code import KEY_COLUMNS, ROOT, definition_problems, described_features, python_source
from tests.guards.dbt_manifest import (
    description_problems,
    dictionary_problems,
    mart_problems,
    structure_problems,
)
from warehouse.connection import Warehouse
from warehouse.errors import BellwetherError

MART = "model.bellwether.retention_list"


@pytest.fixture
def manifest() -> dict[str, Any]:
    """The project's manifest, to be damaged."""
    return copy.deepcopy(manifest_contents())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project, to be damaged."""
    return shutil.copytree(
        ROOT / "dbt_project", tmp_path / "dbt_project", ignore=shutil.ignore_patterns("target", "logs")
    )


def found(problems: list[Any]) -> str:
    return "\n".join(map(str, problems))


def test_the_project_itself_breaks_no_rule(manifest: dict[str, Any]) -> None:
    code = python_source()
    assert not found([*mart_problems(manifest, code)])
    assert not found([*description_problems(manifest)])
    assert not found([*structure_problems(manifest)])
    assert not found([*dictionary_problems(manifest, described_features(ROOT / "dbt_project"), KEY_COLUMNS)])
    assert not found(definition_problems(defs))


def test_mart_without_contract_names_its_yaml(manifest: dict[str, Any]) -> None:
    manifest["nodes"][MART]["config"]["contract"]["enforced"] = False
    assert "retention_list.yml: mart retention_list has no enforced contract. Fix: add" in found(
        [*mart_problems(manifest, "")]
    )


def test_mart_without_uniqueness_test_names_its_yaml(manifest: dict[str, Any]) -> None:
    for node in manifest["nodes"].values():
        if node.get("attached_node") == MART:
            node["attached_node"] = None
    assert "retention_list.yml: mart retention_list has no test of its key. Fix: add" in found(
        [*mart_problems(manifest, "")]
    )


def test_mart_without_reader_is_named(manifest: dict[str, Any]) -> None:
    manifest["child_map"][MART] = []
    assert "mart retention_list has no reader" in found([*mart_problems(manifest, "")])
    assert "retention_list" not in found([*mart_problems(manifest, "select * from analytics.retention_list")])


def test_column_without_description_is_named(manifest: dict[str, Any]) -> None:
    manifest["nodes"][MART]["columns"]["phone"]["description"] = ""
    assert "column retention_list.phone has no description" in found([*description_problems(manifest)])


def test_feature_without_a_dictionary_line_is_named(manifest: dict[str, Any]) -> None:
    described = described_features(ROOT / "dbt_project") - {"cancelled_work"}
    assert "feature_dictionary.csv: feature cancelled_work has no line. Fix: add" in found(
        [*dictionary_problems(manifest, described, KEY_COLUMNS)]
    )


def test_relation_named_directly_and_unused_source_are_found(manifest: dict[str, Any]) -> None:
    manifest["nodes"][MART]["raw_code"] += "\ncross join ml.prediction"
    source = next(key for key in manifest["sources"] if key.endswith(".crm.customer"))
    manifest["child_map"][source] = []
    text = found([*structure_problems(manifest)])
    assert "names a relation directly: `join ml.prediction`" in text
    assert "source crm.customer is read by no model" in text


def test_misspelt_asset_dependency_is_named() -> None:
    @dg.asset(deps=[["analytics", "customer_faetures"]])
    def report() -> None: ...

    text = found(definition_problems(dg.Definitions(assets=[report])))
    assert "analytics/customer_faetures is depended on and nothing provides it. Fix: correct" in text


def test_yaml_that_dbt_cannot_parse_is_one_clear_error(project: Path, tmp_path: Path) -> None:
    broken = next(project.rglob("retention_list.yml"))
    broken.write_text(broken.read_text().replace("\n  columns:\n", "\n columns:\n", 1))
    with pytest.raises(BellwetherError) as caught:
        parse_project(project, tmp_path / "target")
    assert "retention_list.yml" in caught.value.where
    assert "make quick" in caught.value.remedy


def test_columns_and_yaml_are_compared_both_ways(project: Path, tmp_path: Path, warehouse: Warehouse) -> None:
    staging = next(project.rglob("stg_crm__customer_version.sql"))
    staging.write_text(staging.read_text().replace("select\n", "select\n  1 as surprise,\n", 1))
    described = staging.with_suffix(".yml")
    described.write_text(
        described.read_text().replace("\n  columns:\n", "\n  columns:\n  - name: ghost\n    description: x\n", 1)
    )
    manifest = parse_project(project, tmp_path / "target")
    assert not build_models(warehouse, project, tmp_path / "target", "stg_crm__customer_version")
    text = found([*column_problems(warehouse, manifest)])
    assert "stg_crm__customer_version.yml: column stg_crm__customer_version.surprise is not described" in text
    assert "stg_crm__customer_version.yml: column stg_crm__customer_version.ghost does not exist" in text


def test_column_missing_from_a_contract_is_one_clear_finding(
    project: Path, tmp_path: Path, warehouse: Warehouse
) -> None:
    model = "customer_directory"
    described = next(project.rglob(f"{model}.yml"))
    text = described.read_text()
    first = text.index("  - name: ", text.index("columns:"))
    described.write_text(text[:first] + text[text.index("  - name: ", first + 5) :])
    assert not build_models(warehouse, project, tmp_path / "target", f"+{model}", "--exclude", model)
    problems = build_models(warehouse, project, tmp_path / "target", model)
    assert model in found(problems)
    assert "Fix: make the SQL and the columns in the YAML beside it agree" in found(problems)
