"""The model card: self-contained, complete, and honest about weak models."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from ml.risk.card import caveats, render
from ml.risk.training import TrainingResult


@pytest.fixture(scope="module")
def page(trained: TrainingResult) -> str:
    return render(trained, version="leaves-2025", labels={"visits": "Visits & calls"}, simulated=True)


def test_the_page_needs_nothing_from_elsewhere(page: str) -> None:
    class References(HTMLParser):
        found: list[str] = []  # noqa: RUF012 one parser, one list

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            names = {"src", "href", "xlink:href", "action"}
            self.found += [value for name, value in attrs if name in names and value]

    parser = References()
    parser.feed(page)
    assert all(reference.startswith(("#", "data:")) for reference in parser.found)
    assert "@import" not in page
    assert not re.search(r"url\((?!#)", page)


def test_every_identifier_is_unique_in_the_page(page: str) -> None:
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_the_page_says_what_a_reader_must_know(trained: TrainingResult, page: str) -> None:
    for words in (
        "Simulated data",
        "leaves-2025",
        trained.bundle.manifest["data_hash"],
        trained.bundle.sha256,
        "2024-07",
        "logistic baseline",
        "Visits &amp; calls",
        "reliability diagram",
    ):
        assert words in page
    assert page.count("<svg") == 9


def test_the_banner_stands_only_where_data_are_simulated(trained: TrainingResult) -> None:
    assert "Simulated data" not in render(trained)


def test_the_same_result_gives_the_same_page(trained: TrainingResult, page: str) -> None:
    assert page == render(trained, version="leaves-2025", labels={"visits": "Visits & calls"}, simulated=True)


def test_weak_models_say_so() -> None:
    manifest = {
        "metrics": {
            "model": {"auc_roc": 0.6, "calibration_error": 0.05},
            "logistic_baseline": {"auc_roc": 0.61},
        },
        "training_window": {"positive_count": 40},
        "evaluation": {"kind": "backtest", "origins": ["2024-01-01"]},
    }
    words = " ".join(caveats(manifest))
    for expected in ("Only 1 evaluation origins", "off by 0.050", "not rank better", "only 40 positives"):
        assert expected in words
    assert "too little history" in caveats({**manifest, "evaluation": {"kind": "cross_validation", "origins": []}})[0]
