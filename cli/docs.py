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
from warehouse.settings import Settings


class PageHandler(SimpleHTTPRequestHandler):
    """Serve files, forbid external resources, and write no request log."""

    def end_headers(self) -> None:
        """Allow pages to load local resources only."""
        self.send_header(
            "Content-Security-Policy",
            "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; connect-src 'self' data: blob:",
        )
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Do not log single requests."""


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


def published_site(settings: Settings) -> Path:
    """Find the folder of pages of the configured company.

    Raises
    ------
    BellwetherError
        Nothing has been published for it.
    """
    from warehouse.database.companies import current_company
    from warehouse.folders import CompanyFolders

    company = current_company(settings)
    site = CompanyFolders(settings.home, company).site
    if not (site / "index.html").exists():
        others = sorted(page.parent.name for page in site.parent.glob("*/index.html"))
        named = f", or name one that has pages with --company: {', '.join(others)}" if others else ""
        raise BellwetherError(
            f"No pages have been published yet for the company {company!r}.",
            where=str(site),
            remedy=f"run `bellwether run` first{named}",
        )
    return site


def docs(
    host: Annotated[
        str, typer.Option(help="Address to listen on. The default is reachable from this machine only.")
    ] = ("127.0.0.1"),
    port: Annotated[int, typer.Option(help="Port.")] = 8090,
) -> None:
    """Serve dbt docs, Data Docs and model cards of one company on one local address until interrupted.

    The company is the one of the last run; `bellwether --company NAME docs` serves the pages of another one. Pages
    load nothing from outside this machine.
    """
    from warehouse.settings import load_settings

    site = published_site(load_settings())

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    with server(site, host, port) as pages:
        typer.echo(f"Pages: http://{host}:{pages.server_address[1]}/  (stop with Ctrl-C)")
        try:
            pages.serve_forever()
        except KeyboardInterrupt:
            typer.echo("stopping")
