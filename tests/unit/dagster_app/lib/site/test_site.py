"""Published pages load nothing from elsewhere, and serving them says so to the browser."""

from __future__ import annotations

import threading
import urllib.request
from pathlib import Path

import pytest

from cli.docs import server
from dagster_app.lib.site.pages import Card, without_external, write_index
from warehouse.errors import BellwetherError


@pytest.mark.parametrize(
    "tag",
    [
        '<link href="https://fonts.googleapis.com/css?family=X" rel="stylesheet">',
        "<script src='//cdn.example.org/a.js'></script>",
        "@import url(https://fonts.googleapis.com/css2?family=X);",
        '<iframe src="https://tracker.example.org/x"></iframe>',
        '<noscript><img src="https://tracker.example.org/x.gif"></noscript>',
    ],
)
def test_what_would_load_from_elsewhere_is_cut_out(tag: str) -> None:
    assert without_external(f"<head>{tag}<title>x</title></head>") == "<head><title>x</title></head>"


def test_addresses_of_trackers_in_scripts_are_disarmed() -> None:
    page = "<script>load('https://www.googletagmanager.com/gtm.js?id=1')</script>"
    assert "googletagmanager" not in without_external(page)


def test_what_is_inline_or_local_stays() -> None:
    page = '<link href="style.css"><script>let a = 1;</script><a href="https://example.org">read</a>'
    assert without_external(page) == page


def test_index_links_pages_and_marks_simulated_companies(tmp_path: Path) -> None:
    (tmp_path / "dbt").mkdir()
    (tmp_path / "dbt" / "index.html").write_text("x")
    page = write_index(tmp_path, "Acme <&>", True, [Card("churn", "churn-1", True, "models/churn-1.html")]).read_text()
    assert "Acme &lt;&amp;&gt;" in page
    assert "Simulated company" in page
    assert 'href="dbt/index.html"' in page
    assert "data_docs" not in page
    assert "models/churn-1.html" in page


def test_pages_are_served_under_a_policy_that_forbids_other_hosts(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("hello")
    with server(tmp_path, "127.0.0.1", 0) as pages:
        threading.Thread(target=pages.serve_forever, daemon=True).start()
        with urllib.request.urlopen(f"http://127.0.0.1:{pages.server_address[1]}/", timeout=5) as answer:
            assert answer.read() == b"hello"
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
        with pytest.raises(BellwetherError, match="cannot be served"):
            server(tmp_path, "127.0.0.1", pages.server_address[1])
        pages.shutdown()
