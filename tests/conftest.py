"""Servers and warehouses for every test: real PostgreSQL, a fresh migrated database each.

`warehouse` is on the default server (embedded, or the one that BELLWETHER_DATABASE_URL names);
`any_warehouse` runs a test on both kinds; `warehouse_factory` makes several. A test that wants one kind
says `@pytest.mark.parametrize("server_kind", ["external"], indirect=True)`.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import hypothesis
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from tests.built_company import blank_company, built_warehouse, finished_run, run_to_break  # noqa: F401
from tests.faults.recovery_times import pytest_terminal_summary, recovery  # noqa: F401
from tests.plain_server import PlainServer, oldest_system_binaries
from tests.shared_homes import copied_server, made_once
from warehouse.connection import Warehouse
from warehouse.database.access import access_role
from warehouse.database.bootstrap import prepare_database
from warehouse.database.companies import create_database, server_conninfo
from warehouse.server import EmbeddedServer
from warehouse.settings import Settings

Kind = Literal["embedded", "external"]
WarehouseFactory = Callable[..., Warehouse]

# How long an example takes says how busy the machine is, which no test asks.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

# Tests never see the machine's own warehouse: its settings are taken out before anything reads them.
PUBLIC_FILES = {
    "BELLWETHER_BANK_FILE",
    "BELLWETHER_BANKING77_FILE",
    "BELLWETHER_CARD_FILE",
    "BELLWETHER_COMPLAINTS_FILE",
    "BELLWETHER_COMPLETE_JOURNEY_FOLDER",
}
TESTS = Path(__file__).parent
KEPT = {"BELLWETHER_POSTGRES_BIN"} | PUBLIC_FILES
GIVEN_URL = os.environ.get("BELLWETHER_DATABASE_URL")
for _name in [name for name in os.environ if name.startswith("BELLWETHER_") and name not in KEPT]:
    del os.environ[_name]


class DatabaseServer:
    """A server of one kind, with a migrated database that fresh ones are copied from.

    Parameters
    ----------
    template
        That database, where there is one already.
    """

    def __init__(self, kind: Kind, admin: str, home: Path, template: str | None = None) -> None:
        self.kind = kind
        self.admin = admin
        self.home = home
        self._template = template

    def warehouse(self, name: str, home: Path) -> Warehouse:
        """The warehouse of a database, which need not exist yet."""
        database = f"bellwether_{name}"
        conninfo = make_conninfo(self.admin, dbname=database)
        url = Warehouse(Settings(home=home), self.kind, name, conninfo).url
        # a server of one's own names its one database by URL; the embedded one keeps a database per company
        named = {"database_url": SecretStr(url)} if self.kind == "external" else {"company": name}
        settings = Settings(home=home, **named)  # type: ignore[arg-type]
        return Warehouse(settings, self.kind, name, conninfo)

    def create(self, name: str, home: Path) -> Warehouse:
        """A fresh migrated database."""
        warehouse = self.warehouse(name, home)
        self._copy(self.migrated_template(), warehouse.database)
        return warehouse

    def drop(self, database: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(database)))
            connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(access_role(database))))

    def close(self) -> None:
        if self._template:
            self.drop(self._template)

    def migrated_template(self) -> str:
        """Name of the migrated database, made when it is first asked for."""
        if self._template is None:
            template = self.warehouse(f"template_{uuid.uuid4().hex[:8]}", self.home)
            create_database(self.admin, template.database)
            self._template = template.database
            prepare_database(template, asked_for=None)
        return self._template

    def _copy(self, source: str, target: str) -> None:
        statement = sql.SQL("create database {} template {} encoding 'UTF8'")
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = %s", [source])
            connection.execute(statement.format(sql.Identifier(target), sql.Identifier(source)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left with it at the end."""

    def seconds(item: pytest.Item) -> int:
        marker = item.get_closest_marker("long")
        return int(marker.args[0]) if marker else 0

    items.sort(key=seconds, reverse=True)
    for item in items:
        if "unit" not in item.path.relative_to(TESTS).parts:
            item.add_marker("no_cover")  # coverage is that of unit tests: to follow the others would slow them down


