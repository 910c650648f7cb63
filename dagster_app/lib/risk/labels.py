"""Publish labels into ``ml.label``: what is new or corrected becomes a row, nothing is changed or removed."""

from __future__ import annotations

from typing import Any

from psycopg import Connection

PUBLISH = """
insert into ml.label (target_name, customer_code, as_of_date, label, known_at, label_source)
select built.target_name, built.customer_code, built.as_of_date, built.label, built.known_at, built.label_source
from intermediate.int_outcomes__label as built
left join ml.latest_label as current_label
  on built.target_name = current_label.target_name
  and built.customer_code = current_label.customer_code
  and built.as_of_date = current_label.as_of_date
where current_label.label is distinct from built.label
on conflict (target_name, customer_code, as_of_date, known_at) do nothing
"""
COUNT = """
select target_name, count(*), avg(label::double precision), max(known_at)
from ml.label
group by target_name
order by target_name
"""


def publish_labels(connection: Connection[Any]) -> int:
    """Insert labels that are new or differ from their latest version; return how many."""
    published = connection.execute(PUBLISH).rowcount
    connection.commit()
    return published


def label_counts(connection: Connection[Any]) -> list[tuple[str, int, float, Any]]:
    """Return target, number of label rows, share of positives and latest knowledge time."""
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(COUNT)]
