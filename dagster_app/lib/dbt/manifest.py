"""Prepare dbt's manifest without a database: for the asset graph, and for in-process invocations.

Parsing needs profile values but connects to nothing; fixed stand-ins keep dbt's partial parse valid. What is
parsed is kept in the home, keyed by a fingerprint of the dbt project. Running dbt belongs to `dbt_invocation`.
"""

from __future__ import annotations

import hashlib
import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from warehouse.environment import environment_variables
from warehouse.errors import BellwetherError
from warehouse.private_files import make_folder, write_file
from warehouse.settings import load_settings, project_root

STAND_INS = {
    "BELLWETHER_PG_HOST": "localhost",
    "BELLWETHER_PG_PORT": "5432",
    "BELLWETHER_PG_USER": "nobody",
    "BELLWETHER_PG_PASSWORD": "",
    "BELLWETHER_PG_DATABASE": "none",
}
NAMED_FILE = re.compile(r"[\w/.-]+\.(?:ya?ml|sql|md|csv)\b")
PARSED_SUFFIXES = {".sql", ".yml", ".yaml", ".csv", ".md"}


def dbt_project_dir() -> Path:
    """Folder of the dbt project."""
    return project_root() / "dbt_project"


def tree_fingerprint(folder: Path, suffixes: set[str]) -> str:
    """SHA-256 over names and contents of a folder's files with the given suffixes, build output left out."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.suffix in suffixes and inside.parts[0] not in {"target", "logs"} and path.is_file():
            digest.update(f"{inside.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def dbt_arguments(target_path: Path, project: Path | None = None) -> list[str]:
    """Return the flags every dbt invocation of ours carries; `project` is another dbt project than ours."""
    folder = str(project or dbt_project_dir())
    return [
        *("--project-dir", folder, "--profiles-dir", folder, "--target-path", str(target_path)),
        *("--log-path", str(load_settings().home / "logs"), "--log-level", "none", "--no-use-colors"),
        *("--no-send-anonymous-usage-stats", "--no-version-check", "--quiet"),
    ]


def prepare_manifest() -> Path:
    """Parse the project unless its manifest is up to date, and return the manifest's path.

    Raises
    ------
    BellwetherError
        If dbt cannot parse the project; it names the file.
    """
    target = load_settings().home / "dbt"
    make_folder(target)
    fingerprint = tree_fingerprint(dbt_project_dir(), PARSED_SUFFIXES)
    stamp = target / "fingerprint"
    manifest = target / "manifest.json"
    with FileLock(target / "parse.lock"):
        if not (manifest.exists() and stamp.exists() and stamp.read_text() == fingerprint):
            parse(target)
            write_file(stamp, fingerprint)
    return manifest


def parse(target: Path, project: Path | None = None) -> Any:
    """Parse the project into `target` and return dbt's manifest object; `project` is another dbt project than ours.

    Raises
    ------
    BellwetherError
        If dbt cannot parse the project; it names the file.
    """
    from dbt.cli.main import dbtRunner

    with environment_variables(STAND_INS):
        result = dbtRunner().invoke(["parse", *dbt_arguments(target, project)])
    if not result.success:
        message = " ".join(str(result.exception).split())
        raise BellwetherError(
            f"dbt cannot parse the project: {message}",
            where=str(_named_file(message, project or dbt_project_dir())),
            remedy="correct the file that the message names; `make quick` parses the project without running it",
        )
    return result.result


def _named_file(message: str, project: Path) -> Path:
    """Return the file of the project that dbt's message names, or the project."""
    for name in NAMED_FILE.findall(message):
        for path in project.rglob(Path(name).name):
            if path.as_posix().endswith(name):
                return path
    return project


@lru_cache(maxsize=1)
def manifest_contents() -> dict[str, Any]:
    """Return the parsed manifest of the project in its present state when the process first asks."""
    contents: dict[str, Any] = json.loads(prepare_manifest().read_text())
    return contents
