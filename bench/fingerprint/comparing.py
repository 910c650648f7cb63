"""What differs between two fingerprints, relation by relation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

FIRST = 5


def compare(
    old: Mapping[str, Any], new: Mapping[str, Any], *, renamed: Mapping[str, str] | None = None, first: int = FIRST
) -> list[str]:
    """Return a line for each relation and each subject of figures that differs; an empty list: they are equal.

    Parameters
    ----------
    old, new
        What `bench.fingerprint` wrote.
    renamed
        New names by old ones: ``schema.relation``, several by a ``*`` at the end of both, or
        ``schema.relation.column`` with the relation's old name.
    first
        How many differing columns or figures a line names.
    """
    renamed = expanded(old, renamed or {})
    figures = _renamed_names(old["figures"], renamed)
    before = {renamed.get(name, name): _renamed_columns(name, it, renamed) for name, it in old["relations"].items()}
    lines = []
    for name in sorted(before.keys() | new["relations"].keys()):
        found = _relation_differs(before.get(name), new["relations"].get(name), first)
        if found:
            lines.append(f"{name}: {found}")
    for subject in sorted(figures.keys() | new["figures"].keys()):
        differing = list(_figures_differ(figures.get(subject, {}), new["figures"].get(subject, {})))
        if differing:
            lines.append(f"figures, {subject}: {_shortened(differing, first)}")
    return lines


def expanded(old: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, str]:
    """Return new names by old ones, with ``a.b_*=a.c_*`` written out for the relations of the old fingerprint."""
    found: dict[str, str] = {}
    for before, after in renamed.items():
        if not before.endswith("*"):
            found[before] = after
            continue
        start = before[:-1]
        names = [name for name in old["relations"] if name.startswith(start)]
        found |= {name: after.removesuffix("*") + name.removeprefix(start) for name in names if name not in renamed}
    return found


def unknown_names(old: Mapping[str, Any], renamed: Mapping[str, str]) -> list[str]:
    """Return the old names of a mapping that the old fingerprint does not have."""
    known = set(old["relations"])
    known |= {f"{name}.{column}" for name, it in old["relations"].items() for column in it["columns"]}
    return sorted(name for name in expanded(old, renamed) if name not in known)


def _renamed_names(figures: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    """Write the names of figures with new names of relations, in `schema.relation` and in what a check is called."""
    bare = {before.split(".")[1]: after.split(".")[1] for before, after in renamed.items() if "." in after}
    if not bare:
        return dict(figures)
    # the longest first: one name may begin with another
    pattern = re.compile("|".join(re.escape(name) for name in sorted(bare, key=len, reverse=True)))

    def name(text: str) -> str:
        return pattern.sub(lambda found: bare[found[0]], text)

    return {subject: {name(key): value for key, value in found.items()} for subject, found in figures.items()}


def _renamed_columns(relation: str, found: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    parts = ("columns", "left_out")
    moved = {
        part: {renamed.get(f"{relation}.{name}", name): value for name, value in found[part].items()} for part in parts
    }
    return {**found, **moved}


def _relation_differs(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, first: int) -> str:
    if old is None:
        return "only in the new one"
    if new is None:
        return "only in the old one"
    found = [f"{what} {old[what]} -> {new[what]}" for what in ("kind", "partitions", "rows") if old[what] != new[what]]
    columns = list(_columns_differ(old, new))
    if columns:
        found.append(_shortened(columns, first))
    elif not found and old["checksum"] != new["checksum"]:
        found.append("each column holds the same values, but in other rows")
    return "; ".join(found)


def _columns_differ(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(old["columns"].keys() | new["columns"].keys()):
        one, other = old["columns"].get(name), new["columns"].get(name)
        if one is None or other is None:
            which = "new" if one is None else "old"
            left_out = (old if one is None else new)["left_out"]
            yield f"{name} (left out in the other one)" if name in left_out else f"{name} (only in the {which} one)"
        elif one["type"] != other["type"]:
            yield f"{name} (type {one['type']} -> {other['type']})"
        elif one["checksum"] != other["checksum"]:
            yield name
    for name in sorted(old["left_out"].keys() ^ new["left_out"].keys()):
        if name not in old["columns"] and name not in new["columns"]:
            yield f"{name} (left out, only in the {'old' if name in old['left_out'] else 'new'} one)"


def _figures_differ(old: Any, new: Any, name: str = "") -> Iterator[str]:
    """Yield every figure that differs with the path that leads to it; a list is one figure."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        if old != new:
            yield f"{name}: {old} -> {new}"
        return
    for key in sorted(old.keys() | new.keys()):
        path = f"{name}, {key}" if name else str(key)
        if key not in old or key not in new:
            yield f"{path} (only in the {'new' if key not in old else 'old'} one)"
        else:
            yield from _figures_differ(old[key], new[key], path)


def _shortened(found: list[str], first: int) -> str:
    more = len(found) - first
    return ", ".join(found[:first]) + (f" and {more} more" if more > 0 else "")
