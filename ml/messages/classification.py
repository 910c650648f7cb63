"""Classify messages with one bundle: candidates with reasons, a complaint or not, keywords, summary, subject.

Belongs here: from texts to the rows of the two core tables. Does not: fitting; nothing here fits.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ml.messages.bundle import MessageBundle
from ml.messages.reasons import Reader, Spoken
from ml.messages.text import clean, is_readable
from ml.metrics.arrays import FloatArray, IntArray

CANDIDATES = 5
CHUNK = 2_000
"""Messages whose vectors are in memory at a time."""
MESSAGE_COLUMNS = ["message_id", "is_claim", "summary", "keywords", "bug_type", "is_unknown", "confidence"]
CANDIDATE_COLUMNS = ["message_id", "rank", "level", "voc_id", "confidence", "reason"]


@dataclass(frozen=True)
class Classified:
    """What was said of messages.

    Parameters
    ----------
    messages : DataFrame
        One row per message: ``is_claim`` 0, 1 or None, ``summary`` text or None, ``keywords`` list of text,
        ``bug_type`` text or None, ``is_unknown`` bool, ``confidence`` of the best path, 0 to 1.
    candidates : DataFrame
        One row per message, rank from 1 and level from 1: ``voc_id``, ``confidence`` of the path down to this level,
        ``reason`` on the deepest level and None above. A message that cannot be read has none.
    """

    messages: pd.DataFrame
    candidates: pd.DataFrame


def classify(bundle: MessageBundle, frame: pd.DataFrame, *, with_summary: bool = True) -> Classified:
    """Classify messages; one alone gets what it gets among a million.

    Parameters
    ----------
    frame : DataFrame
        ``message_id`` int, ``content`` masked text or None: words of it become keywords, quotes and summaries.
    """
    reader = Reader(bundle.vectors, bundle.hierarchy)
    messages: list[tuple[Any, ...]] = []
    candidates: list[tuple[Any, ...]] = []
    for start in range(0, len(frame), CHUNK):
        part = frame.iloc[start : start + CHUNK]
        texts = [clean(content) for content in part["content"]]
        chunk = _Chunk(bundle, reader, part["message_id"].tolist(), texts)
        messages.extend(chunk.message_rows(with_summary))
        candidates.extend(chunk.candidate_rows())
    return Classified(
        pd.DataFrame(messages, columns=MESSAGE_COLUMNS), pd.DataFrame(candidates, columns=CANDIDATE_COLUMNS)
    )


class _Chunk:
    """Texts with everything that is computed for all of them at once."""

    def __init__(self, bundle: MessageBundle, reader: Reader, ids: list[int], texts: list[str]) -> None:
        self.bundle, self.reader, self.ids, self.texts = bundle, reader, ids, texts
        self.vectors: sparse.csr_matrix = bundle.vectors.transform(texts)
        hierarchy = bundle.hierarchy
        self.leaves: FloatArray = hierarchy.leaf_confidences([level.score(self.vectors) for level in hierarchy.levels])
        self.levels = hierarchy.level_confidences(self.leaves)
        self.order: IntArray = hierarchy.ranked(self.leaves, CANDIDATES)
        self.words = [reader.words(self.vectors[row]) for row in range(len(texts))]
        self.is_answerable = [
            is_readable(text) and len(columns) > 0 for text, (columns, _) in zip(texts, self.words, strict=True)
        ]

    def message_rows(self, with_summary: bool) -> Iterator[tuple[Any, ...]]:
        claims = self._claims()
        best = self.leaves[np.arange(len(self.ids)), self.order[:, 0]]
        for row, (text, (columns, values)) in enumerate(zip(self.texts, self.words, strict=True)):
            is_answerable = self.is_answerable[row]
            confidence = min(1.0, float(best[row])) if is_answerable else 0.0
            yield (
                self.ids[row],
                claims[row] if is_answerable else None,
                self.reader.summary(text) if with_summary else None,
                self.reader.keywords(columns, values),
                self.bundle.subjects.subject(text),
                confidence < self.bundle.threshold,
                confidence,
            )

    def candidate_rows(self) -> Iterator[tuple[Any, ...]]:
        hierarchy = self.bundle.hierarchy
        places = [{name: place for place, name in enumerate(level.classes)} for level in hierarchy.levels]
        for row in np.flatnonzero(self.is_answerable):
            columns, values = self.words[row]
            spoken = Spoken(self.texts[row])
            for rank, leaf in enumerate(self.order[row], start=1):
                path = hierarchy.paths[hierarchy.leaves[leaf]]
                for level, voc_id in enumerate(path, start=1):
                    is_deepest = level == len(path)
                    confidence = self.levels[level - 1][row, places[level - 1][voc_id]]
                    reason = None
                    if is_deepest:
                        reason = self.reader.reason(spoken, columns, values, int(leaf))
                    yield (self.ids[row], rank, level, voc_id, min(1.0, float(confidence)), reason)

    def _claims(self) -> list[int | None]:
        if self.bundle.claim is None:
            return [None] * len(self.ids)
        scores = self.bundle.claim.score(self.vectors)
        return [int(self.bundle.claim.classes[place]) for place in scores.argmax(axis=1)]
