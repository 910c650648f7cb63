"""The JSON documents of a monthly snapshot and the schemas they are held to.

Belongs here: the shipped schemas and the validation of one document. Which rows are
rejected for it is decided in `warehouse.loading`.
"""

from __future__ import annotations

from functools import cache
from hashlib import md5
from importlib.resources import files
from typing import Any

import jsonschema_rs
import orjson

DOCUMENT_NAMES = ("contract_info", "user_information", "purchase_logs", "interaction_history")


@cache
def schema_of(name: str) -> dict[str, Any]:
    """Return the shipped JSON Schema called `name` (a document's name, or `package`)."""
    text = files("warehouse.packages").joinpath("schemas", f"{name}.schema.json").read_bytes()
    schema: dict[str, Any] = orjson.loads(text)
    return schema


@cache
def validator_of(name: str) -> jsonschema_rs.Validator:
    """Return the compiled validator of a schema; formats (date, date-time) are checked."""
    return jsonschema_rs.validator_for(schema_of(name), validate_formats=True)


def inspect_document(name: str, text: str) -> tuple[str | None, str | None]:
    """Return the problem of one document, or the digest of a valid one.

    Parameters
    ----------
    name
        One of `DOCUMENT_NAMES`.
    text
        The document as JSON text.

    Returns
    -------
    problem : str or None
        The path inside the document and the reason, for example
        `interaction_history.works[3].services: -1 is less than the minimum of 0`.
    digest : str or None
        MD5 of the content: documents that differ only in spaces or the order of keys have the same.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return f"{name}: not JSON: {error.msg} at character {error.pos}", None
    # an escaped backslash before u0000 is harmless: take the pairs away, then look
    if "\\u0000" in text and b"\\u0000" in orjson.dumps(value).replace(b"\\\\", b""):
        return f"{name}: holds the NUL character (\\u0000), which PostgreSQL cannot keep; remove it", None
    validator = validator_of(name)
    if validator.is_valid(value):
        return None, md5(orjson.dumps(value, option=orjson.OPT_SORT_KEYS), usedforsecurity=False).hexdigest()
    first = next(iter(validator.iter_errors(value)))
    return f"{name}{path_text(first.instance_path)}: {_short(first.message)}", None


def path_text(path: list[str | int]) -> str:
    """Write a path inside a document as `.works[3].services`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def _short(message: str, limit: int = 300) -> str:
    return message if len(message) <= limit else message[: limit - 1] + "…"
