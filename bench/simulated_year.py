"""Three years of the unattended model loop: `python -m bench.simulated_year` runs them and writes the figures down.

Every month closes as it would in production: the world's rows arrive, the jobs' own assets score and measure them, then
the sensors are asked until they have nothing more to ask for, and what they ask for is run. Nobody promotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import dagster as dg

from bench.year_company import Records
from dagster_app.definitions import defs
from dagster_app.defs import automation, sensors
from dagster_app.lib.partitions import range_tags
from dagster_app.lib.stage_run import StageRunner
from warehouse.connection import Warehouse

SENSORS = (sensors.labels_matured, sensors.mending_due)
SCORED = automation.MONITORS | dg.AssetSelection.assets(
    automation.prediction, automation.alert, automation.alert_delivery
)
# The product's jobs without the stretches of dbt: the marts are built once, when the year is over.
WITHOUT_DBT = {
    "build_month": dg.define_asset_job("year_build_month", automation.LABEL | SCORED),
    "train_and_score": dg.define_asset_job("year_train_and_score", automation.LABEL | automation.MODEL | SCORED),
}


class Loop:
    """The jobs and sensors of one company, asked in turn as the daemon would ask them."""

    def __init__(self, warehouse: Warehouse) -> None:
        definitions = dg.Definitions.merge(defs, dg.Definitions(jobs=list(WITHOUT_DBT.values())))
        self._stages = StageRunner(warehouse.settings, warehouse, definitions)
        self._cursors: dict[str, str | None] = {}
        self._requested: set[str] = set()

    def __enter__(self) -> Loop:
        return self

    def __exit__(self, *error: Any) -> None:
        self._stages.__exit__(*error)

    def close_month(self, snapshot_month: date) -> list[str]:
        """Score and measure a month, then let the sensors start what they will; return the jobs they started."""
        self._run("build_month", range_tags([snapshot_month]))
        started: list[str] = []
        while requested := [name for sensor in SENSORS for name in self._ask(sensor)]:
            started += requested
        return started

    def _ask(self, sensor: dg.SensorDefinition) -> list[str]:
        with dg.build_sensor_context(self._stages.instance, self._cursors.get(sensor.name)) as context:
            answer = sensor.evaluate_tick(context)
        self._cursors[sensor.name] = answer.cursor
        requests = [one for one in answer.run_requests or [] if one.run_key not in self._requested]
        for request in requests:
            self._requested.add(str(request.run_key))
            self._run(request.job_name or sensor.job_name, request.tags)
        return [str(one.job_name or sensor.job_name) for one in requests]

    def _run(self, job_name: str, tags: dict[str, str]) -> None:
        job = WITHOUT_DBT.get(job_name)
        self._stages.run(job.name if job else job_name, tags=tags)


def live(warehouse: Warehouse, records: Records, months: Sequence[int]) -> None:
    """Let months pass, unattended."""
    with Loop(warehouse) as loop:
        for _ in months:
            loop.close_month(records.close_month())
