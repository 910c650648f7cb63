"""source.message: what customers wrote."""

from __future__ import annotations

from expectations.table_suite import Freshness, RowRule, TableSuite


def build_suite() -> TableSuite:
    """Rules for messages: order of times, text present, up to date with the snapshots."""
    return TableSuite(
        layer="raw",
        relation="source.message",
        key=("rcno",),
        rules=(
            RowRule("known before it was received", "known_at < received_at"),
            RowRule("received before 1990", "received_at < timestamptz '1990-01-01 00:00:00+00'"),
            RowRule("text is blank", "btrim(content) = ''", severity="warn"),
            RowRule("text is longer than 100,000 characters", "length(content) > 100000", severity="warn"),
        ),
        freshness=Freshness(
            "received_at",
            "select (max(snapshot_month) + interval '1 month') at time zone 'UTC' from source.load_month",
        ),
        allow_empty=True,
    )
