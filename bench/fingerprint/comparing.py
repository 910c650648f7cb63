"""What differs between two fingerprints, relation by relation."""

from __future__ import annotations

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
        New names by old ones: ``schema.relation``, or ``schema.relation.column`` with the relation's old name.
    first
        How many differing columns or figures a line names.
    """
    renamed = renamed or {}
    before = {renamed.get(name, name): _renamed_columns(name, it, renamed) for name, it in old["relations"].items()}
    lines = []
    for name in sorted(before.keys() | new["relations"].keys()):
        found = _relation_differs(before.get(name), new["relations"].get(name), first)
        if found:
            lines.append(f"{name}: {found}")
    for subject in sorted(old["figures"].keys() | new["figures"].keys()):
        found = _figures_differ(old["figures"].get(subject, {}), new["figures"].get(subject, {}), first)
        if found:
            lines.append(f"figures, {subject}: {found}")
    return lines


def unknown_names(old: Mapping[str, Any], renamed: Mapping[str, str]) -> list[str]:
    """Return the old names of a mapping that the old fingerprint does not have."""
    known = set(old["relations"])
    known |= {f"{name}.{column}" for name, it in old["relations"].items() for column in it["columns"]}
    return sorted(renamed.keys() - known)


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


def _figures_differ(old: Mapping[str, Any], new: Mapping[str, Any], first: int) -> str:
    before, after = dict(_flat(old)), dict(_flat(new))
    missing = object()
    found = [
        f"{name}: {before.get(name, 'nothing')} -> {after.get(name, 'nothing')}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name, missing) != after.get(name, missing)
    ]
    return _shortened(found, first)


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every leaf with the path that leads to it; a list is a leaf."""
    if not isinstance(value, Mapping):
        yield name, value
        return
    for key, inner in value.items():
        yield from _flat(inner, f"{name}, {key}" if name else str(key))


def _shortened(found: list[str], first: int) -> str:
    more = len(found) - first
    return ", ".join(found[:first]) + (f" and {more} more" if more > 0 else "")
