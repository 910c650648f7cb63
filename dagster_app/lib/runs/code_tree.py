"""Fingerprints of the code and settings that decide what a build produces."""

from __future__ import annotations

from dagster_app.lib.dbt.manifest import PARSED_SUFFIXES, dbt_project_dir, tree_fingerprint
from dagster_app.lib.runs.months import digest
from warehouse.settings import Settings, project_root

PACKAGES = ("dagster_app", "expectations", "ml", "warehouse")
CODE_SUFFIXES = {".py", ".yml", ".sql", ".html", ".json"}


def dbt_code() -> str:
    """Fingerprint of the dbt project: what features are made by."""
    return tree_fingerprint(dbt_project_dir(), PARSED_SUFFIXES)


def everything(settings: Settings) -> str:
    """Fingerprint of all code and of the settings that change results."""
    parts = [tree_fingerprint(project_root() / name, CODE_SUFFIXES) for name in PACKAGES]
    return digest(dbt_code(), parts, settings.mlflow_tracking_uri, bool(settings.notify_urls))
