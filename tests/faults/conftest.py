"""The time to recover of every fault, in the summary at the end of the tests."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

TIMES = pytest.StashKey[dict[str, float]]()


class Recovery:
    """Measures what is done inside `with recovery():`, from the fault noticed to everything right again."""

    def __init__(self, times: dict[str, float], name: str) -> None:
        self._times, self._name = times, name

    @contextmanager
    def __call__(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        self.add(time.monotonic() - began)

    def add(self, seconds: float) -> None:
        """Take a time that was measured elsewhere."""
        self._times[self._name] = self._times.get(self._name, 0.0) + seconds


@pytest.fixture
def recovery(request: pytest.FixtureRequest) -> Recovery:
    """Record the time to recover of this test."""
    return Recovery(request.config.stash.setdefault(TIMES, {}), request.node.nodeid.partition("::")[2])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print each time to recover."""
    times = config.stash.get(TIMES, {})
    if times:
        terminalreporter.section("time to recover from faults")
    for name, seconds in times.items():
        terminalreporter.write_line(f"{seconds:6.1f} s  {name}")
