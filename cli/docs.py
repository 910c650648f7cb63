"""``bellwether docs``: serve the published pages from the home."""

from __future__ import annotations

import functools
import signal
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from warehouse.errors import BellwetherError


class PageHandler(SimpleHTTPRequestHandler):
    """Serves files, forbids anything from elsewhere, and keeps the terminal quiet."""

    def end_headers(self) -> None:
        """Let pages load nothing but themselves."""
        self.send_header(
            "Content-Security-Policy",
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:",
        )
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing about single requests."""


def server(folder: Path, host: str, port: int) -> ThreadingHTTPServer:
    """Bind a server for a folder of pages.

    Raises
    ------
    BellwetherError
        If the address cannot be bound.
    """
    handler = functools.partial(PageHandler, directory=str(folder))
    try:
        return ThreadingHTTPServer((host, port), handler)
    except OSError as error:
        raise BellwetherError(
            f"The pages cannot be served: {error.strerror or error}.", where=f"{host}:{port}", remedy="choose --port"
        ) from error


def docs(
    host: Annotated[str, typer.Option(help="Address to listen on; the default is reachable from here only.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port.")] = 8090,
) -> None:
    """Serve dbt docs, Data Docs and model cards on one local address until interrupted.

    The pages are those of the last `bellwether run`; they load nothing from outside this machine.
    """
    from warehouse.settings import load_settings

    site = load_settings().site_dir
    if not (site / "index.html").exists():
        raise BellwetherError("No pages have been published yet.", where=str(site), remedy="run `bellwether run` first")

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with server(site, host, port) as pages:
        typer.echo(f"Pages: http://{host}:{pages.server_address[1]}/  (stop with Ctrl-C)")
        try:
            pages.serve_forever()
        except KeyboardInterrupt:
            typer.echo("stopping")
