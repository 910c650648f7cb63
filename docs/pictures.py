"""Draw the pictures of the README: `python -m docs.pictures graph`, `python -m docs.pictures page [ADDRESS]`.

`graph` draws the groups of the asset graph from Dagster's definitions; it needs no database. `page` photographs a
published page with Chromium; start `bellwether docs` first.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from html import escape
from pathlib import Path

IMAGES = Path(__file__).parent / "images"
COLUMNS = (
    ("files and raw tables", ("ingest", "seeds")),
    ("staging", ("staging_crm", "staging_deskroom", "staging_collections", "staging_finance")),
    ("customers, outcomes", ("intermediate_customer", "intermediate_outcomes")),
    ("features", ("marts_features",)),
    ("training", ("training",)),
    ("scoring", ("scoring", "monitoring")),
    ("results read back", ("staging_ml",)),
    (
        "by subject",
        (
            "intermediate_risk",
            "intermediate_voice_of_customer",
            "intermediate_recommendation",
            "intermediate_monitoring",
        ),
    ),
    (
        "marts",
        ("marts_retention", "marts_models", "marts_monitoring", "marts_voice_of_customer", "marts_recommendation"),
    ),
    ("pages, alerts", ("publishing", "operations")),
)
"""Groups of assets from left to right, in the order of the pipeline."""
PYTHON_GROUPS = {"ingest", "training", "scoring", "monitoring", "publishing", "operations"}
BOX_WIDTH, BOX_HEIGHT, COLUMN_STEP, ROW_STEP, MARGIN, TOP = 136, 34, 166, 78, 14, 46
PAGE_ADDRESS = "http://127.0.0.1:8090/health/"
MAX_PNG_BYTES = 200_000
Edges = frozenset[tuple[str, str]]


def read_groups() -> tuple[frozenset[str], Edges]:
    """Return the groups of the asset graph and the pairs (read, reading) between them."""
    from dagster_app.definitions import defs

    graph = defs.resolve_asset_graph()
    group = {key: str(graph.get(key).group_name) for key in graph.get_all_asset_keys()}
    edges = {
        (group[parent], group[key])
        for key in group
        for parent in graph.get(key).parent_keys
        if group[parent] != group[key]
    }
    return frozenset(group.values()), frozenset(edges)


def draw_graph(groups: Iterable[str], edges: Edges) -> str:
    """Return an SVG: one box for each group, one line for each pair of groups.

    Raises
    ------
    ValueError
        If a group has no place in `COLUMNS`.
    """
    present = set(groups)
    if homeless := present - {name for _, names in COLUMNS for name in names}:
        raise ValueError(f"give these groups a place in {__name__}.COLUMNS: {sorted(homeless)}")
    rows = max(len(names) for _, names in COLUMNS)
    height = TOP + rows * ROW_STEP + 28
    width = 2 * MARGIN + (len(COLUMNS) - 1) * COLUMN_STEP + BOX_WIDTH
    places = _places(present, rows)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" font-family="sans-serif">',
            "<title>Groups of the asset graph, and which group reads which</title>",
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *(
                f'<text x="{MARGIN + place * COLUMN_STEP + BOX_WIDTH // 2}" y="24" font-size="13" fill="#52606d" '
                f'text-anchor="middle">{escape(title)}</text>'
                for place, (title, _) in enumerate(COLUMNS)
            ),
            *(_line(places[start], places[end]) for start, end in sorted(_direct(edges, places))),
            *(_box(name, *places[name]) for name in sorted(places)),
            f'<text x="{MARGIN}" y="{height - 10}" font-size="12" fill="#52606d">Blue: dbt. Orange: Python. '
            "Dashed: read back by a step further left. A line that follows from others is left out.</text>",
            "</svg>\n",
        ]
    )


def photograph_page(address: str, target: Path) -> None:
    """Write a picture of the upper part of a page.

    Raises
    ------
    ValueError
        If the picture is larger than a repository should hold.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.support.ui import WebDriverWait

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    # no sandbox: containers refuse it, and the page is our own
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1180,1180"):
        options.add_argument(argument)
    browser = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        browser.get(address)
        in_sight = (
            "return [...document.querySelectorAll('.chart')].filter(one => one.offsetParent !== null"
            " && one.getBoundingClientRect().top < innerHeight).every(one => one.classList.contains('drawn'))"
        )
        WebDriverWait(browser, 60).until(lambda shown: shown.execute_script(in_sight), "the charts did not draw")
        picture = browser.get_screenshot_as_png()
    finally:
        browser.quit()
    if len(picture) > MAX_PNG_BYTES:
        raise ValueError(f"the picture has {len(picture)} bytes, at most {MAX_PNG_BYTES}: choose a smaller window")
    target.write_bytes(picture)


