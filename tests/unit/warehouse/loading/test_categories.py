"""Rows that would break the tree of categories, and nothing beside them."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from warehouse.loading.buffer.categories import CategoryVersion, tree_problems

START, LATER = date(2024, 1, 1), date(2025, 1, 1)


def version(voc_id: str, parent_id: str | None, level: int, line: int | None = None, **more: date) -> CategoryVersion:
    return CategoryVersion(voc_id, more.get("valid_from", START), parent_id, level, more.get("valid_to"), line)


def test_a_sound_tree_has_no_problem_in_whatever_order_it_comes() -> None:
    rows = [version("C", "B", 3, 1), version("B", "A", 2, 2), version("A", None, 1, 3)]
    assert tree_problems(rows) == {}


def test_a_circle_is_named_and_so_is_each_row_of_it() -> None:
    rows = [version("A", "C", 1, 1), version("B", "A", 2, 2), version("C", "B", 3, 3), version("D", None, 1, 4)]
    problems = tree_problems(rows)
    assert {line: code for line, (code, _) in problems.items()} == dict.fromkeys((1, 2, 3), "category_cycle")
    assert problems[1][1] == "category A is its own ancestor: A > C > B > A"
    assert tree_problems([version("A", "A", 1, 1)])[1] == ("category_cycle", "category A is its own ancestor: A > A")


def test_an_unknown_parent_takes_what_hangs_on_it_along() -> None:
    problems = tree_problems([version("B", "A", 2, 1), version("C", "B", 3, 2)])
    assert [problems[line][0] for line in (1, 2)] == ["unknown_parent", "unknown_parent"]
    assert "parent A of category B is not in force on 2024-01-01" in problems[1][1]


def test_a_retired_parent_takes_no_new_children() -> None:
    retired = version("A", None, 1, valid_to=LATER)
    assert tree_problems([retired, version("B", "A", 2, 1)]) == {}
    assert tree_problems([retired, version("B", "A", 2, 1, valid_from=LATER)])[1][0] == "unknown_parent"


def test_levels_rise_by_one() -> None:
    assert tree_problems([version("A", None, 2, 1)])[1] == (
        "wrong_level",
        "category A has level 2, but it has no parent: level must be 1",
    )
    problems = tree_problems([version("A", None, 1), version("B", "A", 3, 1)])
    assert problems[1] == ("wrong_level", "category B has level 3, but its parent A has level 1: level must be 2")


def test_a_category_does_not_move_away_from_under_its_children() -> None:
    record = [version("A", None, 1), version("B", None, 1), version("C", "B", 2)]
    moved = version("B", "A", 2, 1, valid_from=LATER)
    assert "category C below B would keep level 2" in tree_problems([*record, moved])[1][1]
    assert tree_problems([*record, moved, version("C", "B", 3, 2, valid_from=LATER)]) == {}
    assert tree_problems([*record, moved, version("C", "A", 2, 2, valid_from=LATER)]) == {}


@given(st.lists(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF-"), st.integers(1, 4)), max_size=12))
def test_what_is_left_is_always_a_tree(raw: list[tuple[str, str, int]]) -> None:
    rows = [
        version(voc_id, None if parent == "-" else parent, level, line)
        for line, (voc_id, parent, level) in enumerate({row[0]: row for row in raw}.values(), start=1)
    ]
    bad = tree_problems(rows)
    kept = {row.voc_id: row for row in rows if row.line not in bad}
    for row in kept.values():
        assert row.level == (kept[row.parent_id].level + 1 if row.parent_id else 1)
    assert tree_problems(kept.values()) == {}
