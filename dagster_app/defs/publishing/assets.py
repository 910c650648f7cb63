"""Pages of one company under ``site/<company>``, served by `bellwether docs`."""

import dagster as dg

from dagster_app.resources.warehouse import WarehouseResource

OWNER = "team:analytics-engineering"
HEALTH_MARTS = [
    ["analytics", "model_version"],
    ["analytics", "model_metadata"],
    ["analytics", "feature_dictionary"],
    *(
        ["monitoring", name]
        for name in (
            "label_coverage_monthly",
            "model_performance_monthly",
            "feature_drift",
            "retraining_metrics",
            "decision_log",
            "monitoring_alerts",
            "model_health",
        )
    ),
]
MARTS = [["analytics", "risk_trends"], ["analytics", "user_churn_prediction"], ["analytics", "retention_list"]]


@dg.asset(key=["site", "dbt_docs"], deps=MARTS, group_name="publishing", owners=[OWNER], kinds={"dbt", "html"})
def dbt_docs(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Documentation of every table and column, with lineage, as one self-contained page."""
    from dagster_app.lib.site.pages import write_dbt_docs

    size = write_dbt_docs(warehouse.get(), context.run.run_id)
    return dg.MaterializeResult(metadata={"bytes": size})


@dg.asset(key=["site", "data_docs"], deps=MARTS, group_name="publishing", owners=[OWNER], kinds={"html"})
def data_docs(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Publish what was checked on each table, and with what result, as Great Expectations renders it."""
    from expectations.data_docs import build_data_docs

    index_page = build_data_docs(warehouse.get(), warehouse.get().folders.site / "data_docs")
    return dg.MaterializeResult(metadata={"page": str(index_page)})


@dg.asset(
    key=["site", "model_cards"],
    deps=[["ml", "model_version"]],
    group_name="publishing",
    owners=["team:data-science"],
    kinds={"html"},
)
def model_cards(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """One page for each model version: quality, calibration, backtest, what drives it."""
    from dagster_app.lib.site.pages import write_model_cards

    cards = write_model_cards(warehouse.get())
    links = "\n".join(f"- `{card.address}`{' (active)' if card.is_active else ''}" for card in cards)
    return dg.MaterializeResult(metadata={"cards": dg.MetadataValue.md(links), "count": len(cards)})


@dg.asset(
    key=["site", "health"],
    deps=HEALTH_MARTS,
    group_name="publishing",
    owners=["team:data-science"],
    kinds={"html"},
)
def health(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Champion and challenger, quality, coverage, drift and decisions of every model; a drift report for each month."""
    from dagster_app.lib.site.health_page import write_health_pages

    written = write_health_pages(warehouse.get(), warehouse.get().folders.site)
    figures = {"models": written.model_count, "drift_reports": written.report_count}
    return dg.MaterializeResult(metadata={"page": str(written.page), **figures})


@dg.asset(
    key=["site", "index"],
    deps=[["site", "dbt_docs"], ["site", "data_docs"], ["site", "model_cards"], ["site", "health"]],
    group_name="publishing",
    owners=[OWNER],
    kinds={"html"},
)
def index(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Link everything published on one page."""
    from dagster_app.lib.dbt.vars import loaded_company
    from dagster_app.lib.site.pages import write_index, write_model_cards

    opened = warehouse.get()
    company, is_simulated = loaded_company(opened)
    page = write_index(opened.folders.site, company, is_simulated, write_model_cards(opened))
    return dg.MaterializeResult(metadata={"page": str(page)})