def _places(groups: set[str], rows: int) -> dict[str, tuple[float, float]]:
    """Left upper corner of each group's box; the boxes of a column are spread over its height."""
    places = {}
    for column, (_, names) in enumerate(COLUMNS):
        shown = [name for name in names if name in groups]
        for row, name in enumerate(shown):
            middle = TOP + rows * ROW_STEP * (2 * row + 1) / (2 * len(shown))
            places[name] = (float(MARGIN + column * COLUMN_STEP), middle - BOX_HEIGHT / 2)
    return places


def _direct(edges: Edges, places: dict[str, tuple[float, float]]) -> Edges:
    """Leave out a forward edge whose ends are joined by a longer way of forward edges; keep the others."""
    forward: dict[str, set[str]] = {}
    for start, end in edges:
        if places[start] < places[end]:
            forward.setdefault(start, set()).add(end)

    def reached(group: str) -> set[str]:
        return {group}.union(*(reached(after) for after in forward.get(group, ())))

    def follows(start: str, end: str) -> bool:
        return any(end in reached(after) for after in forward.get(start, set()) - {end})

    return frozenset(edge for edge in edges if edge[1] not in forward.get(edge[0], ()) or not follows(*edge))


def _line(start: tuple[float, float], end: tuple[float, float]) -> str:
    is_forward = end[0] > start[0]
    x1, y1 = start[0] + (BOX_WIDTH if is_forward else 0), start[1] + BOX_HEIGHT / 2
    x2, y2 = end[0] + (0 if is_forward else BOX_WIDTH), end[1] + BOX_HEIGHT / 2
    if end[0] == start[0]:
        x1, x2 = start[0] + BOX_WIDTH / 2, end[0] + BOX_WIDTH / 2
    bend = (x2 - x1) * 0.45
    style = 'stroke="#9aa5b1"' if is_forward or end[0] == start[0] else 'stroke="#c05621" stroke-dasharray="5 4"'
    curve = f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    return f'<path d="{curve}" fill="none" stroke-width="1.2" stroke-opacity="0.75" {style}/>'


def _box(name: str, x: float, y: float) -> str:
    fill, edge = ("#fdebd8", "#c05621") if name in PYTHON_GROUPS else ("#e1ecf7", "#2b6cb0")
    label = name.partition("_")[2] if name.startswith(("staging_", "intermediate_", "marts_")) else name
    return (
        f'<g><rect x="{x:.0f}" y="{y:.0f}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="5" fill="{fill}" '
        f'stroke="{edge}"/><title>{escape(name)}</title><text x="{x + BOX_WIDTH / 2:.0f}" y="{y + 22:.0f}" '
        f'font-size="13" text-anchor="middle" fill="#1f2933">{escape(label.replace("_", " "))}</text></g>'
    )


def main(arguments: list[str]) -> int:
    """Draw what is named; return the exit code."""
    IMAGES.mkdir(exist_ok=True)
    match arguments:
        case ["graph"]:
            (IMAGES / "asset_graph.svg").write_text(draw_graph(*read_groups()), encoding="utf-8")
        case ["page", *rest] if len(rest) <= 1:
            photograph_page(rest[0] if rest else PAGE_ADDRESS, IMAGES / "model_health.png")
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
