"""The address of a database is refused without a piece of it being shown, in words, tracebacks and logs."""

from __future__ import annotations

import os
import subprocess
import sys
import traceback
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from pydantic import SecretStr

from dagster_app.lib.models import mlflow_log
from tests.conftest import DatabaseServer
from warehouse.database.address import hide_passwords, parse_database_url
from warehouse.database.companies import external_warehouse
from warehouse.errors import BellwetherError
from warehouse.server import Endpoint
from warehouse.settings import Settings, load_settings

PW = "s3cr3t"
MALFORMED = [
    f"postgresql://me:%{PW}@127.0.0.1:1/db",
    f"postgresql://me:100%{PW}@127.0.0.1:1/db",
    f"postgresql://me:{PW}%00@127.0.0.1:1/db",
    f"postgresql://me:a@{PW}@127.0.0.1:1/db",
    f"postgresql://me:a@{PW}/b@127.0.0.1:1/db",
    f"postgresql://me:{PW}/b@127.0.0.1:1/db",
    f"postgresql://me:a/{PW}@127.0.0.1:1/db",
    f"postgresql://me:a?{PW}=@127.0.0.1:1/db",
    f"postgresql://me:a#{PW}@127.0.0.1:1/db",
    f"postgresql://me:a {PW}@127.0.0.1:1/db",
    f"postgresql://me:[{PW}",
    f"postgresql://me:{PW}",
    f"postgresql://me:a@127.0.0.1:{PW}/db",
    f"postgresql://me:{PW}@127.0.0.1:1/db?nothing=1",
    f"postgresql://me:{PW}@127.0.0.1:1/db?sslmode",
    f"mysql://me:{PW}@127.0.0.1:1/db",
    f"postgresql+psycopg:/me:{PW}@127.0.0.1:1/db",
    f"me:{PW}@127.0.0.1:1/db",
    f"host=127.0.0.1 password=a {PW}",
    f"{PW}=1",
    PW,
]
UNREACHABLE = [
    f"postgresql://me:{PW}@127.0.0.1:1/db",
    f"postgresql://me:{PW}@no-such-host.invalid/db",
    f"postgresql://me@127.0.0.1:1/db?password={PW}",
    f"host=127.0.0.1 port=1 user=me password={PW} dbname=db",
]


def everything_shown(error: BaseException) -> str:
    """The message, and the traceback with all causes and contexts, suppressed or not."""
    shown = [*traceback.format_exception(error), repr(error), str(error)]
    context: BaseException | None = error
    while context is not None:
        shown.append(repr(context))
        context = context.__context__
    return "\n".join(shown)


@pytest.mark.parametrize("url", [*MALFORMED, *UNREACHABLE])
def test_no_piece_of_an_address_is_shown(tmp_path: Path, url: str) -> None:
    with pytest.raises(BellwetherError) as refused:
        external_warehouse(Settings(home=tmp_path, database_url=SecretStr(url)), None)
    # the failed call's own line is in the traceback, and is no value
    assert PW not in everything_shown(refused.value)
    assert "BELLWETHER_DATABASE_URL" in str(refused.value)


def test_a_wrong_password_is_not_shown(external_server: DatabaseServer, tmp_path: Path) -> None:
    url = external_server.warehouse("none", tmp_path).url
    right = conninfo_to_dict(url)["password"]
    if not right:
        pytest.skip("this server asks for no password")
    settings = Settings(home=tmp_path, database_url=SecretStr(url.replace(f":{right}@", f":{PW}@")))
    with pytest.raises(BellwetherError, match="authentication") as refused:
        external_warehouse(settings, None)
    assert PW not in everything_shown(refused.value)


@pytest.mark.parametrize("option", [[], ["--debug"]], ids=["plain", "debug"])
@pytest.mark.parametrize("url", [MALFORMED[0], f"mysql://me:{PW}@127.0.0.1:1/db", UNREACHABLE[0]])
def test_no_command_shows_it(tmp_path: Path, url: str, option: list[str]) -> None:
    done = subprocess.run(
        [str(Path(sys.executable).with_name("bellwether")), *option, "db", "status"],
        env=os.environ | {"BELLWETHER_HOME": str(tmp_path), "BELLWETHER_DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert PW not in done.stdout + done.stderr
    assert "BELLWETHER_DATABASE_URL" in done.stderr


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://me:p%40%2F%25%3A%23@localhost:5/d", "p@/%:#"),
        ("postgres://me:a:b@h1:1,h2:2/d", "a:b"),
        ("postgresql+psycopg2://me:x@[::1]:5/d?sslmode=disable", "x"),
        ("postgresql://me@/d?host=/run&password=y%40", "y@"),
        ("host=h user=me password='a b' dbname=d", "a b"),
    ],
)
def test_a_well_formed_address_is_taken_as_it_is(url: str, password: str) -> None:
    found = conninfo_to_dict(parse_database_url(url))
    assert (found["password"], found["user"], found["dbname"]) == (password, "me", "d")


def test_any_password_reaches_the_server_and_every_driver(external_server: DatabaseServer, tmp_path: Path) -> None:
    """A password full of what addresses are made of, as its owner encodes it."""
    password, name = "a@b/c%d:e#f?g h'i", "odd_password"
    with psycopg.connect(external_server.admin, autocommit=True) as admin:
        admin.execute(f"drop role if exists {name}")
        admin.execute(f"create role {name} login password 'a@b/c%d:e#f?g h''i'")
    encoded = "a%40b%2Fc%25d%3Ae%23f%3Fg%20h%27i"
    parts = conninfo_to_dict(external_server.admin)
    url = f"postgresql://{name}@{parts['host']}:{parts['port']}/postgres".replace("@", f":{encoded}@")
    warehouse = external_warehouse(Settings(home=tmp_path, database_url=SecretStr(url)), "c")
    assert warehouse.dbt_environment()["BELLWETHER_PG_PASSWORD"] == password
    psycopg.connect(warehouse.url).close()
    with psycopg.connect(external_server.admin, autocommit=True) as admin:
        admin.execute(f"drop role {name}")


def test_settings_that_cannot_be_read_do_not_show_their_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLWETHER_NOTIFY_URLS", f'["mailto://me:{PW}@host"')
    with pytest.raises(BellwetherError, match="BELLWETHER_NOTIFY_URLS") as refused:
        load_settings()
    assert PW not in str(refused.value)
    settings = Settings(notify_urls=f"mailto://me:{PW}@host", mlflow_tracking_uri=f"http://me:{PW}@host")
    assert PW not in repr(settings)
    assert PW not in repr(Endpoint("/run", 5432, "me", PW, 1))


def test_what_others_write_about_an_address_is_shown_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hide_passwords(f"to http://me:{PW}@host/x failed") == "to http://***@host/x failed"
    monkeypatch.setenv("BELLWETHER_MLFLOW_TRACKING_URI", f"http://me:{PW}@host")
    monkeypatch.setattr(mlflow_log.importlib.util, "find_spec", lambda name: object())

    def refuse(uri: str, *_: object) -> str:
        raise OSError(f"API request to {uri}/api failed")

    monkeypatch.setattr(mlflow_log, "_log", refuse)
    with pytest.raises(RuntimeError, match="OSError") as refused:
        mlflow_log.log_training(None, "v1")  # type: ignore[arg-type]
    assert PW not in str(refused.value)
