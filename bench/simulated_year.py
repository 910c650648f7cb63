"""Three years of the unattended model loop: `python -m bench.simulated_year` runs them and writes the figures down.

Every month closes as it would in production: the world's rows arrive, the jobs' own assets score and measure them, then
the sensors are asked until they have nothing more to ask for, and what they ask for is run. Nobody promotes.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import dagster as dg

from bench.year_company import Records, fork, prepare
from bench.year_figures import finish
from bench.year_report import report
from bench.year_world import DRIFT_MONTH, Story, World
from dagster_app.definitions import defs
from dagster_app.defs import automation, sensors
from dagster_app.lib.runs.partitions import range_tags
from dagster_app.lib.runs.stage_run import StageRunner
from warehouse.connection import Warehouse
from warehouse.database.opening import open_warehouse
from warehouse.settings import load_settings

CUSTOMERS, SEED = 800, 1
STEADY_MONTHS = DRIFT_MONTH - 1
RUN_KEY = "dagster/run_key"
SENSORS = (sensors.labels_matured, sensors.retraining_due)
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
        requests = [one for one in answer.run_requests or [] if not self._is_known(str(one.run_key))]
        for request in requests:
            self._run(request.job_name or sensor.job_name, {**request.tags, RUN_KEY: str(request.run_key)})
        return [str(one.job_name or sensor.job_name) for one in requests]

    def _is_known(self, run_key: str) -> bool:
        return bool(self._stages.instance.get_runs(dg.RunsFilter(tags={RUN_KEY: run_key}), limit=1))

    def _run(self, job_name: str, tags: dict[str, str]) -> None:
        job = WITHOUT_DBT.get(job_name)
        self._stages.run(job.name if job else job_name, tags=tags)


@dataclass(frozen=True)
class Plan:
    """A story, and how many months of it are lived: those after the twelfth let the last labels come in.

    Parameters
    ----------
    begins_as : str
        Company whose first months are this story's as well: it is copied, not lived again.
    """

    name: str
    story: Story
    begins_as: str
    months: int


DRIFTED = Plan("drifted", Story(drift_month=DRIFT_MONTH), "steady", 10)
#: The challenger asked for by the drift of month 7 is promoted when month 10 closes; month 11 is the first it scores.
PLANS = (
    Plan("poison", Story(flipped={7: 0.1}, all_ones=frozenset({9})), "steady", 11),
    Plan("drift", DRIFTED.story, "drifted", 14),
    Plan("bad_live", Story(drift_month=DRIFT_MONTH, turned_from=11), "drifted", 14),
)


def live_shared_months(
    warehouse: Warehouse, name_of: Callable[[str], str], customers: int = CUSTOMERS, seed: int = SEED
) -> dict[str, tuple[Warehouse, int]]:
    """Make a warehouse that of the company and live the months that stories share; companies and months lived by name.

    Parameters
    ----------
    name_of : callable
        Company of the copy that drifted.
    """
    prepare(warehouse)
    records = Records(warehouse, World(customers, seed))
    while records.month < 0:
        records.close_month()
    _live(warehouse, records, STEADY_MONTHS)
    found = {"steady": (warehouse, STEADY_MONTHS)}
    found["drifted"] = (live(found, name_of("drifted"), DRIFTED, customers, seed), DRIFTED.months)
    return found


def live(
    lived: dict[str, tuple[Warehouse, int]], company: str, plan: Plan, customers: int = CUSTOMERS, seed: int = SEED
) -> Warehouse:
    """Let a story's months pass in a copy of the company it begins as; return the copy."""
    source, months = lived[plan.begins_as]
    warehouse = fork(source, company)
    os.environ["BELLWETHER_COMPANY"] = company  # the sensors open the company that the settings name
    records = Records(warehouse, World(customers, seed, plan.story))
    records.skip(months)
    _live(warehouse, records, plan.months)
    return warehouse


def _live(warehouse: Warehouse, records: Records, last_month: int) -> None:
    with Loop(warehouse) as loop:
        while records.month < last_month:
            loop.close_month(records.close_month())


def main() -> None:
    """Live the three years in a temporary home, print their figures and write them down."""
    parser = argparse.ArgumentParser(prog="python -m bench.simulated_year", description=__doc__)
    parser.add_argument("--customers", type=int, default=CUSTOMERS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--only", nargs="+", default=[plan.name for plan in PLANS])
    parser.add_argument("--folder", type=Path, default=None, help="where the home goes")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("simulated_year_results.md"))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bellwether-year-", dir=given.folder) as folder:
        os.environ |= {"BELLWETHER_HOME": folder, "BELLWETHER_COMPANY": "steady"}
        with open_warehouse(load_settings()) as steady:
            started = time.monotonic()
            lived = live_shared_months(steady, str, given.customers, given.seed)
            print(f"months that stories share: {time.monotonic() - started:.0f} s", flush=True)
            parts = []
            for plan in (plan for plan in PLANS if plan.name in given.only):
                started = time.monotonic()
                year = finish(live(lived, plan.name, plan, given.customers, given.seed))
                parts.append(report(plan.name, year))
                print(f"{plan.name}: {time.monotonic() - started:.0f} s\n{parts[-1]}", flush=True)
    given.out.write_text("# Simulated years\n\n" + "\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
