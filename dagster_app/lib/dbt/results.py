"""Collect the results of a dbt invocation and record its tests next to all other checks.

What a check result is and how it is stored belongs to `warehouse.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Literal

from dagster_app.lib.dbt.translator import relation_parts
from warehouse.checks import CheckRecord, record_checks
from warehouse.connection import Role, Warehouse

PASSED = {"pass", "success"}


class DbtResults:
    """Results of one invocation, in the order they arrived."""

    def __init__(self, manifest: Mapping[str, Any], step: str) -> None:
        self._manifest = manifest
        self._tests: list[CheckRecord] = []
        self.step = step
        self.done = 0
        self.latest = ""

    def add(self, event: Mapping[str, Any]) -> None:
        """Take one result event of dbt."""
        node_info = event["data"].get("node_info", {})
        node = self._manifest["nodes"].get(node_info.get("unique_id"))
        if node is None:
            return
        if node["resource_type"] == "test":
            self._add_test(node, event["data"], str(node_info.get("node_status", "")).lower())
        else:
            self.done += 1
            self.latest = ".".join(relation_parts(node))

    def record(self, warehouse: Warehouse, run_id: str, months: Sequence[date]) -> int:
        """Write the tests' results and return how many; a test of one month's build belongs to that month."""
        partition = months[0].isoformat() if len(months) == 1 else None
        with warehouse.connect(Role.MODEL) as connection:
            record_checks(connection, [replace(test, partition_key=partition) for test in self._tests], run_id=run_id)
        return len(self._tests)

    def _add_test(self, node: Mapping[str, Any], data: Mapping[str, Any], status: str) -> None:
        if status == "skipped":
            return
        severity: Literal["warn", "error"] = (
            "warn" if str(node["config"].get("severity", "error")).lower() == "warn" else "error"
        )
        failures = data.get("num_failures")
        relation = self._relation(node)
        self._tests.append(
            CheckRecord(
                layer=relation.split(".", maxsplit=1)[0],
                relation=relation,
                check_name=node["name"],
                tool="dbt",
                passed=status in PASSED,
                is_blocking=bool(node["config"].get("meta", {}).get("blocking", severity == "error")),
                severity=severity,
                rows_failed=None if failures is None else int(failures),
                details={"status": status, "unique_id": node["unique_id"]},
            )
        )

    def _relation(self, node: Mapping[str, Any]) -> str:
        tested = node.get("attached_node") or next(iter(node["depends_on"]["nodes"]), None)
        if tested is None:
            return "project"
        props = self._manifest["nodes"].get(tested) or self._manifest["sources"][tested]
        return ".".join(relation_parts(props))
