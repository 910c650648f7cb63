"""The fast checks before a commit: `make quick`, or `python -m tests.quick [STEP ...]`.

Lint of what changed, types, the dbt project (parsed, its rules held, changed models built in an empty warehouse and
compared with their YAML), the asset graph, unit tests of `ml` and the architecture tests. Each finding names a file and
a remedy. `make test` runs everything.
"""

from __future__ import annotations

import atexit
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.guards.built_columns import build_models, column_problems, parse_project
from tests.guards.code import KEY_COLUMNS, definition_problems, described_features, python_source
from tests.guards.dbt_manifest import (
    description_problems,
    dictionary_problems,
    mart_problems,
    structure_problems,
)
from warehouse.database.opening import open_warehouse
from warehouse.errors import BellwetherError
from warehouse.settings import Settings

ROOT = Path(__file__).resolve().parents[1]
BASE = "main"
# the guards have just been run on the project itself; their own tests build and break copies of it
PYTEST = ("-m", "pytest", "-q", "-n", "2", "--deselect", "tests/architecture/test_guards.py")


def changed_files(suffix: str) -> list[str]:
    """Files with a suffix that differ from the branch `main`, or are not committed yet."""
    base = _git("merge-base", "HEAD", BASE) or ["HEAD"]
    names = {
        *_git("diff", "--name-only", "--diff-filter=d", base[0]),
        *_git("ls-files", "--others", "--exclude-standard"),
    }
    return sorted(name for name in names if name.endswith(suffix) and (ROOT / name).is_file())


def lint() -> Iterator[str]:
    """Ruff over the Python files that changed."""
    files = changed_files(".py")
    if files:
        yield from _run("ruff", "check", *files)
        yield from _run("ruff", "format", "--check", *files)


def types() -> Iterator[str]:
    """Mypy, which only checks again what changed since its last call."""
    yield from _run("mypy")


def dbt_project(project: Path = ROOT / "dbt_project") -> Iterator[str]:
    """Parse, hold the rules on the manifest, build everything empty, compare the columns, lint models that changed."""
    folder = Path(tempfile.mkdtemp(prefix="bellwether-quick-"))
    # registered before the server's own, so it runs after it: the server stops first, then its folder goes
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    try:
        manifest = parse_project(project, folder / "dbt")
    except BellwetherError as error:
        yield str(error)
        return
    code = python_source()
    yield from map(str, mart_problems(manifest, code))
    yield from map(str, description_problems(manifest))
    yield from map(str, structure_problems(manifest))
    yield from map(str, dictionary_problems(manifest, described_features(project), KEY_COLUMNS))
    selection = models_to_build(changed_files(""))
    if selection is None:
        return
    with open_warehouse(Settings(home=folder / "home"), company="quick") as warehouse:
        yield from map(str, build_models(warehouse, project, folder / "dbt", *selection))
        yield from map(str, column_problems(warehouse, manifest))
        changed = [
            name for name in changed_files(".sql") if name.startswith(("dbt_project/models", "dbt_project/tests"))
        ]
        if changed:
            yield from _run(
                "sqlfluff", "lint", "--disable-progress-bar", *changed, environment=warehouse.dbt_environment()
            )


def models_to_build(changed: list[str]) -> list[str] | None:
    """Return dbt's selection of the models that changed with all they read; empty: all models; None: nothing to build.

    A macro or a setting of the project reaches any model.
    """
    inside = [Path(name) for name in changed if name.startswith("dbt_project/")]
    if any(path.parts[1] in {"macros", "seeds", "dbt_project.yml"} for path in inside):
        return []
    models = [path for path in inside if path.parts[1] == "models" and path.suffix in {".sql", ".yml"}]
    names = sorted({path.stem.removesuffix("__unit_tests") for path in models if not path.stem.startswith("_")})
    known = {path.stem for path in (ROOT / "dbt_project" / "models").rglob("*.sql")}
    return [f"+{name}" for name in names if name in known] or None


def asset_graph() -> Iterator[str]:
    """Load the definitions: every dependency of an asset exists."""
    try:
        from dagster_app.definitions import defs

        yield from map(str, definition_problems(defs))
    except BellwetherError as error:
        yield str(error)


def unit_tests() -> Iterator[str]:
    """Unit tests of the model layer, and the architecture of the tree."""
    yield from _run(
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "logical",
        "--maxprocesses",
        "2",
        "tests/unit/ml",
        "tests/architecture",
    )


STEPS: dict[str, Callable[[], Iterator[str]]] = {
    step.__name__: step for step in (lint, types, dbt_project, asset_graph, unit_tests)
}


def main(chosen: list[str]) -> int:
    """Run the steps, print what each found and its processor time; 1 if anything was found."""
    if unknown := set(chosen) - set(STEPS):
        print(f"unknown step {', '.join(sorted(unknown))}; there are: {', '.join(STEPS)}")
        return 2
    found = 0
    for name in chosen or STEPS:
        before = _processor_seconds()
        problems = list(STEPS[name]())
        found += len(problems)
        print(f"{'failed' if problems else 'ok':7}{name:14}{_processor_seconds() - before:6.1f} s of CPU")
        for problem in problems:
            print(f"    {problem}")
    return 1 if found else 0


def _run(*command: str, environment: dict[str, str] | None = None) -> Iterator[str]:
    """Run a tool of the environment; yield its output where it failed."""
    program, *arguments = command
    path = program if Path(program).is_absolute() else str(Path(sys.executable).parent / program)
    done = subprocess.run(
        [path, *arguments], cwd=ROOT, env={**os.environ, **(environment or {})}, capture_output=True, text=True
    )
    if done.returncode:
        yield (done.stdout + done.stderr).strip()


def _git(*arguments: str) -> list[str]:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.split() if done.returncode == 0 else []


def _processor_seconds() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
