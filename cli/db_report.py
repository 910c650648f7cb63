"""The tables that `bellwether db report` prints.

Out of scope: what is asked of the database (`warehouse.database.report`).
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.connection import Warehouse
from warehouse.database.report import counted_since, slow_statements, table_sizes, unused_indexes
from warehouse.errors import BellwetherError

_MEGABYTE = 1_000_000


def show_report(warehouse: Warehouse, limit: int) -> None:
    """Print the report; where slow statements cannot be shown, the reason is printed instead."""
    console = Console()
    sizes = [
        (one.relation, _megabytes(one.total_bytes), _megabytes(one.index_bytes), f"{one.estimated_rows:,}")
        for one in table_sizes(warehouse, limit)
    ]
    _print(console, "Largest tables", ("table", "MB", "of it indexes", "rows (estimate)"), sizes)
    unused = [
        (one.index_name, one.relation, _megabytes(one.bytes), one.definition)
        for one in unused_indexes(warehouse, limit)
    ]
    since = counted_since(warehouse)
    title = f"Indexes not used since {since:%Y-%m-%d %H:%M}" if since else "Indexes never used"
    _print(console, title, ("index", "table", "MB", "definition"), unused)
    try:
        slow = [
            (f"{one.total_seconds:,.1f}", f"{one.calls:,}", f"{one.mean_milliseconds:,.1f}", one.statement)
            for one in slow_statements(warehouse, limit)
        ]
    except BellwetherError as error:
        console.print(escape(str(error)))
        return
    _print(console, "Slow statements", ("seconds", "calls", "mean ms", "statement"), slow)


def _print(console: Console, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    table = Table(title=title)
    for position, heading in enumerate(headings):
        table.add_column(heading, overflow="fold", min_width=8 if position == 0 else None)
    for row in rows:
        table.add_row(*(escape(cell) for cell in row))
    console.print(table)


def _megabytes(count: int) -> str:
    return f"{count / _MEGABYTE:,.1f}"
