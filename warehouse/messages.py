"""Single messages: classification and reviews.

Reviews are appended to ``source.message_label``; nothing is overwritten. Classifying belongs to the model layer.
"""

from __future__ import annotations

import getpass
from dataclasses import dataclass
from datetime import datetime

from psycopg import Connection, errors
from psycopg.rows import class_row

from warehouse.errors import BellwetherError

MESSAGE = """
select
  message.rcno, message.ccod, message.received_at, message.content,
  classification.model_version, classification.is_claim, classification.summary, classification.bug_type,
  classification.is_unknown, classification.confidence
from source.message as message
left join ml.model_version as active
  on active.model_name = 'voc' and active.is_active
left join ml.message_classification as classification
  on classification.message_id = message.id and classification.model_version = active.version
"""
CANDIDATES = """
select candidate.rank,
  string_agg(category.name, ' > ' order by candidate.level) as path,
  (array_agg(candidate.voc_id order by candidate.level desc))[1] as voc_id,
  min(candidate.confidence) as confidence,
  max(candidate.reason) as reason
from ml.message_category as candidate
join source.message as message
  on candidate.message_id = message.id
join source.voc_category as category
  on candidate.voc_id = category.voc_id
where message.rcno = %s
  and candidate.model_version = (select version from ml.model_version where model_name = 'voc' and is_active)
group by candidate.rank
order by candidate.rank
"""
REVIEWS = """
select label.voc_id, category.name as category_name, label.is_claim, label.reviewer, label.reviewed_at
from source.message_label as label
join source.voc_category as category
  on label.voc_id = category.voc_id
where label.rcno = %s
order by label.known_at
"""
INSERT_REVIEW = """
insert into source.message_label (rcno, voc_id, is_claim, reviewer, comment)
values (%s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Message:
    """A message with its classification by the active version; None where it is not classified yet."""

    rcno: str
    ccod: str
    received_at: datetime
    content: str | None
    model_version: str | None
    is_claim: int | None
    summary: str | None
    bug_type: str | None
    is_unknown: bool | None
    confidence: float | None


@dataclass(frozen=True)
class CategoryCandidate:
    """One category path, with the confidence of its deepest category."""

    rank: int
    path: str
    voc_id: str
    confidence: float
    reason: str | None


@dataclass(frozen=True)
class MessageReview:
    """One review of a message."""

    voc_id: str
    category_name: str
    is_claim: bool | None
    reviewer: str
    reviewed_at: datetime


def find_message(connection: Connection, rcno: str) -> Message:
    """Find a message by its reception number.

    Raises
    ------
    BellwetherError
        There is no such message.
    """
    with connection.cursor(row_factory=class_row(Message)) as cursor:
        found = cursor.execute(MESSAGE + " where message.rcno = %s", [rcno]).fetchone()
    if found is None:
        raise BellwetherError(
            f"There is no message {rcno!r}.",
            where="source.message",
            remedy="`bellwether voc unknown` lists reception numbers",
        )
    return found


def unknown_messages(connection: Connection, limit: int) -> list[Message]:
    """List unknown messages of the active version that have not been reviewed, newest first."""
    query = (
        MESSAGE + " where classification.is_unknown"
        " and not exists (select from source.message_label as label where label.rcno = message.rcno)"
        " order by message.received_at desc, message.id desc limit %s"
    )
    with connection.cursor(row_factory=class_row(Message)) as cursor:
        return cursor.execute(query, [limit]).fetchall()


def candidates(connection: Connection, rcno: str) -> list[CategoryCandidate]:
    """List the candidates of the active version, highest confidence first."""
    with connection.cursor(row_factory=class_row(CategoryCandidate)) as cursor:
        return cursor.execute(CANDIDATES, [rcno]).fetchall()


def reviews(connection: Connection, rcno: str) -> list[MessageReview]:
    """List the reviews in order of time; the last one applies."""
    with connection.cursor(row_factory=class_row(MessageReview)) as cursor:
        return cursor.execute(REVIEWS, [rcno]).fetchall()


def record_review(
    connection: Connection,
    rcno: str,
    voc_id: str,
    *,
    is_claim: bool | None = None,
    reviewer: str | None = None,
    comment: str | None = None,
) -> None:
    """Append a review.

    Raises
    ------
    BellwetherError
        The message or the category is unknown, or the category is no longer in force.
    """
    find_message(connection, rcno)
    row = connection.execute("select name, valid_to from source.voc_category where voc_id = %s", [voc_id]).fetchone()
    if row is None or row[1] is not None:
        raise BellwetherError(
            f"Category {voc_id!r} " + ("is not in the tree." if row is None else f"({row[0]}) ended on {row[1]}."),
            where="source.voc_category",
            remedy="choose one in force: `bellwether voc categories`",
        )
    try:
        connection.execute(INSERT_REVIEW, [rcno, voc_id, is_claim, reviewer or getpass.getuser(), comment])
    except errors.UniqueViolation as error:
        raise BellwetherError("The message was reviewed at the same instant.", remedy="try again") from error
