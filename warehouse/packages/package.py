"""A data package: `package.yml` read, checked, and its files found.

Belongs here: the way from a folder to a `DataPackage`. What is inside the files is not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.packages.definition import (
    AttributeDefinition,
    ColumnMapping,
    FileEntry,
    LookupDefinition,
    TreeDefinition,
)
from warehouse.packages.errors import PackageError
from warehouse.packages.load_targets import LOAD_TARGETS
from warehouse.packages.validation import package_problems, suggestion
from warehouse.packages.yaml_positions import Location, PositionedDocument, read_with_positions

FILE_NAME = "package.yml"
DEFAULT_REJECT_LIMIT_RATIO = 0.05


@dataclass(frozen=True)
class DataPackage:
    """What one company hands over.

    Parameters
    ----------
    definition
        The content of `package.yml` as it was written, for the load log.
    files
        Entries in the order of loading: referenced tables first.
    as_of_dates
        First days of months as of which customers are scored; empty if the snapshots define them.
    """

    path: Path
    name: str
    company: str
    title: str
    is_simulated: bool
    business_timezone: str
    currency: str
    reject_limit_ratio: float
    as_of_dates: tuple[date, ...]
    attributes: dict[str, AttributeDefinition]
    lookups: dict[str, LookupDefinition]
    files: tuple[FileEntry, ...]
    definition: dict[str, Any]

    @classmethod
    def read(cls, path: Path | str, file_overrides: Mapping[str, Path | str] | None = None) -> DataPackage:
        """Read a package folder (or its `package.yml`).

        Parameters
        ----------
        path
            The folder, or the file itself.
        file_overrides
            Files to use instead of those the package names, by file key. With the empty key, the
            file of a package that has only one.

        Raises
        ------
        PackageError
            The description is unsound, a file is missing, or an override names no key.
        """
        path = Path(path)
        document = read_with_positions(path / FILE_NAME if path.is_dir() or not path.suffix else path)
        problems = package_problems(document)
        if problems:
            raise PackageError(problems)
        return _build(document, dict(file_overrides or {}))

    @property
    def file_keys(self) -> tuple[str, ...]:
        """The distinct keys of the entries, in order."""
        return tuple(dict.fromkeys([entry.key for entry in self.files] + [each.key for each in self.lookups.values()]))


def _build(document: PositionedDocument, overrides: dict[str, Path | str]) -> DataPackage:
    content: dict[str, Any] = document.content
    looked_up = {name: str(raw.get("key") or name) for name, raw in content.get("lookups", {}).items()}
    keys = list(dict.fromkeys([*(_key_of(raw) for raw in content["files"]), *looked_up.values()]))
    overrides = _named_overrides(document, overrides, keys)
    entries, missing = [], []
    for index, raw in enumerate(content["files"]):
        entry = _entry(document, index, raw, overrides)
        entries.append(entry)
        if not entry.paths and not entry.optional:
            missing.append(
                f"{document.where((*entry.location, 'path'))}: no file matches {entry.pattern}; "
                f"put it there, or pass it with --file {entry.key}=PATH"
            )
    lookups, missing_lookups = _lookups(document, looked_up, overrides)
    missing += missing_lookups
    if missing:
        raise PackageError(missing)
    return DataPackage(
        path=document.path,
        name=content["name"],
        company=content["company"],
        title=content["title"],
        is_simulated=content["is_simulated"],
        business_timezone=content["business_timezone"],
        currency=content["currency"],
        reject_limit_ratio=content.get("reject_limit_ratio", DEFAULT_REJECT_LIMIT_RATIO),
        as_of_dates=_as_of_dates(document),
        attributes={name: AttributeDefinition(name=name, **raw) for name, raw in content.get("attributes", {}).items()},
        lookups=lookups,
        files=tuple(sorted(entries, key=lambda entry: LOAD_TARGETS[entry.target].rank)),
        definition=content,
    )


def _lookups(
    document: PositionedDocument, keys: dict[str, str], overrides: dict[str, Path | str]
) -> tuple[dict[str, LookupDefinition], list[str]]:
    """Find the file of each lookup; `keys` are the file keys by name. Missing files are reported."""
    found: dict[str, LookupDefinition] = {}
    missing: list[str] = []
    for name, key in keys.items():
        raw = document.content["lookups"][name]
        place = ("lookups", name, "path")
        paths = _find(document, place, raw["path"], overrides.get(key))
        if len(paths) == 1:
            found[name] = LookupDefinition(name, key, paths[0], raw["match"], raw["take"])
        else:
            missing.append(
                f"{document.where(place)}: {len(paths)} files match {raw['path']}, a lookup reads one; "
                f"put it there, or pass it with --file {key}=PATH"
            )
    return found, missing


def _key_of(raw: dict[str, Any]) -> str:
    return str(raw.get("key") or raw["target"].split(".")[1])


def _named_overrides(
    document: PositionedDocument, overrides: dict[str, Path | str], keys: list[str]
) -> dict[str, Path | str]:
    if "" in overrides and len(keys) == 1:
        overrides[keys[0]] = overrides.pop("")
    problems = []
    for key in [key for key in overrides if key not in keys]:
        hint = f"no file has this key; {suggestion(key, keys)}" if key else f"write KEY=PATH, keys: {keys}"
        problems.append(f"{document.path}: --file {key or overrides[key]}: {hint}")
    if problems:
        raise PackageError(problems)
    return overrides


def _entry(
    document: PositionedDocument, index: int, raw: dict[str, Any], overrides: dict[str, Path | str]
) -> FileEntry:
    key = _key_of(raw)
    columns = raw.get("columns")
    return FileEntry(
        key=key,
        pattern=raw["path"],
        target=raw["target"],
        paths=_find(document, ("files", index, "path"), raw["path"], overrides.get(key)),
        location=("files", index),
        format=raw.get("format"),
        compression=raw.get("compression"),
        encoding=raw.get("encoding", "utf-8"),
        delimiter=raw.get("delimiter", ","),
        columns=None if columns is None else _mappings(columns),
        attributes=_mappings(raw.get("attributes", {})),
        known_at=ColumnMapping.read(raw["known_at"]) if "known_at" in raw else None,
        tree=_tree(document, index, raw.get("tree")),
        distinct=raw.get("distinct", False),
        optional=raw.get("optional", False),
    )


def _tree(document: PositionedDocument, index: int, raw: dict[str, Any] | None) -> TreeDefinition | None:
    if raw is None:
        return None
    day = _date(document, ("files", index, "tree", "valid_from"), raw["valid_from"], "write YYYY-MM-DD")
    return TreeDefinition(tuple(raw["levels"]), day)


def _mappings(raw: dict[str, Any]) -> dict[str, ColumnMapping]:
    return {name: ColumnMapping.read(mapping) for name, mapping in raw.items()}


def _find(document: PositionedDocument, place: Location, pattern: str, override: Path | str | None) -> tuple[Path, ...]:
    if override is not None:
        path = Path(override).expanduser()
        if not path.is_file():
            raise PackageError([f"{path}: no such file; it was passed with --file"])
        return (path.resolve(),)
    if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
        raise PackageError(
            [f"{document.where(place)}: {pattern} leaves the package's folder; pass the file with --file"]
        )
    return tuple(sorted(path for path in document.path.parent.resolve().glob(pattern) if path.is_file()))


def _as_of_dates(document: PositionedDocument) -> tuple[date, ...]:
    texts = document.content.get("as_of_dates", [])
    remedy = "write the first day of a month"
    return tuple(sorted(_date(document, ("as_of_dates", index), text, remedy) for index, text in enumerate(texts)))


def _date(document: PositionedDocument, location: Location, text: str, remedy: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PackageError([f"{document.where(location)}: {text} is not a date; {remedy}"]) from error
