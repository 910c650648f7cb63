"""From scores of the categories on every level to paths whose confidence never rises with depth.

Belongs here: the joint confidence of paths and the ranked candidates. Does not: scores or thresholds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ml.messages.linear import LinearScores
from ml.metrics.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Hierarchy:
    """Scores of each level, and the paths that can be predicted.

    Parameters
    ----------
    levels : sequence of LinearScores
        One per level from the main categories down; a class is a category of that level, or a shallower leaf. Below the
        main categories, only scores of classes with the same main category are compared.
    paths : dict of str to tuple of str
        Each category that can be predicted, with its path.
    inverse_temperature : float
        Factor of the scores in the softmax, fitted on held-out rows.
    """

    levels: Sequence[LinearScores]
    paths: Mapping[str, tuple[str, ...]]
    inverse_temperature: float

    @cached_property
    def leaves(self) -> list[str]:
        """The categories that can be predicted, in the order of the columns of confidences."""
        return sorted(self.paths)

    @cached_property
    def _places(self) -> list[IntArray]:
        """For each level, the class of each leaf."""
        return [
            np.array([scores.classes.index(at_level(self.paths[leaf], level)) for leaf in self.leaves])
            for level, scores in enumerate(self.levels)
        ]

    @cached_property
    def _memberships(self) -> list[FloatArray]:
        return [
            np.eye(len(scores.classes), dtype=np.float64)[places]
            for scores, places in zip(self.levels, self._places, strict=True)
        ]

    def leaf_confidences(self, scores: Sequence[FloatArray]) -> FloatArray:
        """Return the confidence of each leaf, shape (rows, leaves), summing to 1.

        The confidence of a main category is the softmax of the main scores. It is divided among its leaves by the sum
        of the log-softmax of their categories on the deeper levels (a product of experts). The deeper levels do not
        change the confidence of a main category, because they are less reliable.
        """
        logs = [_log_softmax(values.astype(np.float64) * self.inverse_temperature) for values in scores]
        deeper = np.zeros((len(scores[0]), len(self.leaves)))
        for values, places in zip(logs[1:], self._places[1:], strict=True):
            deeper += values[:, places]
        confidences = np.zeros_like(deeper)
        for main in range(len(self.levels[0].classes)):
            inside = np.flatnonzero(self._places[0] == main)
            if len(inside):
                confidences[:, inside] = np.exp(logs[0][:, [main]] + _log_softmax(deeper[:, inside]))
        return confidences

    def leaf_weights(self, columns: int) -> FloatArray:
        """Return the weights of the first columns for each leaf, summed over its levels, shape (columns, leaves)."""
        weights = sum(
            scores.weights[places, :columns] for scores, places in zip(self.levels, self._places, strict=True)
        )
        dense: FloatArray = weights.T.toarray()
        return dense

    def level_confidences(self, leaf_confidences: FloatArray) -> list[FloatArray]:
        """Return for each level the confidence of each class: the sum of its leaves."""
        return [leaf_confidences @ membership for membership in self._memberships]

    def ranked(self, leaf_confidences: FloatArray, count: int) -> IntArray:
        """Return columns of the `count` best leaves, shape (rows, count).

        The first is the best leaf of the best main category; the others follow by confidence.
        """
        main = self.level_confidences(leaf_confidences)[0].argmax(axis=1)
        in_main = self._places[0][None, :] == main[:, None]
        first = np.where(in_main, leaf_confidences, -1.0).argmax(axis=1)
        rest = leaf_confidences.copy()
        rest[np.arange(len(rest)), first] = 2.0
        order: IntArray = np.argsort(-rest, axis=1, kind="stable")[:, :count]
        return order


def at_level(path: Sequence[str], level: int) -> str:
    """Return the category of a path on a level counted from 0; the deepest one where the path is shorter."""
    return path[min(level, len(path) - 1)]


def _log_softmax(values: FloatArray) -> FloatArray:
    shifted = values - values.max(axis=1, keepdims=True)
    result: FloatArray = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return result
