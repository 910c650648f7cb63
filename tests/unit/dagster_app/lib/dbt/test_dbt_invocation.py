"""Results of dbt become errors with names, and one manifest serves several databases."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from dagster_app.lib.dbt.invocation import DbtFailedError, _manifest_for, raise_for_failure
from dagster_app.lib.dbt.manifest import manifest_contents, tree_fingerprint
from dagster_app.lib.dbt.results import DbtResults


def result(status: str, unique_id: str, message: str | None) -> SimpleNamespace:
    return SimpleNamespace(status=status, node=SimpleNamespace(unique_id=unique_id), message=message)


def test_a_failure_names_each_failed_node_and_counts_the_skipped(tmp_path: Path) -> None:
    outcome = SimpleNamespace(
        success=False,
        exception=None,
        result=SimpleNamespace(
            results=[
                result("success", "model.a", None),
                result("error", "model.b", "division by zero"),
                result("fail", "test.c", "Got 3 results"),
                result("skipped", "model.d", None),
            ]
        ),
    )
    with pytest.raises(DbtFailedError) as error:
        raise_for_failure(outcome, tmp_path)
    text = str(error.value)
    assert "2 dbt nodes failed, 1 were skipped" in text
    assert "model.b: division by zero" in text
    assert "test.c: Got 3 results" in text
    assert str(tmp_path / "compiled") in text


def test_dbt_failure_is_explained(tmp_path: Path) -> None:
    with pytest.raises(DbtFailedError, match="no profile"):
        raise_for_failure(SimpleNamespace(success=False, exception=ValueError("no profile")), tmp_path)


def test_the_parsed_manifest_is_pointed_at_each_database_in_turn() -> None:
    for name in ("first", "second"):
        manifest = _manifest_for(name)
        nodes = [*manifest.nodes.values(), *manifest.sources.values()]
        assert {node.database for node in nodes} == {name}
        assert all(
            node.relation_name.startswith(f'"{name}".') for node in nodes if getattr(node, "relation_name", None)
        )


def test_each_test_result_becomes_a_record_on_the_relation_it_tests() -> None:
    nodes = manifest_contents()["nodes"]
    unique_id, node = next((key, value) for key, value in nodes.items() if value.get("attached_node"))
    results = DbtResults(manifest_contents(), "foundation")
    event = {"data": {"node_info": {"unique_id": unique_id, "node_status": "fail"}, "num_failures": 4}}
    results.add(event)
    (record,) = results._tests
    tested = nodes[node["attached_node"]]
    assert record.relation == f"{tested['schema']}.{tested['name']}"
    assert (record.passed, record.rows_failed, record.tool) == (False, 4, "dbt")


def test_a_fingerprint_follows_names_and_contents_only(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("select 1")
    first = tree_fingerprint(tmp_path, {".sql"})
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "b.sql").write_text("x")
    assert tree_fingerprint(tmp_path, {".sql"}) == first
    (tmp_path / "a.sql").write_text("select 2")
    assert tree_fingerprint(tmp_path, {".sql"}) != first
