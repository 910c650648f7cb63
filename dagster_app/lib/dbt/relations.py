"""Relations of the dbt project as assets: a name that dbt does not know is refused when the definitions load."""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache

import dagster as dg

from dagster_app.lib.dbt.manifest import manifest_contents
from dagster_app.lib.dbt.translator import relation_parts


def dbt_relation(name: str) -> dg.AssetKey:
    """Return the asset of a relation that dbt builds.

    Parameters
    ----------
    name : str
        ``schema.relation``, as one queries it.

    Raises
    ------
    DagsterInvalidDefinitionError
        Naming the relation, and those with a similar name, if no model or seed becomes it.
    """
    known = _relations()
    if name not in known:
        similar = get_close_matches(name, known, n=3)
        hint = f"; similar: {', '.join(similar)}" if similar else ""
        raise dg.DagsterInvalidDefinitionError(f"dbt builds no relation {name!r}{hint}")
    return dg.AssetKey(name.split("."))


@lru_cache(maxsize=1)
def _relations() -> list[str]:
    nodes = manifest_contents()["nodes"].values()
    return sorted(".".join(relation_parts(node)) for node in nodes if node["resource_type"] in {"model", "seed"})
