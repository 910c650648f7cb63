"""The model card: no external resources, complete, with caveats of weak models."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from ml.risk.card import caveats, render_model_card
from ml.risk.training import TrainingResult


@pytest.fixture(scope="module")
def page(trained: TrainingResult) -> str:
    return render_model_card(trained, version="leaves-2025", labels={"visits": "Visits & calls"}, simulated=True)


def test_card_has_no_external_resources(page: str) -> None:
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


def test_identifiers_are_unique_in_the_card(page: str) -> None:
    identifiers = re.findall(r'\bid="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_card_lists_caveats(trained: TrainingResult, page: str) -> None:
    for text in (
        "Simulated data",
        "leaves-2025",
        trained.bundle.manifest["data_hash"],
        trained.bundle.sha256,
        "2024-07",
        "logistic baseline",
        "Visits &amp; calls",
        "reliability diagram",
    ):
        assert text in page
    assert page.count("<svg") == 9


def test_banner_only_for_simulated_data(trained: TrainingResult) -> None:
    assert "Simulated data" not in render_model_card(trained)


def test_same_result_gives_the_same_card(trained: TrainingResult, page: str) -> None:
    assert page == render_model_card(
        trained, version="leaves-2025", labels={"visits": "Visits & calls"}, simulated=True
    )


def test_weak_model_has_a_caveat() -> None:
    manifest = {
        "metrics": {
            "model": {"auc_roc": 0.6, "calibration_error": 0.05},
            "logistic_baseline": {"auc_roc": 0.61},
        },
        "training_window": {"positive_count": 40},
        "evaluation": {"kind": "backtest", "origins": ["2024-01-01"]},
    }
    text = " ".join(caveats(manifest))
    for expected in ("Only 1 evaluation origins", "calibration error is 0.050", "not rank better", "only 40 positives"):
        assert expected in text
    assert "too little history" in caveats({**manifest, "evaluation": {"kind": "cross_validation", "origins": []}})[0]
