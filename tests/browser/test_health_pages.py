"""What data scientists see of the models' health: charts that draw without a network and without errors."""

from __future__ import annotations

from selenium import webdriver
from selenium.webdriver.common.by import By

from tests.browser.test_pages import hosts_asked, open_page, wait
from warehouse.connection import Role, Warehouse

# A chart draws when it comes into sight: each in turn is brought there.
NEXT = """
const waiting = [...document.querySelectorAll('.chart:not(.drawn)')].filter(one => one.offsetParent !== null);
if (waiting.length) waiting[0].scrollIntoView({block: 'center'});
return waiting.length;
"""
OPEN = "document.querySelectorAll('details').forEach(one => { one.open = true; })"


def draw_all(browser: webdriver.Chrome) -> int:
    """Bring every chart of the page into sight until all are drawn; returns their number."""
    browser.execute_script(OPEN)
    wait(browser).until(lambda shown: shown.execute_script(NEXT) == 0, "some charts never drew")
    charts = browser.find_elements(By.CSS_SELECTOR, ".chart.drawn")
    assert all(chart.find_elements(By.CSS_SELECTOR, "svg.main-svg") for chart in charts)
    return len(charts)


def complaints(browser: webdriver.Chrome) -> list[str]:
    """Errors and warnings that pages wrote to the console since the last call."""
    return [entry["message"] for entry in browser.get_log("browser") if entry["level"] in {"SEVERE", "WARNING"}]


def test_charts_of_the_health_page_draw_without_network_and_errors(
    browser: webdriver.Chrome, pages: str, built_warehouse: Warehouse
) -> None:
    with built_warehouse.connect(Role.ANALYST) as connection:
        row = connection.execute(
            "select model_version, as_of_date::text, to_char(estimated_value, 'FM0.0000')"
            " from monitoring.model_performance_monthly where metric_name = 'auc_roc' and segment = 'all'"
            " order by as_of_date desc, model_version limit 1"
        ).fetchone()
    assert row is not None
    open_page(browser, f"{pages}/", "Model health")
    browser.get_log("performance")
    browser.get_log("browser")
    browser.find_element(By.PARTIAL_LINK_TEXT, "Model health").click()
    text = open_page(browser, browser.current_url, "Decision log", "Simulated company", row[0])
    assert f"{row[1]} {row[0]} in production" in text
    assert row[2] in text
    assert draw_all(browser) >= 5
    buttons = {one.get_attribute("data-title") for one in browser.find_elements(By.CSS_SELECTOR, ".modebar-btn")}
    assert {"Zoom", "Pan"} <= buttons
    assert not [title for title in buttons if "share" in str(title).lower()], "no chart can be uploaded"
    marks = browser.find_elements(By.CSS_SELECTOR, ".heatmaplayer image, .heatmaplayer .hm")
    assert marks, "the heat map is drawn"
    assert complaints(browser) == []
    assert hosts_asked(browser) == {"127.0.0.1"}


def test_the_drift_report_of_a_month_draws_each_feature(
    browser: webdriver.Chrome, pages: str, built_warehouse: Warehouse
) -> None:
    with built_warehouse.connect(Role.ANALYST) as connection:
        row = connection.execute(
            "select as_of_date::text, count(*) from monitoring.feature_drift group by 1 order by 1 desc limit 1"
        ).fetchone()
    assert row is not None
    open_page(browser, f"{pages}/health/index.html", "Drift")
    browser.get_log("browser")
    browser.get_log("performance")
    address = browser.find_element(By.CSS_SELECTOR, "table.reports a").get_attribute("href")
    assert address is not None
    open_page(browser, address, f"Drift as of {row[0]}", "Histograms")
    assert draw_all(browser) == row[1]
    bars = browser.find_elements(By.CSS_SELECTOR, "#f-score .bars .point")
    assert len(bars) >= 10, "training and month beside each other"
    assert complaints(browser) == []
    assert hosts_asked(browser) == {"127.0.0.1"}


def test_the_figures_can_be_read_without_scripts(browser: webdriver.Chrome, pages: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(f"{pages}/health/index.html")
        text = browser.find_element(By.TAG_NAME, "body").text
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert "all values are also in the tables" in text
    assert "in production" in text
