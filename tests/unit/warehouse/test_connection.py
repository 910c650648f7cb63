"""Connections: the address says the same to every driver, a role is a role, companies stay apart."""

from __future__ import annotations

import psycopg
import pytest
import sqlalchemy
from psycopg import sql

from warehouse.connection import Role, Warehouse
from warehouse.database.bootstrap import require_same_company
from warehouse.database.companies import company_slug, current_company, store_current_company
from warehouse.database.opening import open_warehouse
from warehouse.errors import BellwetherError
from warehouse.settings import Settings


def test_every_role_can_be_taken_and_is_the_session_user(any_warehouse: Warehouse) -> None:
    for role in Role:
        with any_warehouse.connect(role) as connection:
            assert connection.execute("select current_user").fetchone() == (role.value,)


def test_all_addresses_reach_the_same_database(any_warehouse: Warehouse) -> None:
    from adbc_driver_postgresql import dbapi

    question = "select current_database()::text, current_user::text"
    expected = (any_warehouse.database, Role.ANALYST.value)
    engine = sqlalchemy.create_engine(any_warehouse.sqlalchemy_url(Role.ANALYST))
    with engine.connect() as connection:
        assert tuple(connection.execute(sqlalchemy.text(question)).one()) == expected
    engine.dispose()
    with dbapi.connect(any_warehouse.adbc_uri(Role.ANALYST)) as adbc, adbc.cursor() as cursor:
        cursor.execute(question)
        assert cursor.fetchone() == expected
    with psycopg.connect(any_warehouse.url) as connection:
        assert connection.execute("select current_database()").fetchone() == (any_warehouse.database,)


def test_dbt_environment_is_enough_to_connect(any_warehouse: Warehouse) -> None:
    environment = any_warehouse.dbt_environment()
    with psycopg.connect(
        host=environment["BELLWETHER_PG_HOST"],
        port=environment["BELLWETHER_PG_PORT"],
        user=environment["BELLWETHER_PG_USER"],
        password=environment["BELLWETHER_PG_PASSWORD"],
        dbname=environment["BELLWETHER_PG_DATABASE"],
    ) as connection:
        assert connection.info.dbname == any_warehouse.database


@pytest.mark.parametrize("server_kind", ["embedded"], indirect=True)
def test_password_is_not_printed(warehouse: Warehouse) -> None:
    password = warehouse.dbt_environment()["BELLWETHER_PG_PASSWORD"]
    assert password
    assert password not in repr(warehouse)


def test_opening_by_environment_means_the_fixtures_warehouse(any_warehouse: Warehouse) -> None:
    with open_warehouse() as opened:
        assert (opened.database, opened.kind) == (any_warehouse.database, any_warehouse.kind)


def test_another_company_is_refused(any_warehouse: Warehouse) -> None:
    with any_warehouse.connect(Role.LOADER) as connection:
        connection.execute(
            "insert into source.data_package (company, package_name, business_timezone, currency, definition)"
            " values ('First', 'first', 'UTC', 'EUR', '{}')"
        )
    require_same_company(any_warehouse, "first")
    with pytest.raises(BellwetherError, match="'First'"):
        require_same_company(any_warehouse, "second")


@pytest.mark.parametrize("server_kind", ["external"], indirect=True)
def test_a_server_of_ones_own_is_bound_to_the_company_inside(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute(
            "insert into source.data_package (company, package_name, business_timezone, currency, definition)"
            " values ('First', 'first', 'UTC', 'EUR', '{}')"
        )
    with pytest.raises(BellwetherError, match="'First'"), open_warehouse(company="second"):
        pass


def test_company_names_become_database_names() -> None:
    assert company_slug(" Bank-Churn 2 ") == "bank_churn_2"
    for unusable in ("", "고객", "x" * 60):
        with pytest.raises(BellwetherError):
            company_slug(unusable)


def test_last_company_is_remembered_and_the_setting_wins(tmp_path) -> None:
    settings = Settings(home=tmp_path)
    assert current_company(settings) == "sample"
    store_current_company(settings, "Bank")
    assert current_company(settings) == "bank"
    assert current_company(Settings(home=tmp_path, company="other")) == "other"


def test_invalid_addresses_have_a_remedy(tmp_path) -> None:
    for url in ("postgresql://nobody@127.0.0.1:1/x", "mysql://x"):
        with (
            pytest.raises(BellwetherError, match="BELLWETHER_DATABASE_URL"),
            open_warehouse(Settings(home=tmp_path, database_url=url)),
        ):
            pass


def test_database_that_is_not_utf8_is_refused(warehouse_factory, tmp_path) -> None:
    warehouse = warehouse_factory("external")
    name = f"{warehouse.database}_ascii"
    with warehouse.connect(autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template template0 encoding 'SQL_ASCII' locale 'C'").format(
                sql.Identifier(name)
            )
        )
    url = warehouse.url.replace(warehouse.database, name)
    try:
        with (
            pytest.raises(BellwetherError, match="SQL_ASCII"),
            open_warehouse(Settings(home=tmp_path, database_url=url)),
        ):
            pass
    finally:
        with warehouse.connect(autocommit=True) as connection:
            connection.execute(sql.SQL("drop database {}").format(sql.Identifier(name)))
