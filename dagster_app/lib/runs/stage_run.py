"""Run one job of the asset graph in this process, on the persistent instance; a failure is explained and alerts."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any

import dagster as dg
import psycopg
from sqlalchemy.exc import InterfaceError, OperationalError

from dagster_app.definitions import defs, resources
from dagster_app.lib.runs import progress
from dagster_app.lib.runs.failures import raise_run_failure, reasons
from dagster_app.lib.runs.instance import open_instance
from dagster_app.resources.dbt import FULL_REFRESH_TAG
from warehouse.connection import Role, Warehouse
from warehouse.errors import BellwetherError
from warehouse.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class StageRunner:
    """Runs jobs one after the other against one company's warehouse.

    Parameters
    ----------
    definitions : Definitions, optional
        Whose jobs; none: the project's.
    full_refresh : bool
        Whether dbt builds tables again whose columns changed, every month of them.
    """

    def __init__(
        self,
        settings: Settings,
        warehouse: Warehouse,
        definitions: dg.Definitions | None = None,
        *,
        full_refresh: bool = False,
    ) -> None:
        self._tags = {FULL_REFRESH_TAG: "true"} if full_refresh else {}
        self._definitions = definitions or defs
        self._warehouse = warehouse
        self.instance = open_instance(settings, warehouse)
        self._resources = resources(warehouse.company)

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
            If a step failed, and its alert is in the outbox then; or the database went away.
        """
        progress.report(job_name, 0, None, "starting")
        try:
            with sigterm_kept():
                result = self._definitions.resolve_job_def(job_name).execute_in_process(
                    run_config={**QUIET, "ops": {name: {"config": value} for name, value in (config or {}).items()}},
                    instance=self.instance,
                    tags={**self._tags, **(tags or {})},
                    raise_on_error=False,
                    resources=self._resources,
                )
        except (psycopg.OperationalError, OperationalError, InterfaceError) as error:
            # the orchestrator keeps its runs in the same database: without it even the failure cannot be recorded
            raise BellwetherError(
                f"The database went away while stage {job_name} ran: {str(error).splitlines()[0]}",
                where=f"database {self._warehouse.database} ({self._warehouse.kind} server)",
                remedy="run the command again: a month that was being replaced is as it was before; if it happens"
                " again, read the server's log",
            ) from error
        if not result.success:
            why = reasons(result.all_events)
            self._alert(str(result.run_id), job_name, why)
            raise stage_error(job_name, result.run_id, why)
        progress.report(job_name, 1, 1, "done")
        return str(result.run_id)

    def _alert(self, run_id: str, job_name: str, why: Sequence[str]) -> None:
        """Put the failure into the outbox; where the database itself is gone, the error alone tells."""
        with contextlib.suppress(psycopg.OperationalError), self._warehouse.connect(Role.MODEL) as connection:
            raise_run_failure(connection, run_id, job_name, "\n".join(why))


@contextlib.contextmanager
def sigterm_kept() -> Iterator[None]:
    """Put back what SIGTERM did before.

    Dagster leaves it with the handler of SIGINT, which a process started in the background of a script ignores: such a
    run could no longer be ended in order.
    """
    handler = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        if handler is not None and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, handler)


def stage_error(job_name: str, run_id: str, why: Sequence[str]) -> BellwetherError:
    """Say which step failed, why, and where to look."""
    return BellwetherError(
        f"Stage {job_name} failed.\n" + "\n".join(why),
        where=f"Dagster run {run_id[:8]} (bellwether ui), monitoring.check_result",
        remedy="correct what the message names and run the command again: it continues where it stopped",
    )
