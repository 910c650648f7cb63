"""dbt models, in the parts that Python steps and months divide it into.

`foundation` stages the raw tables, `monthly` builds what is kept month by month, `outcomes` derives labels,
`marts` and `monthly_marts` serve what the model layer wrote. Together they are the whole dbt project, each node once.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg
from dagster_dbt import dbt_assets

from dagster_app.lib.checks.blocking import require_upstream_checks
from dagster_app.lib.dbt.manifest import manifest_contents
from dagster_app.lib.dbt.translator import BellwetherTranslator
from dagster_app.lib.runs.partitions import MONTHLY, ONE_RUN, months_of
from dagster_app.resources.dbt import DbtResource

MODEL_LAYER = "source:ml+ source:monitoring+"
MONTH_BY_MONTH = "config.materialized:monthly"
MANIFEST = manifest_contents()
TRANSLATOR = BellwetherTranslator()


@dbt_assets(
    manifest=MANIFEST,
    exclude=f"{MODEL_LAYER} {MONTH_BY_MONTH}+",
    name="foundation",
    dagster_dbt_translator=TRANSLATOR,
)
@require_upstream_checks
def foundation(context: dg.AssetExecutionContext, dbt: DbtResource) -> Iterator[Any]:
    """Seeds, staging and whatever needs no month."""
    yield from dbt.build(context)


@dbt_assets(
    manifest=MANIFEST,
    select=MONTH_BY_MONTH,
    exclude=MODEL_LAYER,
    name="monthly",
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    dagster_dbt_translator=TRANSLATOR,
)
@require_upstream_checks
def monthly(context: dg.AssetExecutionContext, dbt: DbtResource) -> Iterator[Any]:
    """Features and what they are made of, the run's months replaced whole."""
    yield from dbt.build(context, months_of(context))


@dbt_assets(
    manifest=MANIFEST,
    select=f"{MONTH_BY_MONTH}+",
    exclude=f"{MODEL_LAYER} {MONTH_BY_MONTH}",
    name="outcomes",
    dagster_dbt_translator=TRANSLATOR,
)
@require_upstream_checks
def outcomes(context: dg.AssetExecutionContext, dbt: DbtResource) -> Iterator[Any]:
    """Cohorts, labels and whatever spans months."""
    yield from dbt.build(context)


@dbt_assets(
    manifest=MANIFEST,
    select=MODEL_LAYER,
    exclude=MONTH_BY_MONTH,
    name="marts",
    dagster_dbt_translator=TRANSLATOR,
)
@require_upstream_checks
def marts(context: dg.AssetExecutionContext, dbt: DbtResource) -> Iterator[Any]:
    """Every documented relation over predictions, labels, metrics and alerts."""
    yield from dbt.build(context)


@dbt_assets(
    manifest=MANIFEST,
    select=f"source:ml+,{MONTH_BY_MONTH}",
    name="monthly_marts",
    partitions_def=MONTHLY,
    backfill_policy=ONE_RUN,
    dagster_dbt_translator=TRANSLATOR,
)
@require_upstream_checks
def monthly_marts(context: dg.AssetExecutionContext, dbt: DbtResource) -> Iterator[Any]:
    """Marts over scores that are kept month by month, the run's months replaced whole."""
    yield from dbt.build(context, months_of(context))
