"""The disk of the warehouse fills up in a load: nothing is kept, and with space the next load completes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.built_company import ROOT
from tests.data_packages import CUSTOMERS, customers, write_package
from tests.faults.recovery_times import Recovery

pytestmark = pytest.mark.faults
ROWS = 30_000
# On a file system of its own, mounted for this process tree alone: load, fill the disk, load, free it.
PROGRAM = """
import json, os, subprocess, sys, time
from pathlib import Path

disk, small, big = map(Path, sys.argv[1:])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m,mode=755", "tmpfs", str(disk)], check=True)
environment = os.environ | {"BELLWETHER_HOME": str(disk / "home"), "COLUMNS": "200"}

def bellwether(*arguments):
    command = [str(Path(sys.executable).parent / "bellwether"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    return {"code": done.returncode, "output": done.stdout + done.stderr}

def known():
    answer = bellwether("db", "psql", "-c", "select 'customers', count(*) from crm.customer")
    return next((line.split("|")[1].strip() for line in answer["output"].splitlines() if "customers |" in line), answer)

answers = {"first": bellwether("load", str(small))}
state = os.statvfs(disk)
with (disk / "ballast").open("wb") as ballast:
    ballast.write(bytes(state.f_bavail * state.f_frsize - 1_000_000))
answers["full"] = bellwether("load", str(big))
(disk / "ballast").unlink()
answers["kept"] = known()
began = time.monotonic()
answers["again"] = bellwether("load", str(big))
answers["seconds"] = time.monotonic() - began
answers["loaded"] = known()
bellwether("db", "stop")
print(json.dumps(answers))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to mount a small file system")
def test_load_on_full_disk_rolls_back_and_completes_later(tmp_path: Path, recovery: Recovery) -> None:
    if subprocess.run(["unshare", "-m", "sh", "-c", "mount -t tmpfs tmpfs /mnt"], capture_output=True).returncode:
        pytest.skip("this machine does not let root mount a small file system")
    disk, small, big = (tmp_path / name for name in ("disk", "small", "big"))
    for folder in (disk, small, big):
        folder.mkdir()
    lines = "".join(f"D{number},Name {number},d{number}@customer.invalid\n" for number in range(ROWS))
    write_package(small, {"c.csv": customers()})
    write_package(big, {"c.csv": customers(), "d.csv": customers("customer_code,name,email\n" + lines)})
    command = ["unshare", "-m", sys.executable, "-c", PROGRAM, *map(str, (disk, small, big))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=800)
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout.splitlines()[-1])
    recovery.add(answers["seconds"])
    assert answers["first"]["code"] == 0, answers
    assert answers["full"]["code"] == 1, answers
    assert "No space left" in answers["full"]["output"], answers
    assert "Remedy: " in answers["full"]["output"], answers
    assert "Traceback" not in answers["full"]["output"]
    assert answers["kept"] == str(len(CUSTOMERS.splitlines()) - 1), "nothing of the second load, all of the first"
    assert answers["again"]["code"] == 0, answers
    assert answers["loaded"] == str(ROWS + 2)
