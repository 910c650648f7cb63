"""Classify messages with one bundle: candidates with reasons, complaint flag, keywords, summary, subject.

Belongs here: from texts to the rows of the two core tables. Does not: fitting.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ml.messages.bundle import MessageBundle
from ml.messages.explanation import MessageExplainer, TokenizedText
from ml.messages.text import clean, is_readable
from ml.metrics.arrays import FloatArray, IntArray

CANDIDATES = 5
CHUNK = 2_000
"""Messages whose vectors are in memory at a time."""
MESSAGE_COLUMNS = ["message_id", "is_claim", "summary", "keywords", "bug_type", "is_unknown", "confidence"]
CANDIDATE_COLUMNS = ["message_id", "rank", "level", "voc_id", "confidence", "reason"]


@dataclass(frozen=True)
class ClassifiedMessages:
    """Rows of classified messages.

    Parameters
    ----------
    messages : DataFrame
        One row per message: ``is_claim`` 0, 1 or None, ``summary`` text or None, ``keywords`` list of text,
        ``bug_type`` text or None, ``is_unknown`` bool, ``confidence`` of the best path, 0 to 1.
    candidates : DataFrame
        One row per message, rank from 1 and level from 1: ``voc_id``, ``confidence`` of the path down to this level,
        ``reason`` on the deepest level, None above. A message without words has no rows.
    """

    messages: pd.DataFrame
    candidates: pd.DataFrame


def classify(bundle: MessageBundle, frame: pd.DataFrame, *, with_summary: bool = True) -> ClassifiedMessages:
    """Classify messages; the result of one message does not depend on the others.

    Parameters
    ----------
    frame : DataFrame
        ``message_id`` int, ``content`` masked text or None. Its words become keywords, quotes and summaries.
    """
    explainer = MessageExplainer(bundle.vectors, bundle.hierarchy)
    messages: list[tuple[Any, ...]] = []
    candidates: list[tuple[Any, ...]] = []
    for start in range(0, len(frame), CHUNK):
        part = frame.iloc[start : start + CHUNK]
        texts = [clean(content) for content in part["content"]]
        chunk = _Chunk(bundle, explainer, part["message_id"].tolist(), texts)
        messages.extend(chunk.message_rows(with_summary))
        candidates.extend(chunk.candidate_rows())
    return ClassifiedMessages(
        pd.DataFrame(messages, columns=MESSAGE_COLUMNS), pd.DataFrame(candidates, columns=CANDIDATE_COLUMNS)
    )


class _Chunk:
    """Texts with everything that is computed for all of them together."""

    def __init__(self, bundle: MessageBundle, explainer: MessageExplainer, ids: list[int], texts: list[str]) -> None:
        self.bundle, self.explainer, self.ids, self.texts = bundle, explainer, ids, texts
        self.vectors: sparse.csr_matrix = bundle.vectors.transform(texts)
        hierarchy = bundle.hierarchy
        self.leaves: FloatArray = hierarchy.leaf_confidences([level.score(self.vectors) for level in hierarchy.levels])
        self.levels = hierarchy.level_confidences(self.leaves)
        self.order: IntArray = hierarchy.ranked(self.leaves, CANDIDATES)
        self.terms = [explainer.quotable_terms(self.vectors[row]) for row in range(len(texts))]
        self.is_answerable = [
            is_readable(text) and len(columns) > 0 for text, (columns, _) in zip(texts, self.terms, strict=True)
        ]

    def message_rows(self, with_summary: bool) -> Iterator[tuple[Any, ...]]:
        claims = self._claims()
        best = self.leaves[np.arange(len(self.ids)), self.order[:, 0]]
        for row, (text, (columns, values)) in enumerate(zip(self.texts, self.terms, strict=True)):
            is_answerable = self.is_answerable[row]
            confidence = min(1.0, float(best[row])) if is_answerable else 0.0
            yield (
                self.ids[row],
                claims[row] if is_answerable else None,
                self.explainer.summary(text) if with_summary else None,
                self.explainer.keywords(columns, values),
                self.bundle.subjects.subject(text),
                confidence < self.bundle.threshold,
                confidence,
            )

    def candidate_rows(self) -> Iterator[tuple[Any, ...]]:
        hierarchy = self.bundle.hierarchy
        places = [{name: place for place, name in enumerate(level.classes)} for level in hierarchy.levels]
        for row in np.flatnonzero(self.is_answerable):
            columns, values = self.terms[row]
            tokens = TokenizedText(self.texts[row])
            for rank, leaf in enumerate(self.order[row], start=1):
                path = hierarchy.paths[hierarchy.leaves[leaf]]
                for level, voc_id in enumerate(path, start=1):
                    is_deepest = level == len(path)
                    confidence = self.levels[level - 1][row, places[level - 1][voc_id]]
                    reason = None
                    if is_deepest:
                        reason = self.explainer.reason(tokens, columns, values, int(leaf))
                    yield (self.ids[row], rank, level, voc_id, min(1.0, float(confidence)), reason)

    def _claims(self) -> list[int | None]:
        if self.bundle.claim is None:
            return [None] * len(self.ids)
        scores = self.bundle.claim.score(self.vectors)
        return [int(self.bundle.claim.classes[place]) for place in scores.argmax(axis=1)]
