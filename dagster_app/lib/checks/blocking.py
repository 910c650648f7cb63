"""Blocking checks: a step does not start while one of anything upstream of it fails.

dbt skips what is downstream of a failed test, and Dagster what is downstream of a failed blocking check, but both only
within one run. Here every step asks the recorded check results, in this run and in later ones, until the check passes.
Recording belongs to `warehouse.checks`.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

import dagster as dg

from dagster_app.lib.dbt.manifest import manifest_contents
from dagster_app.resources.dbt import DbtResource
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.checks import BlockingFailure, blocking_failures
from warehouse.connection import Role, Warehouse

if TYPE_CHECKING:
    from dagster._core.definitions.assets.graph.asset_graph import AssetGraph

Body = TypeVar("Body", bound=Callable[..., Any])


def require_upstream_checks(body: Body) -> Body:
    """Decorate the body of an asset: it runs only if every blocking check upstream of the step's assets passes.

    The body takes the context first, and among its resources `warehouse` or `dbt`. Dagster's decorator stands above.

    Raises
    ------
    Failure
        When the asset is materialised: naming each failing check, its relation and where to look.
    """

    @functools.wraps(body)
    def returning(context: dg.AssetExecutionContext, **resources: Any) -> Any:
        _require_upstream(context, _warehouse(resources))
        return body(context, **resources)

    @functools.wraps(body)
    def yielding(context: dg.AssetExecutionContext, **resources: Any) -> Any:
        _require_upstream(context, _warehouse(resources))
        yield from body(context, **resources)

    # Dagster tells a body of several outputs by its being a generator function
    return cast("Body", yielding if inspect.isgeneratorfunction(body) else returning)


def asset_graph(context: dg.AssetExecutionContext) -> AssetGraph:
    """Return the whole graph that the context's job is a part of; the job's own graph ends at what it reads."""
    return context.job_def.asset_layer.asset_graph.source_asset_graph


def selection(context: dg.AssetExecutionContext) -> frozenset[dg.AssetKey]:
    """Return the assets that the context's step materialises."""
    return frozenset(context.selected_asset_keys)


def relations_upstream(graph: AssetGraph, keys: frozenset[dg.AssetKey]) -> tuple[str, ...]:
    """Relations of all ancestors of the given assets, themselves left out, sorted by name."""
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
    """Name the blocking checks that fail upstream of the context's selection; empty when all of them pass."""
    relations = relations_upstream(asset_graph(context), selection(context))
    with warehouse.connect(Role.MODEL) as connection:
        found = blocking_failures(connection, list(relations), None)
    return [str(failure) for failure in found if still_exists(failure)]


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
            + "\nSee monitoring.check_result and monitoring.check_failure; fix the data, then run the check again.",
            allow_retries=False,
        )


def _require_upstream(context: dg.AssetExecutionContext, warehouse: Warehouse) -> None:
    is_partitioned = context.has_partition_key_range or context.has_partition_key
    months = context.partition_keys if is_partitioned else [None]
    require_passed(warehouse, relations_upstream(asset_graph(context), selection(context)), months)


def _warehouse(resources: dict[str, Any]) -> Warehouse:
    """Return the warehouse that a body was given, on its own or with dbt."""
    for resource in resources.values():
        if isinstance(resource, WarehouseResource):
            return resource.get()
        if isinstance(resource, DbtResource):
            return resource.warehouse.get()
    raise TypeError("a body that requires checks upstream is given `warehouse` or `dbt`")
