"""The table of check results as an asset: whatever runs checks, dbt or a suite, reports there that it wrote results."""

from __future__ import annotations

import dagster as dg

CHECK_RESULT = dg.AssetKey(["monitoring", "check_result"])


def report_recorded(context: dg.AssetExecutionContext | dg.AssetCheckExecutionContext, count: int) -> None:
    """Show in the asset graph that this run wrote results of checks; none is no event."""
    if count:
        context.op_execution_context.log_event(dg.AssetMaterialization(CHECK_RESULT, metadata={"results": count}))
