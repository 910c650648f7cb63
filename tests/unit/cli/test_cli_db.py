"""The command `bellwether` and its database commands: help teaches, failures say the remedy, starting is quick."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from cli import COMMANDS, app
from warehouse.connection import Warehouse
from warehouse.database import migrate

runner = CliRunner()


def invoke(*words: str) -> str:
    done = runner.invoke(app, list(words))
    assert done.exit_code == 0, f"{done.output}{done.exception!r}"
    return done.output


def test_list_names_every_command_without_importing_any() -> None:
    program = (
        "import sys\nfrom typer.testing import CliRunner\nfrom cli import app\n"
        "print(CliRunner().invoke(app, ['--help']).output)\n"
        "assert not {'pandas', 'psycopg', 'sqlalchemy', 'dagster', 'cli.db'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for command in COMMANDS:
        assert command.name in done.stdout


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_each_command_explains_itself_with_an_example(command) -> None:
    shown = invoke(command.name, "--help")
    assert f"bellwether {command.name}" in shown.replace("\n", " ")


def test_unknown_command_is_refused() -> None:
    assert runner.invoke(app, ["nothing"]).exit_code == 2


def test_failure_is_shown_as_what_where_and_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BELLWETHER_DATABASE_URL", "postgresql://me@127.0.0.1:1/x")
    command = [sys.executable, "-c", "from cli import app\napp()"]
    done = subprocess.run([*command, "db", "migrate"], capture_output=True, text=True)
    assert done.returncode == 1
    assert "Remedy" in done.stderr
    assert "Traceback" not in done.stderr
    shown = subprocess.run([*command, "--debug", "db", "migrate"], capture_output=True, text=True)
    assert "Traceback" in shown.stderr


def test_status_shows_server_company_and_schema(any_warehouse: Warehouse) -> None:
    shown = invoke("db", "status")
    assert "PostgreSQL 1" in shown
    assert any_warehouse.database in shown.replace("\n", "")
    assert migrate.head() in shown


def test_status_starts_nothing(tmp_path: Path) -> None:
    assert "not running" in invoke("--home", str(tmp_path / "home"), "db", "status")
    assert not (tmp_path / "home").exists()


def test_url_reaches_the_database(any_warehouse: Warehouse) -> None:
    shown = runner.invoke(app, ["db", "url"])
    with psycopg.connect(shown.stdout.strip()) as connection:
        assert connection.info.dbname == any_warehouse.database


def test_history_rollback_and_migrate_move_the_schema(warehouse: Warehouse) -> None:
    assert invoke("db", "history").count("yes") == len(migrate.history(warehouse))
    invoke("db", "rollback", "--yes")
    assert migrate.current(warehouse) != migrate.head()
    assert "no" in invoke("db", "history")
    assert "known revisions" in (refused := runner.invoke(app, ["db", "rollback", "9999", "--yes"])).stderr
    assert refused.exit_code == 1
    migrate.upgrade(warehouse)
    assert migrate.head() in invoke("db", "migrate")


def test_rollback_asks_first(warehouse: Warehouse) -> None:
    assert runner.invoke(app, ["db", "rollback"], input="n\n").exit_code == 1
    assert migrate.current(warehouse) == migrate.head()


def test_psql_works_in_a_role(any_warehouse: Warehouse, capfd: pytest.CaptureFixture[str]) -> None:
    assert runner.invoke(app, ["db", "psql", "--role", "analyst", "-Atc", "select current_user"]).exit_code == 0
    assert capfd.readouterr().out == "bellwether_analyst\n"
    assert runner.invoke(app, ["db", "psql", "--role", "king"]).exit_code == 1


def test_maintain_vacuums(any_warehouse: Warehouse) -> None:
    assert any_warehouse.database in invoke("db", "maintain")


def test_start_keeps_and_stop_stops(tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    command = [sys.executable, "-c", "from cli import app\napp()", "--home", home, "db"]
    assert subprocess.run([*command, "start"], capture_output=True).returncode == 0
    try:
        assert "until" in subprocess.run([*command, "status"], capture_output=True, text=True).stdout
    finally:
        assert "stopped" in subprocess.run([*command, "stop"], capture_output=True, text=True).stdout
    assert "not running" in subprocess.run([*command, "status"], capture_output=True, text=True).stdout
