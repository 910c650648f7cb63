"""What may import what: packages in one order, no circle of modules, folders that one can still read."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MAY_IMPORT = {
    "ml": set[str](),
    "warehouse": set[str](),
    "expectations": {"warehouse"},
    "dagster_app": {"ml", "warehouse", "expectations"},
    "cli": {"ml", "warehouse", "expectations", "dagster_app"},
}
MOST_MODULES = 20
ONE_A_FILE = {"cli", "expectations/suites", "warehouse/migrations/versions", "ml/metrics"}
"""Folders in which each module is one command, suite, migration or metric: long lists, but read one at a time."""


@lru_cache(maxsize=1)
def modules() -> dict[str, Path]:
    found = {}
    for package in MAY_IMPORT:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found[name.removesuffix(".__init__")] = path
    return found


def imported(source: str, known: Mapping[str, Path]) -> set[str]:
    """Modules that a source imports: at its top, in a function, for types alone, or by a name in a string."""
    return {name for written in _written(ast.parse(source)) for name in _resolved(written, known)}


def _written(tree: ast.Module) -> Iterator[str]:
    """Names of modules as they stand in the source; one that ends in ``*`` is the beginning of a composed name."""
    processes = set(_started_processes(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.JoinedStr) and node.values and isinstance(node.values[0], ast.Constant):
            if "." in str(node.values[0].value):
                yield f"{node.values[0].value}*"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in processes:
            name, _, attribute = node.value.partition(":")
            if name.replace(".", "_").isidentifier() and (attribute or "x").isidentifier():
                yield f"{name}!"


def _started_processes(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield the names that follow ``-m``: another process imports those."""
    for node in ast.walk(tree):
        if isinstance(node, ast.List | ast.Tuple):
            for option, name in pairwise(node.elts):
                if isinstance(option, ast.Constant) and option.value == "-m":
                    yield name


def _resolved(written: str, known: Mapping[str, Path]) -> Iterator[str]:
    if written.endswith("*"):
        yield from (name for name in known if name.startswith(written[:-1]))
    elif written.endswith("!"):  # a string that is exactly a module; a package in a string names a folder of data
        if written[:-1] in known and known[written[:-1]].name != "__init__.py":
            yield written[:-1]
    else:
        while written and written not in known:  # what follows the module is an attribute of it
            written = written.rpartition(".")[0]
        if written:
            yield written


@lru_cache(maxsize=1)
def import_graph() -> dict[str, set[str]]:
    known = modules()
    return {name: imported(path.read_text(), known) - {name} for name, path in known.items()}


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the modules of one circle in the order in which they import each other, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


@pytest.mark.parametrize(
    "source",
    [
        "import warehouse.connection",
        "from warehouse.connection import Role",
        "from warehouse import connection",
        "def later():\n    from warehouse.connection import Role",
        "if TYPE_CHECKING:\n    from warehouse.connection import Role",
        "importlib.import_module('warehouse.connection')",
        "LazyCommand('connect', 'warehouse.connection:main')",
        "importlib.import_module(f'warehouse.conn{rest}')",
    ],
)
def test_every_way_to_import_is_seen(source: str) -> None:
    known = {"warehouse": Path("warehouse/__init__.py"), "warehouse.connection": Path("warehouse/connection.py")}
    assert imported(source, known) == {"warehouse.connection"}


def test_a_circle_is_found() -> None:
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}
    assert circle({"a": {"b", "c"}, "b": {"c"}}) == []


def test_the_import_graph_has_no_circle() -> None:
    found = circle(import_graph())
    assert not found, " <- ".join(found)


def test_packages_import_in_one_order() -> None:
    found = defaultdict(list)
    for name, targets in import_graph().items():
        own = name.partition(".")[0]
        for target in targets:
            if (package := target.partition(".")[0]) not in MAY_IMPORT[own] | {own}:
                found[f"{own} imports {package}"].append(f"{name} imports {target}")
    assert not found, dict(found)


def test_no_folder_holds_more_modules_than_one_can_read() -> None:
    counts: dict[str, int] = defaultdict(int)
    for path in modules().values():
        folder = str(path.parent.relative_to(ROOT))
        if path.name != "__init__.py" and not any(f"{folder}/".startswith(f"{one}/") for one in ONE_A_FILE):
            counts[folder] += 1
    crowded = {folder: count for folder, count in counts.items() if count > MOST_MODULES}
    assert not crowded, f"group these by what they are about: {crowded}"
