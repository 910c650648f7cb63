"""The audit trail: rows are only added, seals find every change, and writers never wait for a seal."""

from __future__ import annotations

import json
import random
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from typer.testing import CliRunner

from cli import app
from warehouse import audit
from warehouse.audit_file import read_seals
from warehouse.connection import Role, Warehouse
from warehouse.database import migrate
from warehouse.database.backup import backup, restore
from warehouse.database.partitions import default_partition_rows, heal_default_partition
from warehouse.errors import BellwetherError

RANDOM_CHANGES = 200
WRITERS = (Role.LOADER, Role.TRANSFORMER, Role.MODEL)
EVENT = "select collections.log_audit_event('task', %s, 'created', 'agent', 'A1', %s::jsonb)"
TABLE = "collections.audit_logs"
CHANGES = (
    "update {table} set action = 'other'",
    "delete from {table}",
    "truncate {table}",
)


def log(connection: psycopg.Connection[Any], entity: object = "T1", changes: str = '{"state": "open"}') -> int:
    row = connection.execute(EVENT, [str(entity), changes]).fetchone()
    assert row is not None
    return int(row[0])


def log_many(warehouse: Warehouse, count: int) -> list[int]:
    with warehouse.connect(Role.LOADER) as connection:
        return [log(connection, number) for number in range(count)]


@contextmanager
def without_triggers(warehouse: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's session that no trigger refuses."""
    with warehouse.connect() as connection:
        connection.execute("set session_replication_role = replica")
        yield connection


def finding(warehouse: Warehouse) -> tuple[str, int | None]:
    found = audit.verify(warehouse).finding
    assert found is not None
    return found.kind, found.row_id


def relations(warehouse: Warehouse) -> list[str]:
    with warehouse.connect() as connection:
        rows = connection.execute(
            "select inhrelid::regclass::text from pg_inherits where inhparent = %s::regclass order by 1", [TABLE]
        ).fetchall()
    return [TABLE, *(str(row[0]) for row in rows)]


def test_the_documented_function_writes_a_row_for_each_role_of_the_pipeline(any_warehouse: Warehouse) -> None:
    for role in WRITERS:
        with any_warehouse.connect(role) as connection:
            log(connection, role.value)
            connection.execute("select collections.log_audit_event('task', 'T', 'closed', 'system', null)")
    for role in (Role.ANALYST, Role.MANAGER):
        with any_warehouse.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            log(connection)
    with any_warehouse.connect() as connection:
        rows = connection.execute(f"select id, entity_id, changes, recorded_by = session_user from {TABLE}").fetchall()
    assert sorted(row[0] for row in rows) == list(range(1, 7))
    assert {row[1] for row in rows} == {*(role.value for role in WRITERS), "T"}
    assert [row[2] for row in rows if row[1] == "T"] == [{}] * 3
    assert all(row[3] for row in rows)


def test_c25_rows_are_only_added_and_have_no_time_of_change(any_warehouse: Warehouse) -> None:
    """By no role and not by the owner, in the table, in each partition, and in one that is made later."""
    log_many(any_warehouse, 3)
    with any_warehouse.connect(Role.OWNER) as connection:
        connection.execute(f"select source.ensure_partitions('{TABLE}', '2031-01-01', '2031-01-01')")
        connection.execute(
            f"insert into {TABLE} (created_at, entity_type, entity_id, action, actor_type)"
            " values ('2031-01-05', 'task', 'T', 'a', 'system'), ('2032-01-05', 'task', 'T', 'a', 'system')"
        )
        columns = connection.execute(
            "select attname from pg_attribute where attrelid = %s::regclass and attname = 'updated_at'", [TABLE]
        ).fetchall()
    assert columns == []
    assert audit.seal(any_warehouse)
    tables = relations(any_warehouse)
    assert {f"{TABLE}_default", f"{TABLE}_y2031m01"} < set(tables)
    filled = [f"{TABLE}_default", f"{TABLE}_y2031m01", TABLE, "collections.audit_seals"]
    passed = []
    for role in (*Role, None):
        with any_warehouse.connect(role, autocommit=True) as connection:
            for table in {*tables, *filled}:
                for change in CHANGES:
                    if role in (Role.OWNER, None) and table not in filled and not change.startswith("truncate"):
                        continue  # a partition without rows has none that a trigger could refuse
                    statement = change.format(table=table).replace(
                        "action = 'other'", "row_count = 1" if table.endswith("seals") else "action = 'other'"
                    )
                    try:
                        connection.execute(statement)
                    except psycopg.errors.InsufficientPrivilege:
                        continue
                    passed.append((role, statement))
    assert passed == []
    for role in (Role.LOADER, Role.TRANSFORMER, Role.MODEL, Role.ANALYST, Role.MANAGER):
        for table in tables:
            with any_warehouse.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(f"insert into {table} (entity_type) values ('forged')")


def test_rows_that_move_to_their_month_stay_as_they_were_sealed(warehouse: Warehouse) -> None:
    log_many(warehouse, 5)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            f"insert into {TABLE} (created_at, entity_type, entity_id, action, actor_type)"
            " select timestamptz '2031-01-05' + number * interval '20 days', 'task', 'T', 'a', 'system'"
            " from generate_series(1, 6) as number"
        )
        rows = f"select * from {TABLE} order by id"
        before = connection.execute(rows).fetchall()
    audit.seal(warehouse)
    with warehouse.connect() as connection:
        assert default_partition_rows(connection)[TABLE] == 6
        connection.execute("set role bellwether_loader")
        assert heal_default_partition(connection, TABLE) > 1
        connection.execute("reset role")
        assert default_partition_rows(connection)[TABLE] == 0
        assert connection.execute(rows).fetchall() == before
    assert audit.verify(warehouse).finding is None
    for table in (TABLE, f"{TABLE}_default", f"{TABLE}_y2031m02"):
        for change in ("delete from {table}", "truncate {table}"):
            if change.startswith("delete") and table.endswith("default"):
                continue
            with warehouse.connect(Role.OWNER) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change.format(table=table))
    with warehouse.connect(Role.OWNER) as connection:
        states = connection.execute(
            "select tgenabled::text from pg_trigger where tgrelid = any(%s::regclass[]) and not tgisinternal",
            [relations(warehouse)],
        ).fetchall()
    assert set(states) == {("O",)}


