"""Texts as sparse vectors: TF-IDF of words, word pairs and pieces of words, each block of length 1.

Belongs here: fitting, applying and storing the vectors. Does not: what is learned from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from ml.metrics.arrays import FloatArray

BLOCKS: dict[str, dict[str, Any]] = {
    "word": {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    "piece": {"analyzer": "char_wb", "ngram_range": (2, 5)},
}
"""Pieces of words carry what Korean particles and typing errors hide from whole words."""


@dataclass(frozen=True)
class Vectors:
    """Fitted vectors.

    Parameters
    ----------
    vocabulary : dict of str to list of str
        Terms of each block in column order.
    idf : dict of str to array of float, shape (terms,)
        Inverse document frequency of each term.
    """

    vocabulary: dict[str, list[str]]
    idf: dict[str, FloatArray]

    @cached_property
    def _fitted(self) -> dict[str, TfidfVectorizer]:
        return {block: self._vectorizer(block) for block in BLOCKS}

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
    def word_count(self) -> int:
        """Columns of the word block, which come first."""
        return len(self.vocabulary["word"])

    @property
    def width(self) -> int:
        """Number of columns."""
        return sum(len(terms) for terms in self.vocabulary.values())

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """Return one row per text, shape (texts, width), float32; a row does not depend on the others."""
        blocks = [self._fitted[block].transform(texts) for block in BLOCKS]
        return sparse.csr_matrix(sparse.hstack(blocks, format="csr", dtype=np.float32))


def fit_vectors(texts: Sequence[str], *, least_documents: int, most_terms: int) -> Vectors:
    """Learn vocabulary and frequencies.

    Parameters
    ----------
    least_documents : int
        Terms in fewer texts are left out.
    most_terms : int
        Most terms of each block, the most frequent ones.
    """
    vocabulary, idf = {}, {}
    for block, options in BLOCKS.items():
        vectorizer = TfidfVectorizer(
            min_df=min(least_documents, len(texts)), max_features=most_terms, sublinear_tf=True, **options
        )
        vectorizer.fit(texts)
        vocabulary[block] = vectorizer.get_feature_names_out().tolist()
        idf[block] = np.asarray(vectorizer.idf_, dtype=np.float64)
    return Vectors(vocabulary, idf)
