"""A run in the background can be ended: what Dagster does to SIGTERM is undone."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import pytest
from dagster._utils.interrupts import capture_interrupts

from dagster_app.lib.runs.stage_run import sigterm_kept


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """Ignore SIGINT, as a shell's script starts what it puts into the background."""
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])


@pytest.mark.usefixtures("in_the_background")
def test_sigterm_is_not_left_ignored() -> None:
    with capture_interrupts():
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN, "what has to be undone"
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with sigterm_kept(), capture_interrupts():
        pass
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
