"""Revisions on servers with data: up, down and up again; several processes, several databases, ordinary users."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.conftest import DatabaseServer
from warehouse.connection import Role, Warehouse
from warehouse.database import migrate

VERSIONS = sorted(path.name[:4] for path in (migrate.MIGRATIONS / "versions").glob("0*.py"))
_DATA = """
insert into source.load_batch (package_name, company, file_name, file_sha256, target_table, status)
values ('p', 'c', 'f', repeat('0', 64), 't', 'loaded');
insert into crm.customer (customer_code, name, email, known_at) values ('C1', 'P', 'p@customers.example', '2024-01-01');
insert into source.user_monthly_features (ccod, snapshot_month, known_at, content_hash, batch_id)
values ('C1', '2024-01-01', '2024-02-01', md5('x'), 1);
select source.ensure_partitions('source.user_monthly_features', '2024-01-01', '2024-02-01');
insert into ml.model_version (model_name, version, target_name, model_type, training_date, data_hash, code_version,
  metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256)
values ('churn', 'v1', 'churn', 'x', now(), repeat('a', 64), 'c', '{}', '{}', 0.5, '{}', 'p', repeat('b', 64));
select ml.ensure_partitions('ml.prediction', '2024-01-01', '2024-02-01');
insert into ml.prediction (prediction_id, model_name, model_version, customer_code, customer_id, as_of_date,
  predicted_at, probability, predicted_label, threshold, features)
