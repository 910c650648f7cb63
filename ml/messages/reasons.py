"""Why a category, in the message's own words; its keywords; its summary.

Belongs here: words, quotes and sentences of one message. Does not: choosing categories.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from ml.messages.linear import LinearScores
from ml.messages.text import sentences
from ml.messages.vectors import Vectors
from ml.metrics.arrays import FloatArray, IntArray

MOST_KEYWORDS, MOST_QUOTES = 5, 3
SHORT = 120
"""Characters; a text up to here is its own summary."""

_WORD = re.compile(r"(?u)\b\w+\b")


@dataclass(frozen=True)
class Reader:
    """Reads single messages with the eyes of a fitted model.

    Parameters
    ----------
    vectors : Vectors
    leaves : LinearScores
        Scores of the deepest level, whose weights tell which words decided.
    """

    vectors: Vectors
    leaves: LinearScores

    @cached_property
    def _weights(self) -> FloatArray:
        """Weights of words, shape (words, classes)."""
        weights: FloatArray = self.leaves.weights[:, : self.vectors.word_count].T.toarray()
        return weights

    @cached_property
    def _idf(self) -> dict[str, float]:
        return dict(zip(self.vectors.vocabulary["word"], self.vectors.idf["word"].tolist(), strict=True))

    def words(self, row: sparse.csr_matrix) -> tuple[IntArray, FloatArray]:
        """Return columns and values of the words in one vector."""
        is_word = row.indices < self.vectors.word_count
        return row.indices[is_word], row.data[is_word]

    def reason(self, text: str, columns: IntArray, values: FloatArray, place: int) -> str:
        """Quote the words that spoke most for a class, strongest first; says so where none did."""
        contributions = self._weights[columns, place] * values
        order = np.lexsort((columns, -contributions))[: 4 * MOST_QUOTES]
        quotes: list[str] = []
        for position in order:
            quote = quoted(text, self.vectors.vocabulary["word"][columns[position]])
            if contributions[position] > 0 and quote and not any(quote in said or said in quote for said in quotes):
                quotes.append(quote)
        if not quotes:
            return "no single word decided; parts of words did"
        return "says " + ", ".join(f"“{quote}”" for quote in quotes[:MOST_QUOTES])

    def keywords(self, columns: IntArray, values: FloatArray) -> list[str]:
        """Return the most telling single words, strongest first."""
        terms = self.vectors.vocabulary["word"]
        order = np.lexsort((columns, -values))
        single = (terms[columns[position]] for position in order)
        return [word for word in single if " " not in word and len(word) > 1][:MOST_KEYWORDS]

    def summary(self, text: str) -> str | None:
        """Return one or two of the text's own sentences, the most telling ones in their order; None for no text."""
        parts = sentences(text)
        if len(text) <= SHORT or len(parts) <= 1:
            return text or None
        weights = [self._weight(part) for part in parts]
        best = sorted(range(len(parts)), key=lambda place: (-weights[place], place))[: 1 if len(parts) < 4 else 2]
        return " ".join(parts[place] for place in sorted(best))

    def _weight(self, sentence: str) -> float:
        words = set(_WORD.findall(sentence.lower()))
        # the root favours telling sentences over long ones
        return float(sum(self._idf.get(word, 0.0) for word in words) / (len(words) + 4) ** 0.5)


def quoted(text: str, term: str) -> str | None:
    """Find a term in a text as it stands there; None where only its lower-cased form could be given."""
    words: Sequence[str] = term.split(" ")
    found = re.search(r"\W+".join(rf"\b{re.escape(word)}\b" for word in words), text, re.IGNORECASE)
    return found[0] if found else None
