"""The risk targets that are asked of the loaded company: what every step of the model layer goes through.

Only which targets there are. What one means is the seed ``target_definition``, read whole by `model_inputs`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from warehouse.connection import Role, Warehouse

ASKED = """
select target_name, model_name
from intermediate.int_outcomes__target
order by is_documented desc, target_name
"""


@dataclass(frozen=True)
class RiskTarget:
    """A target and the name under which its models are registered."""

    name: str
    model_name: str


def asked_targets(connection: Connection[Any]) -> list[RiskTarget]:
    """Return the targets in a fixed order, the documented one first; none where nothing has been built yet."""
    row = connection.execute("select to_regclass('intermediate.int_outcomes__target') is not null").fetchone()
    if row is None or not row[0]:
        return []
    return [RiskTarget(*found) for found in connection.execute(ASKED)]


def by_target(warehouse: Warehouse, step: Callable[[RiskTarget], Mapping[str, Any]]) -> dict[str, Any]:
    """Take a step for each target in turn and gather its results; of several targets each names its model first."""
    with warehouse.connect(Role.MODEL) as connection:
        targets = asked_targets(connection)
    results = [(target.model_name, step(target)) for target in targets]
    if len(results) == 1:
        return dict(results[0][1])
    return {f"{model_name}: {key}": value for model_name, facts in results for key, value in facts.items()}
