"""A real Chromium, and the two addresses that a finished run is read at."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.built_company import ROOT, Company, command


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder."""
    for item in items:
        if item.path.parent.name == "browser":
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[webdriver.Chrome]:
    """Chromium of this machine's packages, without a window."""
    chromium, driver = shutil.which("chromium") or shutil.which("chromium-browser"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("no Chromium with its driver on this machine: .ci/run installs them (chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    # No sandbox: containers refuse it, and every page here is our own.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1600,1200"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture(scope="session")
def pages(finished_run: Company) -> Iterator[str]:
    """Address of the published pages, served by `bellwether docs`."""
    with serving(finished_run, "docs", r"Pages: (http://\S+?)/? ") as address:
        yield address


@pytest.fixture(scope="session")
def ui(finished_run: Company) -> Iterator[str]:
    """Address of the Dagster UI, served by `bellwether ui`; the sensors stay off so that nothing runs."""
    with serving(finished_run, "ui", r"Dagster UI: (http://\S+)", "--no-daemon") as address:
        yield address


@contextmanager
def serving(company: Company, what: str, announcement: str, *options: str) -> Iterator[str]:
    """Run a serving command on a free port until the tests are done; yields the address it announces."""
    process = subprocess.Popen(
        [*command(), what, "--port", str(free_port()), *options],
        cwd=ROOT,
        env=company.environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield announced(process.stdout, announcement)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)


def announced(lines: IO[str], announcement: str) -> str:
    """Read lines until one announces the address."""
    printed = []
    for line in lines:
        printed.append(line)
        if found := re.search(announcement, line):
            return found[1]
    pytest.fail("it ended without announcing its address:\n" + "".join(printed))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
