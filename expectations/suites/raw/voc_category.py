"""source.voc_category: the latest version of each category."""

from __future__ import annotations

from expectations.table_suite import RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for categories: names and dates; the database enforces the shape of the tree."""
    return TableSuite(
        layer="raw",
        relation="source.voc_category",
        key=("voc_id",),
        rules=(
            RowRule("name is blank", "btrim(name) = ''"),
            RowRule("in force before 1990", "valid_from < date '1990-01-01'", severity="warn"),
            RowRule(
                "retired, and nothing took its place",
                "valid_to is not null and not exists (select from source.voc_category_succession as succession "
                "where succession.voc_id = batch.voc_id)",
                severity="warn",
            ),
        ),
        allow_empty=True,
    )
