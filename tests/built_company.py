"""The sample company run once from files to pages, for every test that only looks at the result."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shared_homes import copied_server, made_once
from warehouse.connection import Warehouse
from warehouse.database.bootstrap import database_company
from warehouse.database.companies import company_slug, embedded_warehouse
from warehouse.folders import CompanyFolders
from warehouse.settings import Settings

if TYPE_CHECKING:
    from tests.conftest import DatabaseServer

ROOT = Path(__file__).resolve().parents[1]
CUSTOMERS, MONTHS = 300, 24
COMPANY, OUTPUT = "built", "output.txt"


@dataclass(frozen=True)
class Company:
    """A company's home and warehouse, and how to call `bellwether` on it."""

    warehouse: Warehouse
    environment: dict[str, str]
    output: str = ""

    @property
    def home(self) -> Path:
        return self.warehouse.settings.home

    @property
    def folders(self) -> CompanyFolders:
        """Where its files lie: a server of one's own names the company by what was loaded."""
        held = database_company(self.warehouse) if self.warehouse.kind == "external" else None
        return CompanyFolders(self.home, company_slug(held)) if held else self.warehouse.folders

    def bellwether(self, *arguments: str, timeout: float = 800) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command(), *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            umask=0,  # what it writes is closed to other users even where nothing else would see to that
        )

    def run(self, *arguments: str, customers: int = CUSTOMERS, months: int = MONTHS) -> str:
        """Call `bellwether run` and return what it printed; a failure fails the test with it."""
        size = () if "--package" in arguments else ("--customers", str(customers), "--months", str(months))
        done = self.bellwether("run", *size, *arguments)
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
        return done.stdout

    def run_example(self, name: str, *files: str) -> str:
        """Call `bellwether run` on a package of ``examples/`` and files, named as `--file` takes them."""
        package = shutil.copytree(ROOT / "examples" / name, self.home / "example") / "package.yml"
        text = package.read_text(encoding="utf-8")
        # a package names its company, and with it a database: here it means this one
        package.write_text(re.sub(r"(?m)^company: .*", f"company: {self.warehouse.company}", text), encoding="utf-8")
        return self.run("--package", str(package.parent), *(word for file in files for word in ("--file", file)))


def command() -> list[str]:
    """The command `bellwether` of the environment that runs the tests."""
    return [str(Path(sys.executable).parent / "bellwether")]


def environment_of(warehouse: Warehouse) -> dict[str, str]:
    """Environment in which a process means this warehouse and no other."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("BELLWETHER_", "DAGSTER_"))}
    given = {"BELLWETHER_HOME": str(warehouse.settings.home), "COLUMNS": "200"}
    if warehouse.settings.company is not None:
        given["BELLWETHER_COMPANY"] = warehouse.settings.company
    if warehouse.settings.database_url is not None:
        given["BELLWETHER_DATABASE_URL"] = warehouse.settings.database_url.get_secret_value()
    return kept | given


@contextmanager
def a_finished_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """Three hundred simulated customers over two years, run from files to pages, with a home and a server of their own.

    They are run once for all processes; each that asks gets a copy.
    """
    from tests.conftest import GIVEN_URL

    folder = tmp_path_factory.mktemp("built")
    if GIVEN_URL:
        with _run_on(request.getfixturevalue("external_server"), folder) as company:
            yield company
        return
    source = made_once(tmp_path_factory, "company", _run_in)
    with copied_server(source, folder / "home") as server:
        warehouse = _warehouse_in(server.home)
        yield Company(warehouse, environment_of(warehouse), (server.home / OUTPUT).read_text(encoding="utf-8"))
    shutil.rmtree(server.home)


def _run_in(home: Path) -> None:
    """Run the sample company in an empty home."""
    warehouse = _warehouse_in(home)
    (home / OUTPUT).write_text(Company(warehouse, environment_of(warehouse)).run(), encoding="utf-8")


def _warehouse_in(home: Path) -> Warehouse:
    return embedded_warehouse(Settings(home=home, company=COMPANY), COMPANY)


@contextmanager
def _run_on(server: DatabaseServer, folder: Path) -> Iterator[Company]:
    """Run the sample company in a database of a server of one's own, which is not ours to copy."""
    (home := folder / "home").mkdir()
    warehouse = server.create(f"built{uuid.uuid4().hex[:8]}", home)
    company = Company(warehouse, environment_of(warehouse))
    yield Company(warehouse, company.environment, company.run())
    server.drop(warehouse.database)


@pytest.fixture(scope="session")
def finished_run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One finished run for every test that only reads it."""
    with a_finished_run(request, tmp_path_factory) as company:
        yield company


@pytest.fixture(scope="module")
def run_to_break(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """One finished run for a module whose tests kill, damage and repair it."""
    with a_finished_run(request, tmp_path_factory) as company:
        yield company


@pytest.fixture(scope="session")
def built_warehouse(finished_run: Company) -> Warehouse:
    """The warehouse of `finished_run`, to be read."""
    return replace(finished_run.warehouse, company=finished_run.folders.company)


@pytest.fixture
def blank_company(warehouse: Warehouse) -> Company:
    """An empty warehouse of the test's own, to be run, broken and run again."""
    return Company(warehouse, environment_of(warehouse))
