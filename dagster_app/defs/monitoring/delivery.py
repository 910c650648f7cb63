"""Alerts on their way out."""

import dagster as dg

from dagster_app.defs.monitoring.models import monitoring_alert
from dagster_app.defs.scoring.assets import alert
from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Role


@dg.asset(
    key=["monitoring", "alert_delivery"],
    deps=[alert, monitoring_alert],
    group_name="operations",
    kinds={"python"},
)
def alert_delivery(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Alerts sent through the outbox: each at most once, failures tried again later."""
    from dagster_app.lib.alerts.channels import channel_for
    from dagster_app.lib.alerts.outbox import deliver, waiting

    with warehouse.get().connect(Role.MODEL) as connection:
        delivery = deliver(connection, channel_for(warehouse.get(), connection))
        return dg.MaterializeResult(metadata={**vars(delivery), "waiting": waiting(connection)})
