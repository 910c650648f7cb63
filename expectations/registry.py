"""Every suite by name, found by its path in `suites/<layer>/<table>.py`.

Belongs here: finding suites. Out of scope: running them (`run`). Nothing here imports Great Expectations.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from expectations.table_suite import TableSuite

LAYERS = ("raw", "staging", "features", "predictions", "marts")


@cache
def suites() -> Mapping[str, TableSuite]:
    """Return every suite by the name of its relation, in the order of the pipeline."""
    found: dict[str, TableSuite] = {}
    for layer in LAYERS:
        for path in sorted((Path(__file__).parent / "suites" / layer).glob("[a-z]*.py")):
            suite: TableSuite = import_module(f"expectations.suites.{layer}.{path.stem}").build_suite()
            if suite.layer != layer or suite.name in found:
                raise ValueError(f"suite {suite.name} of {path.name}: its layer is not {layer}, or the name is taken")
            found[suite.name] = suite
    return MappingProxyType(found)


def suite_named(name: str) -> TableSuite:
    """Return one suite.

    Raises
    ------
    LookupError
        No suite has the name; the message lists the known ones.
    """
    try:
        return suites()[name]
    except KeyError:
        raise LookupError(f"there is no suite {name!r}; known suites: {', '.join(suites())}") from None
