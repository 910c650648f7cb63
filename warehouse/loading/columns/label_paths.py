"""Keys of categories that are named by label columns: the same path has the same key in every file and load.

The tree that the paths make is `label_tree.py`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import polars as pl

from warehouse.loading.columns.casting import Reading, as_text

PATH = "path"
_READABLE_LENGTH = 32
_SEPARATOR = "\x1f"


def category_key(path: Sequence[str]) -> str:
    """Return the key of the category at the end of a path.

    The name for the reader, then 12 hexadecimal digits of the SHA-256 of the whole path: two categories of one name
    under different parents differ, and neither order nor company of the rows matters.
    """
    name = re.sub(r"\W+", "_", path[-1].lower()).strip("_")[:_READABLE_LENGTH].rstrip("_")
    digest = hashlib.sha256(_SEPARATOR.join(path).encode()).hexdigest()[:12]
    return f"{name}-{digest}" if name else digest


def label_path(levels: Sequence[str], schema: pl.Schema) -> pl.Expr:
    """Return each row's path as a list of names without outer blanks; it ends before its first empty column."""
    names: list[pl.Expr] = []
    is_whole = pl.lit(True)
    for level in levels:
        known = level in schema
        value = pl.col(level) if known else pl.lit(None, dtype=pl.String)
        text = as_text(value, Reading(schema[level] if known else pl.String(), "UTC")).str.strip_chars()
        is_whole = is_whole & text.is_not_null() & (text != "")
        names.append(pl.when(is_whole).then(text))
    return pl.concat_list(names).list.drop_nulls()


def path_key(levels: Sequence[str], schema: pl.Schema) -> pl.Expr:
    """Return the key of each row's deepest category; NULL where even the first column is empty."""
    return label_path(levels, schema).map_batches(_keys, return_dtype=pl.String)


def _keys(paths: pl.Series) -> pl.Series:
    """Key every distinct path once."""
    known: dict[tuple[str, ...], str | None] = {(): None}
    keys = []
    for path in paths:
        whole = tuple(path)
        if whole not in known:
            known[whole] = category_key(whole)
        keys.append(known[whole])
    return pl.Series(paths.name, keys, dtype=pl.String)
