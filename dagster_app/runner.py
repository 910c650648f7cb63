"""Run a whole company through Dagster in one process: load, build, train and score, publish.

What a stage consists of belongs to the jobs in `defs.automation`; what is shown belongs to the command line. A
second run with nothing new starts no stage.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from psycopg import Connection

from dagster_app.lib import code_tree, company_months, model_inputs, progress
from dagster_app.lib.dbt_vars import business_timezone
from dagster_app.lib.package_source import PackageSource, package_fingerprint, prepare_package
from dagster_app.lib.partitions import contiguous, month_key, range_tags
from dagster_app.lib.stage_run import StageRunner
from warehouse.connection import Role, Warehouse, open_warehouse
from warehouse.databases import remember_company
from warehouse.errors import BellwetherError
from warehouse.settings import Settings, load_settings

if TYPE_CHECKING:
    from dagster_app.lib.run_summary import RunSummary

TARGET = "churn"
STAGES = ("sample", "load_files", "backfill", "train_and_score", "publish")


@dataclass
class RunState:
    """One run of the road: what it works on, and the stages it has run so far."""

    settings: Settings
    warehouse: Warehouse
    stages: StageRunner
    code: str
    run_ids: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """Connect as the transformer, which may read every stage and write the ledger."""
        with self.warehouse.connect(Role.TRANSFORMER) as connection:
            yield connection


def run_company(source: PackageSource) -> RunSummary:
    """Bring everything up to date for one company and summarise it.

    Raises
    ------
    BellwetherError
        If a stage failed; it names the asset or check and where to look. A further run continues.
    """
    from dagster_app.lib.run_summary import summarise

    settings = load_settings()
    package = prepare_package(source, settings)
    with open_warehouse(settings, company=package.company) as warehouse, StageRunner(settings, warehouse) as stages:
        state = RunState(settings, warehouse, stages, code_tree.everything(settings))
        _load(state, package.path, source)
        remember_company(settings, warehouse.company)
        if not _is_up_to_date(state):
            _build(state)
        return summarise(warehouse, is_unchanged=not state.run_ids)


def _load(state: RunState, path: Path, source: PackageSource) -> None:
    """Load the package unless exactly these files have been loaded before."""
    inputs = {"all": package_fingerprint(path, source.files)}
    with state.connect() as connection:
        if company_months.built(connection, "package") == inputs:
            return
    config = {"package": str(path), "files": {name: str(file) for name, file in source.files.items()}}
    state.run_ids["load_files"] = state.stages.run("load_files", config={"raw_tables": config})
    with state.connect() as connection:
        company_months.remember(connection, "package", inputs, state.run_ids["load_files"])


def _everything_hash(connection: Connection, code: str) -> dict[str, str]:
    return {"all": company_months.digest(company_months.loaded_batches(connection), code)}


def _is_up_to_date(state: RunState) -> bool:
    with state.connect() as connection:
        return company_months.built(connection, "run") == _everything_hash(connection, state.code)


def _build(state: RunState) -> None:
    """Run every stage after loading; the ledger is written when all of them have passed."""
    with state.connect() as connection:
        everything = _everything_hash(connection, state.code)
    _backfill(state)
    state.run_ids["train_and_score"] = state.stages.run("train_and_score", tags=range_tags(_scored_range(state)))
    state.run_ids["publish"] = state.stages.run("publish")
    with state.connect() as connection:
        company_months.remember(connection, "run", everything, state.run_ids["publish"])


def _backfill(state: RunState) -> None:
    """Build the months whose inputs changed; where none did, the newest, so that other models are rebuilt."""
    with state.connect() as connection:
        inputs = company_months.month_inputs(connection, code_tree.dbt_code())
        done = company_months.built(connection, "month")
    if not inputs:
        raise BellwetherError(
            "The package brought no snapshot month and no as-of date: there is nothing to build.",
            where=f"company {state.warehouse.company}",
            remedy="give the package a file with target source.user_monthly_features, or as_of_dates",
        )
    stale = [month for month, value in inputs.items() if done.get(month_key(month)) != value]
    for months in contiguous(stale or [max(inputs)]):
        run_id = state.stages.run("backfill", tags=range_tags(months))
        state.run_ids["backfill"] = run_id
        with state.connect() as connection:
            company_months.remember(connection, "month", {month_key(month): inputs[month] for month in months}, run_id)
    progress.report("building", len(inputs), len(inputs))


def _scored_range(state: RunState) -> list[date]:
    timezone = business_timezone(state.warehouse)
    with state.connect() as connection:
        trained_at = model_inputs.training_cut_off(connection, TARGET, timezone)
        return model_inputs.months_to_score(connection, TARGET, trained_at)


def score_month(warehouse: Warehouse, month: date | None) -> date:
    """Score one month, the newest if none is given, with the active model, refresh the marts and return the month.

    Raises
    ------
    BellwetherError
        If the month is not built or a step failed.
    """
    with warehouse.connect(Role.MODEL) as connection:
        rows = connection.execute(
            "select distinct snapshot_month from intermediate.int_outcomes__cohort where target_name = %s", [TARGET]
        ).fetchall()
    months = sorted(row[0] for row in rows)
    if not months or (month is not None and month not in months):
        raise BellwetherError(
            f"Month {month or ''} is not built.",
            where=f"company {warehouse.company}, built months: {months[0]} to {months[-1]}" if months else "",
            remedy="run `bellwether run` first",
        )
    wanted = month or months[-1]
    with StageRunner(warehouse.settings, warehouse) as stages:
        stages.run("score_month", tags=range_tags([wanted]))
    return wanted
