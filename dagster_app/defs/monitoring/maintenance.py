"""What keeps the database and the disk in shape: space given back, statistics renewed, old bundles removed."""

import dagster as dg

from dagster_app.resources.warehouse import WarehouseResource
from warehouse.connection import Role


@dg.asset(key=["monitoring", "maintenance"], group_name="operations", kinds={"postgres"})
def maintenance(warehouse: WarehouseResource) -> dg.MaterializeResult[None]:
    """Vacuum and analyse outside any transaction, then remove bundles that never served and are old."""
    from warehouse.bundle_retention import remove_old_bundles

    opened = warehouse.get()
    with opened.connect(autocommit=True) as connection:  # VACUUM is refused inside a transaction
        connection.execute("vacuum (analyze)")
    with opened.connect(Role.MODEL) as connection:
        removed = remove_old_bundles(connection, opened.folders.models)
    return dg.MaterializeResult(metadata={"removed_bundles": len(removed), "versions": ", ".join(removed)})