def test_an_empty_trail_is_sealed_and_verified(any_warehouse: Warehouse) -> None:
    assert audit.seal(any_warehouse) == []
    report = audit.verify(any_warehouse)
    assert (report.blocks, report.rows, report.unsealed, report.finding) == (0, 0, 0, None)


def test_seals_are_written_to_a_private_file_that_only_grows(warehouse: Warehouse) -> None:
    log_many(warehouse, 7)
    first = audit.seal(warehouse, block_rows=3)
    assert [seal.rows for seal in first] == [3, 3, 1]
    path = audit.seal_file(warehouse)
    content = path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [list(json.loads(line)) for line in content.splitlines()] == [["block", "digest", "rows", "sealed_at"]] * 3
    assert audit.seal(warehouse) == []
    log_many(warehouse, 2)
    report = audit.verify(warehouse)
    assert (report.rows, report.unsealed, report.finding) == (7, 2, None)
    audit.seal(warehouse)
    assert path.read_bytes().startswith(content)
    assert len(read_seals(path)) == 4
    assert audit.verify(warehouse).unsealed == 0


def test_a_file_that_an_interrupted_process_left_is_completed(warehouse: Warehouse) -> None:
    log_many(warehouse, 4)
    audit.seal(warehouse, block_rows=2)
    path = audit.seal_file(warehouse)
    content = path.read_bytes()
    path.write_bytes(content[:-10])
    assert audit.verify(warehouse).unwritten == 1
    audit.seal(warehouse)
    assert path.read_bytes() == content
    path.unlink()
    assert finding(warehouse) == ("missing file", None)
    with pytest.raises(BellwetherError, match="--new-file"):
        audit.seal(warehouse)
    audit.seal(warehouse, is_new_file=True)
    assert path.read_bytes() == content
    path.write_text("{}\n")
    with pytest.raises(BellwetherError, match="line 1"):
        audit.verify(warehouse)


