"""Run dbt in this process and hand its events on as they happen.

A dbt subprocess costs seconds before the first model; in-process the parsed manifest is reused. dbt is not
re-entrant, so one invocation per process runs at a time. Translating results for Dagster uses dagster-dbt's own
event class (semi-private: versions are pinned and tests hold the contract). Selecting models belongs to callers.
"""

from __future__ import annotations

import queue
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from dagster_app.lib.dbt.manifest import dbt_arguments, parse, prepare_manifest
from warehouse.environment import environment_variables
from warehouse.private_files import make_folder
from warehouse.settings import load_settings

RESULT_EVENTS = {"LogSeedResult", "LogModelResult", "LogSnapshotResult", "LogTestResult"}
KEPT_TARGETS = 10
_ONE_AT_A_TIME = threading.Lock()


class DbtFailedError(RuntimeError):
    """dbt ended with errors; the message names each failed node."""


@lru_cache(maxsize=1)
def _parsed_manifest() -> Any:
    target = prepare_manifest().parent
    with FileLock(target / "parse.lock"):
        return parse(target)


def _manifest_for(database: str) -> Any:
    """Point the parsed nodes at a database: parsing wrote the stand-in's name, and parsing again costs seconds."""
    manifest = _parsed_manifest()
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        if node.database != database:
            if getattr(node, "relation_name", None):
                node.relation_name = node.relation_name.replace(f'"{node.database}"', f'"{database}"', 1)
            node.database = database
    return manifest


def target_path(name: str) -> Path:
    """Folder for what one run of dbt writes; only the newest `KEPT_TARGETS` are kept."""
    runs = load_settings().home / "dbt" / "runs"
    make_folder(runs)
    found = sorted((path for path in runs.iterdir() if path.name != name), key=lambda path: path.stat().st_mtime)
    for old in found[: -(KEPT_TARGETS - 1)]:
        shutil.rmtree(old, ignore_errors=True)
    return runs / name


def write_manifest(target: Path, connection: Mapping[str, str]) -> None:
    """Write the manifest where dbt's static docs look for it; an invocation with a given one does not."""
    make_folder(target)
    _manifest_for(connection["BELLWETHER_PG_DATABASE"]).write(str(target / "manifest.json"))


def invoke(
    arguments: Sequence[str],
    *,
    connection: Mapping[str, str],
    target: Path,
    on_event: Callable[[dict[str, Any]], None] | None = None,
) -> Any:
    """Run one dbt command and return dbt's own result object.

    Parameters
    ----------
    arguments : sequence of str
        Command and its flags, without project, profile and target folders.
    connection : mapping
        Environment that dbt's profile reads, see ``Warehouse.dbt_environment``.
    target : Path
        Where dbt writes compiled SQL and run results.
    on_event : callable, optional
        Called with each result event as a dictionary, from dbt's threads.
    """
    from dbt.cli.main import dbtRunner
    from dbt_common.events.base_types import EventMsg
    from google.protobuf.json_format import MessageToDict  # type: ignore[import-untyped]

    def forward(event: EventMsg) -> None:
        if on_event is not None and event.info.name in RESULT_EVENTS:
            on_event(MessageToDict(event, preserving_proto_field_name=True))

    with _ONE_AT_A_TIME, environment_variables(connection):
        runner = dbtRunner(manifest=_manifest_for(connection["BELLWETHER_PG_DATABASE"]), callbacks=[forward])
        return runner.invoke([*arguments, *dbt_arguments(target)])


def stream(arguments: Sequence[str], *, connection: Mapping[str, str], target: Path) -> Iterator[dict[str, Any]]:
    """Run one dbt command in a thread and yield its result events while it works.

    Raises
    ------
    DbtFailedError
        After the last event, if a node failed or dbt could not run at all.
    """
    events: queue.Queue[dict[str, Any] | None] = queue.Queue()
    outcome: list[Any] = []

    def work() -> None:
        try:
            # nothing reads dbt's own result files: the manifest alone takes it a second of CPU to write
            without_files = [*arguments, "--no-write-json"]
            outcome.append(invoke(without_files, connection=connection, target=target, on_event=events.put))
        except BaseException as error:
            outcome.append(error)
        finally:
            events.put(None)

    thread = threading.Thread(target=work, name="dbt")
    thread.start()
    while (event := events.get()) is not None:
        yield event
    thread.join()
    raise_for_failure(outcome[0], target)


def raise_for_failure(result: Any, target: Path) -> None:
    """Raise `DbtFailedError` unless dbt's result says that everything went well."""
    if isinstance(result, BaseException):
        raise DbtFailedError(f"dbt could not run: {result}") from result
    if result.success:
        return
    if result.exception is not None:
        raise DbtFailedError(f"dbt could not run: {result.exception}") from result.exception
    failed = [item for item in result.result.results if str(item.status) in {"error", "fail", "runtime error"}]
    skipped = sum(str(item.status) == "skipped" for item in result.result.results)
    lines = [f"{item.node.unique_id}: {(item.message or str(item.status)).strip()}" for item in failed]
    raise DbtFailedError(
        f"{len(failed)} dbt nodes failed, {skipped} were skipped. Compiled SQL: {target / 'compiled'}\n"
        + "\n".join(lines)
    )
