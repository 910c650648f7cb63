"""Files of a home of an older version, in which all companies shared the folders ``models`` and ``site``.

The first opening of a company's database brings the bundles and cards that its registry names under the company's
own folder. Shared pages are removed: the next run publishes the company's own. Once no home of an older version is
left, this module can go.
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from psycopg import errors

from warehouse.connection import Role, Warehouse
from warehouse.private_files import write_file, write_folder

BUNDLES = "*/*/manifest.json"
"""Old path of bundles below ``models``: one level higher than the present one."""
PAGES = ("dbt", "data_docs", "models", "health")
VERSIONS = "select model_name, version, withdrawal_reason is not null from ml.model_version order by id"
RECORD = "update ml.model_version set artifact_path = %s where version = %s and artifact_path = %s"


def adopt_files(warehouse: Warehouse) -> list[str]:
    """Bring a company's files of an older version under its own folders; returns the versions whose bundle was brought.

    If another company has run in the home as well, the old bundle is kept for it: a restored copy registers the same
    versions. A withdrawn version's is removed. Bundles that are in no registry are not changed.
    """
    _remove_shared_pages(warehouse.settings.home / "site")
    models = warehouse.settings.home / "models"
    if next(models.glob(BUNDLES), None) is None:
        return []
    is_only_company = _companies(warehouse) <= {warehouse.company}
    brought = []
    with warehouse.connect(Role.MODEL) as connection:
        try:
            versions = connection.execute(VERSIONS).fetchall()
        except (errors.UndefinedTable, errors.InvalidSchemaName):
            return []
        for model_name, version, is_withdrawn in versions:
            old, new = models / model_name / version, warehouse.folders.models / model_name / version
            if not (old / "manifest.json").is_file() or old == new:
                continue
            if is_withdrawn:
                _remove(old)
                continue
            if not new.exists():
                _copy(old, new)
                brought.append(str(version))
            record = (warehouse.folders.relative_bundle(model_name, version), version, f"models/{model_name}/{version}")
            connection.execute(RECORD, record)
            if is_only_company:
                _remove(old)
    return brought


def _companies(warehouse: Warehouse) -> set[str]:
    """List all companies of this home."""
    folder = warehouse.folders.check_results.parent
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()


def _copy(old: Path, new: Path) -> None:
    """Copy a bundle and its card; another process that opens the same company may be first."""
    card, own_card = (path.with_name(f"{path.name}.html") for path in (old, new))
    if card.is_file() and not own_card.exists():
        write_file(own_card, card.read_bytes())
    try:
        write_folder(new, {path.name: path.read_bytes() for path in old.iterdir()})
    except OSError:
        if not new.exists():
            raise


def _remove(old: Path) -> None:
    shutil.rmtree(old, ignore_errors=True)
    old.with_name(f"{old.name}.html").unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # the folder contains other files
        old.parent.rmdir()


def _remove_shared_pages(site: Path) -> None:
    """Remove pages that lay directly under ``site``, the first page last; a company's own are one level deeper."""
    if not (site / "index.html").is_file():
        return
    for name in PAGES:
        shutil.rmtree(site / name, ignore_errors=True)
    (site / "index.html").unlink(missing_ok=True)
