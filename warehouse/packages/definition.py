"""Typed definitions of the content of `package.yml`.

Belongs here: plain values. Reading, validating and finding files is `package.py`; what the target
tables look like is `warehouse.loading.targets`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from warehouse.packages.yaml_positions import Location

FileFormat = Literal["csv", "parquet", "jsonl"]
Cast = Literal["text", "integer", "number", "boolean", "date", "timestamp"]
LINE = "__line__"  # in a template: the row's line in its file
_FIELD = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class ColumnMapping:
    """Where one value of a row comes from: a column, a constant, a template or the label columns of a tree.

    Parameters
    ----------
    source
        Column of the file, or None for a constant or a template.
    constant
        The same value for every row.
    template
        Text with `{Column}` fields, filled from the row; NULL when one of them is NULL. `{__line__}` is the row's
        line in its file.
    levels
        Label columns, the highest level first; the value is the key of the deepest category that they name.
    lookup
        Name of the lookup for the code in the column.
    values
        Text of the file to its value; other text is not changed.
    null_values
        Texts that mean "not known", in addition to the empty text.
    cast, format, timezone
        How to read the value: its kind, the strptime pattern of dates, the zone of instants
        without one.
    """

    source: str | None = None
    constant: str | float | bool | None = None
    template: str | None = None
    levels: tuple[str, ...] = ()
    lookup: str | None = None
    values: dict[str, str | float | bool | None] = field(default_factory=dict)
    null_values: tuple[str, ...] = ()
    cast: Cast | None = None
    format: str | None = None
    timezone: str | None = None

    @classmethod
    def read(cls, raw: str | dict[str, Any]) -> ColumnMapping:
        """Read a mapping that the schema has already accepted."""
        if isinstance(raw, str):
            return cls(source=raw)
        return cls(
            source=raw.get("from"),
            constant=raw.get("constant"),
            template=raw.get("template"),
            levels=tuple(raw.get("levels", ())),
            lookup=raw.get("lookup"),
            values=raw.get("map", {}),
            null_values=tuple(raw.get("null_values", ())),
            cast=raw.get("cast"),
            format=raw.get("format"),
            timezone=raw.get("timezone"),
        )

    @property
    def source_columns(self) -> tuple[str, ...]:
        """The columns of the file that this value needs."""
        if self.source is not None:
            return (self.source,)
        return self.levels or tuple(name for name in self.template_fields if name != LINE)

    @property
    def template_fields(self) -> tuple[str, ...]:
        """The fields of the template, in order."""
        return tuple(_FIELD.findall(self.template or ""))

    @property
    def is_constant(self) -> bool:
        """Whether every row has the same value."""
        return self.source is None and self.template is None and not self.levels


@dataclass(frozen=True)
class AttributeDefinition:
    """A customer column that this company has beyond the documented ones."""

    name: str
    type: Literal["numeric", "categorical", "boolean"]
    label_en: str
    label_ko: str
    description: str
    unit: str | None = None
    direction: int = 0
    is_feature: bool = True


@dataclass(frozen=True)
class LookupDefinition:
    """A small file that translates the codes of another file: `take` of the row whose `match` is the code."""

    name: str
    key: str
    path: Path
    match: str
    take: str


@dataclass(frozen=True)
class TreeDefinition:
    """How label columns make a tree of categories: each distinct path through them is a category.

    Parameters
    ----------
    levels
        Label columns, the highest level first.
    valid_from
        Day from which the categories are in force.
    """

    levels: tuple[str, ...]
    valid_from: date


@dataclass(frozen=True)
class FileEntry:
    """One entry of `files`: some files of one shape, for one target.

    Parameters
    ----------
    key
        Name for `--file KEY=PATH`.
    pattern
        Path or glob as written in `package.yml`.
    paths
        The files found, in order of their names; empty only for an optional entry.
    columns
        LoadTarget column to mapping; None takes the target's columns by their own names.
    tree
        For `source.voc_category`: the label columns that the categories are read from, in place of `columns`.
    distinct
        Whether the file names a key in many rows, of which the last one counts.
    location
        Position of the entry in `package.yml`.
    """

    key: str
    pattern: str
    target: str
    paths: tuple[Path, ...]
    location: Location
    format: FileFormat | None = None
    compression: Literal["none", "gzip"] | None = None
    encoding: str = "utf-8"
    delimiter: str = ","
    columns: dict[str, ColumnMapping] | None = None
    attributes: dict[str, ColumnMapping] = field(default_factory=dict)
    known_at: ColumnMapping | None = None
    tree: TreeDefinition | None = None
    distinct: bool = False
    optional: bool = False

    @property
    def lookups(self) -> tuple[str, ...]:
        """Names of the lookups that its values need."""
        mappings = [*(self.columns or {}).values(), *self.attributes.values()]
        return tuple(dict.fromkeys(mapping.lookup for mapping in mappings if mapping.lookup is not None))

    def format_of(self, path: Path) -> FileFormat:
        """Format of one file: as stated, else by its extension."""
        if self.format is not None:
            return self.format
        suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
        by_extension: dict[str, FileFormat] = {
            ".parquet": "parquet",
            ".jsonl": "jsonl",
            ".ndjson": "jsonl",
        }
        return by_extension.get(suffixes[-1] if suffixes else "", "csv")

    def is_gzipped(self, path: Path) -> bool:
        """Whether one file is gzipped: as stated, else by its extension."""
        if self.compression is not None:
            return self.compression == "gzip"
        return path.suffix.lower() == ".gz"
