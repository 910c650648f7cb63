"""The category tree at one instant: paths from the root, for any depth.

Belongs here: reading and validating a tree. Does not: its versions over time, which are in the warehouse.
"""

from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from ml.frames import FrameError

COLUMNS = ["voc_id", "parent_id", "name", "level"]


@dataclass(frozen=True)
class Taxonomy:
    """Paths of all categories.

    Parameters
    ----------
    paths : dict of str to tuple of str
        Category to its path, main category first, itself last.
    names : dict of str to str
        Category to its name.
    """

    paths: dict[str, tuple[str, ...]]
    names: dict[str, str]

    @cached_property
    def depth(self) -> int:
        """Level of the deepest category."""
        return max((len(path) for path in self.paths.values()), default=0)

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> "Taxonomy":
        """Read a tree.

        Parameters
        ----------
        frame : DataFrame
            ``voc_id`` text unique, ``parent_id`` text or None at the root, ``name`` text, ``level`` int from 1.

        Raises
        ------
        FrameError
            If a column is missing, a category is repeated, a parent is unknown, a level is not that of its parent plus
            one, or the tree has a cycle.
        """
        missing = [name for name in COLUMNS if name not in frame]
        if missing:
            raise FrameError(f"the category tree lacks {', '.join(missing)}")
        repeated = frame.loc[frame["voc_id"].duplicated(), "voc_id"].tolist()
        if repeated:
            raise FrameError(f"category {repeated[0]!r} is in the tree twice; give one row per category")
        parents: dict[str, str | None] = {
            str(voc_id): (None if pd.isna(parent) else str(parent))
            for voc_id, parent in zip(frame["voc_id"], frame["parent_id"], strict=True)
        }
        paths = {voc_id: _path(voc_id, parents) for voc_id in parents}
        for voc_id, level in zip(frame["voc_id"], frame["level"], strict=True):
            if level != len(paths[voc_id]):
                raise FrameError(f"category {voc_id!r} has level {level}, but its path is {' > '.join(paths[voc_id])}")
        names = {str(voc_id): str(name) for voc_id, name in zip(frame["voc_id"], frame["name"], strict=True)}
        return cls(paths, names)


def _path(voc_id: str, parents: dict[str, str | None]) -> tuple[str, ...]:
    path = [voc_id]
    while (parent := parents[path[0]]) is not None:
        if parent not in parents:
            raise FrameError(f"category {path[0]!r} has the unknown parent {parent!r}; add it to the tree")
        if parent in path:
            raise FrameError(f"category {voc_id!r} is its own ancestor: {' > '.join([parent, *path])}")
        path.insert(0, parent)
    return tuple(path)
