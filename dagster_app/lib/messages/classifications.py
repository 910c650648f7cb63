"""Write classifications into ``ml.message_classification`` and ``ml.message_category``, a chunk a transaction.

A message keeps the classification of each version: that is how figures can be read as classified then. The hash of the
text says which text is quoted.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import Connection

from warehouse.frames import copy_frame

if TYPE_CHECKING:
    import pandas as pd

    from ml.messages.classification import ClassifiedMessages

STAGE = """
create temporary table classified (
  message_id bigint not null, is_claim smallint, summary text, keywords jsonb not null, bug_type varchar(50),
  is_unknown boolean not null, confidence double precision not null, content_hash varchar(32) not null
) on commit drop;
create temporary table candidate (
  message_id bigint not null, rank smallint not null, level smallint not null, voc_id varchar(50) not null,
  confidence double precision not null, reason text
) on commit drop
"""
CLASSIFICATIONS = """
insert into ml.message_classification (
  message_id, model_name, model_version, classified_at, is_claim, summary, keywords, bug_type, is_unknown, confidence,
  content_hash, run_id
)
select
  classified.message_id, %(model_name)s, %(version)s, now(), classified.is_claim, classified.summary,
  classified.keywords, classified.bug_type, classified.is_unknown, classified.confidence,
  classified.content_hash, %(run_id)s
from classified
inner join staging.stg_deskroom__message as message
  on classified.message_id = message.message_id
order by classified.message_id
on conflict (message_id, model_version) do nothing
"""
CANDIDATES = """
insert into ml.message_category (message_id, model_version, rank, level, voc_id, confidence, reason)
select message_id, %(version)s, rank, level, voc_id, confidence, reason
from candidate
order by message_id, rank, level
on conflict (message_id, model_version, rank, level) do nothing
"""


@dataclass(frozen=True)
class Classifier:
    """Who classifies, in which run."""

    model_name: str
    version: str
    run_id: str


def write_classified(
    connection: Connection[Any], texts: pd.DataFrame, classified: ClassifiedMessages, by: Classifier
) -> int:
    """Write a chunk, all of it or nothing; returns how many messages were new.

    Parameters
    ----------
    texts : DataFrame
        What was classified: ``message_id`` and ``content``, masked.
    """
    hashes = dict(zip(texts["message_id"], map(_text_hash, texts["content"]), strict=True))
    messages = classified.messages.assign(
        keywords=[json.dumps(words, ensure_ascii=False) for words in classified.messages["keywords"]],
        is_claim=classified.messages["is_claim"].astype("Int16"),
        content_hash=classified.messages["message_id"].map(hashes),
    )
    with connection.transaction():
        for statement in STAGE.split(";"):
            connection.execute(statement)
        copy_frame(connection, messages, "classified", list(messages.columns))
        copy_frame(connection, classified.candidates, "candidate", list(classified.candidates.columns))
        written = connection.execute(CLASSIFICATIONS, vars(by)).rowcount
        connection.execute(CANDIDATES, vars(by))
    return written


def _text_hash(content: str | None) -> str:
    """Hash a text as the database does: md5 of its UTF-8 form, of none as of an empty one."""
    return hashlib.md5((content or "").encode(), usedforsecurity=False).hexdigest()
