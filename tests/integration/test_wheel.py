"""The wheel works by itself: installed into a clean environment, outside any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.long(150)


def call(*command: str | Path, cwd: Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=800
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy of what git tracks, so that the build leaves nothing in the checkout."""
    source = tmp_path_factory.mktemp("source")
    listed = call("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "bench/")):
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    options = ("--no-deps", "--no-build-isolation", "--no-index", "--quiet", "--wheel-dir", source / "dist")
    call(sys.executable, "-m", "pip", "wheel", *options, source, cwd=source)
    return next((source / "dist").glob("bellwether-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a clean environment that holds the locked dependencies and the wheel, nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    call(sys.executable, "-m", "venv", "--without-pip", folder / "venv", cwd=folder)
    python = folder / "venv" / "bin" / "python"
    uv = Path(sys.executable).parent / "uv"
    requirements = ("--require-hashes", "-r", ROOT / "requirements.lock")
    if (
        subprocess.run(
            [str(uv), "pip", "install", "--quiet", "--system-certs", "--python", str(python), *map(str, requirements)],
            capture_output=True,
        ).returncode
        != 0
    ):  # where a registry is configured for pip alone
        call(
            sys.executable,
            "-m",
            "pip",
            "--python",
            python,
            "install",
            "--quiet",
            "--no-deps",
            *requirements,
            cwd=folder,
        )
    call(
        sys.executable,
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        wheel,
        cwd=folder,
    )
    return folder / "venv" / "bin" / "bellwether"


def test_wheel_holds_all_that_git_tracks_of_its_packages(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    packages = ("cli", "dagster_app", "dbt_project", "expectations", "ml", "warehouse")
    tracked = call("git", "ls-files", "--cached", "--", *packages, cwd=ROOT).splitlines()
    missing = [
        name for name in tracked if (ROOT / name).is_file() and name not in inside and not name.endswith("README.md")
    ]
    assert not missing, f"add their endings to package-data in pyproject.toml: {missing}"


def test_installed_wheel_runs_a_company_outside_any_checkout(installed: Path, tmp_path: Path) -> None:
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "OPENBLAS_CORETYPE") if name in os.environ}
    environment = {**kept, "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data"), "COLUMNS": "200"}
    assert call(installed, "--version", cwd=tmp_path, environment=environment).startswith("bellwether ")
    output = call(installed, "run", "--customers", "120", "--months", "8", cwd=tmp_path, environment=environment)
    call(installed, "db", "stop", cwd=tmp_path, environment=environment)
    assert "analytics.retention_list" in output, "the summary says where to look next"
    home = tmp_path / "data" / "bellwether"
    assert (home / "postgres").is_dir(), "data live in the platform's data folder"
    assert list(home.glob("site/*/index.html")), "pages are published"
    # libraries keep caches and settings of their own in hidden folders of the user's home
    written = [path.name for path in tmp_path.iterdir() if not path.name.startswith(".")]
    assert written == ["data"], "Bellwether writes nothing elsewhere"
