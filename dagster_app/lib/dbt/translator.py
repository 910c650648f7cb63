"""How a dbt node appears in the asset graph: key, group, partitions, owner, kinds.

A key is ``[schema, relation]``, so that an asset has the name one queries. Nothing here runs dbt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, DbtProject

OWNER = "team:analytics-engineering"


class BellwetherTranslator(DagsterDbtTranslator):
    """Names dbt's nodes after the relations they become."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Return ``[schema, relation]`` of a model, seed or source."""
        return dg.AssetKey(list(relation_parts(dbt_resource_props)))

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Stage of the flow: the second folder of the model, or ``seeds``."""
        if dbt_resource_props["resource_type"] == "seed":
            return "seeds"
        parts = dbt_resource_props["fqn"][1:-1]
        return "_".join(parts[:2]) if parts else "warehouse"

    def get_asset_spec(self, manifest: Mapping[str, Any], unique_id: str, project: DbtProject | None) -> dg.AssetSpec:
        """Add owner and kinds to dagster-dbt's own specification."""
        spec = super().get_asset_spec(manifest, unique_id, project)
        props = self.get_resource_props(manifest, unique_id)
        kind = props.get("config", {}).get("materialized", "table")
        return spec.replace_attributes(owners=list(spec.owners or []) or [OWNER]).merge_attributes(
            kinds={"dbt", "postgres", "seed" if props["resource_type"] == "seed" else kind}
        )


def relation_parts(props: Mapping[str, Any]) -> tuple[str, str]:
    """Return schema and relation name of a manifest node or source."""
    return props["schema"], props.get("alias") or props.get("identifier") or props["name"]
