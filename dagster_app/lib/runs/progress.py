"""Report the progress of a step to a listener, if there is one.

Steps report; a command line listens. Without a listener a report costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far one step is: `done` of `total` units, with a few words about the current one."""

    step: str
    done: int
    total: int | None
    detail: str = ""


_listeners: list[Callable[[Progress], None]] = []


@contextmanager
def listening(callback: Callable[[Progress], None]) -> Iterator[None]:
    """Call back on every report of this process for the length of a block."""
    _listeners.append(callback)
    try:
        yield
    finally:
        _listeners.remove(callback)


def report(step: str, done: int, total: int | None = None, detail: str = "") -> None:
    """Say how far `step` is."""
    for listener in _listeners:
        listener(Progress(step, done, total, detail))
