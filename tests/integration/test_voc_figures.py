"""Figures on two bases, corrections in the health of a model, and texts that an analyst may search in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.data_packages import rows
from tests.dbt_builds import build_models
from tests.voc_world import PATHS, insert_classification, insert_messages, insert_tree, insert_version
from warehouse.connection import Role, Warehouse

NOON = datetime(2025, 3, 3, 3, tzinfo=UTC)
DAILY = """
select basis, category_code, sum(message_count) from analytics.voc_daily
group by basis, category_code order by basis, category_code
"""


@pytest.fixture
def voc(warehouse: Warehouse) -> Warehouse:
    """Four messages of one day, classified: two about mice, one about ants, one abstained on."""
    insert_tree(warehouse)
    insert_version(warehouse, "voc-1")
    insert_messages(warehouse, [("C1", NOON), ("C2", NOON), ("C3", NOON), ("C4", NOON)])
    for message_id, voc_id in enumerate(("V12", "V12", "V11", "V21"), start=1):
        insert_classification(warehouse, message_id, "voc-1", [voc_id], is_unknown=voc_id == "V21")
    return warehouse


def split(warehouse: Warehouse) -> None:
    """Mice become house mice and field mice; the next version of the model tells them apart."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into source.voc_category (voc_id, name, parent_id, level, valid_from, known_at) "
            "select voc_id, voc_id, 'V1', 2, '2025-04-01', '2025-04-01' from (values ('V13'), ('V14')) as half (voc_id)"
        )
        connection.execute("update source.voc_category set valid_to = '2025-04-01' where voc_id = 'V12'")
        connection.execute(
            "insert into source.voc_category_succession "
            "(voc_id, successor_voc_id, valid_from, known_at, content_hash, batch_id) "
            "select 'V12', voc_id, '2025-04-01', '2025-04-01', '', 1 from (values ('V13'), ('V14')) as half (voc_id)"
        )
    insert_version(warehouse, "voc-2")
    paths = {**PATHS, "V13": ("V1", "V13"), "V14": ("V1", "V14")}
    for message_id, voc_id in enumerate(("V13", "V14", "V11"), start=1):
        insert_classification(warehouse, message_id, "voc-2", [voc_id], classified_at="2025-06-02", paths=paths)


def test_a_split_restates_last_months_figures_and_leaves_those_as_classified(voc: Warehouse) -> None:
    build_models(voc, "+voc_daily")
    before = rows(voc, DAILY)
    as_classified = [("as_classified", "V11", 1), ("as_classified", "V12", 2), ("as_classified", "unknown", 1)]
    assert before == [*as_classified, *(("restated", code, count) for _, code, count in as_classified)]
    split(voc)
    build_models(voc, "+voc_daily")
    after = rows(voc, DAILY)
    assert after[:3] == as_classified
    assert after[3:] == [(("restated"), code, 1) for code in ("V11", "V13", "V14", "unknown")]


def test_a_person_overrules_the_model_in_the_restated_figures_only(voc: Warehouse) -> None:
    with voc.connect(Role.LOADER) as connection:
        connection.execute("insert into source.message_label (rcno, voc_id, reviewer) values ('R4', 'V22', 'Kim')")
    build_models(voc, "+voc_daily")
    assert [row for row in rows(voc, DAILY) if row[1] in {"V22", "unknown"}] == [
        ("as_classified", "unknown", 1),
        ("restated", "V22", 1),
    ]


def test_a_correction_appears_in_the_health_of_the_version_that_was_corrected(voc: Warehouse) -> None:
    build_models(voc, "+model_health")
    query = "select model_version, unknown_rate, correction_rate, confidence_drift from monitoring.model_health"
    assert rows(voc, query) == [("voc-1", 0.25, None, 0)]
    for rcno, voc_id in (("R1", "V1"), ("R2", "V11")):
        with voc.connect(Role.LOADER) as connection:
            connection.execute(
                "insert into source.message_label (rcno, voc_id, reviewer, reviewed_at) values (%s, %s, 'Kim', %s)",
                [rcno, voc_id, datetime(2025, 6, 3, tzinfo=UTC)],
            )
    build_models(voc, "+model_health")
    health = rows(voc, "select checked_at, unknown_rate, correction_rate from monitoring.model_health order by 1")
    # the first agrees one level up, the second does not
    assert [(row[1], row[2]) for row in health] == [(0.25, None), (None, 0.5)]


def test_first_contacts_count_once_a_week_has_passed(voc: Warehouse) -> None:
    insert_messages(voc, [("C1", NOON + timedelta(days=2)), ("C9", NOON + timedelta(days=8))])
    insert_classification(voc, 5, "voc-1", ["V11"])
    build_models(voc, "+voc_first_contact_resolution")
    found = rows(voc, "select category_code, contact_count, resolved_count from analytics.voc_first_contact_resolution")
    # C1 came back about pests within two days; that second contact is not a week old yet
    assert found == [("V1", 3, 2)]


def test_an_analyst_searches_korean_texts_without_names_and_numbers(voc: Warehouse) -> None:
    with voc.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into crm.customer (customer_code, name, email, known_at) "
            "values ('C7', '홍길동', 'x@x.example', now())"
        )
    insert_messages(voc, [("C7", NOON)], "홍길동입니다. 김철수 기사님이 안 왔어요. 010-1234-5678 개미가 또 나왔어요")
    insert_classification(voc, 5, "voc-1", ["V11"])
    with voc.connect(Role.OWNER) as connection:
        connection.execute(
            "update ml.message_classification set summary = '홍길동 010-1234-5678', "
            'keywords = \'["홍길동", "개미"]\' where message_id = 5'
        )
    build_models(voc, "+voc_message_search", "+voc_message_category")
    with voc.connect(Role.ANALYST) as connection:
        found = connection.execute(
            "select content from analytics.voc_message_search where content like '%개미가%'"
        ).fetchall()
        wide = connection.execute(
            "select content, summary, keywords from analytics.voc_message_category where msg_id = 5"
        ).fetchone()
        hits = connection.execute(
            "select count(*) from analytics.voc_message_search "
            "where content like '%010-1234%' or content like '%홍길동%'"
        ).fetchone()
    assert found == [("***입니다. *** 기사님이 안 왔어요. ***-**** 개미가 또 나왔어요",)]
    assert wide == (found[0][0], None, None), "quoted from another text than the masked one"
    assert hits == (0,)
    with voc.connect(Role.MANAGER) as connection:
        whole = connection.execute(
            "select content, keywords from analytics.voc_message_category where msg_id = 5"
        ).fetchone()
    assert whole is not None
    assert whole[0].startswith("홍길동입니다. 김철수")
    assert whole[1] == ["홍길동", "개미"]


def test_a_search_for_korean_words_uses_the_trigram_index(voc: Warehouse) -> None:
    with voc.connect() as connection:
        (trigrams,) = connection.execute("select show_trgm('개미가')").fetchone() or ([],)
        if not trigrams:
            pytest.skip("this server's locale knows no Korean letters")
        connection.execute(
            "insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id) "
            "select 'X' || i, now(), 'C1', md5(i::text) || ' 바퀴벌레가', now(), '', 1 "
            "from generate_series(1, 5000) as i"
        )
        connection.execute("analyze source.message")
        connection.execute("set local enable_seqscan = off")
        plan = connection.execute(
            "explain (format text) select id from source.message where content like '%개미가%'"
        ).fetchall()
    assert any("message_content_trigram" in line for (line,) in plan)
