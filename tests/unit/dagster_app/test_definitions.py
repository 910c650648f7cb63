"""The asset graph loads fast, connects to nothing and is complete."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from dagster_app.asset_rules import refuse_unknown_dependencies, with_owner
from dagster_app.definitions import defs
from dagster_app.defs import automation
from dagster_app.lib.dbt.manifest import manifest_contents
from dagster_app.lib.dbt.relations import dbt_relation

ROOT = Path(__file__).resolve().parents[3]
PROBE = """
import json, socket, sys, time
attempts = []
class Refusing(socket.socket):
    def connect(self, address):
        attempts.append(str(address))
        raise OSError("definitions must not connect")
    connect_ex = connect
socket.socket = Refusing
import dagster_app.lib.dbt.manifest as manifest
manifest.prepare_manifest()
began = time.process_time()
from dagster_app.definitions import defs
defs.resolve_asset_graph()
seconds = time.process_time() - began
heavy = [name for name in ("great_expectations", "lightgbm", "shap", "sklearn") if name in sys.modules]
print(json.dumps({"attempts": attempts, "seconds": seconds, "heavy": heavy}))
"""


@pytest.fixture(scope="module")
def probe(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    environment = {**os.environ, "BELLWETHER_HOME": str(tmp_path_factory.mktemp("home"))}
    environment["BELLWETHER_DATABASE_URL"] = "postgresql://nobody@127.0.0.1:1/none"
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


def test_definitions_connect_to_nothing(probe: dict[str, object]) -> None:
    assert probe["attempts"] == []


def test_definitions_load_fast_and_leave_heavy_libraries_alone(probe: dict[str, object]) -> None:
    assert float(str(probe["seconds"])) < 10, "seconds of processor time, Dagster and dbt themselves included"
    assert probe["heavy"] == []


def test_every_dbt_node_is_one_asset() -> None:
    nodes = manifest_contents()["nodes"].values()
    wanted = {
        dg.AssetKey([node["schema"], node.get("alias") or node["name"]])
        for node in nodes
        if node["resource_type"] in {"model", "seed"}
    }
    graph = defs.resolve_asset_graph()
    assert wanted <= set(graph.get_all_asset_keys())


def test_every_attached_dbt_test_is_an_asset_check() -> None:
    nodes = manifest_contents()["nodes"].values()
    attached = [node for node in nodes if node["resource_type"] == "test" and node.get("attached_node")]
    names = {key.name for key in defs.resolve_asset_graph().asset_check_keys}
    missing = [node["name"] for node in attached if node["name"] not in names]
    assert not missing, f"tests that would not show as checks: {missing[:5]}"


def test_every_suite_is_a_check_on_an_asset_of_the_graph() -> None:
    from expectations.registry import suites

    graph = defs.resolve_asset_graph()
    for suite in suites().values():
        key = dg.AssetKey(suite.relation.split("."))
        assert key in set(graph.get_all_asset_keys())
        assert dg.AssetCheckKey(key, "expectations") in graph.asset_check_keys


def test_every_executable_asset_has_a_group_an_owner_kinds_and_a_description() -> None:
    graph = defs.resolve_asset_graph()
    bare = [
        node.key.to_user_string()
        for node in graph.asset_nodes
        if node.is_executable
        and not (node.group_name not in (None, "default") and node.owners and node.kinds and node.description)
    ]
    assert not bare


def test_nothing_in_the_graph_is_a_dead_end() -> None:
    """What Python writes is read by a later asset, or by people at the command line; upkeep writes nothing."""
    graph = defs.resolve_asset_graph()
    ends = {"monitoring.alert_delivery", "monitoring.maintenance", "site.index"}
    ledgers = {"source.load_batch", "crm.customer_identity", "quarantine.rejected_row"}
    loose = [
        ".".join(node.key.path)
        for node in graph.asset_nodes
        if node.is_executable and "dbt" not in node.kinds and not node.child_keys
    ]
    assert set(loose) <= ends | ledgers, loose


def test_lineage_is_complete_from_files_to_publications() -> None:
    graph = defs.resolve_asset_graph()
    reached = {dg.AssetKey(["files", "data_package"])}
    open_keys = list(reached)
    while open_keys:
        children = graph.get(open_keys.pop()).child_keys - reached
        reached |= children
        open_keys.extend(children)
    for end in (["site", "index"], ["analytics", "retention_list"], ["monitoring", "alert_delivery"]):
        assert dg.AssetKey(end) in reached


@pytest.mark.parametrize("job", automation.JOBS, ids=lambda job: job.name)
def test_every_job_resolves(job: dg.JobDefinition) -> None:
    assert defs.resolve_job_def(job.name).description


def test_snapshots_features_and_scores_are_monthly_and_backfilled_in_one_run() -> None:
    graph = defs.resolve_asset_graph()
    for key in (["source", "user_monthly_features"], ["analytics", "customer_features"], ["ml", "prediction"]):
        node = graph.get(dg.AssetKey(key))
        assert isinstance(node.partitions_def, dg.MonthlyPartitionsDefinition)
    for key in (["analytics", "customer_features"], ["ml", "prediction"]):
        assert graph.get(dg.AssetKey(key)).backfill_policy == dg.BackfillPolicy.single_run()


def test_a_misspelt_dependency_stops_the_definitions_from_loading() -> None:
    features = dg.AssetSpec(["analytics", "customer_features"])
    score = dg.AssetSpec(["ml", "prediction"], deps=[["analytics", "customer_featurs"]])
    with pytest.raises(dg.DagsterInvalidDefinitionError) as refused:
        refuse_unknown_dependencies([features, score])
    message = "ml/prediction depends on analytics/customer_featurs, which is not an asset"
    assert str(refused.value) == f"{message}; similar: analytics/customer_features"


def test_a_misspelt_relation_of_dbt_is_refused_by_name() -> None:
    with pytest.raises(
        dg.DagsterInvalidDefinitionError, match=r"'analytics.customer_featurs'; similar: analytics.cust"
    ):
        dbt_relation("analytics.customer_featurs")
    assert dbt_relation("analytics.customer_features") == dg.AssetKey(["analytics", "customer_features"])


def test_every_asset_of_the_graph_is_defined() -> None:
    """What Dagster makes up for a dependency that nobody defines has no description."""
    bare = [node.key.to_user_string() for node in defs.resolve_asset_graph().asset_nodes if not node.description]
    assert not bare


def test_a_group_without_an_owner_is_refused() -> None:
    with pytest.raises(dg.DagsterInvalidDefinitionError, match="pages is in group 'website'"):
        with_owner(dg.AssetSpec("pages", group_name="website"))


def test_each_group_has_one_owner() -> None:
    owners: dict[str, set[str]] = {}
    for node in defs.resolve_asset_graph().asset_nodes:
        owners.setdefault(str(node.group_name), set()).update(node.owners)
    assert {group: names for group, names in owners.items() if len(names) != 1} == {}


def test_dependencies_are_named_by_objects() -> None:
    found = []
    for path in sorted((ROOT / "dagster_app" / "defs").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "deps":
                texts = [part for part in ast.walk(node.value) if isinstance(part, ast.Constant)]
                found += [f"{path.relative_to(ROOT)}:{part.lineno}" for part in texts]
    assert not found, f"name the asset itself, or a relation of defs.warehouse.relations: {found}"


def test_resources_are_wired_in_one_place() -> None:
    wired = {
        f"{path.relative_to(ROOT)}"
        for package in ("dagster_app", "cli")
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"WarehouseResource", "DbtResource", "ModelStore"}
    }
    assert wired == {"dagster_app/definitions.py"}


def test_every_step_that_reads_the_warehouse_requires_the_checks_upstream() -> None:
    """Exempt: what loads files, sends, keeps up or publishes, and the gate, to which a failed check is a reason."""
    exempt = {"raw_tables", "promotion_gate", "monitoring__alert_delivery", "monitoring__maintenance"}
    free = {
        asset.op.name
        for asset in defs.resolve_asset_graph().assets_defs
        if asset.is_executable and asset.keys and not hasattr(asset.op.compute_fn.decorated_fn, "__wrapped__")
    }
    assert {name for name in free if not name.startswith("site__")} == exempt
