"""The server's configuration follows the machine, within bounds."""

from __future__ import annotations

from warehouse.server.tuning import configuration, memory_mib, sized_settings


def test_worked_sizes() -> None:
    small = sized_settings(memory=1024, cores=1)
    assert (small["shared_buffers"], small["work_mem"], small["max_parallel_workers_per_gather"]) == (
        "64MB",
        "8MB",
        "0",
    )
    large = sized_settings(memory=64 * 1024, cores=16)
    assert (large["shared_buffers"], large["work_mem"], large["max_parallel_workers_per_gather"]) == (
        "2048MB",
        "128MB",
        "4",
    )


def test_machine_has_memory() -> None:
    assert memory_mib() > 256


def test_configuration_is_of_the_version() -> None:
    assert "summarize_wal" in configuration(major=18, has_statements=True)
    older = configuration(major=15, has_statements=False)
    assert "summarize_wal" not in older
    assert "pg_stat_statements" not in older
