"""What analysts and managers see at the docs address: lineage, descriptions, checks, the model card."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from warehouse.connection import Warehouse

# The graph library draws on a canvas; its own registry knows which nodes stand there.
LINEAGE = """
for (const element of document.querySelectorAll('*')) {
  if (element._cyreg) {
    const graph = element._cyreg.cy;
    return {nodes: graph.nodes(':visible').map(n => n.id()), edges: graph.edges(':visible').length};
  }
}
return null;
"""


def wait(browser: webdriver.Chrome) -> WebDriverWait[webdriver.Chrome]:
    return WebDriverWait(browser, 60)


def text_of(browser: webdriver.Chrome) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def open_page(browser: webdriver.Chrome, address: str, *words: str) -> str:
    """Open a page and wait until all words stand on it; returns its text."""
    browser.get(address)
    wait(browser).until(lambda shown: all(word in text_of(shown) for word in words), f"{words} are not on {address}")
    return text_of(browser)


def hosts_asked(browser: webdriver.Chrome) -> set[str | None]:
    """Hosts that pages asked since the last call."""
    messages: list[dict[str, Any]] = [
        json.loads(entry["message"])["message"] for entry in browser.get_log("performance")
    ]
    asked = [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
    return {urlsplit(url).hostname for url in asked if urlsplit(url).scheme in {"http", "https", "ws", "wss"}}


def lineage(browser: webdriver.Chrome, pages: str, mart: str) -> dict[str, Any]:
    """Open the lineage of a mart with everything upstream of it, and read the graph that is drawn."""
    browser.get(f"{pages}/dbt/index.html#!/model/model.bellwether.{mart}?g_v=1&g_i=%2B{mart}")
    wait(browser).until(lambda shown: (shown.execute_script(LINEAGE) or {}).get("nodes"))
    drawn: dict[str, Any] = browser.execute_script(LINEAGE)
    return drawn


def test_the_first_page_leads_to_everything(browser: webdriver.Chrome, pages: str) -> None:
    open_page(browser, f"{pages}/", "Simulated company", "dbt docs", "Data Docs", "Model card")
    for link in ("dbt docs", "Data Docs", "Model card"):
        browser.get(f"{pages}/")
        browser.find_element(By.PARTIAL_LINK_TEXT, link).click()
        wait(browser).until(lambda shown: len(text_of(shown)) > 200)


def test_lineage_leads_from_raw_records_to_features(browser: webdriver.Chrome, pages: str) -> None:
    drawn = lineage(browser, pages, "customer_features")
    assert {
        "source.bellwether.deskroom.user_monthly_features",
        "model.bellwether.base_deskroom__snapshot",
        "model.bellwether.int_customer__features",
        "model.bellwether.customer_features",
    } <= set(drawn["nodes"])
    assert drawn["edges"] >= len(drawn["nodes"]) - 1


def test_lineage_leads_from_scores_and_customers_to_the_high_risk_list(browser: webdriver.Chrome, pages: str) -> None:
    drawn = lineage(browser, pages, "high_risk_customers")
    assert {
        "source.bellwether.ml.prediction",
        "source.bellwether.crm.customer",
        "model.bellwether.high_risk_customers",
    } <= set(drawn["nodes"])


def test_a_column_is_described_where_an_analyst_looks(browser: webdriver.Chrome, pages: str) -> None:
    page = f"{pages}/dbt/index.html#!/model/model.bellwether.user_monthly_property"
    text = open_page(browser, page, "user_monthly_property", "voc_to_work_ratio")
    assert "cancellation_rate_change" in text


def test_data_docs_show_each_expectation_with_what_was_found(browser: webdriver.Chrome, pages: str) -> None:
    text = open_page(browser, f"{pages}/data_docs/index.html", "crm.customer", "analytics.customer_features")
    assert "source.user_monthly_features" in text
    browser.find_element(By.PARTIAL_LINK_TEXT, "whole table").click()
    wait(browser).until(lambda shown: "expectation" in text_of(shown).lower())


def test_the_model_card_shows_quality_beside_its_baselines(
    browser: webdriver.Chrome, pages: str, built_warehouse: Warehouse
) -> None:
    with built_warehouse.connect() as connection:
        row = connection.execute(
            "select version from ml.model_version where is_active and model_name = 'churn'"
        ).fetchone()
    assert row is not None
    text = open_page(browser, f"{pages}/models/{row[0]}.html", row[0])
    for words in ("simulated", "logistic", "auc", "calibration"):
        assert words in text.lower(), f"{words} is not on the card"
    assert browser.find_elements(By.TAG_NAME, "svg")


def test_no_page_asks_another_host(browser: webdriver.Chrome, pages: str) -> None:
    browser.get_log("performance")
    for page, words in (("", "Bellwether"), ("dbt/index.html", "Projects"), ("data_docs/index.html", "Data Docs")):
        open_page(browser, f"{pages}/{page}", words)
    assert hosts_asked(browser) == {"127.0.0.1"}
