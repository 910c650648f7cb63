"""Build parts of the dbt project against a test's warehouse."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from warehouse.connection import Warehouse

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"


def build_models(
    warehouse: Warehouse,
    *selection: str,
    with_tests: bool = False,
    timezone: str = "Asia/Seoul",
    months: Sequence[str] = (),
) -> str:
    """Build seeds and models of a selection (nothing: all), failing loudly; returns dbt's output.

    Compiled files go to a folder of their own, so that tests side by side do not write over each other.
    """
    with tempfile.TemporaryDirectory() as target:
        result = subprocess.run(
            [
                *(sys.executable, "-m", "dbt.cli.main", "--no-use-colors", "build", "--no-partial-parse"),
                *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
                *("--target-path", target, "--log-path", target),
                *("--vars", json.dumps({"business_timezone": timezone, "months": list(months)})),
                *(("--select", *selection) if selection else ()),
                *(() if with_tests else ("--exclude-resource-type", "test", "unit_test")),
            ],
            env={**os.environ, **warehouse.dbt_environment(), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"},
            capture_output=True,
            text=True,
        )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout
