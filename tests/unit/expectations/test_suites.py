"""Suites are plain data that reads well: unique reasons, no braces, months that are cut right."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from expectations.registry import LAYERS, suite_named, suites
from expectations.sql import REASON_SEPARATOR, bad_rows_query, condition, quoted

PROJECT = Path(__file__).resolve().parents[3]


def test_every_layer_has_its_suites() -> None:
    assert {suite.layer for suite in suites().values()} == set(LAYERS)
    assert {
        "crm.customer",
        "source.user_monthly_features",
        "source.message",
        "collections.payment_records",
        "finance.timeseries_data",
        "analytics.user_monthly_property",
        "analytics.customer_features",
        "ml.prediction",
        "analytics.user_churn_prediction",
        "analytics.retention_list",
        "analytics.risk_trends",
        "analytics.high_risk_customers",
    } <= set(suites())


def test_reasons_are_distinct() -> None:
    for suite in suites().values():
        reasons = [rule.reason for rule in suite.rules]
        assert len(set(reasons)) == len(reasons), suite.name
        assert not [reason for reason in reasons if REASON_SEPARATOR.strip() in reason], suite.name
        # Great Expectations reads braces as its own placeholders
        assert not [rule for rule in suite.rules if "{" in rule.bad_when + rule.reason], suite.name


def test_only_monthly_suites_watch_means_and_only_whole_tables_are_fresh() -> None:
    for suite in suites().values():
        assert suite.is_monthly or not suite.monitored_columns, suite.name
        assert not (suite.is_monthly and suite.freshness), suite.name


def test_reading_the_suites_imports_no_great_expectations() -> None:
    program = (
        "import sys, expectations.run, expectations.data_docs\n"
        "from expectations.registry import suites; suites()\n"
        "assert 'great_expectations' not in sys.modules and 'sqlalchemy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROJECT)


def test_a_month_of_scores_is_its_as_of_date_and_the_partitions_around_it() -> None:
    bounds = suite_named("ml.prediction").bounds_of(date(2024, 12, 1))
    assert condition(bounds) == (
        "\"as_of_date\" = '2025-01-01' and \"predicted_at\" > '2024-12-31 00:00:00+00' "
        "and \"predicted_at\" < '2025-02-01 00:00:00+00'"
    )


def test_months_are_asked_for_where_they_belong() -> None:
    with pytest.raises(ValueError, match=r"ml\.prediction needs a month"):
        suite_named("ml.prediction").bounds_of(None)
    with pytest.raises(ValueError, match="is checked as a whole"):
        suite_named("crm.customer").bounds_of(date(2024, 1, 1))
    with pytest.raises(LookupError, match=r"no suite 'crm\.nobody'; known suites: crm\.customer"):
        suite_named("crm.nobody")


def test_one_query_checks_all_rules() -> None:
    suite = suite_named("staging.stg_collections__invoice")
    query = bad_rows_query(suite, suite.rules, "{batch}", ())
    assert query.count("case when") == len(suite.rules)
    assert quoted("currency is not the company's") == "'currency is not the company''s'"
    assert quoted("currency is not the company's") in query
