"""One company of a size to measure on: its package, its home, and a finished run in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

COMPANY = "sample_company"
LAST_MONTH = date(2025, 12, 1)
TIME_ZONE = "Asia/Seoul"


@dataclass(frozen=True)
class World:
    """Where one size is measured.

    Parameters
    ----------
    folder : Path
        Holds ``home`` (BELLWETHER_HOME) and ``package``.
    customers, months : int
        Of the simulated company.
    """

    folder: Path
    customers: int
    months: int

    @property
    def home(self) -> Path:
        """Home of the embedded server and all results."""
        return self.folder / "home"

    @property
    def package(self) -> Path:
        """The generated data package."""
        return self.folder / "package"

    @property
    def environment(self) -> dict[str, str]:
        """Environment of every measured process."""
        inherited = {name: value for name, value in os.environ.items() if name != "BELLWETHER_DATABASE_URL"}
        return inherited | {"BELLWETHER_HOME": str(self.home), "BELLWETHER_COMPANY": COMPANY}

    def snapshots(self) -> list[Path]:
        """Snapshot files in order of their months."""
        return sorted((self.package / "snapshots").glob("*.parquet"))


def month_of(snapshot: Path) -> date:
    """Snapshot month of a file, from its name."""
    return date.fromisoformat(f"{snapshot.stem[-7:]}-01")


def generate(world: World) -> None:
    """Write the package, unless the same one is there."""
    from warehouse.sample import SampleOptions, generate

    generate(world.package, SampleOptions(customers=world.customers, months=world.months, end_month=LAST_MONTH))


@contextmanager
def server_running(world: World) -> Iterator[None]:
    """Keep the world's server up, so that no measured process starts or stops it."""
    code = (
        "from warehouse.database.opening import open_warehouse\n"
        "with open_warehouse():\n    print('up', flush=True)\n    input()"
    )
    keeper = subprocess.Popen(
        [sys.executable, "-c", code],
        env=world.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        if keeper.stdout is None or keeper.stdout.readline().strip() != "up":
            raise RuntimeError(f"the server of {world.home} did not start")
        yield
    finally:
        keeper.communicate("\n")
