"""What several targets want of one job becomes one run, and each target remembers its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

import dagster as dg

from dagster_app.lib.runs.partitions import RANGE_END_TAG, RANGE_START_TAG, range_tags
from dagster_app.lib.runs.requests import ask_each

Remember = Callable[[str], None]


def _news(name: str, cursor: str | None, remember: Remember) -> dg.RunRequest | dg.SkipReason:
    """A target has news called after it, asked for once; `quiet` never has any."""
    if name == "quiet" or cursor == f"news of {name}":
        return dg.SkipReason(f"nothing of {name}")
    remember(f"news of {name}")
    months = {"churn": [date(2025, 3, 1), date(2025, 6, 1)], "payment_default": [date(2025, 5, 1), date(2025, 7, 1)]}
    job = "retrain_model" if name == "retrained" else "train_and_score"
    return dg.RunRequest(run_key=f"{name}:1", job_name=job, tags=range_tags(months[name]) if name in months else {})


def test_targets_share_one_run_of_a_job() -> None:
    result = ask_each(["churn", "retrained", "payment_default", "quiet"], None, _news)
    assert result.run_requests is not None
    first, second = result.run_requests
    assert (first.job_name, first.run_key) == ("train_and_score", "churn:1|payment_default:1")
    assert (first.tags[RANGE_START_TAG], first.tags[RANGE_END_TAG]) == ("2025-03-01", "2025-07-01")
    assert (second.job_name, second.run_key) == ("retrain_model", "retrained:1")
    assert result.skip_reason is None


def test_each_target_remembers_its_own_news() -> None:
    first = ask_each(["churn"], None, _news)
    again = ask_each(["churn", "payment_default"], first.cursor, _news)
    assert [request.run_key for request in again.run_requests or []] == ["payment_default:1"]
    assert json.loads(again.cursor or "") == {"churn": "news of churn", "payment_default": "news of payment_default"}
    silent = ask_each(["churn", "payment_default"], again.cursor, _news)
    assert not silent.run_requests
    assert "nothing of churn; nothing of payment_default" in str(silent.skip_reason)


def test_a_cursor_of_another_form_is_a_lost_one() -> None:
    result = ask_each(["churn"], "2025-07-01T00:00:00+00:00", _news)
    assert [request.run_key for request in result.run_requests or []] == ["churn:1"]


def test_without_a_target_nothing_is_asked_for() -> None:
    result = ask_each([], None, _news)
    assert not result.run_requests
    assert "no target is asked" in str(result.skip_reason)
