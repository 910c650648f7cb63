"""The server's configuration, sized to the machine.

Out of scope: settings of single sessions (a dbt model that wants more `work_mem` says so itself).
"""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_MIB = 1024 * 1024
_SHM = Path("/dev/shm")  # noqa: S108  a mount point, not a temporary file


def memory_mib() -> int:
    """Memory this process may use in MiB: the machine's, or less where a container limits it."""
    total = int(psutil.virtual_memory().total)
    limits = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))
    for path in limits:
        text = path.read_text().strip() if path.is_file() else ""
        if text.isdigit():
            total = min(total, int(text))
    return total // _MIB


def _clamp(value: int, low: int, high: int) -> int:
    return max(low, min(value, high))


def sized_settings(memory: int, cores: int) -> dict[str, str]:
    """Size the settings that follow the machine.

    Parameters
    ----------
    memory
        MiB.
    cores
        Processors. Sessions work on months side by side, so that parallel plans of one session
        would only take the cores of another: they get what half the cores leave.
    """
    return {
        "shared_buffers": f"{_clamp(memory // 16, 32, 2048)}MB",
        "effective_cache_size": f"{_clamp(memory // 2, 64, 65536)}MB",
        "work_mem": f"{_clamp(memory // 256, 8, 128)}MB",
        "maintenance_work_mem": f"{_clamp(memory // 32, 32, 1024)}MB",
        "max_parallel_workers_per_gather": str(_clamp(cores // 2 - 1, 0, 4)),
    }


def _dynamic_memory_type() -> str:
    """`mmap` where /dev/shm is too small for a hash join (containers give it 64 MB), else `posix`."""
    return "posix" if _SHM.is_dir() and psutil.disk_usage(str(_SHM)).total >= 512 * _MIB else "mmap"


def configuration(*, major: int, has_statements: bool) -> str:
    """Text of postgresql.conf.

    Parameters
    ----------
    major
        Major version of the server.
    has_statements
        Whether its extensions include pg_stat_statements.
    """
    settings = sized_settings(memory_mib(), os.cpu_count() or 1) | {
        "dynamic_shared_memory_type": _dynamic_memory_type(),
        "jit": "off",  # slower in every feature build that was measured
        "wal_level": "minimal",
        "max_wal_senders": "0",
        # A crash of the machine may lose the last half second of commits, never their consistency;
        # what was lost is loaded or built again by the next run.
        "synchronous_commit": "off",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] ",
        "log_checkpoints": "off",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
    }
    if has_statements:
        settings["shared_preload_libraries"] = "pg_stat_statements"
    if major >= 17:
        settings["summarize_wal"] = "off"
    lines = [f"{name} = '{value}'" for name, value in settings.items()]
    head = "# Written by Bellwether at each start. Your own settings: local.conf here, or ALTER SYSTEM.\n"
    return head + "\n".join(lines) + "\ninclude_if_exists = 'local.conf'\n"
