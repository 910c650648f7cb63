"""The model layer is pure and general: what it may import, read and name."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "ml").rglob("*.py"))
LIBRARIES = {
    "jinja2", "lightgbm", "matplotlib", "numpy", "pandas", "pandera", "polars", "scipy", "sklearn", "threadpoolctl",
}  # fmt: skip
FORBIDDEN_STANDARD = {
    "asyncio", "ftplib", "http", "multiprocessing", "pickle", "random", "shelve", "socket", "sqlite3", "ssl",
    "subprocess", "tempfile", "time", "urllib",
}  # fmt: skip
FORBIDDEN_NAMES = {
    "os.environ", "os.getenv", "os.environb", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
    "Timestamp.now", "Timestamp.utcnow", "Timestamp.today", "Path.home", "Path.cwd", "np.random", "numpy.random",
}  # fmt: skip


def imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield str(node.module)


def test_only_the_agreed_libraries_are_imported() -> None:
    allowed = LIBRARIES | set(sys.stdlib_module_names) - FORBIDDEN_STANDARD | {"ml"}
    found = {
        f"{module.relative_to(ROOT)}: {name}"
        for module in MODULES
        for name in imports(module)
        if name.split(".")[0] not in allowed
    }
    assert not found, f"ml is pure: {sorted(found)}"


def test_neither_clock_nor_environment_nor_chance_is_read() -> None:
    found = []
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Attribute):
                name = ast.unparse(node)
                if any(name == bad or name.endswith(f".{bad}") for bad in FORBIDDEN_NAMES):
                    found.append(f"{module.relative_to(ROOT)}:{node.lineno}: {name}")
    assert not found, f"pass these in as arguments: {found}"


def test_nothing_is_fitted_where_rows_are_scored() -> None:
    for name in ("scoring.py", "explanation.py", "bundle.py"):
        text = (ROOT / "ml" / "risk" / name).read_text()
        assert not re.search(r"\.fit\(|fit_|\btrain\(", text), f"ml/risk/{name} has a fitting path"


def test_no_target_is_named_in_code() -> None:
    # The two averages of ml.feature_importance carry documented column names.
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*MODULES, *(ROOT / "ml" / "cards" / "templates").iterdir()]
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if re.search(r"churn|default_payment|payment_default", line.replace("churned_average", ""), re.IGNORECASE)
    ]
    assert not found, f"targets are data: {found}"


def test_each_metric_file_holds_one_metric_with_its_source() -> None:
    for module in sorted((ROOT / "ml" / "metrics").glob("*.py")):
        if module.stem in {"__init__", "arrays", "registry"}:
            continue
        functions = [node for node in ast.parse(module.read_text()).body if isinstance(node, ast.FunctionDef)]
        named = [node for node in functions if node.name == module.stem]
        assert len(named) == 1, f"{module.name} must define {module.stem}()"
        assert "Source:" in str(ast.get_docstring(named[0])), f"{module.name}: say where the formula comes from"


def test_functions_stay_short() -> None:
    too_long = {}
    for module in MODULES:
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.FunctionDef):
                documented = ast.get_docstring(node, clean=False)
                lines = (node.end_lineno or 0) - node.lineno + 1 - (documented.count("\n") + 1 if documented else 0)
                if lines > 50:
                    too_long[f"{module.relative_to(ROOT)}:{node.name}"] = lines
    assert not too_long, f"at most 50 lines beside the docstring: {too_long}"


@pytest.mark.parametrize("module", ["ml.risk.training", "ml.risk.scoring", "ml.risk.card"])
def test_importing_opens_no_connection_and_loads_nothing_of_other_layers(module: str) -> None:
    program = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise AssertionError('network at import')\n"
        "socket.socket.connect = refuse\n"
        f"import {module}\n"
        "bad = {'dagster', 'dbt', 'psycopg', 'sqlalchemy', 'warehouse', 'dagster_app', 'great_expectations'}\n"
        "print(sorted(bad & {name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "[]"
