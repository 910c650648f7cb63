"""PostgreSQL's words become what to do about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.server.failures import explain_server_failure


@pytest.mark.parametrize(
    ("output", "meaning"),
    [
        ("FATAL:  could not write lock file: No space left on device", "disk is full"),
        (
            "could not extend file: wrote only 4096 of 8192 bytes\nHINT: Check free disk space.\nPANIC: x",
            "disk is full",
        ),
        ("[Errno 13] Permission denied: '/x'", "may not use its folder"),
        ("[Errno 30] Read-only file system", "read-only"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "not enough memory"),
        ("PANIC:  could not locate a valid checkpoint record", "damaged"),
        ("LOG: could not bind IPv4 address: Address already in use", "No free port"),
        ("something new", "did not start"),
        ("", "no output"),
    ],
)
def test_failure_shows_meaning_and_original_message(output: str, meaning: str) -> None:
    error = explain_server_failure(output, Path("/home/data"))
    assert meaning in str(error)
    assert "/home/data" in error.where
    assert error.remedy
