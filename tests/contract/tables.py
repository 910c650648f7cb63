"""The page `docs/specification/columns.md`, written from the inventories beside this module.

`python -m tests.contract.tables` writes it; a test of the architecture compares it with what would be written.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
PAGE = FOLDER.parents[1] / "docs" / "specification" / "columns.md"
TITLES = {
    "churn": "Churn",
    "mlops": "Model operations",
    "deskroom": "Voice of the customer and recommendation",
    "escalation": "Escalation and collections",
    "forecasting": "Forecasting and finance",
}
HEAD = """# Columns of the documented relations

Written by `python -m tests.contract.tables`; edit the inventories in `tests/contract`, not this page.

Names are lower case (C38). A type is the one that the column has at least: the column of the warehouse may be wider.
What a column means is described in the dbt docs, where every column has a description.
"""
ANSWERS = "Answers today, with every column and type below; the contract walk checks it."
PLANNED = "Planned, does not answer yet. The documents state key columns only; a type is given where they state one."


def read_inventory(name: str) -> list[dict[str, Any]]:
    """Return the systems of one inventory: `documented_relations` or `planned_relations`."""
    systems: list[dict[str, Any]] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))["systems"]
    return systems


def render() -> str:
    """Return the page."""
    parts = [HEAD]
    for inventory, note in (("documented_relations", ANSWERS), ("planned_relations", PLANNED)):
        systems = sorted(read_inventory(inventory), key=lambda system: list(TITLES).index(system["system"]))
        for system in systems:
            parts.append(f"## {TITLES[system['system']]}\n\n{note}\n")
            parts += [_relation(relation) for relation in system["relations"]]
    return "\n".join(parts)


def _relation(relation: dict[str, Any]) -> str:
    title = f"### {relation['name']}: `{relation['relation']}`\n"
    facts = [
        f"{word} `{'`, `'.join(names)}`."
        for word, names in (
            ("Stored in", [relation["core"]] if "core" in relation else []),
            ("Partitions named as", [_partition_name(relation["partitions"])] if "partitions" in relation else []),
            (
                "Indexes",
                relation.get("indexes", []) + [i for i in relation.get("unique_indexes", []) if _is_new(i, relation)],
            ),
            ("Held by a raw table today:", relation.get("loaded", [])),
        )
        if names
    ]
    columns = _columns(relation.get("columns", {}), relation.get("values", {}))
    return "\n".join([title, *([" ".join(facts) + "\n"] if facts else []), columns])


def _is_new(index: str, relation: dict[str, Any]) -> bool:
    return index not in relation.get("indexes", [])


def _partition_name(partitions: dict[str, Any]) -> str:
    return f"{partitions['prefix']}_y<YYYY>m<MM>"


def _columns(columns: dict[str, str], values: dict[str, list[str]]) -> str:
    if not columns:
        return "No columns stated.\n"
    by_type: dict[str, list[str]] = defaultdict(list)
    for name, type_name in columns.items():
        stated = f" ({', '.join(values[name])})" if name in values else ""
        by_type[type_name].append(f"`{name}`{stated}")
    rows = [f"| {type_name} | {', '.join(names)} |" for type_name, names in by_type.items()]
    return "\n".join(["| type | columns |", "|---|---|", *rows, ""])


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
