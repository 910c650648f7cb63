"""Label columns read as a tree: each distinct path through them is one category, with its parent and level.

Belongs here: the way from rows to categories. The rules of the tree are checked for all categories together, in
`categories.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from warehouse.loading.columns.label_paths import PATH, category_key, label_path
from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers.chunk import LINE, Chunk, FileReader, SourceFile
from warehouse.packages.definition import TreeDefinition
from warehouse.packages.validation import suggestion

_TYPES: dict[str, type[pl.DataType]] = {
    "voc_id": pl.String,
    "valid_from": pl.Date,
    "name": pl.String,
    "parent_id": pl.String,
    "level": pl.Int64,
}


class TreeReader:
    """The categories of one file, parents first, in place of its rows.

    Memory holds one chunk and the keys seen so far: the tree, not the file. A category has no line of its own, so
    they are counted from 1.

    Raises
    ------
    FileRefusedError
        A label column is not in the file.
    """

    has_fixed_columns = True
    columns = tuple(_TYPES)

    def __init__(self, reader: FileReader, source: SourceFile, tree: TreeDefinition) -> None:
        self._reader, self._tree = reader, tree
        self._seen: set[str] = set()
        for name in tree.levels:
            if name not in reader.columns and (reader.has_fixed_columns or reader.columns):
                raise FileRefusedError(
                    source.name,
                    f"the tree is made of it and the file has no such column; {suggestion(name, list(reader.columns))}",
                    line=1,
                    column=name,
                )

    def chunks(self) -> Iterator[Chunk]:
        """Yield the categories that each chunk of the file is the first to name."""
        for chunk in self._reader.chunks():
            paths = chunk.frame.select(label_path(self._tree.levels, chunk.frame.schema).alias(PATH))[PATH]
            rows = [row for path in paths.unique(maintain_order=True) for row in self._fresh(path)]
            frame = pl.DataFrame(rows, schema={LINE: pl.Int64, **_TYPES}, orient="row")
            yield Chunk(frame, chunk.rejects)

    def _fresh(self, path: list[str]) -> Iterator[tuple[object, ...]]:
        parent: str | None = None
        for level, name in enumerate(path, start=1):
            key = category_key(path[:level])
            if key not in self._seen:
                self._seen.add(key)
                yield len(self._seen), key, self._tree.valid_from, name, parent, level
            parent = key
