"""Which bundles may be removed: withdrawn ones; never one that was in production, is in shadow mode, or is recent.

Belongs here: the choice and the removal. Out of scope: the registry, whose rows stay for ever.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from psycopg import Connection

RETENTION_DAYS = 180
"""A rejected challenger may be reviewed, and promoted against the gate, for half a year."""
REMOVABLE = """
select model_name, version
from ml.model_version
where withdrawal_reason is not null
  or not is_active
  and created_at < clock_timestamp() - make_interval(days => %s)
  and not exists (
    select 1 from ml.model_deployment as deployment
    where deployment.version = model_version.version
      and (deployment.stage = 'production' or (deployment.stage = 'shadow' and upper_inf(deployment.valid_during))))
order by model_name, version
"""


def remove_old_bundles(connection: Connection[Any], models: Path, kept_days: int = RETENTION_DAYS) -> list[str]:
    """Remove folders of versions that were withdrawn, or never in production and older than `kept_days`; returns them.

    Parameters
    ----------
    models
        Folder of the company's bundles: ``<model>/<version>``. A folder that is not in the registry is not removed.
    """
    removed = []
    for model_name, version in connection.execute(REMOVABLE, [kept_days]).fetchall():
        folder = models / model_name / version
        if folder.is_dir():
            shutil.rmtree(folder)
            removed.append(str(version))
    return removed
