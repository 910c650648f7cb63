"""A small tree of categories, messages of a few customers, and made-up classifications of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime

from warehouse.connection import Role, Warehouse

#: Deepest categories and their paths, in the tree that `insert_tree` makes.
PATHS = {"V11": ("V1", "V11"), "V12": ("V1", "V12"), "V21": ("V2", "V21"), "V22": ("V2", "V22")}

_TREE = """
insert into source.voc_category (voc_id, name, parent_id, level, valid_from, known_at) values
  ('V1', 'pests', null, 1, '2024-01-01', '2024-01-01'), ('V2', 'billing', null, 1, '2024-01-01', '2024-01-01'),
  ('V11', 'ants', 'V1', 2, '2024-01-01', '2024-01-01'), ('V12', 'mice', 'V1', 2, '2024-01-01', '2024-01-01'),
  ('V21', 'twice', 'V2', 2, '2024-01-01', '2024-01-01'), ('V22', 'wrong', 'V2', 2, '2024-01-01', '2024-01-01');
insert into source.voc_category_version (voc_id, valid_from, name, parent_id, level, known_at, content_hash, batch_id)
select voc_id, valid_from, name, parent_id, level, known_at, md5(voc_id), 1 from source.voc_category
"""
_MODEL = """
insert into ml.model_version (model_name, version, target_name, model_type, training_date, data_hash, code_version,
  metrics, parameters, threshold, feature_names, artifact_path, artifact_sha256)
values ('voc', %s, 'voc', 'linear', '2025-01-01', repeat('a', 64), 'test', '{}', '{}', 0.5, '{}', 'p', repeat('b', 64))
on conflict (version) do nothing
"""


def insert_tree(warehouse: Warehouse) -> None:
    """Two main categories with two below each."""
    with warehouse.connect(Role.OWNER) as connection:
        for statement in _TREE.split(";\n"):
            connection.execute(statement)  # type: ignore[call-overload]


def insert_messages(warehouse: Warehouse, messages: Sequence[tuple[str, datetime]], content: str = "text") -> None:
    """Messages of a customer each, at an instant."""
    with warehouse.connect(Role.OWNER) as connection:
        for customer, received_at in messages:
            connection.execute(
                "insert into source.message (rcno, received_at, ccod, content, known_at, content_hash, batch_id) "
                "select 'R' || count(*) + 1, %s, %s, %s, %s, '', 1 from source.message",
                [received_at, customer, content, received_at],
            )


def insert_version(warehouse: Warehouse, version: str) -> None:
    """A model version that classifications can refer to."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(_MODEL, [version])


def insert_classification(
    warehouse: Warehouse,
    message_id: int,
    version: str,
    voc_ids: Sequence[str],
    *,
    classified_at: datetime | str = "2025-06-01",
    is_unknown: bool = False,
    is_claim: bool = False,
    confidence: float = 0.9,
    paths: dict[str, tuple[str, ...]] = PATHS,
) -> None:
    """One classification with its candidates, the best first."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into ml.message_classification (message_id, model_name, model_version, classified_at, is_claim, "
            "is_unknown, confidence, content_hash, summary, keywords) "
            "values (%s, 'voc', %s, %s, %s, %s, %s, '', 'summary', '[\"word\"]')",
            [message_id, version, classified_at, int(is_claim), is_unknown, confidence],
        )
        for rank, voc_id in enumerate(voc_ids, start=1):
            for level, step in enumerate(paths[voc_id], start=1):
                connection.execute(
                    "insert into ml.message_category values (%s, %s, %s, %s, %s, %s, %s)",
                    [message_id, version, rank, level, step, confidence / rank, "why" if step == voc_id else None],
                )


def classify(warehouse: Warehouse, version: str, chance: random.Random) -> None:
    """Classify every message by chance, some with an abstention; later versions classify later."""
    insert_version(warehouse, version)
    with warehouse.connect(Role.OWNER) as connection:
        ids = [row[0] for row in connection.execute("select id from source.message order by id").fetchall()]
    hour = int(version.rsplit("-", 1)[1])
    for message_id in ids:
        candidates = chance.sample(sorted(PATHS), k=2)
        insert_classification(
            warehouse,
            message_id,
            version,
            candidates,
            classified_at=f"2025-06-01 {hour:02d}:00+00",
            is_unknown=chance.random() < 0.1,
        )


def correct(warehouse: Warehouse, message_id: int, voc_id: str, chance: random.Random) -> None:
    """A person decides about a message."""
    with warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "insert into source.message_label (rcno, voc_id, is_claim, reviewer) "
            "select rcno, %s, %s, 'Kim' from source.message where id = %s",
            [voc_id, chance.random() < 0.5, message_id],
        )
