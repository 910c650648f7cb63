"""The category tree: paths, and the error of each kind of invalid tree."""

from __future__ import annotations

import pandas as pd
import pytest

from ml.frames import FrameError
from ml.messages.taxonomy import Taxonomy
from tests.unit.ml.messages.example_messages import TREE, tree


def test_paths_begin_at_the_main_category() -> None:
    assert tree().paths["mice"] == ("pests", "mice")
    assert tree().paths["bills"] == ("bills",)
    assert tree().depth == 2


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (("fleas", "insects", "Fleas", 2), "unknown parent 'insects'"),
        (("ants", "pests", "Ants", 2), "'ants' is in the tree twice"),
        (("fleas", "ants", "Fleas", 2), "'fleas' has level 2"),
        (("a", "a", "A", 1), "'a' is its own ancestor"),
    ],
)
def test_invalid_tree_is_refused(row: tuple[str, str, str, int], problem: str) -> None:
    with pytest.raises(FrameError, match=problem):
        Taxonomy.from_frame(pd.concat([TREE, pd.DataFrame([row], columns=TREE.columns)]))


def test_cycle_is_reported_with_its_path() -> None:
    circle = pd.DataFrame([("a", "b", "A", 1), ("b", "a", "B", 2)], columns=TREE.columns)
    with pytest.raises(FrameError, match=r"is its own ancestor: a > b > a|is its own ancestor: b > a > b"):
        Taxonomy.from_frame(circle)