def embedded(home: Path, template: str | None = None) -> DatabaseServer:
    """The embedded server of a home, started if it does not run."""
    return DatabaseServer("embedded", server_conninfo(EmbeddedServer(home).use(), "postgres"), home, template)


@pytest.fixture(scope="session")
def migrated_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home with a migrated database, made once for all processes, and the name of that database."""

    def make(home: Path) -> None:
        (home / "template").write_text(embedded(home).migrated_template())

    home = made_once(tmp_path_factory, "migrated", make)
    return home, (home / "template").read_text()


@pytest.fixture(scope="session")
def embedded_server(
    migrated_home: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[DatabaseServer]:
    """The embedded server of this process, without the disk's guarantees that tests can do without."""
    source, template = migrated_home
    with copied_server(source, tmp_path_factory.mktemp("embedded") / "home") as server:
        yield embedded(server.home, template)


@pytest.fixture(scope="session")
def external_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseServer]:
    """A server of one's own: BELLWETHER_DATABASE_URL's, or a plain one of the system started here."""
    home = tmp_path_factory.mktemp("external")
    if GIVEN_URL:
        server = DatabaseServer("external", make_conninfo(GIVEN_URL), home)
        yield server
        server.close()
        return
    programs = oldest_system_binaries()
    if programs is None:
        pytest.skip("no PostgreSQL 15 or newer is installed on this machine (apt-get install postgresql)")
    plain = PlainServer(programs, home)
    plain.start()
    yield DatabaseServer("external", plain.conninfo, home)
    plain.stop()


@pytest.fixture
def server_kind(request: pytest.FixtureRequest) -> Kind:
    """Kind of server that `warehouse` is on."""
    return getattr(request, "param", "external" if GIVEN_URL else "embedded")


@pytest.fixture
def warehouse_factory(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server_kind: Kind
) -> Iterator[WarehouseFactory]:
    """Make fresh migrated warehouses; `load_settings()` and commands started as processes mean the last one."""
    made: list[tuple[DatabaseServer, str]] = []

    def make(kind: Kind = server_kind) -> Warehouse:
        server: DatabaseServer = request.getfixturevalue(f"{kind}_server")
        home = _home_on(server, tmp_path / f"home{len(made)}")
        warehouse = server.create(f"t{uuid.uuid4().hex[:10]}", home)
        made.append((server, warehouse.database))
        monkeypatch.setenv("BELLWETHER_HOME", str(home))
        if warehouse.settings.company:
            monkeypatch.setenv("BELLWETHER_COMPANY", warehouse.settings.company)
        else:
            monkeypatch.delenv("BELLWETHER_COMPANY", raising=False)
        if warehouse.settings.database_url:
            monkeypatch.setenv("BELLWETHER_DATABASE_URL", warehouse.settings.database_url.get_secret_value())
        else:
            monkeypatch.delenv("BELLWETHER_DATABASE_URL", raising=False)
        return warehouse

    yield make
    for server, database in made:
        server.drop(database)


def _home_on(server: DatabaseServer, home: Path) -> Path:
    """A home of the test's own whose embedded server, if it is meant, is the session's."""
    home.mkdir()
    if server.kind == "embedded":
        for name in ("postgres", "run"):
            (home / name).symlink_to(server.home / name)
    return home


@pytest.fixture
def warehouse(warehouse_factory: WarehouseFactory) -> Warehouse:
    """A fresh migrated warehouse on the default kind of server."""
    return warehouse_factory()


@pytest.fixture(params=["embedded", "external"])
def any_warehouse(request: pytest.FixtureRequest, warehouse_factory: WarehouseFactory) -> Warehouse:
    """A fresh migrated warehouse, once on each kind of server."""
    return warehouse_factory(request.param)
