"""The open warehouse: one company's database, and connections to it in a role.

Out of scope: opening it (`warehouse.database.opening`), the server process (`warehouse.server`), tables
(`warehouse.migrations`), frames (`warehouse.frames`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from urllib.parse import quote, urlencode

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from warehouse.folders import CompanyFolders
from warehouse.settings import Settings


class Role(StrEnum):
    """The roles of the warehouse; their rights are in the migrations."""

    OWNER = "bellwether_owner"
    LOADER = "bellwether_loader"
    TRANSFORMER = "bellwether_transformer"
    MODEL = "bellwether_model"
    ANALYST = "bellwether_analyst"
    MANAGER = "bellwether_manager"


@dataclass(frozen=True)
class Warehouse:
    """One company's database.

    Parameters
    ----------
    settings
        Settings it was opened with.
    kind
        Kind of server: embedded or your own.
    company
        Company of the records.
    conninfo
        libpq connection string of the login user; contains the password.
    """

    settings: Settings
    kind: Literal["embedded", "external"]
    company: str
    conninfo: str = field(repr=False)

    def connect(self, role: Role | None = None, *, autocommit: bool = False) -> psycopg.Connection:
        """Open a connection; the search path is the role's own.

        Parameters
        ----------
        role
            Role the session begins in; None: the login user.
        autocommit
            Whether each statement commits by itself.
        """
        return psycopg.connect(self.conninfo_for(role), autocommit=autocommit)

    def conninfo_for(self, role: Role | None) -> str:
        """Write libpq's connection string for sessions that begin in a role."""
        return make_conninfo(self.conninfo, options=self._options(role)) if role else self.conninfo

    def sqlalchemy_url(self, role: Role | None = None) -> str:
        """Address for SQLAlchemy with psycopg2; its host is never empty, as Great Expectations requires."""
        return self._url("postgresql+psycopg2", role, host_in_query=True)

    def adbc_uri(self, role: Role | None = None) -> str:
        """Address for ADBC."""
        return self._url("postgresql", role)

    def dbt_environment(self) -> dict[str, str]:
        """Environment variables that the dbt profile reads."""
        parts = self._parts()
        return {
            "BELLWETHER_PG_HOST": parts.get("host", "localhost"),
            "BELLWETHER_PG_PORT": parts.get("port", "5432"),
            "BELLWETHER_PG_USER": parts.get("user", ""),
            "BELLWETHER_PG_PASSWORD": parts.get("password", ""),
            "BELLWETHER_PG_DATABASE": parts.get("dbname", ""),
        }

    @property
    def folders(self) -> CompanyFolders:
        """Folders of the company's files."""
        return CompanyFolders(self.settings.home, self.company)

    @property
    def database(self) -> str:
        """Name of the database."""
        return self._parts().get("dbname", "")

    @property
    def url(self) -> str:
        """Address for psql and libpq, with the password."""
        return self._url("postgresql", None)

    def _parts(self) -> dict[str, str]:
        found = conninfo_to_dict(self.conninfo)
        return {name: str(value) for name, value in found.items() if value is not None}

    def _options(self, role: Role) -> str:
        own = self._parts().get("options", "")
        return f"{own} -c role={role.value}".strip()

    def _url(self, scheme: str, role: Role | None, *, host_in_query: bool = False) -> str:
        parts = self._parts()
        user, password = parts.pop("user", ""), parts.pop("password", "")
        host, port, name = parts.pop("host", "localhost"), parts.pop("port", "5432"), parts.pop("dbname", "")
        if role:
            parts["options"] = self._options(role)
        authority = f"{host}:{port}"
        if host.startswith("/"):
            authority = "localhost" if host_in_query else ""
            parts = {"host": host, "port": port, **parts}
        query = f"?{urlencode(parts, quote_via=quote)}" if parts else ""
        secret = f":{quote(password, safe='')}" if password else ""
        return f"{scheme}://{quote(user, safe='')}{secret}@{authority}/{quote(name, safe='')}{query}"
