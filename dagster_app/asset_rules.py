"""Rules over all assets: one owner for each group, and no dependency on what is not there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import dagster as dg

OWNERS = {
    "ingest": "team:data-platform",
    "training": "team:data-science",
    "scoring": "team:data-science",
    "monitoring": "team:data-science",
    "operations": "team:data-platform",
    "publishing": "team:analytics-engineering",
}
"""Owner of each group of Python assets; the groups of dbt belong to the owner that its translator names."""

Asset = dg.AssetsDefinition | dg.AssetSpec


def with_owner(spec: dg.AssetSpec) -> dg.AssetSpec:
    """Give an asset the owner of its group; one that has an owner keeps it.

    Raises
    ------
    DagsterInvalidDefinitionError
        If nobody owns the group.
    """
    if spec.owners:
        return spec
    if spec.group_name not in OWNERS:
        raise dg.DagsterInvalidDefinitionError(
            f"asset {spec.key.to_user_string()} is in group {spec.group_name!r}, which {__name__}.OWNERS does not name"
        )
    return spec.replace_attributes(owners=[OWNERS[spec.group_name]])


def refuse_unknown_dependencies(assets: Iterable[Asset]) -> None:
    """Refuse an asset that depends on something no asset stands for; Dagster alone would take it for an outside table.

    Raises
    ------
    DagsterInvalidDefinitionError
        Naming each asset, the dependency that is not there, and the assets with a similar name.
    """
    specs = [spec for asset in assets for spec in _specs(asset)]
    known = {spec.key.to_user_string() for spec in specs}
    problems = []
    for spec in specs:
        for name in sorted({dep.asset_key.to_user_string() for dep in spec.deps} - known):
            similar = get_close_matches(name, known, n=3)
            hint = f"; similar: {', '.join(similar)}" if similar else ""
            problems.append(f"{spec.key.to_user_string()} depends on {name}, which is not an asset{hint}")
    if problems:
        raise dg.DagsterInvalidDefinitionError("\n".join(problems))


def _specs(asset: Asset) -> Sequence[dg.AssetSpec]:
    return [asset] if isinstance(asset, dg.AssetSpec) else list(asset.specs)
