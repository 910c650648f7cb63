"""Thresholds are data: complete, in use, and found in the right order."""

from __future__ import annotations

import pytest

from expectations import thresholds
from expectations.registry import suites
from expectations.thresholds import EVERY_RELATION, all_thresholds, of_relation, one_of_relation


def test_every_threshold_has_owner_and_action() -> None:
    for line in all_thresholds():
        assert len(line.source) > 20, line
        assert len(line.action) > 15, line
        assert line.owner, line


def test_every_threshold_belongs_to_a_suite() -> None:
    assert {line.relation for line in all_thresholds()} <= {*suites(), EVERY_RELATION}


def test_lines_of_freshness_belong_to_suites_that_ask_for_it() -> None:
    asked = {name for name, suite in suites().items() if suite.freshness}
    own = {line.relation for line in all_thresholds() if line.figure == "freshness_days"} - {EVERY_RELATION}
    assert own <= asked


def test_table_threshold_overrides_the_default() -> None:
    assert one_of_relation("source.message", "freshness_days").value == 14
    assert one_of_relation("crm.customer", "freshness_days").value == 31
    assert [line.column for line in of_relation("crm.customer", "filled_ratio_min")] == ["phone"]
    assert of_relation("ml.label", "filled_ratio_min") == []


def test_a_figure_without_a_line_is_named() -> None:
    with pytest.raises(LookupError, match=r"filled_ratio_min of ml\.label"):
        one_of_relation("ml.label", "filled_ratio_min")


def test_two_lines_for_one_figure_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    line = all_thresholds()[0].model_dump()
    monkeypatch.setattr(thresholds.yaml, "safe_load", lambda _text: {"thresholds": [line, line]})
    with pytest.raises(ValueError, match="keep one"):
        all_thresholds.__wrapped__()
