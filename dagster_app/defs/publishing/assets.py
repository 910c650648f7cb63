"""Pages of one company under ``site/<company>``, served by `bellwether docs`."""

import dagster as dg

from dagster_app.defs.training.assets import MODEL_VERSION
from dagster_app.defs.warehouse import relations
from dagster_app.resources.warehouse import WarehouseResource


@dg.asset(key=["site", "dbt_docs"], deps=relations.DOCUMENTED_MARTS, group_name="publishing", kinds={"dbt", "html"})
def dbt_docs(context: dg.AssetExecutionContext, warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Documentation of every table and column, with lineage, as one self-contained page."""
    from dagster_app.lib.site.pages import write_dbt_docs

    size = write_dbt_docs(warehouse.get(), context.run.run_id)
    return dg.MaterializeResult(metadata={"bytes": size})


@dg.asset(key=["site", "data_docs"], deps=relations.DOCUMENTED_MARTS, group_name="publishing", kinds={"html"})
def data_docs(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Publish what was checked on each table, and with what result, as Great Expectations renders it."""
    from expectations.data_docs import build_data_docs

    index_page = build_data_docs(warehouse.get(), warehouse.get().folders.site / "data_docs")
    return dg.MaterializeResult(metadata={"page": str(index_page)})


@dg.asset(
    key=["site", "model_cards"],
    deps=[MODEL_VERSION],
    group_name="publishing",
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
    deps=relations.HEALTH_MARTS,
    group_name="publishing",
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
    deps=[dbt_docs, data_docs, model_cards, health],
    group_name="publishing",
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
