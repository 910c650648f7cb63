"""The stages of a company's run in order, each a Dagster run, and the ledger that lets the next run continue.

Whether anything is to be done belongs to `runner`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from dagster_app.lib.dbt.vars import business_timezone
from dagster_app.lib.risk import inputs as model_inputs
from dagster_app.lib.risk.targets import asked_targets
from dagster_app.lib.runs import code_tree
from dagster_app.lib.runs import months as company_months
from dagster_app.lib.runs.partitions import contiguous, month_key, range_tags
from dagster_app.lib.runs.stage_run import StageRunner
from warehouse.connection import Role, Warehouse
from warehouse.errors import BellwetherError


def build_company(
    warehouse: Warehouse,
    package: Path,
    overrides: Mapping[str, Path],
    files: dict[str, str],
    code: str,
    *,
    full_refresh: bool = False,
) -> None:
    """Run every stage; what a stage finished is remembered at once, so a run that failed continues there.

    Parameters
    ----------
    overrides : mapping of str to Path
        Files to use instead of those the package names.
    files, code
        Fingerprints of the package's files and of the code, remembered when they have been worked through.
    full_refresh : bool
        Whether every month is built again, in tables created again where their columns changed.
    """
    with StageRunner(warehouse.settings, warehouse, full_refresh=full_refresh) as stages:
        _load(warehouse, stages, package, overrides, files)
        with warehouse.connect(Role.TRANSFORMER) as connection:
            everything = company_months.run_inputs(connection, code)
        _backfill(warehouse, stages, every_month=full_refresh)
        stages.run("train_and_score", tags=range_tags(_months_to_score(warehouse)))
        run_id = stages.run("publish_pages")
        _remember(warehouse, "run", everything, run_id)


def _load(
    warehouse: Warehouse, stages: StageRunner, package: Path, overrides: Mapping[str, Path], files: dict[str, str]
) -> None:
    """Load the package unless exactly these files have been loaded before."""
    with warehouse.connect(Role.TRANSFORMER) as connection:
        if company_months.built(connection, "package") == files:
            return
    config = {"package": str(package), "files": {name: str(path) for name, path in overrides.items()}}
    _remember(warehouse, "package", files, stages.run("load_files", config={"raw_tables": config}))


def _backfill(warehouse: Warehouse, stages: StageRunner, *, every_month: bool) -> None:
    """Build every month, or those whose inputs changed, or else the newest, so that other models are rebuilt."""
    with warehouse.connect(Role.TRANSFORMER) as connection:
        inputs = company_months.month_inputs(connection, code_tree.dbt_code())
        done = company_months.built(connection, "month")
    if not inputs:
        raise BellwetherError(
            "The package brought no snapshot month and no as-of date: there is nothing to build.",
            where=f"company {warehouse.company}",
            remedy="give the package a file with target source.user_monthly_features, or as_of_dates",
        )
    stale = [month for month, value in inputs.items() if every_month or done.get(month_key(month)) != value]
    for months in contiguous(stale or [max(inputs)]):
        run_id = stages.run("build_features", tags=range_tags(months))
        _remember(warehouse, "month", {month_key(month): inputs[month] for month in months}, run_id)


def _months_to_score(warehouse: Warehouse) -> list[date]:
    timezone = business_timezone(warehouse)
    months: set[date] = set()
    with warehouse.connect(Role.TRANSFORMER) as connection:
        for target in asked_targets(connection):
            trained_at = model_inputs.training_cut_off(connection, target.name, timezone)
            months.update(model_inputs.months_to_score(connection, target.name, trained_at))
    return sorted(months)


def _remember(warehouse: Warehouse, step: str, inputs: dict[str, str], run_id: str) -> None:
    with warehouse.connect(Role.TRANSFORMER) as connection:
        company_months.remember(connection, step, inputs, run_id)
