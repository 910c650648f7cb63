"""Read what the message classifier learns from and what it has not classified yet.

Texts come masked, from ``intermediate.int_voc__masked_message`` and from nowhere else: the rule is dbt's, and what a
model never reads it cannot show. Only queries and the shaping of frames. Training and classifying belong to
`ml.messages`, writing to `message_store`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from psycopg import Connection

from warehouse.frames import iter_frames, read_frame

if TYPE_CHECKING:
    import pandas as pd

    from ml.messages.subjects import SubjectDictionary
    from ml.messages.taxonomy import Taxonomy

# A label of a merged category is used for its successor; of a split one nobody has decided which part it belongs to.
LABELS = """
select
  message.message_id,
  message.content,
  coalesce(successor.successor_voc_id, label.voc_id) as voc_id,
  label.is_claim,
  message.received_at,
  label.known_at as labelled_at
from staging.stg_deskroom__message_label as label
inner join intermediate.int_voc__masked_message as message
  on label.reception_number = message.reception_number
left join intermediate.int_voc__category_successor as successor
  on label.voc_id = successor.voc_id
  and successor.successor_count = 1
order by message.message_id, label.known_at
"""
TAXONOMY = """
select voc_id, parent_voc_id as parent_id, category_name as name, category_level as level
from staging.stg_deskroom__voc_category
where valid_to is null
order by category_level, voc_id
"""
DICTIONARY = "select term, subject from staging.subject_dictionary order by term"
CUT_OFF = "select max(known_at) from staging.stg_deskroom__message_label"
UNCLASSIFIED = """
select message.message_id, message.content
from intermediate.int_voc__masked_message as message
where not exists (
  select 1
  from ml.message_classification as classification
  where classification.message_id = message.message_id
    and classification.model_version = %(version)s
)
order by message.message_id
"""


def training_cut_off(connection: Connection[Any]) -> datetime | None:
    """Return the instant at which the newest label was known; None if no message labels."""
    row = connection.execute(CUT_OFF).fetchone()
    return row[0] if row else None


def read_labels(connection: Connection[Any]) -> pd.DataFrame:
    """Read every version of every label with its message."""
    return read_frame(connection, LABELS)


def read_taxonomy(connection: Connection[Any]) -> Taxonomy:
    """Read today's tree."""
    from ml.messages.taxonomy import Taxonomy

    return Taxonomy.from_frame(read_frame(connection, TAXONOMY))


def read_dictionary(connection: Connection[Any]) -> SubjectDictionary:
    """Read the terms of subjects."""
    from ml.messages.subjects import SubjectDictionary

    return SubjectDictionary([(term, subject) for term, subject in connection.execute(DICTIONARY)])


def iter_unclassified(connection: Connection[Any], version: str, chunk_rows: int) -> Iterator[pd.DataFrame]:
    """Read messages that a version has not classified, chunk by chunk in order of their ids."""
    return iter_frames(connection, UNCLASSIFIED, {"version": version}, chunk_rows=chunk_rows)
