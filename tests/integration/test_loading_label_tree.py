"""Categories read from label columns: the tree they make, the labels that point into it, and what is refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.data_packages import customers, load_files, rows, write_package
from warehouse.connection import Warehouse
from warehouse.loading import FileRefusedError
from warehouse.loading.columns.label_paths import category_key
from warehouse.packages import DataPackage, PackageError

# made up: a name under two parents, blanks around a name, a gap in the middle, a row without any label
MESSAGES = """\
text,product,issue,detail
It fell apart,Chair,Broken,Leg
It wobbles, Chair ,Broken,
Never came,Chair,,Lost
Glass cracked,Lamp,Broken,
What is this,,,
"""
LEVELS = ["product", "issue", "detail"]
TREE = {"tree": {"levels": LEVELS, "valid_from": "2024-01-01"}, "known_at": {"constant": "2024-01-01"}}
MESSAGE = {
    "columns": {
        "rcno": {"template": "R{__line__}"},
        "received_at": {"constant": "2024-02-01T00:00:00Z"},
        "ccod": {"constant": "C1"},
        "content": "text",
    }
}
LABEL = {
    "columns": {
        "rcno": {"template": "R{__line__}"},
        "voc_id": {"levels": LEVELS},
        "reviewer": {"constant": "Kim"},
        "reviewed_at": {"constant": "2024-02-02T00:00:00Z"},
    }
}
CATEGORIES = """
select category.name, parent.name, category.level, category.valid_from
from source.voc_category as category left join source.voc_category as parent on parent.voc_id = category.parent_id
order by category.level, 2, 1
"""


def files(content: str = MESSAGES) -> dict[str, Any]:
    return {
        "c.csv": customers(),
        "tree.csv": ("source.voc_category", content, TREE),
        "m.csv": ("source.message", content, MESSAGE),
        "l.csv": ("source.message_label", content, LABEL),
    }


def test_each_distinct_path_is_a_category_and_a_label_names_the_deepest(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, files())
    day = date(2024, 1, 1)
    assert rows(warehouse, CATEGORIES) == [
        ("Chair", None, 1, day),
        ("Lamp", None, 1, day),
        ("Broken", "Chair", 2, day),
        ("Broken", "Lamp", 2, day),
        ("Leg", "Broken", 3, day),
    ]
    labels = "select rcno, name, level from source.message_label join source.voc_category using (voc_id) order by 1"
    assert rows(warehouse, labels) == [("R2", "Leg", 3), ("R3", "Broken", 2), ("R4", "Chair", 1), ("R5", "Broken", 2)]
    open_rows = "select target_table, line_number, reason_code from quarantine.rejected_row"
    assert rows(warehouse, open_rows) == [("source.message_label", 6, "required_value")]


def test_keys_stay_when_other_rows_come(warehouse: Warehouse, tmp_path: Path) -> None:
    load_files(warehouse, tmp_path, files())
    before = rows(warehouse, "select voc_id, known_at from source.voc_category order by 1")
    later = "text,product,issue,detail\nDim,Lamp,Light,\nCracked again,Lamp,Broken,\n"
    report = load_files(warehouse, tmp_path, files(later))
    ((batch,),) = [[each for each in report.batches if each.target == "source.voc_category"]]
    assert (batch.rows_read, batch.rows_loaded, batch.rows_unchanged) == (3, 1, 2)
    after = rows(warehouse, "select voc_id, known_at from source.voc_category order by 1")
    assert set(before) < set(after)
    assert category_key(["Lamp", "Light"]) in {voc_id for voc_id, _ in after}


def test_a_tree_larger_than_a_chunk_names_each_category_once(warehouse: Warehouse, tmp_path: Path) -> None:
    lines = [f'{{"a": "A{n % 7}", "b": "B{n % 91}"}}' for n in range(12_000)]
    tree = {"tree": {"levels": ["a", "b"], "valid_from": "2024-01-01"}}
    report = load_files(warehouse, tmp_path, {"t.jsonl": ("source.voc_category", "\n".join(lines), tree)})
    assert [(b.rows_read, b.rows_loaded, b.rows_quarantined) for b in report.batches] == [(98, 98, 0)]
    assert rows(warehouse, "select level, count(*) from source.voc_category group by 1 order by 1") == [(1, 7), (2, 91)]


def test_a_label_column_that_is_missing_stops_the_load(warehouse: Warehouse, tmp_path: Path) -> None:
    with pytest.raises(FileRefusedError, match=r"tree\.csv.*detail.*no such column"):
        load_files(warehouse, tmp_path, {"tree.csv": ("source.voc_category", "product,issue\nA,B\n", TREE)})
    assert rows(warehouse, "select count(*) from source.voc_category") == [(0,)]


@pytest.mark.parametrize(
    ("target", "entry", "words"),
    [
        ("source.message", {"tree": TREE["tree"]}, "only source.voc_category is built from one"),
        ("source.voc_category", {**TREE, "columns": {"voc_id": "a"}}, "remove `columns`"),
        ("source.voc_category", {**TREE, "known_at": {"from": "a"}}, "a category is built from many rows"),
        ("source.voc_category", {"tree": {"levels": ["a"], "valid_from": "2024-02-31"}}, "2024-02-31 is not a date"),
        ("source.voc_category", {"tree": {"levels": [], "valid_from": "2024-01-01"}}, "has less than 1 item"),
        ("source.voc_category", {"tree": {"level": ["a"], "valid_from": "2024-01-01"}}, "did you mean levels"),
        ("source.message_label", {"columns": {**LABEL["columns"], "reviewer": {"levels": ["a"]}}}, "only voc_id is"),
    ],
)
def test_invalid_tree_is_reported_with_its_line(tmp_path: Path, target: str, entry: dict[str, Any], words: str) -> None:
    with pytest.raises(PackageError, match=words) as raised:
        write_package(tmp_path, {"t.csv": (target, "a\nA\n", entry)})
    line = int(raised.value.problems[0].split("package.yml:")[1].split(":")[0])
    text = (tmp_path / "package.yml").read_text(encoding="utf-8").splitlines()
    key = text[line - 1].strip(" -").split(":")[0]
    assert key in {"tree", "columns", "known_at", "levels", "level", "valid_from", "reviewer"}


def test_the_example_packages_are_sound() -> None:
    root = Path(__file__).resolve().parents[2] / "examples"
    for package in sorted(root.glob("*/package.yml")):
        content = yaml.safe_load(package.read_text(encoding="utf-8"))
        keys = {entry["key"] for entry in [*content["files"], *content.get("lookups", {}).values()]}
        assert DataPackage.read(package, dict.fromkeys(keys, package)).company
