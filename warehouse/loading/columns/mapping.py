"""The plan by which the columns of one file fill the columns of its target.

Belongs here: matching names: what is mapped, what is missing in the file, what is not mapped. Values are
read by `casting.py` and checked by `validation.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from warehouse.loading.columns.casting import Reading, as_text, cast_to
from warehouse.loading.columns.label_paths import path_key
from warehouse.loading.columns.lookups import read_lookup
from warehouse.loading.errors import FileRefusedError
from warehouse.loading.readers.chunk import SourceFile
from warehouse.packages import ColumnMapping, DataPackage
from warehouse.packages.load_target import Kind, LoadTarget, LoadTargetColumn
from warehouse.packages.load_targets import LOAD_TARGETS
from warehouse.packages.validation import suggestion

KNOWN_AT = "known_at"
ATTRIBUTES = "attributes"
ATTRIBUTE_PREFIX = "attributes."
_KNOWN_AT_COLUMN = LoadTargetColumn(KNOWN_AT, "timestamp", minimum="1900-01-01", maximum="2199-12-31")
_ATTRIBUTE_KINDS: dict[str, Kind] = {"numeric": "number", "categorical": "text", "boolean": "boolean"}


@dataclass(frozen=True)
class Field:
    """One value of a row: what it must be, where it comes from, and the `code` and `value` of its lookup."""

    column: LoadTargetColumn
    mapping: ColumnMapping
    is_key: bool = False
    looked_up: pl.DataFrame | None = None

    @property
    def name(self) -> str:
        """Name of the value in checked rows."""
        return self.column.name


@dataclass(frozen=True)
class ColumnPlan:
    """How one file fills its target.

    Parameters
    ----------
    known_at_default
        What `known_at` is for rows without one: a constant of the package, or None.
    ignored
        Columns of the file that nothing reads.
    """

    target: LoadTarget
    fields: tuple[Field, ...]
    timezone: str
    known_at_default: str | None
    ignored: tuple[str, ...]


def plan_for(package: DataPackage, source: SourceFile, columns: tuple[str, ...], *, fixed: bool) -> ColumnPlan:
    """Match a file's columns to its target.

    Parameters
    ----------
    columns
        What the file has; for JSON lines, what its first rows have.
    fixed
        Whether every row has these columns; where not, only required ones must be among them, if there are
        rows at all.

    Raises
    ------
    FileRefusedError
        A mapped column is not in the file.
    """
    target = LOAD_TARGETS[source.entry.target]
    known_at = source.entry.known_at
    wanted = _wanted(package, source, columns, target)
    if known_at is not None and not known_at.is_constant:
        wanted.append(Field(_KNOWN_AT_COLUMN, known_at))
    elif known_at is None and KNOWN_AT in columns:
        wanted.append(Field(_KNOWN_AT_COLUMN, ColumnMapping(source=KNOWN_AT)))
    for field in wanted:
        for name in field.mapping.source_columns:
            if name not in columns and (fixed or (field.column.required and columns)):
                raise FileRefusedError(
                    source.name,
                    f"{field.name} comes from it and the file has no such column; {suggestion(name, list(columns))}",
                    line=1,
                    column=name,
                )
    used = {name for field in wanted for name in field.mapping.source_columns}
    return ColumnPlan(
        target=target,
        fields=tuple(wanted),
        timezone=target.naive_timezone or package.business_timezone,
        known_at_default=str(known_at.constant) if known_at is not None and known_at.is_constant else None,
        ignored=tuple(name for name in columns if name not in used),
    )


def replay_plan(target: LoadTarget, timezone: str, attribute_types: Mapping[str, str]) -> ColumnPlan:
    """Return the plan for rows with the column names of the table, as in quarantine."""
    columns = [*target.columns, _KNOWN_AT_COLUMN]
    if target.has_attributes:
        columns += [attribute_column(name, kind) for name, kind in attribute_types.items()]
    codes = _codes(target)
    fields = tuple(Field(c, ColumnMapping(source=c.name), c.name in codes) for c in columns)
    return ColumnPlan(target, fields, timezone, None, ())


def attribute_column(name: str, data_type: str) -> LoadTargetColumn:
    """Describe an attribute as a column, so that it is checked like one."""
    kind = _ATTRIBUTE_KINDS[data_type]
    return LoadTargetColumn(ATTRIBUTE_PREFIX + name, kind, max_length=255 if kind == "text" else None)


def raw_value(field: Field, schema: pl.Schema, timezone: str) -> tuple[pl.Expr, Reading]:
    """Return a field's value before its cast, empty text as NULL, and how to read it.

    Parameters
    ----------
    schema
        Columns of the chunk; a missing column is NULL in all rows.
    timezone
        Business time zone: that of instants without one, unless the mapping states another.
    """
    mapping, zone = field.mapping, field.mapping.timezone or timezone
    if mapping.is_constant:
        constant = None if mapping.constant is None else _constant_text(mapping.constant)
        return pl.lit(constant, dtype=pl.String), Reading(pl.String(), zone, mapping.format)
    if mapping.levels:
        return path_key(mapping.levels, schema), Reading(pl.String(), zone)
    if mapping.template is not None:
        return _filled(mapping.template, schema), Reading(pl.String(), zone)
    assert mapping.source is not None  # noqa: S101 - the schema allows these kinds only
    if mapping.source not in schema:
        return pl.lit(None, dtype=pl.String), Reading(pl.String(), zone)
    reading = Reading(schema[mapping.source], zone, mapping.format)
    value = pl.col(mapping.source)
    if mapping.cast is not None and mapping.cast != "text":
        value = cast_to(mapping.cast, value, reading)
        value, reading = as_text(value, Reading(_CAST_TYPES[mapping.cast], zone)), Reading(pl.String(), zone)
    if field.looked_up is not None:
        table = field.looked_up
        value = as_text(value, reading).str.strip_chars()
        value = value.replace_strict(table["code"], table["value"], default=None, return_dtype=pl.String)
        reading = Reading(pl.String(), zone, mapping.format)
    if mapping.values or mapping.null_values:
        value, reading = as_text(value, reading), Reading(pl.String(), zone, mapping.format)
    if reading.is_text:
        value = _emptied(value.str.strip_chars() if field.is_key else value, mapping)
    return value, reading


_CAST_TYPES: dict[str, pl.DataType] = {
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "timestamp": pl.Datetime("us", "UTC"),
}


def _wanted(package: DataPackage, source: SourceFile, columns: tuple[str, ...], target: LoadTarget) -> list[Field]:
    stated, attributes = source.entry.columns, dict(source.entry.attributes)
    if stated is None:
        names = [c.name for c in target.columns if c.name in columns or c.required]
        stated = {name: ColumnMapping(source=name) for name in names}
        if target.has_attributes:
            own = {name: ColumnMapping(source=name) for name in package.attributes if name in columns}
            attributes = own | attributes
    tables = {name: read_lookup(package.lookups[name]) for name in source.entry.lookups}
    fields = [
        Field(target.column(name), mapping, name in _codes(target), tables.get(mapping.lookup or ""))
        for name, mapping in stated.items()
    ]
    fields += [
        Field(
            attribute_column(name, package.attributes[name].type), mapping, looked_up=tables.get(mapping.lookup or "")
        )
        for name, mapping in attributes.items()
    ]
    return fields


def _codes(target: LoadTarget) -> tuple[str, ...]:
    """Columns whose outer blanks are removed: keys and foreign keys."""
    references = (reference.column for reference in target.references)
    return (*target.key, *references, *(column.name for column in target.columns if column.is_code))


def _constant_text(constant: str | float | bool) -> str:
    return str(constant).lower() if isinstance(constant, bool) else str(constant)


def _filled(template: str, schema: pl.Schema) -> pl.Expr:
    parts: list[pl.Expr] = []
    rest = template
    for name in ColumnMapping(template=template).template_fields:
        before, rest = rest.split("{" + name + "}", 1)
        known = name in schema
        value = pl.col(name) if known else pl.lit(None, dtype=pl.String)
        text = as_text(value, Reading(schema[name] if known else pl.String(), "UTC")).str.strip_chars()
        parts += [pl.lit(before), text]
    return pl.concat_str([*parts, pl.lit(rest)], ignore_nulls=False)


def _emptied(value: pl.Expr, mapping: ColumnMapping) -> pl.Expr:
    value = pl.when(~value.is_in(["", *mapping.null_values])).then(value)
    if mapping.values:
        texts = {old: None if new is None else _constant_text(new) for old, new in mapping.values.items()}
        value = value.replace(texts)
    return value
