"""Row checks: which rows of a chunk can be kept, and what is wrong with the others.

Belongs here: casts, required values, lengths, limits, allowed values and documents. Duplicates and
unknown customers need all rows of a file: `buffer/set_checks.py`.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from warehouse.loading.buffer.names import DIGEST_SUFFIX
from warehouse.loading.columns.casting import cast_to
from warehouse.loading.columns.mapping import ATTRIBUTE_PREFIX, ATTRIBUTES, KNOWN_AT, ColumnPlan, Field, raw_value
from warehouse.loading.readers.chunk import LINE, Chunk, Reject
from warehouse.packages.documents import inspect_document
from warehouse.packages.load_target import DOCUMENT_KINDS, LoadTargetColumn

_OK, _MISSING, _UNREADABLE, _TOO_LONG, _OUT_OF_RANGE, _NOT_ALLOWED, _NUL, _DOCUMENT = range(8)
_CODES = (
    "",
    "required_value",
    "unreadable_value",
    "too_long",
    "out_of_range",
    "not_allowed",
    "nul_byte",
    "bad_document",
)
_KIND_NAMES = {"money": "amount", "month": "first day of a month (YYYY-MM-01)", "json": "JSON object"}
_DAY_BEYOND = timedelta(days=1)


def check_rows(plan: ColumnPlan, chunk: Chunk) -> tuple[pl.DataFrame, list[Reject]]:
    """Split a chunk into rows to keep and rejects.

    Returns
    -------
    polars.DataFrame
        Columns of the plan's target that are mapped, digests of documents, `attributes` (JSON text) where
        the target has them, `known_at` where mapped, and `LINE`.
    list of Reject
        With every reason of a row, not only the first.
    """
    frame = _read(plan, chunk.frame)
    problems = frame.select(pl.max_horizontal("^bad:.*$").alias("bad"))["bad"]
    documents, digests = _inspect_documents(plan, frame)
    frame = frame.with_columns(digests)
    rejects = list(chunk.rejects)
    if documents or problems.max():
        lines = pl.Series(list(documents), dtype=pl.Int64)
        bad = frame.filter((problems > _OK) | pl.col(LINE).is_in(lines.implode()))
        rejects += [_reject(plan, row, documents) for row in bad.iter_rows(named=True)]
        frame = frame.filter((problems == _OK) & ~pl.col(LINE).is_in(lines.implode()))
    return _kept(plan, frame), rejects


def _read(plan: ColumnPlan, frame: pl.DataFrame) -> pl.DataFrame:
    """Add to every field its raw value, its value and what is wrong with it."""
    columns: list[pl.Expr] = [pl.col(LINE)]
    for field in plan.fields:
        raw, reading = raw_value(field, frame.schema, plan.timezone)
        value = cast_to(field.column.kind, raw, reading)
        columns += [
            raw.alias(f"raw:{field.name}"),
            value.alias(field.name),
            _checked_fields(field.column, raw, value, is_text=reading.is_text).alias(f"bad:{field.name}"),
        ]
    # lazily, so that what several columns share is computed once
    return frame.lazy().select(columns).collect()


def _checked_fields(column: LoadTargetColumn, raw: pl.Expr, value: pl.Expr, *, is_text: bool) -> pl.Expr:
    checks: list[tuple[pl.Expr, int]] = []
    if is_text:
        checks.append((raw.str.contains("\x00", literal=True), _NUL))
    checks.append((raw.is_not_null() & value.is_null(), _UNREADABLE))
    if column.required:
        checks.append((raw.is_null(), _MISSING))
    if column.max_length is not None:
        checks.append((value.str.len_chars() > column.max_length, _TOO_LONG))
    if column.minimum is not None:
        checks.append((value < _limit(column, column.minimum), _OUT_OF_RANGE))
    if column.maximum is not None:
        beyond = value >= _limit(column, column.maximum, _DAY_BEYOND) if _is_dated(column) else None
        checks.append((value > column.maximum if beyond is None else beyond, _OUT_OF_RANGE))
    if column.allowed:
        checks.append((value.is_not_null() & ~value.is_in(list(column.allowed)), _NOT_ALLOWED))
    flag = pl.lit(_OK, dtype=pl.UInt8)
    for is_bad, code in reversed(checks):
        flag = pl.when(is_bad).then(pl.lit(code, dtype=pl.UInt8)).otherwise(flag)
    return flag


def _is_dated(column: LoadTargetColumn) -> bool:
    return column.kind in ("date", "month", "timestamp")


def _limit(column: LoadTargetColumn, limit: float | str, extra: timedelta = timedelta()) -> pl.Expr:
    if not _is_dated(column):
        return pl.lit(limit)
    day = date.fromisoformat(str(limit)) + extra
    literal = pl.lit(day)
    return literal.cast(pl.Datetime("us")).dt.replace_time_zone("UTC") if column.kind == "timestamp" else literal


def _inspect_documents(plan: ColumnPlan, frame: pl.DataFrame) -> tuple[dict[int, str], list[pl.Series]]:
    """Line to problem, for rows whose JSON documents do not keep to their schema; and a digest per document."""
    problems: dict[int, str] = {}
    digests: list[pl.Series] = []
    lines = frame[LINE].to_list()
    for field in plan.fields:
        if field.column.kind not in DOCUMENT_KINDS:
            continue
        texts = frame[field.name].to_list()
        found = [(None, None) if text is None else inspect_document(field.name, text) for text in texts]
        digests.append(pl.Series(field.name + DIGEST_SUFFIX, [digest for _, digest in found], dtype=pl.String))
        for line, (problem, _) in zip(lines, found, strict=True):
            if problem:
                problems[line] = f"{problems[line]}; {problem}" if line in problems else problem
    return problems, digests


def _reject(plan: ColumnPlan, row: dict[str, Any], documents: dict[int, str]) -> Reject:
    reasons: list[str] = []
    codes: list[str] = []
    for field in plan.fields:
        code = row[f"bad:{field.name}"]
        if code:
            codes.append(_CODES[code])
            reasons.append(_reason(field, code, row[f"raw:{field.name}"]))
    line = row[LINE]
    if line in documents:
        codes.append(_CODES[_DOCUMENT])
        reasons.append(documents[line])
    return Reject(line, codes[0], "; ".join(reasons), _row_data(plan, row))


def _reason(field: Field, code: int, raw: Any) -> str:
    column = field.column
    sources = ", ".join(field.mapping.source_columns)
    name = f"{column.name} (column {sources})" if sources and sources != column.name else column.name
    shown_value = repr(raw if len(str(raw)) <= 80 else str(raw)[:79] + "…")
    if code == _MISSING:
        return f"{name} is missing"
    if code == _UNREADABLE:
        return f"{name}: {shown_value} is not a {_KIND_NAMES.get(column.kind, column.kind)}"
    if code == _TOO_LONG:
        return f"{name} has {len(str(raw))} characters, more than {column.max_length}"
    if code == _OUT_OF_RANGE:
        return f"{name}: {shown_value} is outside {column.minimum} to {column.maximum}"
    if code == _NOT_ALLOWED:
        return f"{name}: {shown_value} is not one of {', '.join(map(str, column.allowed))}"
    return f"{name} contains the NUL character, which PostgreSQL cannot store"


def _row_data(plan: ColumnPlan, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with the column names of the table, so that it can be corrected and replayed without its file."""
    data: dict[str, Any] = {}
    for field in plan.fields:
        value = row[field.name] if row[f"bad:{field.name}"] != _UNREADABLE else row[f"raw:{field.name}"]
        if value is None:
            continue
        value = value.isoformat() if isinstance(value, (date, datetime)) else value
        if field.name.startswith(ATTRIBUTE_PREFIX):
            data.setdefault(ATTRIBUTES, {})[field.name.removeprefix(ATTRIBUTE_PREFIX)] = value
        else:
            data[field.name] = value
    if plan.known_at_default is not None:
        data.setdefault(KNOWN_AT, plan.known_at_default)
    return data


def _kept(plan: ColumnPlan, frame: pl.DataFrame) -> pl.DataFrame:
    plain = [field.name for field in plan.fields if not field.name.startswith(ATTRIBUTE_PREFIX)]
    kept = frame.select(LINE, *plain, f"^.*{DIGEST_SUFFIX}$")
    if not plan.target.has_attributes:
        return kept
    own = [field.name for field in plan.fields if field.name.startswith(ATTRIBUTE_PREFIX)]
    if not own:
        return kept.with_columns(pl.lit("{}").alias(ATTRIBUTES))
    parts = [pl.col(name).alias(name.removeprefix(ATTRIBUTE_PREFIX)) for name in own]
    return kept.with_columns(frame.select(pl.struct(parts).struct.json_encode().alias(ATTRIBUTES)))
