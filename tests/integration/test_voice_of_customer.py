"""Repeat contacts and decisions about messages: kept up to date by day exactly as a full rebuild would have them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.data_packages import rows
from tests.dbt_builds import build_models
from tests.voc_world import classify, correct, insert_messages, insert_tree
from warehouse.connection import Role, Warehouse

SEOUL = ZoneInfo("Asia/Seoul")
START = datetime(2025, 1, 1, tzinfo=UTC)
WINDOWS = {"24h": 24, "3d": 72, "7d": 168, "30d": 720}
ACTIVITY = """
select aggregate_date, ccod, category_code, category_name, recontact_agg_day, recontact_past_24h, recontact_past_3d,
  recontact_past_7d, recontact_past_30d
from analytics.user_voc_activity order by 1, 2, 3
"""


def build(warehouse: Warehouse, *flags: str) -> None:
    build_models(warehouse, "+user_voc_activity", flags=flags)


def activity(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """Every row of the table but for its times."""
    with warehouse.connect() as connection:
        return connection.execute(ACTIVITY).fetchall()


def decisions(warehouse: Warehouse) -> list[tuple[str, str, datetime]]:
    """Customer, main category and instant of each message, by the rules in words: a person before the newest model."""
    labels = dict(rows(warehouse, "select rcno, voc_id from source.message_label order by known_at"))
    newest = dict(
        rows(
            warehouse,
            "select message_id, array[model_version, is_unknown::text] from ml.message_classification "
            "order by classified_at",
        )
    )
    candidates: dict[tuple[int, str], list[str]] = {}
    for message_id, version, voc_id in rows(
        warehouse, "select message_id, model_version, voc_id from ml.message_category where level = 2 order by rank"
    ):
        candidates.setdefault((message_id, version), []).append(voc_id)
    parents = dict(rows(warehouse, "select voc_id, parent_id from source.voc_category"))
    halves: dict[str, list[str]] = {}
    for voc_id, half in rows(warehouse, "select voc_id, successor_voc_id from source.voc_category_succession"):
        halves.setdefault(voc_id, []).append(half)
    found = []
    for message_id, rcno, customer, received_at in rows(
        warehouse, "select id, rcno, ccod, received_at from source.message"
    ):
        version, is_unknown = newest.get(message_id, (None, "true"))
        ranked = candidates.get((message_id, str(version)), [])
        voc_id = labels.get(rcno) or (ranked[0] if is_unknown == "false" else None)
        if voc_id in halves:
            voc_id = next((candidate for candidate in ranked if candidate in halves[voc_id]), parents[voc_id])
        while voc_id and parents[voc_id]:
            voc_id = parents[voc_id]
        found.append((customer, voc_id or "unknown", received_at))
    return found


def by_definition(warehouse: Warehouse) -> list[tuple[Any, ...]]:
    """What the table should hold, counted message by message in Python."""
    names = {"unknown": "unknown", **dict(rows(warehouse, "select voc_id, name from source.voc_category"))}
    streams: dict[tuple[str, str], list[datetime]] = {}
    for customer, code, received_at in decisions(warehouse):
        streams.setdefault((customer, code), []).append(received_at)
    expected = []
    for (customer, code), times in streams.items():
        for day in {time.astimezone(SEOUL).date() for time in times}:
            of_day = [time for time in times if time.astimezone(SEOUL).date() == day]
            anchor = max(of_day)
            starts = [anchor - timedelta(hours=hours) for hours in WINDOWS.values()]
            past = [sum(start <= time < anchor for time in times) for start in starts]
            expected.append((day, customer, code, names[code], len(of_day) - 1, *past))
    return sorted(expected)


@pytest.fixture
def voc(warehouse: Warehouse) -> Warehouse:
    insert_tree(warehouse)
    return warehouse


@pytest.mark.parametrize("seed", [1, 2])
def test_any_stream_of_changes_gives_what_a_full_rebuild_gives(voc: Warehouse, seed: int) -> None:
    """Late messages, corrections, new classifications and a split, in random order; compared after every step."""
    chance = random.Random(seed)  # noqa: S311
    insert_messages(voc, [_message(chance) for _ in range(60)])
    classify(voc, "voc-1", chance)
    build(voc)
    assert activity(voc) == by_definition(voc)
    for step in range(5):
        if step == 2:
            _split(voc)
        insert_messages(voc, [_message(chance) for _ in range(chance.randint(0, 3))])
        for _ in range(chance.randint(0, 3)):
            correct(voc, chance.randint(1, 60), chance.choice(["V11", "V12", "V21", "V22"]), chance)
        if step in {1, 3}:
            classify(voc, f"voc-{step + 1}", chance)
        build(voc)
        assert activity(voc) == by_definition(voc), f"seed {seed}, step {step}"
    kept = activity(voc)
    build(voc, "--full-refresh")
    assert activity(voc) == kept


def _message(chance: random.Random) -> tuple[str, datetime]:
    """A customer and an instant on a coarse grid, so that windows are met to the instant and instants coincide."""
    return f"C{chance.randint(1, 4)}", START + timedelta(hours=6 * chance.randint(0, 4 * 75))


def _split(warehouse: Warehouse) -> None:
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into source.voc_category (voc_id, name, parent_id, level, valid_from, known_at) "
            "select voc_id, voc_id, parent_id, level, '2025-02-01', '2025-02-01' "
            "from (values ('V31', 'V3', 2), ('V3', null, 1)) as given (voc_id, parent_id, level)"
        )
        connection.execute("update source.voc_category set valid_to = '2025-02-01' where voc_id = 'V12'")
        connection.execute(
            "insert into source.voc_category_succession "
            "(voc_id, successor_voc_id, valid_from, known_at, content_hash, batch_id) values "
            "('V12', 'V31', '2025-02-01', '2025-02-01', '', 1), ('V12', 'V11', '2025-02-01', '2025-02-01', '', 1)"
        )


def test_a_late_message_restates_the_rows_it_touches_and_no_other(voc: Warehouse) -> None:
    days = (0, 5, 20, 29, 40)
    insert_messages(voc, [("C1", START + timedelta(days=day)) for day in days])
    insert_messages(voc, [("C2", START + timedelta(days=day)) for day in days])
    with voc.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into source.message_label (rcno, voc_id, reviewer) select rcno, 'V11', 'Kim' from source.message"
        )
    build(voc)
    stamps = "select aggregate_date, ccod, category_code, id, created_at, updated_at from analytics.user_voc_activity"
    before = {row[:3]: row[3:] for row in rows(voc, stamps)}
    insert_messages(voc, [("C1", START + timedelta(days=9))])
    with voc.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into source.message_label (rcno, voc_id, reviewer) select rcno, 'V11', 'Kim' from source.message "
            "order by id desc limit 1"
        )
    build(voc)
    after = {row[:3]: row[3:] for row in rows(voc, stamps)}
    changed = {key[0].isoformat() for key in after if after[key] != before.get(key)}
    # its own day, and the anchors of the thirty days after it: not the one on the fortieth day
    assert changed == {"2025-01-10", "2025-01-21", "2025-01-30"}
    assert {key[1] for key in after if after[key] != before.get(key)} == {"C1"}
    assert all(after[key][:2] == before[key][:2] for key in before)
    build(voc)
    assert {row[:3]: row[3:] for row in rows(voc, stamps)} == after


def test_removed_message_leaves_no_row(voc: Warehouse) -> None:
    insert_messages(voc, [("C1", START), ("C1", START + timedelta(days=3))])
    build(voc)
    with voc.connect(Role.OWNER) as connection:
        connection.execute("delete from source.message where received_at = %s", [START])
    build(voc)
    assert [row[:5] for row in activity(voc)] == [row[:5] for row in by_definition(voc)]
    assert len(activity(voc)) == 1
