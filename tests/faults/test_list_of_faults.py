"""The list of faults is whole: each entry names tests that exist."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
import yaml

TESTS = Path(__file__).parents[1]
FAULTS = yaml.safe_load((Path(__file__).parent / "faults.yml").read_text(encoding="utf-8"))["faults"]


@pytest.mark.parametrize("entry", FAULTS, ids=lambda entry: entry["fault"])
def test_every_fault_has_its_tests(entry: dict[str, object]) -> None:
    assert entry["outcome"] in {"heals", "stops"}
    tests = entry["tests"]
    assert isinstance(tests, list)
    assert tests
    for name in tests:
        path, _, function = str(name).partition("::")
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert not function or function in found, f"faults.yml names {name}, which does not exist"


def test_no_fault_is_named_twice() -> None:
    names = [entry["fault"] for entry in FAULTS]
    assert len(names) == len(set(names))
