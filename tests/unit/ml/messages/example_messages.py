"""Small example messages: each category has its own words, some messages have none of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd

from ml.messages.taxonomy import Taxonomy

TRAINED_AT = datetime(2026, 1, 1, tzinfo=UTC)
TREE = pd.DataFrame(
    [
        ("pests", None, "Pests", 1),
        ("bills", None, "Bills", 1),
        ("ants", "pests", "Ants", 2),
        ("mice", "pests", "Mice", 2),
        ("twice", "bills", "Charged twice", 2),
        ("late", "bills", "Reminder in error", 2),
    ],
    columns=["voc_id", "parent_id", "name", "level"],
)
WORDS = {
    "ants": ["ants crawl in the kitchen", "개미가 주방에 있어요", "so many ants again"],
    "mice": ["mice in the store room", "쥐가 창고에 보여요", "a mouse ran over the floor"],
    "twice": ["you charged me twice", "두 번 청구된 것 같아요", "double charge on my invoice"],
    "late": ["i got a reminder but i paid", "입금했는데 미납 안내가 왔어요", "already paid, wrong reminder"],
}


def example_messages(count: int = 400, *, noise: float = 0.05, seed: int = 1) -> pd.DataFrame:
    """Labelled messages in order of time; a share of the labels is wrong."""
    chance = np.random.default_rng(seed)
    leaves = sorted(WORDS)
    rows = []
    for message_id in range(count):
        true = leaves[chance.integers(len(leaves))]
        text = WORDS[true][chance.integers(3)] + " " + ["please", "부탁드립니다", "thanks", "!!"][chance.integers(4)]
        labelled = leaves[chance.integers(len(leaves))] if chance.random() < noise else true
        received = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=message_id)
        rows.append((message_id, text, labelled, true in {"ants", "twice"}, received, received + timedelta(days=1)))
    columns = ["message_id", "content", "voc_id", "is_claim", "received_at", "labelled_at"]
    return pd.DataFrame(rows, columns=columns)


def tree() -> Taxonomy:
    return Taxonomy.from_frame(TREE)
