"""The persistent Dagster instance in the home: its configuration files and how to open it."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg

from warehouse.settings import Settings

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
FILES = ("dagster.yaml", "workspace.yaml")


def prepare_instance(settings: Settings) -> Path:
    """Write the instance's files where they differ, point DAGSTER_HOME at it and return its folder."""
    home = settings.dagster_dir
    home.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        wanted = (TEMPLATES / name).read_text(encoding="utf-8")
        path = home / name
        if not path.exists() or path.read_text(encoding="utf-8") != wanted:
            path.write_text(wanted, encoding="utf-8")
    os.environ["DAGSTER_HOME"] = str(home)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "true"
    os.environ["DO_NOT_TRACK"] = "1"
    return home


def open_instance(settings: Settings) -> dg.DagsterInstance:
    """Open the persistent instance, creating it on first use."""
    prepare_instance(settings)
    return dg.DagsterInstance.get()
