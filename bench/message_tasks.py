"""Public messages with their categories as tasks for `bench.message_choice`.

Belongs here: files to rows, a tree and folds. Does not: methods, or which letters are alike (alike).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, StratifiedKFold

from bench.alike import ALIKE
from ml.messages.taxonomy import Taxonomy
from ml.messages.text import clean

FOLDS = 5
ROUNDS = 2
"""Of folds on letters in groups: which side a form letter of fifty copies falls on moves the path by .015."""
SEED = 0
LABEL_COLUMNS = ["product", "sub_product", "issue", "sub_issue"]


@dataclass(frozen=True)
class Task:
    """Messages with their paths.

    Parameters
    ----------
    rows : DataFrame
        `message_id`, `text`, `voc_id`, `is_claim` (None), as `ml.messages.training` fits on.
    groups : array or None
        Messages of a group never stand on both sides of a fold.
    levels : tuple of str
        Names of the tree's levels.
    """

    rows: pd.DataFrame
    taxonomy: Taxonomy
    groups: np.ndarray | None
    levels: tuple[str, ...]

    def folds(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Train and test positions; with groups every row is held out once in each round."""
        if self.groups is not None:
            rounds = [GroupKFold(FOLDS)]
            rounds += [GroupKFold(FOLDS, shuffle=True, random_state=seed) for seed in range(ROUNDS - 1)]
            return [fold for made in rounds for fold in made.split(self.rows, groups=self.groups)]
        return list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(self.rows, self.rows["voc_id"]))


def complaints(path: Path, alike: str = "the first 80 letters", *, with_addressee: bool = True) -> Task:
    """Read public complaints with four levels.

    Parameters
    ----------
    alike : str
        A key of `ALIKE`.
    with_addressee : bool
        Whether the company that the form names stands above the letter, as `examples/complaints` reads it.
    """
    frame = pd.read_csv(path, dtype=str).dropna(subset=["narrative", "product"]).reset_index(drop=True)
    given = frame[LABEL_COLUMNS].fillna("(none)")
    letters = frame["narrative"].tolist()
    with_company = [f"To {to}:\n{text}" for to, text in zip(frame["company"], letters, strict=True)]
    return _task(
        with_company if with_addressee else letters,
        given.to_numpy().tolist(),
        ALIKE[alike](letters),
        tuple(LABEL_COLUMNS),
    )


def banking(path: Path) -> Task:
    """Read customer questions of a bank, 77 intents on one level."""
    frame = pd.read_csv(path)
    return _task(frame["text"], [[label] for label in frame["category"]], None, ("intent",))


def korean(path: Path) -> Task:
    """Korean reviews, good (9 and 10) or bad (1 to 4): one level, to compare ways of cutting Korean words."""
    frame = pd.read_csv(path, sep="\t").dropna(subset=["review"])
    frame = frame[(frame["rating"] >= 9) | (frame["rating"] <= 4)]
    return _task(
        frame["review"], [["good" if rating >= 9 else "bad"] for rating in frame["rating"]], None, ("opinion",)
    )


def _task(texts: Sequence[str], paths: list[list[str]], groups: np.ndarray | None, levels: tuple[str, ...]) -> Task:
    places: dict[tuple[str, ...], tuple[str, ...]] = {}
    for path in paths:
        for depth in range(1, len(path) + 1):
            places[tuple(path[:depth])] = tuple(" > ".join(path[:step]) for step in range(1, depth + 1))
    taxonomy = Taxonomy({ids[-1]: ids for ids in places.values()}, {ids[-1]: key[-1] for key, ids in places.items()})
    rows = pd.DataFrame(
        {
            "message_id": np.arange(len(paths)),
            "text": [clean(text) for text in texts],
            "voc_id": [" > ".join(path) for path in paths],
            "is_claim": None,
        }
    )
    return Task(rows, taxonomy, groups, levels)
