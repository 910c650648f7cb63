"""Texts as sparse vectors: TF-IDF of words, word pairs and character n-grams, each block normalised to length 1.

Belongs here: fitting, applying and storing the vectors. Does not: the models that use them.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from ml.metrics.arrays import FloatArray

WORD = r"(?u)\b\w+\b"
PAIR_PREFIX_LENGTH = 4
"""A pair consists of word prefixes of this length: “card arrived” and “cards arriving” are the same pair."""
PAIR_MAX_DISTANCE = 30
"""Largest distance of the two words of a pair, in distinct words: the number of pairs is linear in the text length."""
PAIR_WORDS = 40
"""Largest median number of distinct words of a message for which pairs are used: for longer texts they improve nothing
over words and double the time (`bench/message_results.md`)."""


def pairs(text: str) -> list[str]:
    """Return the pairs of different word prefixes that are near each other, in any order: "arri card"."""
    beginnings = list(dict.fromkeys(word[:PAIR_PREFIX_LENGTH] for word in re.findall(WORD, text.lower())))
    return [
        f"{one} {other}" if one < other else f"{other} {one}"
        for place, one in enumerate(beginnings)
        for other in beginnings[place + 1 : place + 1 + PAIR_MAX_DISTANCE]
    ]


BLOCKS: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": WORD},
    "pair": {"analyzer": pairs},
    "piece": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}
"""In the order of columns. Word: single words and two consecutive ones. Pair: two words near each other, in any order.
Piece: character n-grams, which match despite Korean particles and typing errors."""


@dataclass(frozen=True)
class Vectors:
    """Fitted vectors.

    Parameters
    ----------
    vocabulary : dict of str to list of str
        Terms of each block in column order; bundles of long texts, and older bundles, have no pairs.
    idf : dict of str to array of float, shape (terms,)
        Inverse document frequency of each term.
    """

    vocabulary: dict[str, list[str]]
    idf: dict[str, FloatArray]

    @cached_property
    def _fitted(self) -> dict[str, TfidfVectorizer]:
        return {block: self._vectorizer(block) for block in self.blocks}

    def _vectorizer(self, block: str) -> TfidfVectorizer:
        vectorizer = TfidfVectorizer(
            vocabulary={term: place for place, term in enumerate(self.vocabulary[block])},
            sublinear_tf=True,
            dtype=np.float32,
            **BLOCKS[block],
        )
        vectorizer.idf_ = self.idf[block]
        return vectorizer

    @property
    def blocks(self) -> list[str]:
        """Blocks in the order of columns."""
        return [block for block in BLOCKS if block in self.vocabulary]

    @property
    def word_count(self) -> int:
        """Columns of the word block, which come first."""
        return len(self.vocabulary["word"])

    @cached_property
    def quotable_terms(self) -> list[str]:
        """Terms that can be quoted from a text, in the order of the first columns: words, then pairs."""
        return self.vocabulary["word"] + self.vocabulary.get("pair", [])

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(len(terms) for terms in self.vocabulary.values())

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return one row per text, shape (texts, width), float32; a row does not depend on the others."""
        blocks = [self._fitted[block].transform(texts) for block in self.blocks]
        return sparse.csr_matrix(sparse.hstack(blocks, format="csr", dtype=np.float32))


def fit_vectors(texts: Sequence[str], *, min_document_count: int, max_terms: int) -> Vectors:
    """Fit vocabulary and document frequencies.

    Parameters
    ----------
    min_document_count : int
        Terms in fewer texts are left out.
    max_terms : int
        Largest number of terms of each block; the most frequent ones are used.
    """
    vocabulary, idf = {}, {}
    blocks = dict(BLOCKS)
    if np.median([len(set(re.findall(WORD, text.lower()))) for text in texts]) > PAIR_WORDS:
        del blocks["pair"]
    for block, options in blocks.items():
        vectorizer = TfidfVectorizer(
            min_df=min(min_document_count, len(texts)), max_features=max_terms, sublinear_tf=True, **options
        )
        vectorizer.fit(texts)
        vocabulary[block] = vectorizer.get_feature_names_out().tolist()
        idf[block] = np.asarray(vectorizer.idf_, dtype=np.float64)
    return Vectors(vocabulary, idf)
