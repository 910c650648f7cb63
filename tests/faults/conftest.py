"""The time to recover of every fault, in the summary at the end of the tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

Recovery = Callable[[], AbstractContextManager[None]]
TIMES = pytest.StashKey[dict[str, float]]()


@pytest.fixture
def recovery(request: pytest.FixtureRequest) -> Recovery:
    """Measure what is done inside `with recovery():`, from the fault noticed to everything right again."""
    times = request.config.stash.setdefault(TIMES, {})
    name = request.node.nodeid.partition("::")[2]

    @contextmanager
    def measured() -> Iterator[None]:
        began = time.monotonic()
        yield
        times[name] = times.get(name, 0.0) + time.monotonic() - began

    return measured


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print each time to recover."""
    times = config.stash.get(TIMES, {})
    if times:
        terminalreporter.section("time to recover from faults")
    for name, seconds in times.items():
        terminalreporter.write_line(f"{seconds:6.1f} s  {name}")
