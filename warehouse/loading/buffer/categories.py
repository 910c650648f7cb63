"""The tree of categories: rows that would break it, and its present state.

Belongs here: the rules of the tree (a parent in force, a level that is the parent's plus 1, no category
below itself) over the versions on record and those of one file, and `source.voc_category`, the latest
version of each category. The versions themselves are merged by `writing/merging.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import psycopg
from psycopg import sql

from warehouse.loading.buffer.names import REJECTS, buffer_table

Problem = tuple[str, str]
_END = date.max


@dataclass(frozen=True)
class CategoryVersion:
    """One category from a day on.

    Parameters
    ----------
    valid_to
        First day on which the category is retired; None where only a later version ends this one.
    line
        Line of the file that brings it; None for a version on record.
    """

    voc_id: str
    valid_from: date
    parent_id: str | None
    level: int
    valid_to: date | None = None
    line: int | None = None


class _Tree:
    """Versions by category, each from its day until the next one's."""

    def __init__(self, versions: Iterable[CategoryVersion]) -> None:
        days: dict[str, dict[date, CategoryVersion]] = defaultdict(dict)
        for version in sorted(versions, key=lambda version: version.line or 0):
            days[version.voc_id][version.valid_from] = version
        self._versions = {voc_id: [by_day[day] for day in sorted(by_day)] for voc_id, by_day in days.items()}
        self._children: dict[str, list[CategoryVersion]] = defaultdict(list)
        for kept in self._versions.values():
            for version in kept:
                if version.parent_id is not None:
                    self._children[version.parent_id].append(version)

    def in_force(self, voc_id: str, day: date) -> CategoryVersion | None:
        """Return the version of a category on a day, None where it has none or is retired."""
        begun = [version for version in self._versions.get(voc_id, []) if version.valid_from <= day]
        return begun[-1] if begun and day < (begun[-1].valid_to or _END) else None

    def end_of(self, version: CategoryVersion) -> date:
        """Return the first day on which a version is not in force."""
        later = [other.valid_from for other in self._versions[version.voc_id] if other.valid_from > version.valid_from]
        return min([*later[:1], version.valid_to or _END])

    def children_on_record(self, version: CategoryVersion) -> list[CategoryVersion]:
        """List versions on record that lie below a version while both are in force."""
        return [
            child
            for child in self._children[version.voc_id]
            if child.line is None
            and child.valid_from < self.end_of(version)
            and version.valid_from < self.end_of(child)
        ]


def tree_problems(versions: Iterable[CategoryVersion]) -> dict[int, Problem]:
    """Return the rows of a file that violate the rules of the tree.

    What hangs on a refused row is refused too, so that the rest is sound.

    Returns
    -------
    dict of int to (str, str)
        Line to reason code and reason.
    """
    kept = list(versions)
    problems: dict[int, Problem] = {}
    while True:
        tree = _Tree(kept)
        found = {
            version.line: problem
            for version in kept
            if version.line is not None and (problem := _problem(tree, version)) is not None
        }
        if not found:
            return problems
        problems |= found
        kept = [version for version in kept if version.line not in found]


def _problem(tree: _Tree, version: CategoryVersion) -> Problem | None:
    circle = _circle(tree, version)
    if circle:
        return "category_cycle", f"category {version.voc_id} is its own ancestor: {' > '.join(circle)}"
    parent = tree.in_force(version.parent_id, version.valid_from) if version.parent_id else None
    if version.parent_id and parent is None:
        return (
            "unknown_parent",
            f"parent {version.parent_id} of category {version.voc_id} is not in force on {version.valid_from}; "
            "load it, then replay this row",
        )
    expected = parent.level + 1 if parent else 1
    if version.level != expected:
        above = f"its parent {parent.voc_id} has level {parent.level}" if parent else "it has no parent"
        return (
            "wrong_level",
            f"category {version.voc_id} has level {version.level}, but {above}: level must be {expected}",
        )
    for child in tree.children_on_record(version):
        if child.level != version.level + 1:
            return (
                "wrong_level",
                f"category {child.voc_id} below {version.voc_id} would keep level {child.level}; "
                f"add its version of {version.valid_from}",
            )
    return None


def _circle(tree: _Tree, version: CategoryVersion) -> list[str]:
    """Walk up from a version; return the way back to itself, empty where there is none."""
    path, parent_id = [version.voc_id], version.parent_id
    while parent_id is not None:
        if parent_id in path:
            return [*path, parent_id] if parent_id == version.voc_id else []
        path.append(parent_id)
        above = tree.in_force(parent_id, version.valid_from)
        parent_id = above.parent_id if above else None
    return []


def reject_broken_branches(cursor: psycopg.Cursor, batch_id: int) -> int:
    """Move buffered versions that violate the rules of the tree to the rejects; return how many."""
    problems = tree_problems([*_on_record(cursor), *_staged(cursor, batch_id)])
    for line, (code, reason) in sorted(problems.items()):
        cursor.execute(
            sql.SQL(
                """
                with removed as (
                    delete from {buffer} as buffered where line_number = %(line)s returning buffered.*
                )
                insert into {rejects}
                select
                    %(batch_id)s, line_number, %(code)s, %(reason)s,
                    to_jsonb(removed) - '{{line_number,is_stated}}'::text[]
                from removed
                """
            ).format(buffer=buffer_table(batch_id), rejects=REJECTS),
            {"line": line, "batch_id": batch_id, "code": code, "reason": reason},
        )
    return len(problems)


def _on_record(cursor: psycopg.Cursor) -> list[CategoryVersion]:
    cursor.execute(
        "select distinct on (voc_id, valid_from) voc_id, valid_from, parent_id, level, valid_to "
        "from source.voc_category_version order by voc_id, valid_from, known_at desc"
    )
    return [CategoryVersion(*row) for row in cursor.fetchall()]


def _staged(cursor: psycopg.Cursor, batch_id: int) -> list[CategoryVersion]:
    query = sql.SQL(
        "select voc_id, valid_from, parent_id, level, valid_to, line_number from {} order by known_at, line_number"
    )
    cursor.execute(query.format(buffer_table(batch_id)))
    return [CategoryVersion(*row) for row in cursor.fetchall()]


def refresh_categories(cursor: psycopg.Cursor, batch_id: int) -> None:
    """Bring the categories of one batch up to their latest version, under an id that never changes."""
    cursor.execute(
        sql.SQL(
            """
            insert into source.voc_category as kept (
                voc_id, name, parent_id, level, valid_from, valid_to, known_at, batch_id
            )
            select distinct on (voc_id) voc_id, name, parent_id, level, valid_from, valid_to, known_at, batch_id
            from source.voc_category_version
            where voc_id in (select voc_id from {buffer})
            order by voc_id, valid_from desc, known_at desc
            on conflict (voc_id) do update
            set name = excluded.name,
                parent_id = excluded.parent_id,
                level = excluded.level,
                valid_from = excluded.valid_from,
                valid_to = excluded.valid_to,
                known_at = excluded.known_at,
                batch_id = excluded.batch_id,
                updated_at = clock_timestamp()
            where (kept.valid_from, kept.known_at) is distinct from (excluded.valid_from, excluded.known_at)
            """
        ).format(buffer=buffer_table(batch_id))
    )
