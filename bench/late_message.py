"""One late message among a million: what it takes to restate the day that it touches.

Run: ``python -m bench.late_message [--messages 1000000]``. In a temporary home: messages of three years, read by one
version, go through the models of `user_voc_activity`; then one message of a year ago comes in late. Times hold dbt's
own work; parsing is paid before.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from time import perf_counter

from bench.year_company import build
from warehouse.connection import Role, Warehouse
from warehouse.database.opening import open_warehouse
from warehouse.server.lifecycle import EmbeddedServer
from warehouse.settings import load_settings

MESSAGES_PER_CUSTOMER = 20
TREE = """
insert into source.voc_category (voc_id, name, parent_id, level, valid_from, known_at)
select 'M' || main, 'main ' || main, null, 1, day, day
from generate_series(0, 9) as main, (values (date '2020-01-01')) as given (day)
union all
select 'M' || main || 'D' || detail, 'detail ' || detail, 'M' || main, 2, day, day
from generate_series(0, 9) as main, generate_series(0, 9) as detail, (values (date '2020-01-01')) as given (day)
"""
VERSIONS = """
insert into source.voc_category_version (voc_id, valid_from, name, parent_id, level, known_at, content_hash, batch_id)
select voc_id, valid_from, name, parent_id, level, known_at, md5(voc_id), 1 from source.voc_category
"""
MODEL = """
insert into ml.model_version (model_name, version, target_name, model_type, training_date, data_hash, code_version,
  metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256)
values ('voc', 'voc-1', 'voc', 'linear', '2025-01-01', repeat('a', 64), 'bench', '{}', '{}', 0.5, '{}', 'p',
  repeat('b', 64))
"""
MESSAGES = """
insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id)
select
  'R' || number, at, 'C' || (cast(number as bigint) * 7919 %% %(customers)s), 'text', at, '', 1
from generate_series(1, %(messages)s) as number,
  lateral (select timestamptz '2023-01-01' + number * (interval '1095 days' / %(messages)s) as at) as received
"""
READ = """
insert into ml.message_classification
  (message_id, model_name, model_version, classified_at, is_claim, is_unknown, confidence, content_hash)
select id, 'voc', 'voc-1', received_at, id % 2, id % 11 = 0, 0.9, '' from source.message
where id not in (select message_id from ml.message_classification)
"""
CANDIDATES = """
insert into ml.message_category
select id, 'voc-1', 1, level, case level when 1 then main else main || 'D' || (id / 10 % 10) end, 0.9, 'why'
from source.message, lateral (select 'M' || (id % 10) as main) as found, generate_series(1, 2) as level
where id not in (select message_id from ml.message_category)
"""
LATE = """
insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id)
values ('late', '2025-01-15 10:00+00', 'C1', 'text', now(), '', 1)
"""
FIGURES = "select count(*), now() from analytics.user_voc_activity where updated_at >= %s"


def measure(warehouse: Warehouse, messages: int) -> str:
    """Fill the warehouse, build everything, let one message come late and build again; returns a sentence."""
    with warehouse.connect(Role.OWNER) as connection:
        for statement in (TREE, VERSIONS, MODEL):
            connection.execute(statement)
        connection.execute(MESSAGES, {"messages": messages, "customers": messages // MESSAGES_PER_CUSTOMER})
        for statement in (READ, CANDIDATES, "analyze"):
            connection.execute(statement)
    first = _build(warehouse)
    nothing = _build(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        rows, since = connection.execute(FIGURES, ["-infinity"]).fetchone() or (0, None)
        for statement in (LATE, READ, CANDIDATES):
            connection.execute(statement)
    late = _build(warehouse)
    with warehouse.connect(Role.OWNER) as connection:
        restated, _ = connection.execute(FIGURES, [since]).fetchone() or (0, None)
    return (
        f"{messages:,} messages, {rows:,} rows of user_voc_activity: built whole in {first:.1f} s, again with nothing "
        f"new in {nothing:.1f} s, with one late message in {late:.1f} s ({restated} rows written)."
    )


def _build(warehouse: Warehouse) -> float:
    started = perf_counter()
    build(warehouse, "+user_voc_activity")
    return perf_counter() - started


def main() -> None:
    """Measure in a temporary home and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=None, help="where the home goes")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bellwether-late-", dir=given.folder) as folder:
        os.environ |= {"BELLWETHER_HOME": folder, "BELLWETHER_COMPANY": "late"}
        try:
            with open_warehouse(load_settings()) as warehouse:
                print(measure(warehouse, given.messages))
        finally:
            EmbeddedServer(Path(folder)).stop(force=True)  # before its folder goes


if __name__ == "__main__":
    main()
