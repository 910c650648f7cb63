"""Charts of the health pages as plotly figures: plain values, which the page hands to the script next to it.

Belongs here: which rows become which marks. Does not: figures (the marts), colours of text and grid (``charts.js``,
which follows the reader's light or dark page).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import cycle
from typing import Any

from dagster_app.lib.site.health_facts import Row

Figure = dict[str, Any]

COLOURS = ("#0f8b9a", "#c2701c", "#8a63b8", "#5a8f29", "#c2476b", "#4a76c9")
QUIET = "#8b949e"
# from nothing over the page's ground to a warning, readable on light and dark
SEVERITY = [[0, "rgba(139,148,158,0.10)"], [0.125, "rgba(217,161,58,0.45)"], [0.5, "#d9782d"], [1, "#b3261e"]]
MONTHS = {"type": "category", "categoryorder": "category ascending", "automargin": True}
ABOVE = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
LARGEST_EFFECT = 0.8
"""Where the colour of the heat map ends, in standard deviations: a large effect (Cohen 1988)."""


def colours(versions: Sequence[str]) -> dict[str, str]:
    """Give each version its colour, the same in all charts of a model."""
    return dict(zip(versions, cycle(COLOURS), strict=False))


def scored_chart(scored: Sequence[Row], colour: dict[str, str]) -> Figure:
    """Draw which version scored which month: a filled square in production, an open one in shadow mode."""
    traces = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": version,
            "x": [_month(row["as_of_date"]) for row in rows],
            "y": [version] * len(rows),
            "text": [_who(row) for row in rows],
            "hovertemplate": "%{y}<br>as of %{x}<br>%{text}<extra></extra>",
            "marker": {
                "size": 17,
                "color": colour[version],
                "symbol": ["square" if row["has_served"] else "square-open" for row in rows],
                "line": {"width": 2},
            },
        }
        for version, rows in _by_version(scored).items()
    ]
    layout = {
        "height": 110 + 34 * len(traces),
        "showlegend": False,
        "xaxis": MONTHS,
        "yaxis": {"type": "category", "automargin": True},
    }
    return {"data": traces, "layout": layout}


def quality_chart(
    quality: Sequence[Row], metric: str, title: str, promised: Row | None, colour: dict[str, str]
) -> Figure:
    """Draw one metric over the months: measured with its interval, estimated next to it, and what was promised.

    Parameters
    ----------
    quality : sequence of dict
        Rows of ``monitoring.model_performance_monthly`` of one model.
    promised : dict or None
        The champion, whose backtest figure of the metric is drawn where it has one.
    """
    rows = [row for row in quality if row["metric_name"] == metric]
    traces: list[Figure] = []
    for version, own in _by_version(rows).items():
        measured = [row for row in own if row["value"] is not None]
        estimated = [row for row in own if row["estimated_value"] is not None]
        if measured:
            traces.append(_line(measured, "", f"{version} measured", colour[version], dash="solid", symbol="circle"))
        if estimated:
            name = f"{version} estimated"
            line = _line(estimated, "estimated_", name, colour[version], dash="dot", symbol="circle-open")
            traces.append(line | {"showlegend": not measured})
    months = sorted({_month(row["as_of_date"]) for row in rows})
    if promised is not None and promised.get(metric) is not None and months:
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": f"{promised['version']} in its backtest",
                "x": months,
                "y": [promised[metric]] * len(months),
                "line": {"color": QUIET, "dash": "dash", "width": 1.5},
                "hovertemplate": "%{y:.3f}<extra>%{fullData.name}</extra>",
            }
        )
    layout = {
        "height": 380,
        "xaxis": MONTHS,
        "yaxis": {"title": {"text": title}},
        "legend": ABOVE,
    }
    return {"data": traces, "layout": layout}


def coverage_chart(scored: Sequence[Row], colour: dict[str, str]) -> Figure:
    """Draw the share of each month's scores whose label is known; months not due yet are hatched."""
    traces = [
        {
            "type": "bar",
            "name": version,
            "x": [_month(row["as_of_date"]) for row in rows],
            "y": [row["label_coverage"] for row in rows],
            "text": [f"{row['labelled_count']:,} of {row['prediction_count']:,}" for row in rows],
            "textposition": "none",
            "hovertemplate": "%{y:.1%}, %{text}<extra>%{fullData.name}</extra>",
            "marker": {
                "color": colour[version],
                "pattern": {"shape": ["" if row["is_mature"] else "/" for row in rows]},
            },
        }
        for version, rows in _by_version(scored).items()
    ]
    layout = {
        "height": 300,
        "barmode": "group",
        "xaxis": MONTHS,
        "yaxis": {"range": [0, 1], "tickformat": ".0%", "title": {"text": "labels known"}},
        "legend": ABOVE,
    }
    return {"data": traces, "layout": layout}


