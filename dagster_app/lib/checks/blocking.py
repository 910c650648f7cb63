"""The gate: a step does not start while a blocking check of anything upstream of it fails.

dbt skips what is downstream of a failed test, but only within one invocation. Here every step asks the recorded
check results, in this run and in later ones, until the check passes. Recording belongs to `warehouse.checks`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import lru_cache

import dagster as dg

from dagster_app.lib.dbt.manifest import manifest_contents
from warehouse.checks import BlockingFailure, blocking_failures
from warehouse.connection import Role, Warehouse


@lru_cache(maxsize=64)
def relations_upstream(keys: frozenset[dg.AssetKey]) -> tuple[str, ...]:
    """Relations of all ancestors of the given assets, themselves left out, in order of their names."""
    graph = importlib.import_module("dagster_app.definitions").defs.resolve_asset_graph()
    seen: set[dg.AssetKey] = set()
    open_keys = list(keys)
    while open_keys:
        parents = graph.get(open_keys.pop()).parent_keys - seen - keys
        seen |= parents
        open_keys.extend(parents)
    return tuple(sorted(relation_name(key) for key in seen))


def relation_name(key: dg.AssetKey) -> str:
    """Name under which checks of an asset are recorded: ``schema.relation``."""
    return ".".join(key.path)


def failing_checks(context: dg.AssetExecutionContext, warehouse: Warehouse) -> list[str]:
    """Name the blocking checks that fail upstream of the context's selection; empty when the gate would pass."""
    relations = relations_upstream(frozenset(context.selected_asset_keys))
    with warehouse.connect(Role.MODEL) as connection:
        found = blocking_failures(connection, list(relations), None)
    return [str(failure) for failure in found if still_exists(failure)]


def pass_gate(context: dg.AssetExecutionContext, warehouse: Warehouse) -> None:
    """Raise unless every blocking check upstream of the context's selection passes.

    Raises
    ------
    Failure
        Naming each failing check, its relation and where to look.
    """
    keys = frozenset(context.selected_asset_keys)
    partitions = (
        list(context.partition_keys) if context.has_partition_key_range or context.has_partition_key else [None]
    )
    require_passed(warehouse, relations_upstream(keys), partitions)


def still_exists(failure: BlockingFailure) -> bool:
    """Whether the check is still defined: one that was removed could never pass again and must not block."""
    return failure.tool != "dbt" or failure.check_name in dbt_test_names()


@lru_cache(maxsize=1)
def dbt_test_names() -> frozenset[str]:
    """Return the names of the project's data tests."""
    nodes = manifest_contents()["nodes"].values()
    return frozenset(node["name"] for node in nodes if node["resource_type"] == "test")


def require_passed(warehouse: Warehouse, relations: Iterable[str], partition_keys: Iterable[str | None]) -> None:
    """Raise `Failure` if the latest result of a blocking check on one of the relations is a failure."""
    wanted = list(relations)
    found: dict[str, None] = {}
    with warehouse.connect(Role.MODEL) as connection:
        for key in partition_keys:
            for failure in blocking_failures(connection, wanted, key):
                if still_exists(failure):
                    found[str(failure)] = None
    if found:
        raise dg.Failure(
            description="blocked by failed checks upstream:\n  "
            + "\n  ".join(found)
            + "\nSee monitoring.check_result and monitoring.check_failure; mend the data, then run the check again.",
            allow_retries=False,
        )
