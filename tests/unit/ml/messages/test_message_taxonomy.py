"""A tree of categories is refused for what is wrong with it, by name."""

from __future__ import annotations

import pandas as pd
import pytest

from ml.frames import FrameError
from ml.messages.taxonomy import Taxonomy
from tests.unit.ml.messages.letters import TREE, tree


def test_paths_lead_from_the_main_category_down() -> None:
    assert tree().paths["mice"] == ("pests", "mice")
    assert tree().paths["bills"] == ("bills",)
    assert tree().depth == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("fleas", "insects", "Fleas", 2), "unknown parent 'insects'"),
        (("ants", "pests", "Ants", 2), "'ants' stands in the tree twice"),
        (("fleas", "ants", "Fleas", 2), "'fleas' says level 2"),
        (("a", "a", "A", 1), "'a' lies below itself"),
    ],
)
def test_a_wrong_tree_is_refused(row: tuple[str, str, str, int], words: str) -> None:
    with pytest.raises(FrameError, match=words):
        Taxonomy.from_frame(pd.concat([TREE, pd.DataFrame([row], columns=TREE.columns)]))


def test_a_circle_is_named() -> None:
    circle = pd.DataFrame([("a", "b", "A", 1), ("b", "a", "B", 2)], columns=TREE.columns)
    with pytest.raises(FrameError, match=r"lies below itself: a > b > a|lies below itself: b > a > b"):
        Taxonomy.from_frame(circle)
