"""Which bundles on disk may go: withdrawn ones; else never one that served, is in the shadow, or is young.

Belongs here: the choice and the removal. Does not: the registry, whose rows stay for ever.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from psycopg import Connection

RETENTION_DAYS = 180
"""A challenger that was refused is looked at, and perhaps promoted against the gate, within half a year."""
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
    """Remove folders of versions that were withdrawn, or never served and are older than `kept_days`; returns them.

    Parameters
    ----------
    models
        Folder of the company's bundles: ``<model>/<version>``. A folder that the registry does not know is left alone.
    """
    removed = []
    for model_name, version in connection.execute(REMOVABLE, [kept_days]).fetchall():
        folder = models / model_name / version
        if folder.is_dir():
            shutil.rmtree(folder)
            removed.append(str(version))
    return removed
