"""The bundles and cards of the run's company as a Dagster resource."""

import dagster as dg

from dagster_app.lib.models.store import BundleStore
from dagster_app.resources.warehouse import WarehouseResource


class ModelStore(dg.ConfigurableResource):  # type: ignore[type-arg]
    """Where the company of a warehouse keeps its models."""

    warehouse: dg.ResourceDependency[WarehouseResource]

    def get(self) -> BundleStore:
        """Return the store; its folder is the company's own."""
        return BundleStore(self.warehouse.get().folders.models)
