"""What the tree promises to someone who reads it: sizes, names, borders, no trace of one machine."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("ml", "expectations", "warehouse", "dagster_app", "cli")


def tracked_files(*patterns: str) -> list[Path]:
    """Files of the checkout that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def test_python_modules_stay_readable() -> None:
    too_long = {
        str(path.relative_to(ROOT)): count
        for path in tracked_files("*.py")
        if path.relative_to(ROOT).parts[0] in PACKAGES and (count := len(path.read_text().splitlines())) > 300
    }
    assert not too_long, f"split these modules (at most 300 lines, aim for 150): {too_long}"


def test_models_fit_a_screen_or_two() -> None:
    too_long = {
        str(path.relative_to(ROOT)): count
        for path in tracked_files("dbt_project/models/*.sql", "dbt_project/models/**/*.sql")
        if (count := len(path.read_text().splitlines())) > 120
    }
    assert not too_long, f"split these models (at most 120 lines, aim for 80): {too_long}"


def test_no_module_is_named_for_nothing() -> None:
    vague = re.compile(r"^(utils?|helpers?|common|misc|lib2|.*_v\d+)$")
    found = [str(path.relative_to(ROOT)) for path in tracked_files("*.py", "*.sql") if vague.match(path.stem)]
    assert not found, f"name these after the one thing they do: {found}"


def test_locks_name_no_registry_and_pin_every_hash() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock", "requirements-uv.lock"):
        text = (ROOT / lock).read_text()
        assert not re.search(r"https?://|--index-url|--find-links|file:", text), f"{lock} names a host"
        pinned = len(re.findall(r"^[A-Za-z0-9_.\[\]-]+==", text, flags=re.MULTILINE))
        hashed = len(re.findall(r"==[^\n]*\\\n\s+--hash=sha256:", text))
        assert pinned == hashed > 0, f"{lock}: {pinned} pins, {hashed} with hashes; run make lock"


def test_locks_hold_every_dependency_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = {
        name.lower().replace("_", "-")
        for name in re.findall(r"^([A-Za-z0-9_.-]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    }
    wanted = {re.match(r"[A-Za-z0-9_.-]+", line)[0].lower() for line in project["dependencies"]}  # type: ignore[index]
    assert wanted <= locked, f"run make lock: {sorted(wanted - locked)} missing"


def test_no_committed_file_names_a_machine() -> None:
    forbidden = re.compile(
        r"/root/|/home/(?!bellwether)[a-z]+/|/work/|/opt/pypi|[a-z]+://[^/\s:@]+:(?!password@|hidden@)[^@\s$]{6,}@(?!localhost|127)"
    )
    found = []
    for path in tracked_files():
        if path.suffix in {".lock", ".png", ".parquet"} or path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), start=1):
            if forbidden.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:100]}")
    assert not found, "machine paths or credentials: " + "; ".join(found)


def imported_packages(path: Path) -> set[str]:
    """Top-level names that a module imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add((node.module or "").partition(".")[0])
    return found


def test_pure_layers_import_nothing_of_the_layers_above() -> None:
    forbidden = {
        "ml": {"dagster", "dbt", "psycopg", "psycopg2", "sqlalchemy", "warehouse", "dagster_app", "expectations"},
        "warehouse": {"ml"},
        "expectations": {"ml", "dagster", "dagster_app"},
    }
    found = {
        str(path.relative_to(ROOT)): wrong
        for package, names in forbidden.items()
        for path in tracked_files(f"{package}/*.py", f"{package}/**/*.py")
        if (wrong := imported_packages(path) & names)
    }
    assert not found, f"imports that point the wrong way: {found}"


def test_compose_file_demands_its_secrets_and_parses() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    secret = compose["services"]["postgres"]["environment"]["POSTGRES_PASSWORD"]
    assert ":?" in secret, "the password must be demanded, not defaulted"
    for name, service in compose["services"].items():
        assert name == "cli" or "healthcheck" in service, f"{name} has no health check"
    parser = shutil.which("docker-compose")
    if parser is None:
        pytest.skip("docker-compose is not installed: its own parser cannot read the file here")
    given = subprocess.run(
        [parser, "config", "--quiet"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "BELLWETHER_POSTGRES_PASSWORD": "x"},
    )
    assert given.returncode == 0
    withheld = subprocess.run(
        [parser, "config", "--quiet"], cwd=ROOT, env={"PATH": "/usr/bin:/bin"}, capture_output=True
    )
    assert withheld.returncode != 0, "without a password nothing may start"


def test_entry_point_is_described_as_the_readme_says() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["scripts"] == {"bellwether": "cli:app"}
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)", readme))
    assert named <= targets, f"the README names targets that do not exist: {sorted(named - targets)}"
