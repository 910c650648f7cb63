"""Run one job of the asset graph in this process, on the persistent instance, and explain a failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any

import dagster as dg

from dagster_app.lib import progress
from dagster_app.lib.instance import open_instance
from dagster_app.resources.dbt import DbtResource
from dagster_app.resources.model_store import ModelStore
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Warehouse
from warehouse.errors import BellwetherError
from warehouse.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class StageRunner:
    """Runs jobs one after the other against one company's warehouse.

    Parameters
    ----------
    definitions : Definitions, optional
        Whose jobs; none: the project's.
    """

    def __init__(self, settings: Settings, warehouse: Warehouse, definitions: dg.Definitions | None = None) -> None:
        from dagster_app.definitions import defs

        self._definitions = definitions or defs
        self.instance = open_instance(settings, warehouse)
        opened = WarehouseResource(company=warehouse.company)
        self._resources = {"warehouse": opened, "dbt": DbtResource(warehouse=opened), "model_store": ModelStore()}

    def __enter__(self) -> StageRunner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.instance.dispose()

    def run(
        self, job_name: str, *, config: Mapping[str, Any] | None = None, tags: Mapping[str, str] | None = None
    ) -> str:
        """Run a job and return its run id.

        Parameters
        ----------
        config : mapping, optional
            Configuration by op name.
        tags : mapping, optional
            Run tags, such as the range of months.

        Raises
        ------
        BellwetherError
            If a step failed.
        """
        progress.report(job_name, 0, None, "starting")
        result = self._definitions.resolve_job_def(job_name).execute_in_process(
            run_config={**QUIET, "ops": {name: {"config": value} for name, value in (config or {}).items()}},
            instance=self.instance,
            tags=dict(tags or {}),
            raise_on_error=False,
            resources=self._resources,
        )
        if not result.success:
            raise stage_error(job_name, result.run_id, result.all_events)
        progress.report(job_name, 1, 1, "done")
        return str(result.run_id)


def stage_error(job_name: str, run_id: str, events: Sequence[dg.DagsterEvent]) -> BellwetherError:
    """Say which step failed, why, and where to look."""
    failures = [event for event in events if event.is_step_failure]
    checks = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and not event.asset_check_evaluation_data.passed
    ]
    lines = [f"{event.step_key}: {_reason(event)}" for event in failures]
    lines += [
        f"check {item.check_name} on {'.'.join(item.asset_key.path)}: {item.description or ''}" for item in checks
    ]
    return BellwetherError(
        f"Stage {job_name} failed.\n" + "\n".join(lines),
        where=f"Dagster run {run_id[:8]} (bellwether ui), monitoring.check_result",
        remedy="mend what the message names and run the command again: it continues where it stopped",
    )


def _reason(event: dg.DagsterEvent) -> str:
    data = event.step_failure_data
    if data.user_failure_data is not None and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return error.message.strip() if error is not None else "no reason recorded"