values ('1', 'churn', 'v1', 'C1', 1, '2024-01-01', '2024-01-01', 0.9, 1, 0.5, '{}');
insert into quarantine.rejected_row (batch_id, file_name, line_number, target_table, reason_code, reason, row_data)
values (1, 'f', 1, 't', 'r', 'r', '{}');
insert into monitoring.build_ledger (step, input_hash) values ('s', repeat('0', 64));
insert into source.voc_category (voc_id, name, parent_id, level, valid_from, known_at)
values ('V12', 'sub', 'V1', 2, '2024-01-01', '2024-01-01'), ('V1', 'main', null, 1, '2024-01-01', '2024-01-01');
insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id)
values ('R1', '2024-01-01', 'C1', '개미', '2024-01-01', md5('x'), 1);
insert into source.message_label (rcno, voc_id, reviewer) values ('R1', 'V12', 'Kim');
insert into ml.message_classification (message_id, model_name, model_version, classified_at, is_unknown, content_hash)
values (1, 'voc', 'v1', '2024-01-02', false, 'x');
insert into ml.message_category (message_id, model_version, rank, level, voc_id, confidence)
values (1, 'v1', 1, 1, 'V1', 0.9), (1, 'v1', 1, 2, 'V12', 0.8);
"""
_SHAPE = """
select 'column', table_schema || '.' || table_name || '.' || column_name || ' ' || data_type
from information_schema.columns where table_schema = any(%(schemas)s)
union all
select 'function', p.oid::regprocedure::text || md5(p.prosrc) || coalesce(p.proacl::text, '')
from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = any(%(schemas)s)
union all
select 'relation', c.oid::regclass::text || c.relkind::text || coalesce(c.relacl::text, '')
from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = any(%(schemas)s)
union all
select 'constraint', conrelid::regclass::text || ' ' || pg_get_constraintdef(k.oid)
from pg_constraint k join pg_namespace n on n.oid = k.connamespace where n.nspname = any(%(schemas)s)
union all
select 'trigger', tgrelid::regclass::text || tgname from pg_trigger where not tgisinternal
union all
select 'schema', nspname || nspacl::text from pg_namespace where nspname = any(%(schemas)s)
"""
_SCHEMAS = [
    "crm",
    "source",
    "collections",
    "finance",
    "quarantine",
    "ml",
    "monitoring",
    "staging",
    "intermediate",
    "analytics",
]


def fill(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.OWNER) as connection:
        for statement in filter(str.strip, _DATA.split(";\n")):
            connection.execute(statement)


def shape(warehouse: Warehouse) -> set[tuple[str, str]]:
    """Everything the revisions made, months of partitioned tables left out."""
    with warehouse.connect() as connection:
        rows = connection.execute(_SHAPE, {"schemas": _SCHEMAS}).fetchall()
    return {(kind, text) for kind, text in rows if not re.search(r"_y20\d\dm\d\d", text)}


def test_down_to_nothing_and_up_again_on_a_server_with_data(any_warehouse: Warehouse) -> None:
    before = shape(any_warehouse)
    fill(any_warehouse)
    assert migrate.downgrade(any_warehouse, "base") is None
    assert shape(any_warehouse) == set()
    assert migrate.upgrade(any_warehouse) == VERSIONS[-1]
    assert shape(any_warehouse) == before
    fill(any_warehouse)


def test_every_revision_goes_down_and_up_by_itself_with_data(warehouse: Warehouse) -> None:
    fill(warehouse)
    whole = shape(warehouse)
    for below, revision in reversed(list(itertools.pairwise(VERSIONS))):
        before = shape(warehouse)
        assert migrate.downgrade(warehouse, below) == below
        assert shape(warehouse) != before
        migrate.upgrade(warehouse, revision)
        assert shape(warehouse) == before, f"revision {revision} does not come back as it was"
        migrate.downgrade(warehouse, below)
    migrate.upgrade(warehouse)
    assert shape(warehouse) == whole


def test_history_lists_applied_revisions(warehouse: Warehouse) -> None:
    migrate.downgrade(warehouse, "0009")
    applied = {entry.revision: entry.is_applied for entry in migrate.history(warehouse)}
    assert list(applied) == VERSIONS
    assert applied["0009"] is True
    assert applied["0010"] is False
    assert migrate.current(warehouse) == "0009"


def test_at_head_nothing_is_imported_and_one_query_asked(warehouse: Warehouse) -> None:
    program = (
        "import sys; from warehouse.database import migrate; from warehouse.database.opening import open_warehouse\n"
        "with open_warehouse(migrate=False) as warehouse: migrate.upgrade(warehouse)\n"
        "assert not {'alembic', 'sqlalchemy'} & set(sys.modules), 'imported'"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_database_newer_than_the_code_is_refused_with_a_remedy(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute("update public.alembic_version set version_num = '9999'")
    with pytest.raises(migrate.MigrationError, match="update bellwether"):
        migrate.upgrade(warehouse)


def test_an_unknown_revision_is_refused_by_name(warehouse: Warehouse) -> None:
    with pytest.raises(migrate.MigrationError, match="bellwether db history"):
        migrate.downgrade(warehouse, "7777")


EmptyDatabases = Callable[[int], list[Warehouse]]


@pytest.fixture(params=["embedded_server", "external_server"])
def empty_databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EmptyDatabases]:
    """Make databases without any schema, on each kind of server."""
    server: DatabaseServer = request.getfixturevalue(request.param)
    made: list[str] = []

    def make(count: int) -> list[Warehouse]:
        warehouses = [server.warehouse(f"m{uuid.uuid4().hex[:8]}", tmp_path) for _ in range(count)]
        with psycopg.connect(server.admin, autocommit=True) as connection:
            for warehouse in warehouses:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(warehouse.database)))
                made.append(warehouse.database)
        return warehouses

    yield make
    for database in made:
        server.drop(database)


def run_at_once(*work: Callable[[], object]) -> list[Exception]:
    failures: list[Exception] = []

    def guarded(one: Callable[[], object]) -> None:
        try:
            one()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def test_processes_that_migrate_one_database_at_once_take_turns(empty_databases: EmptyDatabases) -> None:
    (warehouse,) = empty_databases(1)
    program = (
        "import sys; from pathlib import Path; from warehouse.database import migrate\n"
        "from warehouse.connection import Warehouse\n"
        "from warehouse.settings import Settings\n"
        "migrate.upgrade(Warehouse(Settings(home=Path(sys.argv[2])), 'external', 'm', sys.argv[1]))"
    )
    command = [sys.executable, "-c", program, warehouse.conninfo, str(warehouse.settings.home)]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    errors = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    assert migrate.current(warehouse) == VERSIONS[-1]


def test_databases_of_one_server_share_roles_and_one_leaves_them_to_the_other(
    empty_databases: EmptyDatabases,
) -> None:
    first, second = empty_databases(2)
    migrate.upgrade(first)
    migrate.upgrade(second)
    migrate.downgrade(first, "base")
    assert migrate.upgrade(second) == VERSIONS[-1]
    fill(second)
    with second.connect(Role.ANALYST) as connection:
        connection.execute("select * from monitoring.build_ledger")
    migrate.upgrade(first)


def test_a_user_who_owns_the_database_and_may_create_roles_needs_no_superuser(
    empty_databases: EmptyDatabases,
) -> None:
    """Roles another user made need that user's grant, which the error asks for in words."""
    (warehouse,) = empty_databases(1)
    name = f"ordinary_{uuid.uuid4().hex[:6]}"
    user = sql.Identifier(name)
    with warehouse.connect(autocommit=True) as admin:
        admin.execute(sql.SQL("create role {} login createrole password 'ordinary'").format(user))
        admin.execute(sql.SQL("alter database {} owner to {}").format(sql.Identifier(warehouse.database), user))
        major = admin.info.server_version // 10000
    secret = {"password": "ordinary"}
    ordinary = replace(warehouse, conninfo=make_conninfo(warehouse.conninfo, user=name, **secret))
    try:
        with warehouse.connect() as admin:
            known = admin.execute("select to_regrole('bellwether_owner')").fetchone()
            if major >= 16 and known is not None and known[0] is not None:
                with pytest.raises(migrate.MigrationError, match="grant bellwether_owner to"):
                    migrate.upgrade(ordinary)
                for role in Role:
                    admin.execute(sql.SQL("grant {} to {} with admin option").format(sql.Identifier(role), user))
        assert migrate.upgrade(ordinary) == VERSIONS[-1]
        fill(ordinary)
        for role in Role:
            with ordinary.connect(role) as connection:
                connection.execute("select 1")
        assert migrate.downgrade(ordinary, "base") is None
    finally:
        with warehouse.connect(autocommit=True) as admin:
            owner = sql.Identifier(admin.info.user)
            admin.execute(sql.SQL("alter database {} owner to {}").format(sql.Identifier(warehouse.database), owner))
            admin.execute(sql.SQL("drop owned by {} cascade").format(user))
            admin.execute(sql.SQL("drop role {}").format(user))
