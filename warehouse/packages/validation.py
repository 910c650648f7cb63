"""Validation of `package.yml`: every problem with its remedy.

Belongs here: the messages: schema errors with the nearest allowed word, and the rules that a JSON Schema
cannot express. Positions come from `yaml_positions.py`.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema_rs

from warehouse.packages.documents import path_text, schema_of, validator_of
from warehouse.packages.load_targets import LOAD_TARGETS
from warehouse.packages.risk_targets import risk_target_problems
from warehouse.packages.yaml_positions import Location, PositionedDocument


def package_problems(document: PositionedDocument) -> list[str]:
    """List every problem of a package description, in order of its lines.

    Returns
    -------
    list of str
        `file:line:column: what is wrong; remedy`. Empty if the description is valid.
    """
    errors = list(validator_of("package").iter_errors(document.content))
    if errors:
        found = [pair for error in errors for pair in _schema_problems(error)]
    else:
        found = [
            *_zone_problems(document.content),
            *_column_problems(document.content),
            *_tree_problems(document.content),
            *_lookup_problems(document.content),
            *_purchase_problems(document.content),
            *risk_target_problems(document.content),
        ]
    found.sort(key=lambda pair: document.positions.get(pair[0], (0, 0)))
    return [f"{document.where(location)}: {text}" for location, text in found]


def suggestion(word: str, allowed: list[str]) -> str:
    """Name the nearest allowed word, else all of them."""
    nearest = get_close_matches(word, allowed, n=1, cutoff=0.6)
    return f"did you mean {nearest[0]}?" if nearest else f"allowed are {', '.join(allowed)}"


def _schema_problems(error: jsonschema_rs.ValidationError) -> list[tuple[Location, str]]:
    path: Location = tuple(error.instance_path)
    unexpected = getattr(error.kind, "unexpected", None)
    if unexpected:
        allowed = sorted(_properties_at(list(error.schema_path)))
        return [
            ((*path, word), f"{word} is not a key of this format; {suggestion(word, allowed)}") for word in unexpected
        ]
    where = path_text(list(path)).lstrip(".") or "the package"
    allowed_words = getattr(error.kind, "options", None)
    if isinstance(allowed_words, list) and isinstance(error.instance, str):
        return [(path, f"{where} is {error.instance}; {suggestion(error.instance, allowed_words)}")]
    if path and _is_mapping(path):
        return [
            (
                path,
                f"{where} is not a mapping; write the name of a column, "
                "{from: column, ...}, {constant: value}, {template: '{Column}...'} or {levels: [column, ...]}",
            )
        ]
    return [(path, f"{where}: {error.message}")]


def _is_mapping(path: Location) -> bool:
    return path[0] == "files" and (path[-1] == "known_at" or (len(path) >= 4 and path[2] in ("columns", "attributes")))


def _properties_at(schema_path: list[str | int]) -> list[str]:
    """List the allowed keys of the object schema that a schema path points into."""
    node: Any = schema_of("package")
    for step in schema_path[:-1]:
        while isinstance(node, dict) and "$ref" in node and step not in node:
            node = schema_of("package")["$defs"][node["$ref"].rsplit("/", 1)[1]]
        if step == "$ref":
            node = schema_of("package")["$defs"][node["$ref"].rsplit("/", 1)[1]]
        elif isinstance(node, list):
            node = node[int(step)]
        elif step in node:
            node = node[step]
    return list(node.get("properties", {}))


def _zone_problems(content: dict[str, Any]) -> list[tuple[Location, str]]:
    zone = content["business_timezone"]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return [(("business_timezone",), f"{zone} is not a time zone; write an IANA name, e.g. Asia/Seoul")]
    return []


def _column_problems(content: dict[str, Any]) -> list[tuple[Location, str]]:
    found: list[tuple[Location, str]] = []
    declared = list(content.get("attributes", {}))
    for index, entry in enumerate(content["files"]):
        target = LOAD_TARGETS[entry["target"]]
        at: Location = ("files", index)
        columns = entry.get("columns")
        for name in columns or {}:
            if name not in target.column_names:
                hint = suggestion(name, list(target.column_names))
                found.append(((*at, "columns", name), f"{name} is not a column of {target.name}; {hint}"))
        if columns is not None:
            found += [
                (
                    (*at, "columns"),
                    f"{column.name} of {target.name} is required and not mapped; add `{column.name}: ...`",
                )
                for column in target.columns
                if column.required and column.name not in columns
            ]
        for name in entry.get("attributes", {}):
            place = (*at, "attributes", name)
            if not target.has_attributes:
                found.append((place, f"{target.name} has no attributes; only crm.customer takes them"))
            elif name not in declared:
                hint = f"declare it under `attributes:` at the top ({suggestion(name, declared)})"
                found.append((place, f"{name} is not a declared attribute; {hint}"))
    return found


def _tree_problems(content: dict[str, Any]) -> list[tuple[Location, str]]:
    """Rules of label columns: a tree defines categories only, a path names a category."""
    found: list[tuple[Location, str]] = []
    for index, entry in enumerate(content["files"]):
        target = LOAD_TARGETS[entry["target"]]
        at: Location = ("files", index)
        if "tree" in entry:
            if target.name != "source.voc_category":
                found.append(
                    ((*at, "tree"), f"{target.name} is not a tree; only source.voc_category is built from one")
                )
            if "columns" in entry:
                found.append(((*at, "columns"), "the tree sets all columns; remove `columns`"))
            if "constant" not in (entry.get("known_at") or {"constant": None}):
                found.append(((*at, "known_at"), "a category is built from many rows; write {constant: instant}"))
        categories = [each.column for each in target.references if each.target == "source.voc_category"]
        for name, mapping in {**entry.get("attributes", {}), **(entry.get("columns") or {})}.items():
            if isinstance(mapping, dict) and "levels" in mapping and name not in categories:
                part = "attributes" if name in entry.get("attributes", {}) else "columns"
                allowed = f"only {', '.join(categories)} is" if categories else f"no column of {target.name} is"
                found.append(((*at, part, name), f"`levels` names a category, and {name} is not a category; {allowed}"))
    return found


def _lookup_problems(content: dict[str, Any]) -> list[tuple[Location, str]]:
    found: list[tuple[Location, str]] = []
    declared = list(content.get("lookups", {}))
    for index, entry in enumerate(content["files"]):
        for part in ("columns", "attributes"):
            for name, mapping in entry.get(part, {}).items():
                wanted = mapping.get("lookup") if isinstance(mapping, dict) else None
                if wanted is not None and wanted not in declared:
                    hint = f"declare it under `lookups:` at the top ({suggestion(wanted, declared)})"
                    found.append((("files", index, part, name, "lookup"), f"{wanted} is not a lookup; {hint}"))
    return found


def _purchase_problems(content: dict[str, Any]) -> list[tuple[Location, str]]:
    """Purchases are combined into snapshots: from one entry, and not together with snapshots of the package."""
    targets = [entry["target"] for entry in content["files"]]
    places = [index for index, target in enumerate(targets) if target == "source.purchase"]
    found: list[tuple[Location, str]] = [
        (("files", index, "target"), "purchases must be in one entry with one file; join the files")
        for index in places[1:]
    ]
    if places and "source.user_monthly_features" in targets:
        text = (
            "purchases are combined into snapshots, but this package has its own; put them into `purchase_logs` there"
        )
        found.append((("files", places[0], "target"), text))
    return found
