"""Run a whole company through Dagster in one process: load, build, train and score, publish.

What the stages consist of belongs to the jobs in `defs.automation`, their order to `company_build`. A run with nothing
new starts no stage and does not even import Dagster.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from dagster_app.lib.runs import code_tree
from dagster_app.lib.runs import months as company_months
from dagster_app.lib.runs.package_source import PackageSource, package_fingerprint, prepare_package
from warehouse.connection import Role, Warehouse
from warehouse.database.companies import require_same_package, store_current_company
from warehouse.database.opening import open_warehouse
from warehouse.errors import BellwetherError
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from dagster_app.lib.runs.summary import RunSummary


def run_company(source: PackageSource, *, full_refresh: bool = False) -> RunSummary:
    """Bring everything up to date for one company and summarise it.

    Parameters
    ----------
    source : PackageSource
        Where the records come from.
    full_refresh : bool
        Whether every month is built again, as after a release that changed the columns of a table.

    Raises
    ------
    BellwetherError
        If a stage failed; it names the asset or check and where to look. A further run continues.
    """
    from dagster_app.lib.runs.summary import summarise

    settings = load_settings()
    package = prepare_package(source, settings)
    if settings.database_url is not None:
        # the embedded server gives the named company a database of its own; here there is one
        require_same_package(settings, package.company, package.path)
    files = {"all": package_fingerprint(package.path, source.files)}
    code = code_tree.everything(settings)
    with open_warehouse(settings, company=settings.company or package.company) as warehouse:
        store_current_company(settings, warehouse.company)
        is_unchanged = not full_refresh and _is_up_to_date(warehouse, files, code)
        if not is_unchanged:
            from dagster_app.lib.runs.company_build import build_company

            build_company(warehouse, package.path, source.files, files, code, full_refresh=full_refresh)
        return summarise(warehouse, is_unchanged=is_unchanged)


def _is_up_to_date(warehouse: Warehouse, files: dict[str, str], code: str) -> bool:
    """Whether these files have been loaded, and everything loaded has been built by this code."""
    with warehouse.connect(Role.TRANSFORMER) as connection:
        if company_months.built(connection, "package") != files:
            return False
        return company_months.built(connection, "run") == company_months.run_inputs(connection, code)


def score_month(warehouse: Warehouse, month: date | None) -> date:
    """Score one month, the newest if none is given, with the active model, refresh the marts and return the month.

    Raises
    ------
    BellwetherError
        If the month is not built or a step failed.
    """
    with warehouse.connect(Role.TRANSFORMER) as connection:
        months = company_months.built_months(connection)
    if not months or (month is not None and month not in months):
        raise BellwetherError(
            f"Month {month or ''} is not built.",
            where=f"company {warehouse.company}" + (f", built: {months[0]} to {months[-1]}" if months else ""),
            remedy="run `bellwether run` first",
        )
    from dagster_app.lib.runs.partitions import range_tags
    from dagster_app.lib.runs.stage_run import StageRunner

    wanted = month or months[-1]
    with StageRunner(warehouse.settings, warehouse) as stages:
        stages.run("score_month", tags=range_tags([wanted]))
    return wanted


def classify_messages(warehouse: Warehouse) -> None:
    """Learn from what people decided of messages, read what is new, and refresh the figures made of it.

    Raises
    ------
    BellwetherError
        If a step failed.
    """
    from dagster_app.lib.runs.stage_run import StageRunner

    with StageRunner(warehouse.settings, warehouse) as stages:
        stages.run("classify_messages")
