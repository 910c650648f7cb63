"""Checks of every table: the suites of `expectations`, made by a factory. dbt's tests come with its models."""

import dagster as dg

from dagster_app.lib.checks.recorded import CHECK_RESULT
from dagster_app.lib.checks.suites import suite_checks

SUITE_CHECKS = suite_checks()
CHECK_RESULTS = dg.AssetSpec(
    CHECK_RESULT,
    description="Result of every check of every run, written by each step that tests what it built.",
    group_name="monitoring",
    kinds={"postgres", "table"},
)
