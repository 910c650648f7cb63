"""A drift report for each version and month: every feature's histogram next to the training data's, worst first.

Figures come from ``monitoring.feature_drift``, the training data's histograms from the version's verified bundle.
Does not: measuring (`drift_store`) or judging (`ml.monitoring.drift.verdict`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from dagster_app.lib.models.store import BundleStore
from dagster_app.lib.site.health_charts import Figure, histogram_chart
from dagster_app.lib.site.health_facts import ModelFacts, Row
from ml.bundles.folder import BundleError
from ml.monitoring.drift.histogram import SCORE, bin_names, training_histogram
from warehouse.private_files import write_if_changed

FOLDER = "drift"


def report_name(version: str, as_of_date: date) -> str:
    """Return the file name of a report."""
    return f"{version}_{as_of_date.isoformat()}.html"


def write_reports(
    pages: jinja2.Environment,
    folder: Path,
    models: Sequence[ModelFacts],
    hashes: Mapping[str, str],
    labels: Mapping[str, str],
    heading: Mapping[str, Any],
    store: BundleStore,
) -> int:
    """Write the reports of every version and month, remove those of what is gone, and return their number.

    Parameters
    ----------
    folder : Path
        ``drift`` below the health page.
    hashes : mapping of str to str
        Recorded sha256 of each version's bundle.
    labels : mapping of str to str
        English labels of features.
    heading : mapping
        Company and whether it is simulated, as every page says.
    store : BundleStore
        The company's bundles.
    """
    template = pages.get_template("drift_report.html")
    written = set()
    for model in models:
        for version, months in _by_version_and_month(model.drift).items():
            reference = _reference(store, model.name, version, hashes)
            for as_of_date, rows in months.items():
                name = report_name(version, as_of_date)
                facts = _facts(model, version, as_of_date, rows, reference, labels)
                write_if_changed(folder / name, template.render(**heading, **facts))
                written.add(name)
    for path in folder.glob("*.html") if folder.exists() else ():
        if path.name not in written:
            path.unlink()
    return len(written)


def _by_version_and_month(drift: Sequence[Row]) -> dict[str, dict[date, list[Row]]]:
    found: dict[str, dict[date, list[Row]]] = {}
    for row in drift:
        found.setdefault(row["model_version"], {}).setdefault(row["as_of_date"], []).append(row)
    return found


def _reference(store: BundleStore, model_name: str, version: str, hashes: Mapping[str, str]) -> dict[str, Any] | str:
    """Return the reference profile of a version, or why there is none to show."""
    try:
        return store.load(model_name, version, hashes[version]).training_profile
    except BundleError as error:
        return str(error)


def _facts(
    model: ModelFacts,
    version: str,
    as_of_date: date,
    rows: Sequence[Row],
    reference: dict[str, Any] | str,
    labels: Mapping[str, str],
) -> dict[str, Any]:
    features = [row for row in rows if row["feature_name"] != SCORE]
    alert = next(
        (
            one
            for one in model.alerts
            if (one["alert_type"], one["model_version"], one["as_of_date"]) == ("drift", version, as_of_date)
        ),
        None,
    )
    return {
        "model_name": model.name,
        "version": version,
        "as_of_date": as_of_date,
        "rows": rows,
        "drifted_count": sum(row["is_drifted"] for row in features),
        "feature_count": len(features),
        "score": next((row for row in rows if row["feature_name"] == SCORE), None),
        "alert": alert,
        "problem": reference if isinstance(reference, str) else None,
        "labels": {SCORE: "the model's own score", **labels},
        "figures": {} if isinstance(reference, str) else {row["feature_name"]: _chart(row, reference) for row in rows},
    }


def _chart(row: Row, profile: Mapping[str, Any]) -> Figure:
    name = row["feature_name"]
    entry = profile[SCORE] if name == SCORE else profile["features"][name]
    expected = training_histogram(name, entry, profile["row_count"]).shares
    found = [counted / row["row_count"] for counted in row["bin_counts"]]
    bins = [
        bin_
        for bin_ in zip(bin_names(entry), expected, found, strict=True)
        if bin_[0] not in ("missing", "all others") or bin_[1] > 0 or bin_[2] > 0
    ]
    return histogram_chart(
        [one[0] for one in bins], [one[1] for one in bins], [one[2] for one in bins], row["is_drifted"]
    )
