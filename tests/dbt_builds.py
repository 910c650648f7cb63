"""Build parts of the dbt project against a test's warehouse, in this process: parsing is paid once a session."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from dagster_app.lib.dbt.invocation import invoke, raise_for_failure
from warehouse.connection import Warehouse


def build_models(
    warehouse: Warehouse,
    *selection: str,
    with_tests: bool = False,
    timezone: str = "Asia/Seoul",
    months: Sequence[str] = (),
    flags: Sequence[str] = (),
) -> None:
    """Build seeds and models of a selection (nothing: all), failing loudly.

    Compiled files go to a folder of their own, so that tests side by side do not write over each other. Nobody reads
    the manifest there, which takes a second to write.
    """
    arguments = [
        "build",
        "--no-write-json",
        "--vars",
        json.dumps({"business_timezone": timezone, "months": list(months)}),
    ]
    arguments += [*flags, *(["--select", *selection] if selection else [])]
    arguments += [] if with_tests else ["--exclude-resource-type", "test", "unit_test"]
    with tempfile.TemporaryDirectory() as target:
        result = invoke(arguments, connection=warehouse.dbt_environment(), target=Path(target))
        raise_for_failure(result, Path(target))
