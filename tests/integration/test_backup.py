"""A backup brought back holds the same rows, rights and partitions, and never overwrites a living database."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from psycopg import sql
from typer.testing import CliRunner

from cli import app
from warehouse.connection import Role, Warehouse
from warehouse.database import migrate
from warehouse.database.access import access_role
from warehouse.database.backup import Part, backup, client_environment, matching_program, restore, with_database
from warehouse.database.companies import create_database, server_conninfo, target_warehouse
from warehouse.errors import BellwetherError
from warehouse.server import EmbeddedServer
from warehouse.settings import Settings

COMPANY = (
    "insert into source.data_package (company, package_name, business_timezone, currency, definition)"
    " values ('First', %s, 'UTC', 'EUR', '{}')"
)


def add_company(warehouse: Warehouse, package: str = "first") -> None:
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute(COMPANY, [package])


def checksums(warehouse: Warehouse) -> dict[str, tuple[int, str]]:
    """Rows and a checksum of every table."""
    found = {}
    with warehouse.connect() as connection:
        tables = connection.execute(
            "select table_schema, table_name from information_schema.tables where table_type = 'BASE TABLE'"
            " and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"
        ).fetchall()
        for schema, table in tables:
            query = sql.SQL("select count(*), md5(string_agg(t::text, '|' order by t::text)) from {} as t")
            found[f"{schema}.{table}"] = connection.execute(query.format(sql.Identifier(schema, table))).fetchone()
    return found


def rights(warehouse: Warehouse) -> list[tuple[object, ...]]:
    """Owner and grants of every relation."""
    with warehouse.connect() as connection:
        return connection.execute(
            "select relnamespace::regnamespace::text, relname, relowner::regrole::text, relacl::text from pg_class"
            " where relnamespace::regnamespace::text not like 'pg\\_%' order by 1, 2"
        ).fetchall()


def renamed(warehouse: Warehouse, suffix: str) -> Warehouse:
    conninfo = warehouse.conninfo.replace(warehouse.database, f"{warehouse.database}_{suffix}")
    return Warehouse(warehouse.settings, warehouse.kind, warehouse.company, conninfo)


def drop(warehouse: Warehouse, *databases: str) -> None:
    with warehouse.connect(autocommit=True) as connection:
        for name in databases:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def test_copy_holds_the_same_rows_and_rights(any_warehouse: Warehouse, tmp_path: Path) -> None:
    add_company(any_warehouse)
    file = backup(any_warehouse, tmp_path / "new" / "folder" / "copy.dump")
    copy = renamed(any_warehouse, "copy")
    try:
        restore(copy, file)
        assert checksums(copy) == checksums(any_warehouse)
        assert rights(copy) == rights(any_warehouse)
        assert migrate.current(copy) == migrate.head()
    finally:
        drop(any_warehouse, copy.database)
    assert [path.name for path in file.parent.iterdir()] == ["copy.dump"]


def test_a_new_server_gets_roles_and_rows(
    any_warehouse: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_company(any_warehouse)
    file = backup(any_warehouse, tmp_path / "copy.dump")
    monkeypatch.delenv("BELLWETHER_DATABASE_URL", raising=False)
    settings = Settings(home=tmp_path / "elsewhere", company="moved")
    try:
        copy = target_warehouse(settings)
        restore(copy, file)
        assert checksums(copy) == checksums(any_warehouse)
        assert migrate.current(copy) == migrate.head()
        add_company(copy, "second")
        with copy.connect() as connection:
            roles = connection.execute("select rolname from pg_roles where rolname not like 'pg\\_%'").fetchall()
        assert {name for (name,) in roles} == {"bellwether", *Role, access_role(copy.database)}
    finally:
        EmbeddedServer(settings.home).stop(force=True)


def test_living_database_is_replaced_only_by_force(any_warehouse: Warehouse, tmp_path: Path) -> None:
    file = backup(any_warehouse, tmp_path / "copy.dump")
    add_company(any_warehouse)
    with pytest.raises(BellwetherError, match="exists"):
        restore(any_warehouse, file)
    assert checksums(any_warehouse)["source.data_package"][0] == 1
    restore(any_warehouse, file, force=True)
    assert checksums(any_warehouse)["source.data_package"][0] == 0


def test_broken_file_leaves_the_living_database_alone(any_warehouse: Warehouse, tmp_path: Path) -> None:
    file = backup(any_warehouse, tmp_path / "copy.dump")
    add_company(any_warehouse)
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(BellwetherError, match="pg_restore failed"):
        restore(any_warehouse, file, force=True)
    assert checksums(any_warehouse)["source.data_package"][0] == 1
    drop(any_warehouse, f"{any_warehouse.database}_incoming")
    (tmp_path / "text").write_text("no backup")
    with pytest.raises(BellwetherError, match="not a backup"):
        restore(any_warehouse, tmp_path / "text", force=True)


@pytest.mark.parametrize("server_kind", ["embedded"], indirect=True)
def test_commands_go_there_and_back(warehouse: Warehouse, tmp_path: Path) -> None:
    runner, file = CliRunner(), str(tmp_path / "copy.dump")
    assert runner.invoke(app, ["db", "backup", file]).exit_code == 0
    rehearsal = f"{warehouse.company}_r"
    try:
        assert runner.invoke(app, ["--company", rehearsal, "db", "restore", file]).exit_code == 0
        assert runner.invoke(app, ["--company", rehearsal, "db", "restore", file]).exit_code == 1
        assert f"bellwether_{rehearsal}" in runner.invoke(app, ["db", "status"]).output
    finally:
        drop(warehouse, f"bellwether_{rehearsal}")


def test_unwritable_place_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BellwetherError, match="cannot be written"):
        backup(warehouse, tmp_path / "file" / "copy.dump")


@pytest.mark.parametrize("server_kind", ["embedded"], indirect=True)
def test_two_makers_of_one_database_both_have_it(embedded_server, warehouse: Warehouse) -> None:
    admin = server_conninfo(EmbeddedServer(embedded_server.home).use(), "postgres")
    create_database(admin, warehouse.database)


@pytest.mark.parametrize(("part", "lacking"), [(Part.SCHEMA, "no rows"), (Part.DATA, "no tables")])
def test_a_part_of_a_backup_is_not_restored_as_a_warehouse(
    any_warehouse: Warehouse, tmp_path: Path, part: Part, lacking: str
) -> None:
    add_company(any_warehouse)
    before = checksums(any_warehouse)
    file = backup(any_warehouse, tmp_path / "part.dump", part)
    with pytest.raises(BellwetherError, match=lacking):
        restore(any_warehouse, file, force=True)
    assert checksums(any_warehouse) == before


def test_the_two_parts_of_a_backup_together_are_the_whole(any_warehouse: Warehouse, tmp_path: Path) -> None:
    add_company(any_warehouse)
    parts = [backup(any_warehouse, tmp_path / f"{part.name}.dump", part) for part in (Part.SCHEMA, Part.DATA)]
    copy = with_database(any_warehouse, f"{any_warehouse.database}_parts")
    with any_warehouse.connect(autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(copy.database)))
    program = str(matching_program(any_warehouse, "pg_restore"))
    try:
        for file in parts:
            command = [program, "--exit-on-error", "--disable-triggers", f"--dbname={copy.database}", str(file)]
            subprocess.run(command, env=client_environment(copy), check=True)
        assert checksums(copy) == checksums(any_warehouse)
    finally:
        drop(any_warehouse, copy.database)


def test_the_command_writes_one_part_or_all(warehouse: Warehouse, tmp_path: Path) -> None:
    runner, file = CliRunner(), str(tmp_path / "copy.dump")
    assert "the schema of" in runner.invoke(app, ["db", "backup", file, "--schema-only"]).output
    assert "the rows of" in runner.invoke(app, ["db", "backup", file, "--data-only"]).output
    assert runner.invoke(app, ["db", "backup", file, "--schema-only", "--data-only"]).exit_code == 1
