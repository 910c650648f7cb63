"""What analytics engineers see in the Dagster UI: the whole graph, and checks beside the tables."""

from __future__ import annotations

import re

from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.test_pages import hosts_asked, open_page, wait

STAGES = ("ingest", "staging_deskroom", "intermediate_customer", "marts_retention", "training", "scoring", "publishing")


def test_graph_shows_the_pipeline_from_files_to_pages(browser: webdriver.Chrome, ui: str) -> None:
    text = open_page(browser, f"{ui}/asset-groups", "Global asset lineage", *STAGES)
    assert "Failed to load" not in text
    assert "Error" not in text


def test_a_group_shows_its_assets_with_their_checks_passed(browser: webdriver.Chrome, ui: str) -> None:
    text = open_page(
        browser,
        f"{ui}/locations/bellwether/asset-groups/marts_features",
        "customer_features",
        "user_monthly_property",
        "Asset checks",
        "Passed",
    )
    assert "int_customer__features" in text, "what the group is built from stands beside it"
    passed = re.findall(r"(\d+) / (\d+)\s+Passed", text)
    assert len(passed) == 3
    assert all(count == total != "0" for count, total in passed)


def test_an_asset_shows_its_checks_of_both_tools_with_their_results(browser: webdriver.Chrome, ui: str) -> None:
    text = open_page(
        browser, f"{ui}/assets/analytics/customer_features?view=checks", "expectations", "unique_combin", "Succeeded"
    )
    assert "blocking asset check" in text
    assert "Failed" not in text


def test_an_asset_shows_which_months_are_there(browser: webdriver.Chrome, ui: str) -> None:
    open_page(browser, f"{ui}/assets/analytics/customer_features?view=partitions", "Materialized (24)", "Failed (0)")


def test_command_line_runs_are_listed(browser: webdriver.Chrome, ui: str) -> None:
    open_page(browser, f"{ui}/runs", "load_files", "build_features", "train_and_score", "publish_pages", "Success")


def test_the_ui_asks_no_other_host(browser: webdriver.Chrome, ui: str) -> None:
    browser.get_log("performance")
    browser.get(f"{ui}/asset-groups")
    wait(browser).until(lambda shown: "staging_deskroom" in shown.find_element(By.TAG_NAME, "body").text)
    assert hosts_asked(browser) == {"127.0.0.1"}
