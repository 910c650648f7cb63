"""`bellwether recommend CUSTOMER`: what to offer the customer, why, and the most similar customer.

Belongs here: reading one customer's row of the mart and showing it. Out of scope: ranking, which the model layer does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from warehouse.errors import BellwetherError

if TYPE_CHECKING:
    import psycopg

_NEWEST = """
select * from analytics.user_recommendation
where lower(ccod) = lower(%s)
order by snapshot_month desc
limit 1
"""
_EXAMPLE = "select ccod from analytics.user_recommendation order by snapshot_month desc, ccod limit 1"


def recommend(customer: Annotated[str, typer.Argument(help="Customer code.")]) -> None:
    """Show what to offer a customer: contracts and products of similar customers, each with its reason.

    Example: `bellwether recommend C0000123`
    """
    from rich.console import Console
    from rich.table import Table

    from warehouse.connection import Role
    from warehouse.database.opening import open_warehouse

    with open_warehouse() as warehouse, warehouse.connect(Role.MANAGER) as connection:
        found = read_recommendation(connection, customer)
    console = Console()
    console.print(f"[bold]{found['ccod']}[/bold] · {found['snapshot_month']:%Y-%m} · cluster {found['user_cluster']}")
    table = Table("kind", "offer", "reason")
    for kind, name, reason in offers(found):
        table.add_row(kind, name, reason)
    console.print(
        table
        if table.row_count
        else "Nothing to offer: the customer already holds everything that similar customers hold."
    )
    if found["sim_ccod"]:
        held = ", ".join(
            item["name"] for item in [*(found["sim_user_contracts"] or []), *(found["sim_user_products"] or [])]
        )
        console.print(
            f"Most similar customer: {found['sim_ccod']} {found['sim_user_name'] or ''}, who holds {held or 'nothing'}."
        )


def read_recommendation(connection: psycopg.Connection, customer: str) -> dict[str, Any]:
    """Read the newest recommendation of a customer.

    Raises
    ------
    BellwetherError
        The customer has none.
    """
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_NEWEST, [customer]).fetchone()
        if found is not None:
            return found
        example = cursor.execute(_EXAMPLE).fetchone()
    raise BellwetherError(
        f"There is no recommendation for {customer!r}.",
        where="analytics.user_recommendation" + ("" if example else ", which is empty"),
        remedy=f"a customer with recommendations: {example['ccod']}" if example else "run `bellwether run` first",
    )


def offers(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    """List kind, name and reason of what is recommended, contracts first, best first."""
    return [
        (kind, found[f"rec_{kind}_{rank}"], found[f"rec_{kind}_{rank}_reason"])
        for kind in ("contract", "product")
        for rank in (1, 2, 3)
        if found[f"rec_{kind}_{rank}"]
    ]
