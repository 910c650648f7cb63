"""Write the health page of the models and its drift reports under ``site/<company>/health``.

Belongs here: which facts stand where. Does not: queries (`health_facts`), charts (`health_charts`) or figures (marts).
The pages load nothing but the charting script next to them; every figure of a chart stands in a table too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plotly.offline import get_plotlyjs

from dagster_app.lib.dbt.vars import business_timezone, loaded_company
from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.site import health_charts as charts
from dagster_app.lib.site.drift_report import FOLDER, report_name, write_reports
from dagster_app.lib.site.health_facts import ModelFacts, Row, read_labels, read_models
from dagster_app.lib.site.rendering import OWN_TEMPLATES, health_environment
from warehouse.connection import Role, Warehouse
from warehouse.private_files import write_if_changed

MAIN_METRICS = {"auc_roc": "ROC AUC", "calibration_error": "calibration error (ECE)"}
MORE_METRICS = {
    "auc_pr": "PR AUC",
    "brier_score": "Brier score",
    "log_loss": "log loss",
    "f1_score": "F1",
    "precision_at_capacity": "precision at capacity",
}
HASHES = "select version, artifact_sha256 from ml.model_version"


@dataclass(frozen=True)
class HealthPages:
    """What was written: the page, and how many models and drift reports it shows."""

    page: Path
    model_count: int
    report_count: int


def write_health_pages(warehouse: Warehouse, site: Path) -> HealthPages:
    """Write the health page and every drift report from what the marts say now.

    Parameters
    ----------
    site : Path
        Folder of the published pages; the page becomes ``health/index.html`` below it.
    """
    company, is_simulated = loaded_company(warehouse)
    heading = {"company": company, "is_simulated": is_simulated}
    with warehouse.connect(Role.ANALYST) as connection:
        models, labels = read_models(connection), read_labels(connection)
    with warehouse.connect(Role.MODEL) as connection:
        hashes: dict[str, str] = dict(connection.execute(HASHES).fetchall())
    folder, pages = site / "health", health_environment(business_timezone(warehouse))
    write_if_changed(folder / "plotly.min.js", get_plotlyjs())
    write_if_changed(folder / "charts.js", (OWN_TEMPLATES / "charts.js").read_text(encoding="utf-8"))
    store = BundleStore(warehouse.folders.models)
    report_count = write_reports(pages, folder / FOLDER, models, hashes, labels, heading, store)
    page = pages.get_template("health.html").render(**heading, models=[_shown(model, labels) for model in models])
    write_if_changed(folder / "index.html", page)
    return HealthPages(folder / "index.html", len(models), report_count)


def _shown(model: ModelFacts, labels: Mapping[str, str]) -> dict[str, Any]:
    """Return what the template says of one model."""
    colour = charts.colours(sorted(row["version"] for row in model.versions))
    served = [row for row in model.scored if row["has_served"]]
    return {
        "facts": model,
        "champion": model.champion,
        "challengers": model.challengers,
        "tiles": _tiles(model),
        "scored_chart": charts.scored_chart(model.scored, colour),
        "coverage_chart": charts.coverage_chart(model.scored, colour),
        "quality_charts": _quality_charts(model, MAIN_METRICS, colour),
        "more_charts": _quality_charts(model, MORE_METRICS, colour),
        "months": quality_by_month(model),
        "drift": [
            _drift(model, words, _pairs(rows), labels)
            for words, rows in (
                ("in production", served),
                ("in shadow mode", [row for row in model.scored if not row["has_served"]]),
            )
            if _pairs(rows) & _pairs(model.drift)
        ],
        "messages_chart": charts.messages_chart(model.messages, colour),
    }


def quality_by_month(model: ModelFacts) -> list[dict[str, Any]]:
    """Return a row per version and month that was scored, newest first, with its figures by name of the metric."""
    figures: dict[tuple[str, Any], dict[str, Row]] = {}
    for row in model.quality:
        figures.setdefault((row["model_version"], row["as_of_date"]), {})[row["metric_name"]] = row
    return [
        {**row, "figures": figures.get((row["model_version"], row["as_of_date"]), {})} for row in model.scored[::-1]
    ]


def _quality_charts(model: ModelFacts, metrics: Mapping[str, str], colour: dict[str, str]) -> list[tuple[str, Any]]:
    known = {row["metric_name"] for row in model.quality}
    return [
        (title, charts.quality_chart(model.quality, name, title, model.champion, colour))
        for name, title in metrics.items()
        if name in known
    ]


def _tiles(model: ModelFacts) -> list[tuple[str, Row | None]]:
    """Return the champion's newest figure of each kind: measured and estimated ROC AUC, label coverage."""
    version = model.champion["version"] if model.champion else None
    auc = [row for row in model.quality if row["model_version"] == version and row["metric_name"] == "auc_roc"]
    own = [row for row in model.scored if row["model_version"] == version]
    return [
        ("measured", _last(auc, "value")),
        ("estimated", _last(auc, "estimated_value")),
        ("scored", own[-1] if own else None),
        ("covered", next((row for row in own[::-1] if row["is_mature"]), None)),
    ]


def _last(rows: Sequence[Row], name: str) -> Row | None:
    return next((row for row in rows[::-1] if row[name] is not None), None)


def _pairs(rows: Sequence[Row]) -> set[tuple[str, Any]]:
    return {(row["model_version"], row["as_of_date"]) for row in rows}


def _drift(model: ModelFacts, words: str, pairs: set[tuple[str, Any]], labels: Mapping[str, str]) -> dict[str, Any]:
    """Return the heat map of versions and months, and the same as a table; features with the largest effect first."""
    rows = [row for row in model.drift if (row["model_version"], row["as_of_date"]) in pairs]
    found = sorted(_pairs(rows), key=lambda pair: (pair[1], pair[0]))
    is_single = len({day for _, day in found}) == len(found)
    name = {pair: pair[1].isoformat() if is_single else f"{pair[1].isoformat()} {pair[0]}" for pair in found}
    cells = {(row["feature_name"], name[row["model_version"], row["as_of_date"]]): row for row in rows}
    largest: dict[str, tuple[bool, float]] = {}
    for row in rows:
        rank = (row["is_drifted"], row["effect"])
        largest[row["feature_name"]] = max(largest.get(row["feature_name"], rank), rank)
    features = sorted(largest, key=lambda feature: (not largest[feature][0], -largest[feature][1], feature))
    reports = [(name[pair], f"{FOLDER}/{report_name(*pair)}", pair[0], _drifted(rows, pair)) for pair in found]
    return {
        "words": words,
        "chart": charts.drift_chart(list(name.values()), features, cells),
        "columns": list(name.values()),
        "features": features,
        "cells": cells,
        "labels": labels,
        "reports": reports[::-1],
    }


def _drifted(rows: Sequence[Row], pair: tuple[str, Any]) -> list[str]:
    """Name what counts as drift for a version and month, largest effect first."""
    return [
        row["feature_name"] for row in rows if (row["model_version"], row["as_of_date"]) == pair and row["is_drifted"]
    ]
