"""Walk the documented relations against a built warehouse: everything that is missing, in words.

Pure over a connection, so that it runs in a test as well as by hand:
`python -m tests.contract.walk postgresql://user@host/database`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import yaml

INVENTORY = Path(__file__).parent / "documented_relations.yml"
KINDS = {"r": "table", "p": "table", "v": "view", "m": "materialized view"}
# a documented type, and what may stand for it because it holds every value of it
WIDER = {
    "smallint": {"smallint", "integer", "bigint"},
    "integer": {"integer", "bigint"},
    "bigint": {"bigint"},
    "real": {"real", "double precision"},
    "double precision": {"double precision"},
}
_COLUMNS = """
select attname, format_type(atttypid, atttypmod)
from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped
"""


def inventory() -> list[dict[str, Any]]:
    """Systems with their documented relations, functions and triggers."""
    systems: list[dict[str, Any]] = yaml.safe_load(INVENTORY.read_text(encoding="utf-8"))["systems"]
    return systems


def walk(connection: psycopg.Connection[Any], systems: list[dict[str, Any]]) -> list[str]:
    """Return what the warehouse lacks of the documented names; empty when it answers to all of them."""
    problems: list[str] = []
    for system in systems:
        for relation in system.get("relations", []):
            problems += [f"{system['system']}: {text}" for text in _walk_relation(connection, relation)]
        for function in system.get("functions", []):
            problems += _walk_function(connection, function)
        for trigger in system.get("triggers", []):
            problems += _walk_trigger(connection, trigger)
    return problems


def is_compatible(documented: str, found: str) -> bool:
    """Whether every value of the documented type fits the found one."""
    found = found.replace("character varying", "varchar")
    if documented == found or found in WIDER.get(documented, set()):
        return True
    sized = re.fullmatch(r"varchar\((\d+)\)", documented)
    if sized is None:
        return False
    wide = re.fullmatch(r"varchar\((\d+)\)", found)
    return found in {"text", "varchar"} or (wide is not None and int(wide[1]) >= int(sized[1]))


def _walk_relation(connection: psycopg.Connection[Any], relation: dict[str, Any]) -> Iterator[str]:
    name = relation["relation"]
    row = connection.execute("select relkind::text from pg_class where oid = to_regclass(%s)", [name]).fetchone()
    if row is None:
        yield f"{name} does not exist"
        return
    if "kind" in relation and KINDS.get(row[0]) != relation["kind"]:
        yield f"{name} is a {KINDS.get(row[0], row[0])}, documented as {relation['kind']}"
    found = dict(connection.execute(_COLUMNS, [name]).fetchall())
    for column, documented in relation["columns"].items():
        if column not in found:
            yield f"{name}.{column} does not exist"
        elif not is_compatible(documented, found[column]):
            yield f"{name}.{column} is {found[column]}, documented as {documented}"
    yield from _walk_indexes(connection, relation)
    if "partitions" in relation:
        yield from _walk_partitions(connection, relation["partitions"])


def _walk_indexes(connection: psycopg.Connection[Any], relation: dict[str, Any]) -> Iterator[str]:
    tables = [relation["relation"], relation.get("core", relation["relation"])]
    query = """
        select c.relname, i.indisunique from pg_index as i join pg_class as c on c.oid = i.indexrelid
        where i.indrelid = any(%s::regclass[])
    """
    found = dict(connection.execute(query, [tables]).fetchall())
    for index in relation.get("indexes", []):
        if index not in found:
            yield f"index {index} is on none of {', '.join(dict.fromkeys(tables))}"
    for index in relation.get("unique_indexes", []):
        if not found.get(index):
            yield f"index {index} is not unique"


def _walk_partitions(connection: psycopg.Connection[Any], partitions: dict[str, Any]) -> Iterator[str]:
    query = "select inhrelid::regclass::text from pg_inherits where inhparent = %s::regclass"
    names = [row[0] for row in connection.execute(query, [partitions["of"]])]
    pattern = re.compile(re.escape(partitions["prefix"]) + r"_(y\d{4}m\d{2}|default)")
    months = [name for name in names if not name.endswith("_default")]
    if not months:
        yield f"{partitions['of']} has no monthly partition"
    for name in names:
        if not pattern.fullmatch(name):
            yield f"partition {name} is not named {partitions['prefix']}_y<YYYY>m<MM>"


def _walk_function(connection: psycopg.Connection[Any], function: dict[str, Any]) -> Iterator[str]:
    query = "select prorettype::regtype::text from pg_proc where oid = to_regprocedure(%s)"
    row = connection.execute(query, [function["function"]]).fetchone()
    if row is None:
        yield f"function {function['function']} does not exist"
    elif row[0] != function["returns"]:
        yield f"function {function['function']} returns {row[0]}, documented as {function['returns']}"


def _walk_trigger(connection: psycopg.Connection[Any], trigger: dict[str, Any]) -> Iterator[str]:
    query = """
        select tgfoid::regprocedure::text, lower(pg_get_triggerdef(oid)) from pg_trigger
        where tgname = %s and tgrelid = to_regclass(%s) and tgenabled <> 'D'
    """
    row = connection.execute(query, [trigger["name"], trigger["relation"]]).fetchone()
    if row is None:
        yield f"trigger {trigger['name']} is not on {trigger['relation']}"
    elif row[0] != trigger["function"] or trigger["event"] not in row[1]:
        yield f"trigger {trigger['name']} is: {row[1]}"


if __name__ == "__main__":
    with psycopg.connect(sys.argv[1]) as opened:
        missing = walk(opened, inventory())
    sys.stdout.write("\n".join(missing or ["every documented name answers"]) + "\n")
    sys.exit(bool(missing))