def drift_chart(columns: Sequence[str], features: Sequence[str], cells: dict[tuple[str, str], Row]) -> Figure:
    """Draw effects by feature and month; a dot marks what counts as drift.

    Parameters
    ----------
    columns, features : sequence of str
        Names along both sides, features from the top.
    cells : dict
        Rows of ``monitoring.feature_drift`` by feature and column; a feature that a version does not use has none.
    """
    grid = [[cells.get((feature, column)) for column in columns] for feature in features]
    trace = {
        "type": "heatmap",
        "x": list(columns),
        "y": list(features),
        "z": [[None if cell is None else round(cell["effect"], 4) for cell in line] for line in grid],
        "text": [["●" if cell is not None and cell["is_drifted"] else "" for cell in line] for line in grid],
        "texttemplate": "%{text}",
        "customdata": [[_figures(cell) for cell in line] for line in grid],
        "hovertemplate": "%{y}<br>%{x}<br>%{customdata}<extra></extra>",
        "hoverongaps": False,
        "zmin": 0,
        "zmax": LARGEST_EFFECT,
        "colorscale": SEVERITY,
        "colorbar": {"title": {"text": "effect (sd)", "side": "right"}, "thickness": 12, "outlinewidth": 0},
        "xgap": 1,
        "ygap": 1,
    }
    layout = {
        "height": 130 + 17 * len(features),
        "xaxis": {"type": "category", "side": "top"},
        "yaxis": {"type": "category", "autorange": "reversed", "automargin": True, "dtick": 1},
    }
    return {"data": [trace], "layout": layout}


def messages_chart(messages: Sequence[Row], colour: dict[str, str]) -> Figure:
    """Draw the shares of messages left unknown and of reviews that changed the category, by day."""
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": f"{version} {words}",
            "x": [row["checked_at"].isoformat() for row in rows],
            "y": [row[rate] for row in rows],
            "connectgaps": True,
            "line": {"color": colour[version], "dash": dash},
            "hovertemplate": "%{y:.1%}<extra>%{fullData.name}</extra>",
        }
        for version, rows in _by_version(messages).items()
        for rate, words, dash in (("unknown_rate", "unknown", "solid"), ("correction_rate", "corrected", "dot"))
    ]
    axis = {"tickformat": ".0%", "rangemode": "tozero"}
    return {"data": traces, "layout": {"height": 320, "yaxis": axis, "legend": ABOVE}}


def histogram_chart(
    bins: Sequence[str], reference: Sequence[float], month: Sequence[float], is_drifted: bool
) -> Figure:
    """Draw a feature's shares in training and in the month next to each other."""
    pairs = (("training", reference, QUIET), ("month", month, COLOURS[1] if is_drifted else COLOURS[0]))
    traces = [
        {
            "type": "bar",
            "name": name,
            "x": list(bins),
            "y": [round(float(share), 5) for share in shares],
            "marker": {"color": colour},
            "hovertemplate": "%{x}: %{y:.1%}<extra>%{fullData.name}</extra>",
        }
        for name, shares, colour in pairs
    ]
    layout = {
        "height": 260,
        "barmode": "group",
        "bargap": 0.15,
        "xaxis": {"type": "category", "automargin": True},
        "yaxis": {"tickformat": ".0%"},
        "legend": {"orientation": "h", "y": 1.18, "x": 0},
        "margin": {"t": 24, "r": 8, "l": 44, "b": 36},
    }
    return {"data": traces, "layout": layout}


def _line(rows: Sequence[Row], kind: str, name: str, colour: str, *, dash: str, symbol: str) -> Figure:
    values = [row[f"{kind}value"] for row in rows]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [_month(row["as_of_date"]) for row in rows],
        "y": values,
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [row[f"{kind}upper_bound"] - value for row, value in zip(rows, values, strict=True)],
            "arrayminus": [value - row[f"{kind}lower_bound"] for row, value in zip(rows, values, strict=True)],
            "thickness": 1,
            "width": 3,
        },
        "line": {"color": colour, "dash": dash, "width": 2},
        "marker": {"symbol": symbol, "size": 8},
        "hovertemplate": "%{y:.3f}<extra>%{fullData.name}</extra>",
    }


def _by_version(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["model_version"], []).append(row)
    return dict(sorted(found.items()))


def _month(day: date) -> str:
    """Name a month by its as-of day; a category of text, as plotly would read a bare month as an instant."""
    return day.isoformat()


def _who(row: Row) -> str:
    stage = "in production" if row["has_served"] else "in shadow mode"
    return f"{stage}, {row['prediction_count']:,} scores"


def _figures(cell: Row | None) -> str:
    if cell is None:
        return ""
    return f"effect {cell['effect']:.3f} sd, PSI {cell['psi']:.3f}, adjusted p {cell['adjusted_p_value']:.2g}<br>" + (
        "counts as drift" if cell["is_drifted"] else "within what chance and the limit allow"
    )
