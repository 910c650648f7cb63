"""What a suite becomes in Great Expectations: which expectations, with which bounds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from expectations.registry import suite_named
from expectations.to_great_expectations import ComparisonFigures, expectation_suite

MONTH = date(2024, 3, 1)


def figures(name: str, references: ComparisonFigures, month: date | None) -> dict[str, list[dict[str, Any]]]:
    """Arguments of the expectations by figure."""
    found: dict[str, list[dict[str, Any]]] = {}
    for one in expectation_suite(suite_named(name), references, month).expectations:
        config = one.configuration
        found.setdefault(config.meta["figure"], []).append(config.kwargs)
    return found


def test_volume_is_bounded_by_the_month_before() -> None:
    found = figures("analytics.user_monthly_property", ComparisonFigures(rows=950, previous_rows=1000), MONTH)
    (volume,) = found["volume_change_ratio"]
    assert (volume["min_value"], volume["max_value"]) == (700, 1300)


def test_a_first_month_has_nothing_to_be_compared_with() -> None:
    found = figures("analytics.user_monthly_property", ComparisonFigures(rows=950), MONTH)
    assert set(found) == {"row_rules"}


def test_a_mean_may_move_half_a_deviation() -> None:
    references = ComparisonFigures(rows=950, previous_rows=1000, previous_means={"voc_90d": (2.0, 1.0)})
    (shift,) = figures("analytics.user_monthly_property", references, MONTH)["mean_shift_deviations"]
    assert (shift["column"], shift["min_value"], shift["max_value"]) == ("voc_90d", 1.5, 2.5)


def test_an_empty_month_after_a_full_one_is_judged_by_its_volume_alone() -> None:
    found = figures("analytics.user_monthly_property", ComparisonFigures(rows=0, previous_rows=1000), MONTH)
    assert set(found) == {"row_rules", "volume_change_ratio"}


def test_an_empty_table_that_must_not_be_empty_is_judged() -> None:
    assert "row_count_min" in figures("crm.customer", ComparisonFigures(rows=0), None)
    assert "row_count_min" not in figures("source.message", ComparisonFigures(rows=0), None)


def test_scores_may_be_missing_only_without_a_production_model() -> None:
    assert "row_count_min" in figures("ml.prediction", ComparisonFigures(rows=0), MONTH)
    assert "row_count_min" not in figures("ml.prediction", ComparisonFigures(rows=0, is_needed=False), MONTH)


def test_snapshots_may_lack_contracts_only_where_the_company_keeps_none() -> None:
    snapshots = "staging.base_deskroom__snapshot"
    assert "filled_ratio_min" in figures(snapshots, ComparisonFigures(rows=9), MONTH)
    assert "filled_ratio_min" not in figures(snapshots, ComparisonFigures(rows=9, is_needed=False), MONTH)


def test_freshness_takes_its_days_off_what_must_be_reached() -> None:
    references = ComparisonFigures(rows=10, must_reach=date(2024, 4, 1))
    (fresh,) = figures("collections.payment_records", references, None)["freshness_days"]
    assert str(fresh["min_value"])[:10] == "2024-02-16"


@pytest.mark.parametrize("name", ["ml.prediction", "analytics.customer_features"])
def test_every_figure_of_a_monthly_suite_is_limited_to_the_month(name: str) -> None:
    means = {"probability": (0.2, 0.1)} if name == "ml.prediction" else {"voc_90d": (0.2, 0.1)}
    found = figures(name, ComparisonFigures(rows=9, previous_rows=9, previous_means=means), MONTH)
    for figure, all_arguments in found.items():
        for arguments in all_arguments:
            assert figure == "row_rules" or arguments["row_condition"], figure
    assert "2024-0" in found["row_rules"][0]["unexpected_rows_query"]
