"""``bellwether ui``: Dagster's web server and daemon on the instance that runs use."""

from __future__ import annotations

import http.client
import signal
import subprocess
import sys
import time
from contextlib import AbstractContextManager
from types import FrameType
from typing import Annotated

import typer

from warehouse.connection import Warehouse
from warehouse.environment import environment_variables
from warehouse.errors import BellwetherError

_POLL_SECONDS = 0.2
_ANSWER_SECONDS = 5.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  how this machine reaches such a server


def ui(
    host: Annotated[
        str, typer.Option(help="Address to listen on. The default is reachable from this machine only.")
    ] = ("127.0.0.1"),
    port: Annotated[int, typer.Option(help="Port of the web server.")] = 3000,
    daemon: Annotated[bool, typer.Option(help="Run schedules and sensors too.")] = True,
    daemon_only: Annotated[
        bool, typer.Option("--daemon-only", help="Run schedules and sensors without the web server.")
    ] = False,
) -> None:
    """Serve the Dagster UI, and run schedules and sensors, until interrupted.

    The UI shows the runs of one company (the one of the last run, or `bellwether --company NAME ui`) and the asset
    graph with its checks, and can back-fill months.
    It has no login: listen on another address only behind a proxy that has one.
    """
    from dagster_app.lib.runs.instance import prepare_instance
    from warehouse.database.opening import open_warehouse
    from warehouse.settings import load_settings

    settings = load_settings()
    with open_warehouse(settings) as warehouse, bound_to(warehouse):
        workspace = ["--workspace", str(prepare_instance(settings, warehouse) / "workspace.yaml")]
        commands, served = [], None
        if not daemon_only:
            address = ["--host", host, "--port", str(port)]
            commands.append([sys.executable, "-m", "dagster_webserver", *address, *workspace])
            served = (host, port)
        if daemon or daemon_only:
            commands.append([sys.executable, "-m", "dagster._daemon", "run", *workspace])
        serve(commands, served)


def bound_to(warehouse: Warehouse) -> AbstractContextManager[None]:
    """Make the processes started here use this company, whichever is run meanwhile.

    Your own server holds one company, which may be loaded later: nothing is bound there.
    """
    return environment_variables({"BELLWETHER_COMPANY": warehouse.company} if warehouse.kind == "embedded" else {})


def serve(commands: list[list[str]], served: tuple[str, int] | None) -> None:
    """Run processes until one ends or the user interrupts; the others are stopped then.

    Parameters
    ----------
    commands : list of list of str
        A process each.
    served : tuple of str and int, optional
        Host and port of the UI, announced once it answers. None: no process serves it.

    Raises
    ------
    BellwetherError
        If one of them ended with an error.
    """

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    running = [subprocess.Popen(command) for command in commands]  # noqa: S603 - our own interpreter and modules
    try:
        while all(process.poll() is None for process in running):
            if served and answers(*served):
                typer.echo(f"Dagster UI: http://{served[0]}:{served[1]}  (stop with Ctrl-C)")
                served = None
            time.sleep(_POLL_SECONDS)
        failed = [process for process in running if process.returncode]
        if failed:
            raise BellwetherError(
                f"{failed[0].args!r} ended with code {failed[0].returncode}.",
                remedy="see the lines above; if the port is in use, choose another with --port",
            )
    except KeyboardInterrupt:
        typer.echo("stopping")
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=30)
        signal.signal(signal.SIGTERM, before)


def answers(host: str, port: int) -> bool:
    """Whether a web server answers at an address."""
    connection = http.client.HTTPConnection(_EVERYWHERE.get(host, host), port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/server_info")
        return connection.getresponse().status < http.client.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
