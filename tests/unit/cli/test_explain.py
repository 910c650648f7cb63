"""What `bellwether explain` prints, without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO

import pytest
from rich.console import Console

from cli.explain import CustomerExplanation, render, sparkline

CUSTOMER = {"customer_code": "C1", "customer_id": 1, "customer_name": "Kim", "phone": None, "email": "k@x.example"}
RISK = {"risk_score": 0.125, "risk_band": "low", "as_of_date": date(2026, 1, 1), "model_version": "churn-1"}
REASON = {
    "contribution_rank": 1,
    "label_en": "Complaints",
    "label_ko": "불만",
    "value_en": "4",
    "retained_average": None,
    "churned_average": "2",
    "contribution": -0.5,
    "contrib_label_en": "lowers risk",
}


def _printed(explanation: CustomerExplanation) -> str:
    console = Console(width=160, file=StringIO(), record=True)
    for part in render(explanation):
        console.print(part)
    return console.export_text()


@pytest.mark.parametrize(
    ("scores", "bars"),
    [([], ""), ([0.0, 0.124, 0.125], "▁▁▂"), ([0.999, 1.0], "██")],
)
def test_a_bar_is_an_eighth_of_the_scale(scores: list[float], bars: str) -> None:
    assert sparkline(scores) == bars


def test_missing_averages_and_phone_are_left_out_not_printed_as_none() -> None:
    text = _printed(CustomerExplanation(CUSTOMER, RISK, [REASON], [], []))
    assert "None" not in text
    assert "Kim · k@x.example" in text
    assert "12.5% (low)" in text
    assert "-0.50" in text


def test_explain_of_an_unscored_customer() -> None:
    assert "Not scored" in _printed(CustomerExplanation(CUSTOMER, None, [], [], []))


def test_other_risks_are_explained_without_a_churn_target() -> None:
    other = RISK | {"outcome_en": "customer does not pay in time", "model_version": "p-1", "reasons_en": "Late: 2"}
    text = _printed(CustomerExplanation(CUSTOMER, None, [], [], [], [other]))
    assert "Risk that customer does not pay in time 12.5% (low) as of 2026-01-01, model p-1" in text
    assert "Late: 2" in text
    assert "Not scored" not in text


def test_only_the_newest_scores_are_listed_newest_first() -> None:
    history = [
        {"as_of_date": date(2025, month, 1), "risk_score": 0.5, "model_version": "churn-1"} for month in range(1, 9)
    ]
    text = _printed(CustomerExplanation(CUSTOMER, RISK, [], history, []))
    assert "8 scores" in text
    assert text.index("2025-08-01") < text.index("2025-03-01")
    assert "2025-02-01" not in text


def test_alerts_show_whether_they_were_sent() -> None:
    alert = {
        "created_at": datetime(2026, 1, 2, tzinfo=UTC),
        "alert_type": "HIGH_RISK",
        "message": "high",
        "was_sent": False,
    }
    assert "HIGH_RISK: high (not sent yet)" in _printed(CustomerExplanation(CUSTOMER, RISK, [], [], [alert]))
