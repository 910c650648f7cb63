"""Data Docs: pages that load nothing from elsewhere, tell what was found, and are written once."""

from __future__ import annotations

import os
import re
from pathlib import Path

from expectations.data_docs import build_data_docs, remove_external_resources
from expectations.run import run_suite
from expectations.stored_results import results_folder
from warehouse.connection import Role, Warehouse

# whatever makes a browser ask another host
_LOADS = re.compile(
    r"<script\b[^>]*\bsrc=|\b(?:src|href)=[\"']?(?:https?:)?//|url\(\s*[\"']?(?:https?:)?//|@import", re.I
)


def fill(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute(
            "insert into crm.customer (customer_code, name, email, age, known_at) "
            "values ('C<1>', 'P', 'p@customers.example', 130, '2024-01-01'), "
            "('C2', 'Q', 'q@customers.example', 30, '2024-01-01')"
        )


def test_pages_load_nothing_from_elsewhere_and_say_what_was_found(warehouse: Warehouse, tmp_path: Path) -> None:
    fill(warehouse)
    run_suite(warehouse, "crm.customer")
    run_suite(warehouse, "source.message")
    index = build_data_docs(warehouse, tmp_path / "docs")
    pages = {path.relative_to(tmp_path / "docs").as_posix(): path.read_text() for path in index.parent.rglob("*.html")}
    assert set(pages) == {"index.html", "crm.customer/all.html", "source.message/all.html"}
    for name, page in pages.items():
        assert not _LOADS.search(page), name
    assert not _LOADS.search((index.parent / "data_docs.css").read_text())
    page = pages["crm.customer/all.html"]
    assert "age is not between 0 and 120 years" in page
    assert "C&lt;1&gt;" in page
    assert "C<1>" not in page
    assert 'class="cell failed" href="crm.customer/all.html"' in pages["index.html"]
    assert 'class="cell passed" href="source.message/all.html"' in pages["index.html"]


def test_a_page_is_written_again_only_when_its_result_changed(warehouse: Warehouse, tmp_path: Path) -> None:
    """What the page was made from decides, not when: a result of another company, or restored, may be older."""
    fill(warehouse)
    run_suite(warehouse, "crm.customer")
    build_data_docs(warehouse, tmp_path)
    page = tmp_path / "crm.customer" / "all.html"
    first = page.read_text()
    page.write_text("kept\n" + first.splitlines()[-1] + "\n")
    later = page.stat().st_mtime + 3600
    os.utime(results_folder(warehouse) / "crm.customer" / "all.json", (later, later))
    build_data_docs(warehouse, tmp_path)
    assert page.read_text().startswith("kept\n")
    page.write_text("of something else")
    os.utime(page, (later + 1, later + 1))
    build_data_docs(warehouse, tmp_path)
    assert page.read_text() == first
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute("update crm.customer set age = 13, phone = '1'")
    assert run_suite(warehouse, "crm.customer").passed
    index = build_data_docs(warehouse, tmp_path)
    assert page.read_text() != first
    assert 'class="cell passed"' in index.read_text()


def test_a_page_without_a_result_is_removed(warehouse: Warehouse, tmp_path: Path) -> None:
    fill(warehouse)
    run_suite(warehouse, "crm.customer")
    (tmp_path / "crm.gone").mkdir()
    (tmp_path / "crm.gone" / "all.html").write_text("old")
    build_data_docs(warehouse, tmp_path)
    assert sorted(path.name for path in tmp_path.glob("*/*.html")) == ["all.html"]
    assert not (tmp_path / "crm.gone" / "all.html").exists()


def test_whatever_would_load_from_elsewhere_is_cut_out() -> None:
    page = (
        '<html><head><link rel="stylesheet" href="https://cdn.example/a.css"><script src="//cdn.example/b.js"></script>'
        "<style>@import url(https://cdn.example/c.css); @font-face { src: url('x.otf') } "
        "a { background: url('https://cdn.example/d.png') no-repeat; color: red }</style></head>"
        '<body><img src="https://cdn.example/e.png"><a href="https://example.org">words stay</a></body></html>'
    )
    cleaned = remove_external_resources(page)
    assert not _LOADS.search(cleaned)
    assert "words stay" in cleaned
    assert "color: red" in cleaned
