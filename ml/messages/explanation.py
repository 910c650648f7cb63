"""Explanation of a classification: quoted words as reasons, keywords, summary.

Belongs here: words, quotes and sentences of one message. Does not: choosing categories.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from ml.messages.hierarchy import Hierarchy
from ml.messages.text import sentences
from ml.messages.vectors import PAIR_PREFIX_LENGTH, WORD, Vectors
from ml.metrics.arrays import FloatArray, IntArray

MAX_KEYWORDS, MAX_QUOTES = 5, 3
SUMMARY_MAX_CHARACTERS = 120
"""A text of at most this length is its own summary."""

_WORD = re.compile(WORD)


class TokenizedText:
    """The words of one text and their positions.

    Parameters
    ----------
    text : str
        Any text; it is split into words as in `ml.messages.vectors`.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [(found[0].lower(), found.start(), found.end()) for found in _WORD.finditer(text)]
        self._positions: dict[str, list[int]] = {}
        self._prefix_positions: dict[str, int] = {}
        for place, (word, _, _) in enumerate(self._tokens):
            self._positions.setdefault(word, []).append(place)
            self._prefix_positions.setdefault(word[:PAIR_PREFIX_LENGTH], place)

    def quote(self, term: str, *, is_pair: bool = False) -> str | None:
        """Return a term as it is written in the text, in quotation marks; None if the text does not contain it.

        Parameters
        ----------
        term : str
            One word, consecutive words, or the prefixes of two words.
        is_pair : bool
            Whether the term is two prefixes of words that need not be consecutive; each word is quoted.
        """
        words = term.split(" ")
        if is_pair:
            firsts = sorted(self._prefix_positions[word] for word in words if word in self._prefix_positions)
            return " with ".join(self._between(place, place) for place in firsts) if len(firsts) == len(words) else None
        for place in self._positions.get(words[0], ()):
            last = place + len(words) - 1
            if [word for word, _, _ in self._tokens[place : last + 1]] == words:
                return self._between(place, last)
        return None

    def _between(self, first: int, last: int) -> str:
        return f"“{self._text[self._tokens[first][1] : self._tokens[last][2]]}”"


@dataclass(frozen=True)
class MessageExplainer:
    """Explains the classification of single messages by the weights of a fitted model.

    Parameters
    ----------
    vectors : Vectors
    hierarchy : Hierarchy
        Its weights give the contribution of each word.
    """

    vectors: Vectors
    hierarchy: Hierarchy

    @cached_property
    def _weights(self) -> FloatArray:
        """Weights of words and pairs, shape (quotable terms, leaves)."""
        return self.hierarchy.leaf_weights(len(self.vectors.quotable_terms))

    @cached_property
    def _idf(self) -> dict[str, float]:
        return dict(zip(self.vectors.vocabulary["word"], self.vectors.idf["word"].tolist(), strict=True))

    def quotable_terms(self, row: sparse.csr_matrix) -> tuple[IntArray, FloatArray]:
        """Return columns and values of the words and word pairs in one vector."""
        is_quotable = row.indices < len(self.vectors.quotable_terms)
        return row.indices[is_quotable], row.data[is_quotable]

    def reason(self, tokens: TokenizedText, columns: IntArray, values: FloatArray, leaf: int) -> str:
        """Quote the words with the largest contributions to a leaf, largest first, or state that there are none."""
        contributions = self._weights[columns, leaf] * values
        quoted_terms: list[set[str]] = []
        quotes: list[str] = []
        for position in np.lexsort((columns, -contributions)):
            if contributions[position] <= 0 or len(quotes) == MAX_QUOTES:
                break
            term = self.vectors.quotable_terms[columns[position]]
            prefixes = {word[:PAIR_PREFIX_LENGTH] for word in term.split(" ")}
            if any(prefixes <= quoted or quoted <= prefixes for quoted in quoted_terms):
                continue
            quote = tokens.quote(term, is_pair=columns[position] >= self.vectors.word_count)
            if quote:
                quoted_terms.append(prefixes)
                quotes.append(quote)
        if not quotes:
            return "no single word decided; parts of words did"
        return "says " + ", ".join(quotes)

    def keywords(self, columns: IntArray, values: FloatArray) -> list[str]:
        """Return the single words with the largest TF-IDF, largest first."""
        terms = self.vectors.vocabulary["word"]
        is_word = columns < self.vectors.word_count
        columns, values = columns[is_word], values[is_word]
        order = np.lexsort((columns, -values))
        single = (terms[columns[position]] for position in order)
        return [word for word in single if " " not in word and len(word) > 1][:MAX_KEYWORDS]

    def summary(self, text: str) -> str | None:
        """Return the one or two sentences of the text with the largest weight, in their order; None for no text."""
        parts = sentences(text)
        if len(text) <= SUMMARY_MAX_CHARACTERS or len(parts) <= 1:
            return text or None
        weights = [self._weight(part) for part in parts]
        best = sorted(range(len(parts)), key=lambda place: (-weights[place], place))[: 1 if len(parts) < 4 else 2]
        return " ".join(parts[place] for place in sorted(best))

    def _weight(self, sentence: str) -> float:
        words = set(_WORD.findall(sentence.lower()))
        # the root keeps long sentences from always having the largest weight
        return float(sum(self._idf.get(word, 0.0) for word in words) / (len(words) + 4) ** 0.5)
