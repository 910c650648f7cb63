"""Which letters stand on the same side of a fold: form letters go round by the hundred, each copy a little different.

Belongs here: groups of letters that are alike, from lenient to strict. Does not: the folds themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import islice

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

RUN = 5
SHARED = 0.5


def beginnings(texts: Sequence[str], length: int) -> np.ndarray:
    """Group by the first letters; what the authority masked with XXXX, figures and blanks do not count."""
    return np.array([re.sub(r"[^a-z]+", "", _unmasked(text))[:length] for text in texts], dtype=object)


def near_copies(texts: Sequence[str]) -> np.ndarray:
    """Group what shares half of all its runs of five words, directly or over others (w-shingling, Broder 1997)."""
    columns: dict[tuple[str, ...], int] = {}
    rows, places = [], []
    for row, text in enumerate(texts):
        words = re.findall("[a-z]+", _unmasked(text))
        runs = set(zip(*(islice(words, start, None) for start in range(RUN)), strict=False)) or {tuple(words)}
        rows += [row] * len(runs)
        places += [columns.setdefault(run, len(columns)) for run in runs]
    occurrence = sparse.csr_matrix((np.ones(len(rows)), (rows, places)))
    both = (occurrence @ occurrence.T).tocoo()
    counts = np.asarray(occurrence.sum(axis=1)).ravel()
    is_alike = both.data >= SHARED * (counts[both.row] + counts[both.col] - both.data)
    edges = (np.ones(int(is_alike.sum())), (both.row[is_alike], both.col[is_alike]))
    groups: np.ndarray = connected_components(sparse.csr_matrix(edges, shape=both.shape), directed=False)[1]
    return groups


def _unmasked(text: str) -> str:
    return re.sub(r"x{2,}", " ", text.lower())


ALIKE: dict[str, Callable[[Sequence[str]], np.ndarray]] = {
    "the same letter": lambda texts: np.array(texts, dtype=object),
    "the first 200 letters": lambda texts: beginnings(texts, 200),
    "the first 80 letters": lambda texts: beginnings(texts, 80),
    "half of all runs of five words": near_copies,
}
"""What letters of one group have in common."""
