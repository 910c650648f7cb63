"""The time to recover of every fault, in the summary at the end of the tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

SECONDS = "seconds to recover"


class Recovery:
    """Measures what is done inside `with recovery():`, from the fault noticed to everything right again."""

    def __init__(self, test: pytest.Item) -> None:
        self._test = test

    @contextmanager
    def __call__(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.add(time.monotonic() - began)

    def add(self, seconds: float) -> None:
        """Take a time that was measured elsewhere."""
        self._test.user_properties.append((SECONDS, seconds))


@pytest.fixture
def recovery(request: pytest.FixtureRequest) -> Recovery:
    """Record the time to recover of this test."""
    return Recovery(request.node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print each time to recover, of tests that ran here or in processes beside."""
    times = {
        report.nodeid.partition("::")[2]: [seconds for name, seconds in report.user_properties if name == SECONDS]
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if report.when == "call"
    }
    if any(times.values()):
        terminalreporter.section("time to recover from faults")
    for name, seconds in times.items():
        if seconds:
            terminalreporter.write_line(f"{sum(seconds):6.1f} s  {name}")
