"""A build of two trees can be compared only where the fingerprint of the model code is pinned in both."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.fingerprint.home import PINNED

ROOT = Path(__file__).parents[3]


def test_the_fingerprint_of_the_model_code_is_pinned_where_it_is_defined() -> None:
    """Look for the function itself: were it renamed, versions of two trees would have different names again."""
    files = (ROOT / "dagster_app").rglob("*.py")
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files
        if "def code_version(" in path.read_text(encoding="utf-8")
    ]
    assert len(modules) == 1
    code = f"from {modules[0]} import code_version; print(code_version())"
    environment = {**os.environ, "PYTHONPATH": str(PINNED)}
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    assert found.stdout.strip() == "0123456789ab"
