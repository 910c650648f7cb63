"""Reach the database of a home, whichever tree of code built it; build the sample company there if asked to."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import make_conninfo

#: Holds a `sitecustomize` that pins the fingerprint of the model code.
PINNED = Path(__file__).with_name("pinned")
SUPERUSER = "bellwether"
_PORT_LINE, _SOCKET_LINE = 3, 4


def build(home: Path, bellwether: Path, arguments: Sequence[str]) -> None:
    """Run the sample company in a home, with the fingerprint of the model code pinned.

    Parameters
    ----------
    home
        The home, which is made if it does not exist.
    bellwether
        The command of the tree of code that is to build.
    arguments
        What follows ``bellwether run``.
    """
    environment = _environment(home)
    paths = [str(PINNED), *filter(None, [environment.get("PYTHONPATH")])]
    environment["PYTHONPATH"] = os.pathsep.join(paths)
    subprocess.run([str(bellwether), "run", *arguments], env=environment, check=True)


@contextmanager
def served(home: Path, bellwether: Path) -> Iterator[str]:
    """Have the server of a home running, and stop it afterwards unless it ran before; yields a connection string."""
    pid_file = home / "postgres" / "data" / "postmaster.pid"
    ran_before = pid_file.exists()
    subprocess.run([str(bellwether), "db", "start"], env=_environment(home), check=True, stdout=subprocess.DEVNULL)
    try:
        lines = pid_file.read_text().splitlines()
        yield make_conninfo(
            host=lines[_SOCKET_LINE], port=lines[_PORT_LINE], user=SUPERUSER, dbname=f"bellwether_{company(home)}"
        )
    finally:
        if not ran_before:
            subprocess.run(
                [str(bellwether), "db", "stop"], env=_environment(home), check=True, stdout=subprocess.DEVNULL
            )


def company(home: Path) -> str:
    """Name the company that the home worked on last."""
    remembered = home / "current_company"
    return (remembered.read_text().strip() if remembered.is_file() else "") or "sample"


def _environment(home: Path) -> dict[str, str]:
    """Return the environment of a command in a home, free of what would send it elsewhere."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BELLWETHER_")}
    for name in ("BELLWETHER_POSTGRES_BIN",):
        if name in os.environ:
            kept[name] = os.environ[name]
    return kept | {"BELLWETHER_HOME": str(home)}
