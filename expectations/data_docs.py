"""Data Docs: a page per suite and month as Great Expectations renders it, and an index, readable without a network.

Belongs here: rendering stored results and cutting out what would load from elsewhere. Out of scope: running
suites (`run`) and serving pages (the command line).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, select_autoescape

from expectations.registry import suites
from expectations.stored_results import WHOLE_TABLE, stored_results
from warehouse.private_files import write_file, write_if_changed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from warehouse.connection import Warehouse

TEMPLATES = Path(__file__).parent / "templates"
STYLE = "data_docs.css"
SHOWN_ROWS = 50
# scripts need a library from elsewhere, links and images their host; the pages' few buttons get a script of ours
_EXTERNAL_RESOURCES = (
    re.compile(r"<script\b.*?</script>", re.DOTALL),
    re.compile(r"<link\b[^>]*>"),
    re.compile(r"<img\b[^>]*>"),
    re.compile(r"<footer\b.*?</footer>", re.DOTALL),
    re.compile(r"@import[^;]*;"),
    re.compile(r"@font-face\s*\{[^}]*\}"),
    re.compile(r"background:\s*url\([^)]*\)[^;]*;"),
)
_SUITE_PAGE = re.compile(r"<a\b[^>]*href=\"[^\"]*expectations/[^\"]*\"[^>]*>(.*?)</a>", re.DOTALL)
_INDEX_LINK = re.compile(r"href=\"(?:\.\./)+index\.html\"")
_BREADCRUMB = re.compile(r"(aria-current=\"page\">)[^<]*(</li>)")
_ELSEWHERE_LINK = re.compile(r"<a\b[^>]*href=\"https?://[^\"]*\"[^>]*>(.*?)</a>", re.DOTALL)


@dataclass(frozen=True)
class Page:
    """One result in the index."""

    suite: str
    partition_key: str
    address: str
    status: str
    failed: int
    checked_at: str


def build_data_docs(warehouse: Warehouse, out_dir: Path) -> Path:
    """Write Data Docs of the latest result of each suite and month.

    A page that was made from the same result is kept: rendering takes long. A page without a result is removed.

    Parameters
    ----------
    warehouse : Warehouse
        Whose results; they lie under its home.
    out_dir : Path
        Folder of the pages; made if need be.

    Returns
    -------
    Path
        The index.
    """
    write_if_changed(out_dir / STYLE, (TEMPLATES / STYLE).read_bytes())
    pages = [_write_page(out_dir, *stored) for stored in stored_results(warehouse)]
    for path in out_dir.glob("*/*.html"):
        if path.relative_to(out_dir).as_posix() not in {page.address for page in pages}:
            path.unlink()
    index = out_dir / "index.html"
    write_file(index, _index(warehouse, pages))
    return index


def remove_external_resources(html: str) -> str:
    """Return a page without external resources, with the style of Data Docs."""
    for pattern in _EXTERNAL_RESOURCES:
        html = pattern.sub("", html)
    html = _ELSEWHERE_LINK.sub(r"\1", _SUITE_PAGE.sub(r"\1", _INDEX_LINK.sub('href="../index.html"', html)))
    return html.replace("</head>", f'<link rel="stylesheet" href="../{STYLE}">\n</head>', 1)


def _finished(html: str, name: str, partition_key: str, result: dict[str, Any]) -> str:
    """Name the page by its table and month, list its first bad rows, and give its buttons their script."""
    month = "whole table" if partition_key == WHOLE_TABLE else partition_key[:7]
    rows = [row for one in result["results"] for row in one["result"].get("details", {}).get("unexpected_rows", [])]
    bad_rows = _environment().get_template("bad_rows.html").render(rows=rows[:SHOWN_ROWS])
    script = (TEMPLATES / "page_script.html").read_text(encoding="utf-8")
    html = _BREADCRUMB.sub(lambda found: f"{found[1]}{name}, {month}{found[2]}", remove_external_resources(html))
    return html.replace("</body>", f"{bad_rows}{script}</body>", 1)


def _write_page(out_dir: Path, name: str, partition_key: str, result: dict[str, Any]) -> Page:
    address = f"{name}/{partition_key}.html"
    page = out_dir / address
    origin = _origin(result)
    if not (page.is_file() and page.read_text(encoding="utf-8").endswith(origin)):
        write_file(page, _finished(_render(result, partition_key), name, partition_key, result) + origin)
    return _page_of(name, partition_key, address, result)


def _origin(result: dict[str, Any]) -> str:
    """End of a page: a digest of the result, and of the code and templates, that it was made from."""
    content = json.dumps(result, sort_keys=True).encode()
    return f"\n<!-- made from {hashlib.sha256(_code() + content).hexdigest()} -->\n"


@lru_cache(maxsize=1)
def _code() -> bytes:
    """Return the inputs of a page other than its result."""
    files = (Path(__file__), *sorted(TEMPLATES.iterdir()))
    version = importlib.metadata.version("great_expectations")
    return version.encode() + b"".join(path.read_bytes() for path in files if path.is_file())


def _page_of(name: str, partition_key: str, address: str, result: dict[str, Any]) -> Page:
    failed = [one["expectation_config"]["meta"]["severity"] for one in result["results"] if not one["success"]]
    status = "passed" if not failed else "failed" if "error" in failed else "warned"
    checked_at = result["meta"]["batch_markers"]["ge_load_time"]
    return Page(
        name, partition_key, address, status, len(failed), f"{checked_at[:4]}-{checked_at[4:6]}-{checked_at[6:8]}"
    )


def _render(result: dict[str, Any], partition_key: str) -> str:
    from great_expectations.core import ExpectationSuiteValidationResult
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema

    renderer: Any = import_module("great_expectations.render.renderer").ValidationResultsPageRenderer
    loaded = expectationSuiteValidationResultSchema.load(result)
    if isinstance(loaded, dict):
        loaded = ExpectationSuiteValidationResult(**loaded)
    if partition_key != WHOLE_TABLE:
        loaded.meta["active_batch_definition"]["batch_identifiers"] = {"snapshot_month": partition_key}
    return str(_view().render(renderer(run_info_at_end=True).render(loaded)))


@lru_cache(maxsize=1)
def _view() -> Any:
    """Return Great Expectations' view; each new one compiles all its templates."""
    return import_module("great_expectations.render.view").DefaultJinjaPageView()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape())


def _index(warehouse: Warehouse, pages: Iterable[Page]) -> str:
    by_suite: dict[str, list[Page]] = {}
    for page in pages:
        by_suite.setdefault(page.suite, []).append(page)
    listed = [(suite, by_suite[name]) for name, suite in suites().items() if name in by_suite]
    return (
        _environment()
        .get_template("index.html")
        .render(company=warehouse.company, listed=listed, style=STYLE, whole_table=WHOLE_TABLE)
    )
