"""`bellwether ui` announces its address once somebody can use it, and shows one company as long as it runs."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from cli.ui import bound_to, serve
from warehouse.connection import Warehouse
from warehouse.database.companies import current_company, store_current_company
from warehouse.settings import Settings, load_settings

# Says when it answers, serves one request and ends.
LATE_SERVER = """
import sys, time
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.close_connection = True

time.sleep(1)
server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler)
print("now it listens", flush=True)
server.handle_request()
time.sleep(1)
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_the_address_is_announced_after_the_server_listens(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    serve([[sys.executable, "-c", LATE_SERVER, str(port)]], ("127.0.0.1", port))
    lines = capfd.readouterr().out.splitlines()
    assert lines == ["now it listens", f"Dagster UI: http://127.0.0.1:{port}  (stop with Ctrl-C)"]


def test_a_server_that_never_listens_is_not_announced(port: int, capfd: pytest.CaptureFixture[str]) -> None:
    serve([[sys.executable, "-c", ""]], ("127.0.0.1", port))
    assert capfd.readouterr().out == ""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("BELLWETHER_HOME", str(tmp_path))
    store_current_company(Settings(home=tmp_path), "first")
    return load_settings()


def test_a_company_that_is_run_meanwhile_does_not_change_what_the_ui_shows(settings: Settings) -> None:
    with bound_to(Warehouse(settings, "embedded", "first", "dbname=bellwether_first")):
        store_current_company(settings, "second")
        assert current_company(load_settings()) == "first"
    assert current_company(load_settings()) == "second"


def test_on_a_server_of_ones_own_the_first_package_may_still_name_the_company(settings: Settings) -> None:
    with bound_to(Warehouse(settings, "external", "sample", "dbname=anything")):
        assert load_settings().company is None
