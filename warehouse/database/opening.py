"""Opening a company's warehouse, for all commands and processes.

Out of scope: what an open warehouse can do (`warehouse.connection`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from warehouse.connection import Warehouse
from warehouse.database.bootstrap import database_company, prepare_database
from warehouse.database.companies import company_slug, embedded_warehouse, external_warehouse
from warehouse.errors import BellwetherError
from warehouse.previous_layout import adopt_files
from warehouse.private_files import open_home
from warehouse.settings import Settings, load_settings


@contextmanager
def open_warehouse(
    settings: Settings | None = None, *, company: str | None = None, migrate: bool = True
) -> Iterator[Warehouse]:
    """Open a company's warehouse: server started if needed, database created, schema migrated.

    Parameters
    ----------
    settings
        Settings; None: from the environment.
    company
        The company; None: the settings' company, the one of the last run, or `sample`.
    migrate
        Whether to bring the schema up to date.

    Raises
    ------
    BellwetherError
        The server cannot be started or reached, is too old, or belongs to another company.
    """
    settings = settings or load_settings()
    try:
        open_home(settings.home)
    except OSError as error:
        raise BellwetherError(
            "The home folder cannot be made.", str(error), "choose another with BELLWETHER_HOME=/another/folder"
        ) from error
    opened = (external_warehouse if settings.database_url else embedded_warehouse)(settings, company)
    if migrate:
        prepare_database(opened, asked_for=company or settings.company)
    if opened.kind == "external" and not (company or settings.company) and (held := database_company(opened)):
        # the home remembers the company of the last run, which may have been on another server
        opened = replace(opened, company=company_slug(held))
    if migrate:
        adopt_files(opened)
    yield opened
