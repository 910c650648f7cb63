"""A login reaches the databases of the companies it was let into, and no other on the same server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from pydantic import SecretStr

from tests.conftest import DatabaseServer, WarehouseFactory
from warehouse.connection import Role, Warehouse
from warehouse.database import migrate
from warehouse.database.access import access_role
from warehouse.database.backup import backup, restore
from warehouse.database.opening import open_warehouse
from warehouse.errors import BellwetherError
from warehouse.settings import Settings

PASSWORD = "alices"  # noqa: S105 - of a role that lives as long as its test


@pytest.fixture(params=["embedded", "external"])
def two_companies(request: pytest.FixtureRequest, warehouse_factory: WarehouseFactory) -> tuple[Warehouse, Warehouse]:
    """Two companies on one server, opened as every command opens them."""
    opened = []
    for made in (warehouse_factory(request.param), warehouse_factory(request.param)):
        with open_warehouse(made.settings) as warehouse:
            opened.append(warehouse)
    return opened[0], opened[1]


@pytest.fixture
def alice(two_companies: tuple[Warehouse, Warehouse]) -> Iterator[str]:
    """An analyst of the first company, made as the README says."""
    first, _ = two_companies
    name = f"alice_{uuid.uuid4().hex[:8]}"
    with first.connect(autocommit=True) as connection:
        connection.execute(
            sql.SQL("create role {} login password {} in role bellwether_analyst, {}").format(
                sql.Identifier(name), sql.Literal(PASSWORD), sql.Identifier(access_role(first.database))
            )
        )
    yield name
    with first.connect(autocommit=True) as connection:
        connection.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))


def as_login(warehouse: Warehouse, name: str) -> psycopg.Connection:
    """A connection of a login with a password, over TCP as from another machine."""
    with warehouse.connect() as connection:
        (port,) = connection.execute("show port").fetchone() or ("",)
    return psycopg.connect(
        host="127.0.0.1", port=port, user=name, password=PASSWORD, dbname=warehouse.database, autocommit=True
    )


def rights_of_public(warehouse: Warehouse) -> list[tuple[str]]:
    with warehouse.connect() as connection:
        return connection.execute(
            "select privilege_type from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba)))"
            " where datname = current_database() and grantee = 0"
        ).fetchall()


def test_an_analyst_of_one_company_does_not_reach_another(
    two_companies: tuple[Warehouse, Warehouse], alice: str
) -> None:
    first, second = two_companies
    with as_login(first, alice) as connection:
        connection.execute("select count(*) from monitoring.check_result")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create temporary table mine (a integer)")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        as_login(second, alice)
    assert rights_of_public(first) == rights_of_public(second) == []


def test_the_shared_role_alone_reaches_no_company(two_companies: tuple[Warehouse, Warehouse], alice: str) -> None:
    first, _ = two_companies
    with first.connect(autocommit=True) as connection:
        revoke = sql.SQL("revoke {} from {}")
        connection.execute(revoke.format(sql.Identifier(access_role(first.database)), sql.Identifier(alice)))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        as_login(first, alice)


def test_a_copy_is_closed_to_others_and_open_to_its_own(
    two_companies: tuple[Warehouse, Warehouse], alice: str, tmp_path: Path
) -> None:
    """Neither a dump nor a template holds who may connect."""
    first, second = two_companies
    file = backup(first, tmp_path / "first.dump")
    restore(second, file, force=True)
    assert rights_of_public(second) == []
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        as_login(second, alice)
    restore(first, file, force=True)
    with as_login(first, alice) as connection:
        connection.execute("select count(*) from monitoring.check_result")


def test_one_company_taken_back_leaves_the_other_as_it_is(
    two_companies: tuple[Warehouse, Warehouse], alice: str
) -> None:
    first, second = two_companies
    migrate.downgrade(second, "base")
    for role in (Role.LOADER, Role.TRANSFORMER, Role.MODEL):
        with first.connect(role) as connection:
            connection.execute("create temporary table still_mine (a integer)")
    with as_login(first, alice) as connection:
        connection.execute("select count(*) from monitoring.check_result")


def test_a_database_of_an_older_version_is_closed_when_it_is_opened(warehouse: Warehouse) -> None:
    with warehouse.connect(autocommit=True) as connection:
        grant = sql.SQL("grant connect, temporary on database {} to public")
        connection.execute(grant.format(sql.Identifier(warehouse.database)))
    with open_warehouse(warehouse.settings) as opened:
        assert rights_of_public(opened) == []


def test_a_login_that_owns_its_database_and_may_create_roles_is_enough(
    external_server: DatabaseServer, tmp_path: Path
) -> None:
    name = f"ordinary_{uuid.uuid4().hex[:8]}"
    admin = external_server.warehouse(name, tmp_path)
    with psycopg.connect(external_server.admin, autocommit=True) as connection:
        connection.execute(f"create role {name} login createrole password '{PASSWORD}'")
        connection.execute(f"create database {admin.database} owner {name}")
        for role in Role:
            if connection.execute("select to_regrole(%s)", [role.value]).fetchone() != (None,):
                connection.execute(f"grant {role.value} to {name} with admin option")
    conninfo = make_conninfo(admin.conninfo, user=name, password=PASSWORD)
    url = replace(admin, conninfo=conninfo).url
    try:
        for _ in range(2):
            with open_warehouse(Settings(home=tmp_path, database_url=SecretStr(url))) as opened:
                assert rights_of_public(opened) == []
                with opened.connect(Role.TRANSFORMER) as connection:
                    connection.execute("create temporary table mine (a integer)")
    finally:
        external_server.drop(admin.database)
        with psycopg.connect(external_server.admin, autocommit=True) as connection:
            connection.execute(f"drop owned by {name} cascade")
            connection.execute(f"drop role {name}")


def test_a_login_that_does_not_own_the_database_is_told(external_server: DatabaseServer, tmp_path: Path) -> None:
    warehouse = external_server.create(f"other{uuid.uuid4().hex[:8]}", tmp_path)
    name = f"guest_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(external_server.admin, autocommit=True) as connection:
        connection.execute(f"create role {name} login password '{PASSWORD}'")
        for role in Role:
            connection.execute(f"grant {role.value} to {name}")
    with warehouse.connect(autocommit=True) as connection:
        connection.execute(f"grant select on public.alembic_version to {name}")
    url = replace(warehouse, conninfo=make_conninfo(warehouse.conninfo, user=name, password=PASSWORD)).url
    try:
        with (
            pytest.raises(BellwetherError, match="may not grant access to this database"),
            open_warehouse(Settings(home=tmp_path, database_url=SecretStr(url))),
        ):
            pass
    finally:
        external_server.drop(warehouse.database)
        with psycopg.connect(external_server.admin, autocommit=True) as connection:
            connection.execute(f"drop role {name}")


def test_names_of_long_databases_are_shortened_and_stay_different() -> None:
    assert access_role("bellwether_acme") == "bellwether_access_bellwether_acme"
    names = {access_role("d" * 60 + letter) for letter in "abc"}
    assert len(names) == 3
    assert all(len(name) <= 63 for name in names)
