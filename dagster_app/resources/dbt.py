"""dbt as a Dagster resource: builds what a context selects and yields Dagster's own events."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import dagster as dg
from dagster_dbt.asset_utils import get_updated_cli_invocation_params_for_context
from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage

from dagster_app.lib.checks.recorded import report_recorded
from dagster_app.lib.dbt.invocation import DbtFailedError, stream, target_path
from dagster_app.lib.dbt.manifest import manifest_contents
from dagster_app.lib.dbt.results import DbtResults
from dagster_app.lib.dbt.translator import BellwetherTranslator
from dagster_app.lib.dbt.vars import dbt_vars
from dagster_app.lib.runs import progress
from dagster_app.resources.warehouse import WarehouseResource

FULL_REFRESH_TAG = "bellwether/full_refresh"
"""Tag of a run that builds tables again whose columns changed."""
EVENT_HISTORY: dict[str, Any] = {}


class DbtResource(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Runs dbt in this process against the run's warehouse."""

    warehouse: dg.ResourceDependency[WarehouseResource]

    def build(self, context: dg.AssetExecutionContext, months: Sequence[date] = ()) -> Iterator[Any]:
        """Build and test the selected nodes, record every test, yield outputs and check results.

        Parameters
        ----------
        context : AssetExecutionContext
            Of a `dbt_assets` definition; its selection decides what is built.
        months : sequence of date
            Snapshot months to build; none lets each monthly model find its stale ones.

        Raises
        ------
        Failure
            If a node failed, after every result has been recorded.
        """
        warehouse = self.warehouse.get()
        selection = get_updated_cli_invocation_params_for_context(
            context=context, manifest=manifest_contents(), dagster_dbt_translator=BellwetherTranslator()
        )
        arguments = [
            *("build", *selection.selection_args, "--exclude-resource-type", "unit_test"),
            *("--indirect-selection", selection.indirect_selection or "buildable"),
            *("--vars", dbt_vars(warehouse, months)),
            *(["--full-refresh"] if context.run.tags.get(FULL_REFRESH_TAG) == "true" else []),
        ]
        results = DbtResults(manifest_contents(), context.op_execution_context.op.name)
        target = target_path(context.run.run_id[:8])
        connection = warehouse.dbt_environment()
        try:
            for event in stream(arguments, connection=connection, target=target):
                results.add(event)
                progress.report(results.step, results.done, len(context.selected_asset_keys), results.latest)
                yield from self._translate(context, event, selection.dagster_dbt_translator)
        except DbtFailedError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        finally:
            report_recorded(context, results.record(warehouse, context.run.run_id, months))

    def _translate(self, context: dg.AssetExecutionContext, event: dict[str, Any], translator: Any) -> Iterator[Any]:
        message = DbtCoreCliEventMessage(raw_event=event, event_history_metadata=EVENT_HISTORY)
        yield from message.to_default_asset_events(
            manifest=manifest_contents(), dagster_dbt_translator=translator, context=context
        )
