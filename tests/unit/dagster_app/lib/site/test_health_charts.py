"""Every chart is a figure that plotly accepts, and shows the rows it was given."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import plotly.graph_objects as go
import pytest

from dagster_app.lib.site import health_charts as charts
from dagster_app.lib.site.rendering import embedded

COLOUR = charts.colours(["a", "b"])
SCORED = [
    {
        "model_version": version,
        "as_of_date": date(2025, month, 1),
        "has_served": version == "a",
        "is_mature": month == 2,
        "prediction_count": 1200,
        "labelled_count": 300,
        "label_coverage": 0.25,
    }
    for month in (2, 3)
    for version in ("a", "b")
]
QUALITY = [
    {
        "model_version": "a",
        "as_of_date": date(2025, month, 1),
        "metric_name": "auc_roc",
        "value": value,
        "lower_bound": value and value - 0.02,
        "upper_bound": value and value + 0.03,
        "estimated_value": 0.8,
        "estimated_lower_bound": 0.7,
        "estimated_upper_bound": 0.9,
    }
    for month, value in ((2, 0.75), (3, None))
]
CELL = {"effect": 0.4, "psi": 0.2, "adjusted_p_value": 0.001, "is_drifted": True}


def figures() -> dict[str, dict[str, Any]]:
    messages = [{"model_version": "a", "checked_at": date(2025, 1, 1), "unknown_rate": 0.1, "correction_rate": None}]
    promised = {"version": "a", "auc_roc": 0.77}
    return {
        "scored": charts.scored_chart(SCORED, COLOUR),
        "quality": charts.quality_chart(QUALITY, "auc_roc", "ROC AUC", promised, COLOUR),
        "nothing measured": charts.quality_chart([], "auc_roc", "ROC AUC", None, COLOUR),
        "coverage": charts.coverage_chart(SCORED, COLOUR),
        "drift": charts.drift_chart(["2025-02-01", "2025-03-01"], ["visits", "fee"], {("visits", "2025-03-01"): CELL}),
        "messages": charts.messages_chart(messages, COLOUR),
        "histogram": charts.histogram_chart(["missing", "below 1", "from 1"], [0, 0.5, 0.5], [0.1, 0.2, 0.7], True),
    }


@pytest.mark.parametrize("name", figures())
def test_plotly_accepts_every_figure(name: str) -> None:
    go.Figure(json.loads(embedded(figures()[name])))


def test_a_month_is_drawn_as_measured_and_as_estimated_with_its_interval() -> None:
    measured, estimated, promised = figures()["quality"]["data"]
    assert (measured["x"], measured["y"]) == (["2025-02-01"], [0.75])
    assert measured["error_y"]["array"] == [pytest.approx(0.03)]
    assert measured["error_y"]["arrayminus"] == [pytest.approx(0.02)]
    assert (estimated["x"], estimated["y"]) == (["2025-02-01", "2025-03-01"], [0.8, 0.8])
    assert set(promised["y"]) == {0.77}


def test_production_and_shadow_look_different() -> None:
    serving, shadow = figures()["scored"]["data"]
    assert set(serving["marker"]["symbol"]) == {"square"}
    assert set(shadow["marker"]["symbol"]) == {"square-open"}


def test_the_heat_map_marks_drift_and_leaves_what_was_not_compared_empty() -> None:
    (trace,) = figures()["drift"]["data"]
    assert trace["z"] == [[None, 0.4], [None, None]]
    assert trace["text"] == [["", "●"], ["", ""]]
    assert "counts as drift" in trace["customdata"][0][1]


def test_more_versions_than_colours_all_have_one() -> None:
    names = [f"v{number}" for number in range(20)]
    assert set(charts.colours(names)) == set(names)


def test_embedded_json_cannot_close_the_script() -> None:
    name = "</script><script>alert(1)</script>"
    text = embedded({"name": name})
    assert "<" not in text
    assert json.loads(text) == {"name": name}
