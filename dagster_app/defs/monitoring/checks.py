"""Checks beside every table: the suites of `expectations`, made by a factory. dbt's tests come with its models."""

from dagster_app.lib.checks.suites import suite_checks

SUITE_CHECKS = suite_checks()
