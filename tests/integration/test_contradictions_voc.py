"""Where the service desk's documents contradict themselves or do not run: one test named for each resolution."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.contract.walk import inventory
from tests.data_packages import rows
from tests.dbt_builds import build_models
from tests.voc_world import PATHS, insert_classification, insert_messages, insert_tree, insert_version
from warehouse.connection import Role, Warehouse

MIDNIGHT = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture
def voc(warehouse: Warehouse) -> Warehouse:
    insert_tree(warehouse)
    insert_version(warehouse, "voc-1")
    return warehouse


def test_c32_a_message_and_a_category_of_three_billion_are_shown_as_they_are(voc: Warehouse) -> None:
    insert_messages(voc, [("C1", MIDNIGHT)])
    with voc.connect(Role.OWNER) as connection:
        connection.execute("update source.message set id = 3000000000")
        connection.execute("update source.voc_category set id = 3000000001 where voc_id = 'V11'")
    insert_classification(voc, 3_000_000_000, "voc-1", ["V11"])
    build_models(voc, "+voc_message_category")
    found = rows(voc, "select msg_id, sub_category_1_id, sub_category_1_code from analytics.voc_message_category")
    assert found == [(3_000_000_000, 3_000_000_001, "V11")]


def test_c33_parent_is_a_voc_id_and_the_tree_has_no_cycle(voc: Warehouse) -> None:
    query = """
        select pg_get_constraintdef(oid) from pg_constraint
        where conrelid = 'source.voc_category'::regclass and contype = 'f'
    """
    assert "FOREIGN KEY (parent_id) REFERENCES source.voc_category(voc_id)" in rows(voc, query)[0][0]
    with pytest.raises(psycopg.errors.CheckViolation, match="lies below itself"), voc.connect(Role.OWNER) as connection:
        connection.execute("update source.voc_category set parent_id = 'V11', level = 3 where voc_id = 'V1'")
    with pytest.raises(psycopg.errors.CheckViolation, match="has level 3"), voc.connect(Role.OWNER) as connection:
        connection.execute("update source.voc_category set level = 3 where voc_id = 'V11'")


def test_c34_five_candidates_of_three_levels_and_a_deeper_tree_shows_its_first_three(voc: Warehouse) -> None:
    deep = {"V11": ("V1", "V11", "D3", "D4"), "V12": ("V1", "V12"), "V21": ("V2", "V21"), "V22": ("V2", "V22")}
    with voc.connect(Role.OWNER) as connection:
        for voc_id, parent, level in (("D3", "V11", 3), ("D4", "D3", 4)):
            connection.execute(
                "insert into source.voc_category (voc_id, name, parent_id, level, valid_from, known_at) "
                "values (%s, %s, %s, %s, '2024-01-01', '2024-01-01')",
                [voc_id, voc_id, parent, level],
            )
    insert_messages(voc, [("C1", MIDNIGHT)])
    insert_classification(voc, 1, "voc-1", [*PATHS, "V11"], paths={**deep, "V11": deep["V11"]})
    build_models(voc, "+voc_message_category")
    with voc.connect() as connection:
        cursor = connection.execute("select * from analytics.voc_message_category")
        names = [column.name for column in cursor.description or ()]
        found = dict(zip(names, cursor.fetchall()[0], strict=True))
    documented = next(
        relation
        for system in inventory()
        for relation in system.get("relations", [])
        if relation["name"] == "voc_message_category"
    )
    assert len(documented["columns"]) == 65
    assert set(names) == {*documented["columns"], "is_unknown"}
    assert [found[f"main_category_{rank}_code"] for rank in range(1, 6)] == ["V1", "V1", "V2", "V2", "V1"]
    assert [found[f"detail_category_{rank}_code"] for rank in range(1, 6)] == ["D3", None, None, None, "D3"]
    with voc.connect(Role.OWNER) as connection, pytest.raises(psycopg.errors.CheckViolation):
        connection.execute("insert into ml.message_category values (1, 'voc-1', 6, 1, 'V1', 0.1, null)")


def test_c38_names_are_lower_case_whatever_the_documents_write(voc: Warehouse) -> None:
    build_models(voc, "+user_voc_activity", "+voc_message_category")
    for query in (
        "select RCNO, CCOD from source.message",
        "select CCOD, RCNO from analytics.voc_message_category",
        "select CCOD, AGGREGATE_DATE from analytics.user_voc_activity",
    ):
        assert rows(voc, query) == []


def test_c41_one_row_for_a_day_a_customer_and_a_category_and_windows_to_the_instant(voc: Warehouse) -> None:
    anchor = datetime(2025, 3, 31, 12, tzinfo=UTC)
    just_out = [timedelta(hours=24), timedelta(days=3), timedelta(days=7), timedelta(days=30)]
    tick = timedelta(microseconds=1)
    insert_messages(voc, [("C1", anchor), *(("C1", anchor - out - tick) for out in just_out)])
    insert_messages(voc, [("C1", anchor - timedelta(days=30))])
    build_models(voc, "+user_voc_activity")
    found = rows(
        voc,
        "select recontact_past_24h, recontact_past_3d, recontact_past_7d, recontact_past_30d "
        "from analytics.user_voc_activity where aggregate_date = '2025-03-31' and category_code = 'unknown'",
    )
    assert found == [(0, 1, 2, 4)]
    duplicate = "insert into analytics.user_voc_activity select * from analytics.user_voc_activity limit 1"
    with voc.connect(Role.TRANSFORMER) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute(duplicate)


def test_c41_a_confidence_of_seven_tenths_reaches_a_threshold_of_seven_tenths(voc: Warehouse) -> None:
    insert_messages(voc, [("C1", MIDNIGHT)])
    insert_classification(voc, 1, "voc-1", ["V11"], confidence=0.7)
    build_models(voc, "+voc_message_category")
    assert rows(voc, "select model_confidence >= 0.7 from analytics.voc_message_category") == [(True,)]


def test_c41_extensions_are_optional_where_they_only_make_searches_faster(voc: Warehouse) -> None:
    with voc.connect() as connection:
        connection.execute("drop extension pg_trgm cascade")
    insert_messages(voc, [("C1", MIDNIGHT)], "바퀴벌레가 나왔어요")
    build_models(voc, "+voc_message_search")
    found = rows(voc, "select message_id from analytics.voc_message_search where content like '%바퀴벌레%'")
    assert found == [(1,)]
