"""Lint the SQL models as dbt compiles them: `python -m tests.lint_sql [--fix] [PATH ...]`.

The dbt templater wants a database to connect to, so an empty warehouse is started for the length of the call.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from warehouse.database.opening import open_warehouse
from warehouse.settings import Settings, project_root

LINTED = ("dbt_project/models", "dbt_project/tests/singular")


def main(arguments: list[str]) -> int:
    """Run sqlfluff and return its exit code."""
    verb = "fix" if "--fix" in arguments else "lint"
    paths = [argument for argument in arguments if not argument.startswith("--")] or list(LINTED)
    folder = tempfile.mkdtemp(prefix="bellwether-lint-")
    # registered before the server's own farewell, so it runs after it: the server leaves first, then its folder goes
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with open_warehouse(Settings(home=Path(folder)), company="lint") as warehouse:
        return subprocess.run(
            [str(Path(sys.executable).parent / "sqlfluff"), verb, "--processes", "2", "--disable-progress-bar", *paths],
            cwd=project_root(),
            env={**os.environ, **warehouse.dbt_environment()},
            check=False,
        ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
