"""source.industry_codes: names of industries."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for codes: a name, and no stray spaces."""
    return TableSuite(
        layer="raw",
        relation="source.industry_codes",
        key=("code",),
        rules=(
            RowRule("code has spaces around it", "code <> btrim(code)"),
            RowRule("name is missing", "name is null or btrim(name) = ''", severity="warn"),
        ),
        is_blocking=False,
        allow_empty=True,
    )
