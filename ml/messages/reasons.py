"""Why a category, in the message's own words; its keywords; its summary.

Belongs here: words, quotes and sentences of one message. Does not: choosing categories.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from ml.messages.hierarchy import Hierarchy
from ml.messages.text import sentences
from ml.messages.vectors import PAIR_LETTERS, WORD, Vectors
from ml.metrics.arrays import FloatArray, IntArray

MOST_KEYWORDS, MOST_QUOTES = 5, 3
SHORT = 120
"""Characters; a text up to here is its own summary."""

_WORD = re.compile(WORD)


class Spoken:
    """The words of one text and where they stand in it.

    Parameters
    ----------
    text : str
        Any text; words are told apart as `ml.messages.vectors` does.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = [(found[0].lower(), found.start(), found.end()) for found in _WORD.finditer(text)]
        self._places: dict[str, list[int]] = {}
        self._begins: dict[str, int] = {}
        for place, (word, _, _) in enumerate(self._words):
            self._places.setdefault(word, []).append(place)
            self._begins.setdefault(word[:PAIR_LETTERS], place)

    def quote(self, term: str, *, is_pair: bool = False) -> str | None:
        """Quote a term as it stands in the text; None where only its lower-cased form could be given.

        Parameters
        ----------
        term : str
            One word, words in a row, or the beginnings of two words.
        is_pair : bool
            Whether they are beginnings of words that stand apart, each quoted for itself in the order of the text.
        """
        words = term.split(" ")
        if is_pair:
            firsts = sorted(self._begins[word] for word in words if word in self._begins)
            return " with ".join(self._between(place, place) for place in firsts) if len(firsts) == len(words) else None
        for place in self._places.get(words[0], ()):
            last = place + len(words) - 1
            if [word for word, _, _ in self._words[place : last + 1]] == words:
                return self._between(place, last)
        return None

    def _between(self, first: int, last: int) -> str:
        return f"“{self._text[self._words[first][1] : self._words[last][2]]}”"


@dataclass(frozen=True)
class Reader:
    """Reads single messages with the eyes of a fitted model.

    Parameters
    ----------
    vectors : Vectors
    hierarchy : Hierarchy
        Its weights tell which words decided.
    """

    vectors: Vectors
    hierarchy: Hierarchy

    @cached_property
    def _weights(self) -> FloatArray:
        """Weights of words and pairs, shape (quotable terms, leaves)."""
        return self.hierarchy.leaf_weights(len(self.vectors.quotable))

    @cached_property
    def _idf(self) -> dict[str, float]:
        return dict(zip(self.vectors.vocabulary["word"], self.vectors.idf["word"].tolist(), strict=True))

    def words(self, row: sparse.csr_matrix) -> tuple[IntArray, FloatArray]:
        """Return columns and values of the words and pairs in one vector."""
        is_quotable = row.indices < len(self.vectors.quotable)
        return row.indices[is_quotable], row.data[is_quotable]

    def reason(self, spoken: Spoken, columns: IntArray, values: FloatArray, leaf: int) -> str:
        """Quote the words that spoke most for a leaf, strongest first; says so where none did."""
        contributions = self._weights[columns, leaf] * values
        told: list[set[str]] = []
        quotes: list[str] = []
        for position in np.lexsort((columns, -contributions)):
            if contributions[position] <= 0 or len(quotes) == MOST_QUOTES:
                break
            term = self.vectors.quotable[columns[position]]
            words = {word[:PAIR_LETTERS] for word in term.split(" ")}
            if any(words <= said or said <= words for said in told):
                continue
            quote = spoken.quote(term, is_pair=columns[position] >= self.vectors.word_count)
            if quote:
                told.append(words)
                quotes.append(quote)
        if not quotes:
            return "no single word decided; parts of words did"
        return "says " + ", ".join(quotes)

    def keywords(self, columns: IntArray, values: FloatArray) -> list[str]:
        """Return the most telling single words, strongest first."""
        terms = self.vectors.vocabulary["word"]
        is_word = columns < self.vectors.word_count
        columns, values = columns[is_word], values[is_word]
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
