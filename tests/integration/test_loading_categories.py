"""Categories, their succession and what people decided, from files into tables; a tree nobody can break."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.data_packages import customers, load_files, rows
from warehouse.connection import Role, Warehouse
from warehouse.loading import replay

CATEGORIES = """\
voc_id,name,parent_id,level,valid_from
V11,Sub,V1,2,2024-01-01
V1,Main,,1,2024-01-01
"""
MESSAGES = "rcno,received_at,ccod,content\nR1,2024-01-05T00:00:00Z,C1,개미\nR2,2024-01-06T00:00:00Z,C9,쥐\n"
LABELS = """\
rcno,voc_id,is_claim,reviewer,reviewed_at
R1,V11,true,Kim,2024-01-07T00:00:00Z
R2,V11,,Kim,2024-01-07T00:00:00Z
R1,V1,,Lee,2024-02-01T00:00:00Z
R1,V9,,Lee,2024-02-02T00:00:00Z
"""
OPEN = """
select target_table, line_number, reason_code, reason
from quarantine.rejected_row where status = 'open' order by 1, 2
"""


def categories(content: str = CATEGORIES, **more: Any) -> tuple[str, str, dict[str, Any]]:
    return ("source.voc_category", content, {"known_at": {"constant": "2024-01-01"}, **more})


def test_categories_and_decisions_reach_their_tables(any_warehouse: Warehouse, tmp_path: Path) -> None:
    report = load_files(
        any_warehouse,
        tmp_path,
        {
            "labels.csv": ("source.message_label", LABELS, {}),
            "messages.csv": ("source.message", MESSAGES, {}),
            "voc.csv": categories(CATEGORIES + "V12,Other,V1,2,2024-01-01\n"),
            "succession.csv": (
                "source.voc_category_succession",
                "voc_id,successor_voc_id,valid_from\nV11,V12,2024-06-01\nV11,V8,2024-06-01\n",
                {},
            ),
            "c.csv": customers(),
        },
    )
    assert {batch.target: (batch.rows_loaded, batch.rows_quarantined) for batch in report.batches} == {
        "crm.customer": (2, 0),
        "source.voc_category": (3, 0),
        "source.voc_category_succession": (1, 1),
        "source.message": (1, 1),
        "source.message_label": (2, 2),
    }
    assert rows(any_warehouse, OPEN) == [
        ("source.message", 3, "unknown_customer", "customer C9 is not in the CRM; load it, then replay this row"),
        ("source.message_label", 3, "unknown_message", "message R2 is not on record; load it, then replay this row"),
        ("source.message_label", 5, "unknown_category", "category V9 is not on record; load it, then replay this row"),
        ("source.voc_category_succession", 3, "unknown_category",
         "category V8 is not on record; load it, then replay this row"),
    ]  # fmt: skip
    assert rows(any_warehouse, "select voc_id, parent_id, level from source.voc_category order by 1") == [
        ("V1", None, 1), ("V11", "V1", 2), ("V12", "V1", 2)
    ]  # fmt: skip
    assert rows(
        any_warehouse, "select voc_id, is_claim, label_source, known_at from source.message_label order by known_at"
    ) == [
        ("V11", True, "package", datetime(2024, 1, 7, tzinfo=UTC)),
        ("V1", None, "package", datetime(2024, 2, 1, tzinfo=UTC)),
    ]


def test_what_waited_for_its_message_is_replayed(warehouse: Warehouse, tmp_path: Path) -> None:
    label = "rcno,voc_id,reviewer,reviewed_at\nR1,V11,Kim,2024-01-07T00:00:00Z\n"
    files = {"c.csv": customers(), "v.csv": categories(), "l.csv": ("source.message_label", label, {})}
    load_files(warehouse, tmp_path, files)
    assert [row[2] for row in rows(warehouse, OPEN)] == ["unknown_message"]
    load_files(warehouse, tmp_path, {**files, "m.csv": ("source.message", MESSAGES, {})})
    assert replay(warehouse).rows == 1
    assert rows(warehouse, "select rcno, voc_id from source.message_label") == [("R1", "V11")]


def test_a_new_version_renames_and_leaves_the_old_one_on_record(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, {"v.csv": categories()})
    (before,) = rows(warehouse, "select id from source.voc_category where voc_id = 'V11'")
    renamed = "voc_id,name,parent_id,level,valid_from,valid_to\n V11 ,Renamed, V1 ,2,2024-06-01,2025-01-01\n"
    load_files(warehouse, tmp_path, {"v.csv": categories(renamed)})
    assert rows(warehouse, "select id, name, valid_to from source.voc_category where voc_id = 'V11'") == [
        (before[0], "Renamed", date(2025, 1, 1))
    ]
    assert rows(warehouse, "select name from source.voc_category_version where voc_id = 'V11' order by valid_from") == [
        ("Sub",), ("Renamed",)
    ]  # fmt: skip


def test_branches_that_would_break_the_tree_wait_in_quarantine(warehouse: Warehouse, tmp_path: Path) -> None:
    broken = CATEGORIES + "A,a,B,1,2024-01-01\nB,b,A,2,2024-01-01\nC,c,X,2,2024-01-01\nD,d,V1,3,2024-01-01\n"
    load_files(warehouse, tmp_path, {"v.csv": categories(broken)})
    assert [(line, code) for _, line, code, _ in rows(warehouse, OPEN)] == [
        (4, "category_cycle"),
        (5, "category_cycle"),
        (6, "unknown_parent"),
        (7, "wrong_level"),
    ]
    assert rows(warehouse, "select count(*) from source.voc_category") == [(2,)]
    load_files(
        warehouse, tmp_path, {"v.csv": categories("voc_id,name,parent_id,level,valid_from\nX,x,,1,2023-01-01\n")}
    )
    assert replay(warehouse).rows == 1
    assert rows(warehouse, "select parent_id from source.voc_category where voc_id = 'C'") == [("X",)]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("parent_id = 'V11' where voc_id = 'V1'", "category V1 lies below itself: V1 > V11 > V1"),
        ("level = 3 where voc_id = 'V11'", "category V11 has level 3 and its parent V1 level 1"),
        ("level = 2 where voc_id = 'V1'", "category V1 has level 2 and its parent"),
        ("parent_id = 'V9' where voc_id = 'V11'", "foreign key"),
    ],
)
def test_the_database_refuses_what_is_no_tree(warehouse: Warehouse, tmp_path: Path, change: str, words: str) -> None:
    load_files(warehouse, tmp_path, {"v.csv": categories()})
    with pytest.raises(psycopg.IntegrityError, match=words), warehouse.connect(Role.LOADER) as connection:
        connection.execute(f"update source.voc_category set {change}")  # type: ignore[call-overload]


def test_a_plain_insert_records_a_correction(warehouse: Warehouse, tmp_path: Path) -> None:
    files = {"c.csv": customers(), "v.csv": categories(), "m.csv": ("source.message", MESSAGES, {})}
    load_files(warehouse, tmp_path, files)
    with warehouse.connect(Role.LOADER) as connection:
        connection.execute("insert into source.message_label (rcno, voc_id, reviewer) values ('R1', 'V1', 'Lee')")
    assert rows(warehouse, "select label_source, known_at = reviewed_at, batch_id from source.message_label") == [
        ("review", True, None)
    ]