def test_digests_do_not_depend_on_settings_of_the_session(warehouse: Warehouse) -> None:
    log_many(warehouse, 2)
    digests = set()
    for zone, style, output in (
        ("UTC", "ISO", "hex"),
        ("Asia/Seoul", "German", "escape"),
        ("America/Caracas", "SQL, MDY", "hex"),
    ):
        with warehouse.connect(Role.LOADER) as connection:
            for name, value in (
                ("timezone", zone), ("datestyle", style), ("bytea_output", output),
                ("extra_float_digits", "-5"), ("client_encoding", "UTF8"), ("intervalstyle", "sql_standard"),
            ):  # fmt: skip
                connection.execute("select set_config(%s, %s, false)", [name, value])
            query = f"select encode(collections.audit_row_digest(log), 'hex') from {TABLE} as log order by id"
            digests.add(tuple(connection.execute(query).fetchall()))
    assert len(digests) == 1


TAMPERINGS = {
    "changed": (f"update {TABLE} set changes = '{{}}' where id in (5, 8)", "changed", 5),
    "changed time": (f"update {TABLE} set created_at = created_at + interval '1 us' where id = 4", "changed", 4),
    "deleted": (f"delete from {TABLE} where id in (7, 9)", "deleted", 7),
    "tail deleted": (f"delete from {TABLE} where id > 8", "deleted", 9),
    "all deleted": (f"truncate {TABLE}", "deleted", 1),
    "copied": (
        f"insert into {TABLE} (id, created_at, entity_type, entity_id, action, actor_type)"
        f" select id, created_at + interval '1 second', 'x', 'x', 'x', 'x' from {TABLE} where id = 6",
        "inserted",
        6,
    ),
    "inserted into a gap": (
        f"insert into {TABLE} (id, entity_type, entity_id, action, actor_type) values (11, 'x', 'x', 'x', 'x')",
        "inserted",
        11,
    ),
    "reordered": (
        f"update {TABLE} set id = 100 where id = 2; update {TABLE} set id = 2 where id = 3;"
        f"update {TABLE} set id = 3 where id = 100",
        "reordered",
        2,
    ),
    "seal deleted": ("delete from collections.audit_seals where block = 2", "altered seal", 5),
    "seal changed": ("update collections.audit_seals set sealed_at = now() where block = 2", "altered seal", 5),
    "digest of a row changed": (
        "update collections.audit_seals set row_digests[2] = sha256('x') where block = 2", "altered seal", 6,
    ),
    "ranges changed": (
        "update collections.audit_seals set ids = '{[1,1000000000000)}' where block = 2", "altered seal", 5,
    ),
    "tail cut": (
        f"delete from {TABLE} where id > 8; delete from collections.audit_seals where block > 2", "cut tail", 9,
    ),
    "everything cut": (f"delete from {TABLE}; delete from collections.audit_seals", "cut tail", 1),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_each_kind_of_tampering_is_found_and_names_the_first_row(warehouse: Warehouse, name: str) -> None:
    log_many(warehouse, 10)
    with warehouse.connect(Role.LOADER) as connection:
        log(connection)
        connection.rollback()  # an id that no row has
    log_many(warehouse, 1)
    audit.seal(warehouse, block_rows=4)
    assert audit.verify(warehouse).finding is None
    statements, kind, row_id = TAMPERINGS[name]
    with without_triggers(warehouse) as connection:
        for statement in statements.split(";"):
            connection.execute(statement)
    assert finding(warehouse) == (kind, row_id)


def test_a_dropped_partition_is_found(warehouse: Warehouse) -> None:
    log_many(warehouse, 3)
    audit.seal(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(f"drop table {TABLE}_{datetime.now(UTC):y%Ym%m}")
    found = audit.verify(warehouse).finding
    assert found is not None
    assert (found.kind, found.row_id) == ("deleted", 1)
    assert "partition" in found.what


def test_a_chain_that_was_computed_again_is_found_by_the_file(warehouse: Warehouse) -> None:
    log_many(warehouse, 6)
    audit.seal(warehouse, block_rows=2)
    with without_triggers(warehouse) as connection:
        connection.execute(f"update {TABLE} set action = 'other' where id = 4")
        connection.execute("delete from collections.audit_seals")
        for _ in range(3):
            connection.execute("select collections.seal_audit_rows(2)")
    assert finding(warehouse) == ("recomputed chain", 1)
    with pytest.raises(BellwetherError, match="not those in the seal file"):
        audit.seal(warehouse)
    for arguments, text in ((["audit", "verify"], "recomputed chain"), (["audit", "seal"], "audit verify")):
        done = CliRunner().invoke(app, arguments)
        assert done.exit_code == 1
        assert text in done.output.replace("\n", " ") + done.stderr


def test_random_tamperings_are_all_found(warehouse: Warehouse) -> None:
    """Each is one change of one sealed row, taken back before the next; the row must be named."""
    generator = random.Random(20)  # noqa: S311
    ids = log_many(warehouse, 60)
    audit.seal(warehouse, block_rows=7)
    columns = ("entity_type", "entity_id", "action", "actor_type", "actor_id", "recorded_by")
    with without_triggers(warehouse) as connection:
        connection.execute(f"create table public.original as select * from {TABLE}")
    for _ in range(RANDOM_CHANGES):
        row_id = generator.choice(ids)
        column = generator.choice(columns)
        statement, kind = generator.choice(
            [
                (f"delete from {TABLE} where id = %(id)s", "deleted"),
                (f"update {TABLE} set {column} = {column} || 'x' where id = %(id)s", "changed"),
                (f"update {TABLE} set {column} = '' where id = %(id)s", "changed"),
                (f"update {TABLE} set changes = changes || '{{\"x\": null}}' where id = %(id)s", "changed"),
                (f"update {TABLE} set created_at = created_at - interval '1 day' where id = %(id)s", "changed"),
                (f"update {TABLE} set transaction_id = '1' where id = %(id)s", "changed"),
                (
                    f"insert into {TABLE} select id, created_at + interval '1 us', entity_type, entity_id, action, "
                    f"actor_type, actor_id, changes, recorded_by, transaction_id from {TABLE} where id = %(id)s",
                    "inserted",
                ),
                (f"update {TABLE} set id = 1000 where id = %(id)s", "deleted"),
            ]
        )
        with without_triggers(warehouse) as connection:
            connection.execute(statement, {"id": row_id})
        assert finding(warehouse) == (kind, row_id), statement
        with without_triggers(warehouse) as connection:
            connection.execute(f"delete from {TABLE}")
            connection.execute(f"insert into {TABLE} select * from public.original")
    assert audit.verify(warehouse).finding is None


def test_writers_and_seals_do_not_wait_and_a_late_row_is_sealed_later(any_warehouse: Warehouse) -> None:
    with any_warehouse.connect(Role.LOADER) as late:
        late.execute("set lock_timeout = '2s'")
        late_id = log(late, "late")
        failures: list[Exception] = []

        def write() -> None:
            try:
                with any_warehouse.connect(Role.LOADER, autocommit=True) as connection:
                    connection.execute("set lock_timeout = '2s'")
                    for number in range(25):
                        log(connection, number)
            except psycopg.Error as error:
                failures.append(error)

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(3):
            audit.seal(any_warehouse, block_rows=10)
        for thread in threads:
            thread.join()
        assert failures == []
        audit.seal(any_warehouse, block_rows=30)
        before = audit.verify(any_warehouse)
        assert (before.rows, before.unsealed, before.finding) == (100, 0, None)
        # a seal whose transaction is open does not hold a writer up either
        with any_warehouse.connect(Role.LOADER) as sealer:
            sealer.execute("select collections.seal_audit_rows()")
            log(late, "late too")
        late.commit()
    report = audit.verify(any_warehouse)
    assert (report.unsealed, report.finding) == (2, None)
    assert sum(seal.rows for seal in audit.seal(any_warehouse)) == 2
    with any_warehouse.connect() as connection:
        block = connection.execute(
            "select block from collections.audit_seals where ids @> %s::bigint", [late_id]
        ).fetchone()
    assert block == (audit.verify(any_warehouse).blocks,)
    assert audit.verify(any_warehouse).finding is None


def test_a_restored_database_is_verified_and_sealed_as_before(warehouse: Warehouse, tmp_path: Path) -> None:
    log_many(warehouse, 5)
    audit.seal(warehouse, block_rows=2)
    log_many(warehouse, 2)
    file = backup(warehouse, tmp_path / "copy.dump")
    copy = replace(warehouse, conninfo=make_conninfo(warehouse.conninfo, dbname=f"{warehouse.database}_copy"))
    try:
        restore(copy, file)
        report = audit.verify(copy)
        assert (report.rows, report.unsealed, report.finding) == (5, 2, None)
        assert log_many(copy, 1) == [8]
        assert sum(seal.rows for seal in audit.seal(copy)) == 3
        assert audit.verify(copy).finding is None
    finally:
        with warehouse.connect(autocommit=True) as connection:
            connection.execute(f"drop database if exists {copy.database} with (force)")
    assert finding(warehouse) == ("cut tail", 6), "the file has more than the database that was left behind"


def test_transaction_ids_of_another_server_do_not_keep_rows_from_being_sealed(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            f"insert into {TABLE} (entity_type, entity_id, action, actor_type, transaction_id)"
            " select 'task', number::text, 'a', 'system', '99999999999' from generate_series(1, 3) as number"
        )
    log_many(warehouse, 1)
    assert [seal.rows for seal in audit.seal(warehouse)] == [4]
    assert audit.verify(warehouse).finding is None


def test_downgrade_drops_the_trail_and_upgrade_makes_it_again(warehouse: Warehouse) -> None:
    log_many(warehouse, 2)
    audit.seal(warehouse)
    migrate.downgrade(warehouse, "0019")
    with warehouse.connect() as connection:
        assert connection.execute("select to_regclass(%s)", [TABLE]).fetchone() == (None,)
    migrate.upgrade(warehouse)
    assert log_many(warehouse, 1) == [1]
    with pytest.raises(BellwetherError, match="not those in the seal file"):
        audit.seal(warehouse)
    audit.seal_file(warehouse).rename(audit.seal_file(warehouse).with_suffix(".old"))
    assert len(audit.seal(warehouse)) == 1


def test_verification_takes_one_statement_for_each_block(warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    log_many(warehouse, 40)
    audit.seal(warehouse, block_rows=10)
    counted: list[object] = []
    execute = psycopg.Connection.execute

    def count(self: psycopg.Connection[Any], query: Any, *arguments: Any, **options: Any) -> Any:
        counted.append(query)
        return execute(self, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Connection, "execute", count)
    assert audit.verify(warehouse).rows == 40
    assert len(counted) == 4 + 2


def test_the_commands_seal_and_verify(any_warehouse: Warehouse) -> None:
    log_many(any_warehouse, 3)

    def shown(*words: str) -> str:
        done = CliRunner().invoke(app, ["audit", *words])
        assert done.exit_code == 0, done.output
        return done.output

    assert "3 rows are not sealed yet" in shown("verify")
    assert "3 rows sealed, blocks 1 to 1" in shown("seal")
    assert "No rows to seal." in shown("seal")
    assert "OK: 3 rows in 1 blocks" in shown("verify")
    with without_triggers(any_warehouse) as connection:
        connection.execute(f"delete from {TABLE} where id = 2")
    failed = CliRunner().invoke(app, ["audit", "verify"])
    assert failed.exit_code == 1
    assert "Row 2 was deleted" in failed.output + failed.stderr
