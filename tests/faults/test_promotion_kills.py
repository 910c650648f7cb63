"""PostgreSQL killed in the middle of a promotion: the champion serves on, and the next promotion succeeds."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys

import psutil
import psycopg
import pytest

from tests.built_company import ROOT, environment_of
from tests.faults.recovery_times import Recovery
from tests.integration.test_model_switch import INSERT
from warehouse import registry
from warehouse.connection import Role, Warehouse
from warehouse.registry import Decider
from warehouse.server import EmbeddedServer

pytestmark = pytest.mark.faults
BECAUSE = Decider("test", "because", {})
# Promotes inside a transaction, says so, and goes on when its standard input closes.
HALF_A_PROMOTION = """
import sys
from warehouse import registry
from warehouse.connection import Role
from warehouse.database.opening import open_warehouse
from warehouse.registry import Decider

with open_warehouse() as warehouse, warehouse.connect(Role.MODEL) as connection:
    connection.execute("select 1")  # the promotion is a part of this transaction, not one of its own
    registry.promote(connection, "challenger", Decider("test", "killed half way", {}))
    print("half way", flush=True)
    sys.stdin.read()
    connection.commit()
"""


def serving(warehouse: Warehouse) -> list[tuple[str, str]]:
    with warehouse.connect(Role.MODEL) as connection:
        active = [one.version for one in registry.versions(connection, "churn") if one.is_active]
        open_stages = [one for one in registry.stage_history(connection, "churn") if one.valid_to is None]
    return [(version, one.version) for version in active for one in open_stages if one.stage == "production"]


@pytest.mark.parametrize("server_kind", ["embedded"], indirect=True)
def test_postgresql_killed_in_a_promotion_leaves_the_champion_and_the_next_one_succeeds(
    warehouse: Warehouse, recovery: Recovery
) -> None:
    with warehouse.connect(Role.MODEL) as connection:
        for name in ("champion", "challenger"):
            connection.execute(INSERT, ["churn", name])
        registry.promote(connection, "champion", BECAUSE)
    with psycopg.connect(warehouse.conninfo, autocommit=True) as connection:
        connection.execute("checkpoint")  # what was committed before is on disk: commits are asynchronous here
    worker = subprocess.Popen(
        [sys.executable, "-c", HALF_A_PROMOTION],
        cwd=ROOT,
        env=environment_of(warehouse),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "half way", worker.communicate()[1]
    server = EmbeddedServer(warehouse.settings.home)
    found = server.postmaster.running()
    assert found is not None
    postmaster = psutil.Process(found.pid)
    for process in [postmaster, *postmaster.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # some notice the postmaster's end first
            process.kill()  # a backend that outlived its postmaster for a moment could still commit
    _, output = worker.communicate(timeout=120)
    with recovery():
        server.use()
        assert worker.returncode != 0
        # the backend says so itself, or is gone before it can
        assert re.search("AdminShutdown|OperationalError", output), "what was not committed is never taken for done"
        assert serving(warehouse) == [("champion", "champion")]
        with warehouse.connect(Role.MODEL) as connection:
            assert registry.promote(connection, "challenger", BECAUSE) == "champion"
    assert serving(warehouse) == [("challenger", "challenger")]
