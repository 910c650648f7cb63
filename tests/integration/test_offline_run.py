"""After set-up the whole pipeline needs no network, and nothing in it tries to leave the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.long(100)

ROOT = Path(__file__).resolve().parents[2]

# Runs inside a network namespace that has nothing but loopback: a packet that wants to go anywhere else finds
# no route, and the kernel counts it in Ip.OutNoRoutes / Ip6.OutNoRoutes.
INSIDE = """
import fcntl, pathlib, socket, struct, subprocess, sys

def unroutable():
    four = [line.split() for line in pathlib.Path("/proc/net/snmp").read_text().splitlines() if line.startswith("Ip:")]
    count = int(dict(zip(*four))["OutNoRoutes"])
    for line in pathlib.Path("/proc/net/snmp6").read_text().splitlines():
        if line.startswith("Ip6OutNoRoutes"):
            count += int(line.split()[1])
    return count

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
    request = struct.pack("16sh", b"lo", 0x1 | 0x40)  # IFF_UP | IFF_RUNNING
    fcntl.ioctl(control, 0x8914, request)  # SIOCSIFFLAGS
before = unroutable()
done = subprocess.run(sys.argv[1:])
print(f"left the machine: {unroutable() - before}")
sys.exit(done.returncode)
"""


def namespace_command() -> list[str]:
    """The unshare call that gives a process a network of its own here."""
    return ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]


def test_run_works_with_the_network_cut_off_and_nothing_tries_to_leave(tmp_path: Path) -> None:
    probe = subprocess.run([*namespace_command(), "true"], capture_output=True, text=True)
    if probe.returncode != 0:
        pytest.skip(f"this machine refuses network namespaces: {probe.stderr.strip()}")
    bellwether = str(Path(sys.executable).parent / "bellwether")
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("BELLWETHER_", "DAGSTER_"))},
        "BELLWETHER_HOME": str(tmp_path / "home"),
        "HOME": str(tmp_path / "empty"),
    }
    (tmp_path / "empty").mkdir()
    done = subprocess.run(
        [
            *namespace_command(),
            sys.executable,
            "-c",
            INSIDE,
            bellwether,
            "run",
            "--customers",
            "300",
            "--months",
            "14",
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=800,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    assert "left the machine: 0" in done.stdout, done.stdout[-500:]
