"""The files of a bundle: a manifest with their hashes, and verified reading.

Belongs here: manifest, hashes, verification. Does not: writing the folder (the model store does that), or what the
files of one kind of bundle mean.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"


class BundleError(ValueError):
    """A bundle has an unknown format, is incomplete or was changed; it must not score."""


def with_manifest(files: Mapping[str, bytes], bundle_format: str, facts: Mapping[str, Any]) -> dict[str, bytes]:
    """Add the manifest to the files of a bundle: format, sha256 of every file, and the facts."""
    hashes = {name: sha256(content) for name, content in files.items()}
    return {**files, MANIFEST: canonical_json({"format": bundle_format, "files": hashes, **facts})}


def read_folder(directory: Path, expected_sha256: str, bundle_format: str, parts: Collection[str]) -> dict[str, bytes]:
    """Read a folder and verify every byte before any part of it is used.

    Parameters
    ----------
    expected_sha256 : str
        The sha256 of the manifest that the registry recorded for this version.
    bundle_format : str
        The format that the caller reads.
    parts : collection of str
        Names of the files that such a bundle has in addition to its manifest, all of them.

    Raises
    ------
    BundleError
        If the folder is missing or not a bundle of this format, a file is missing or extra, or a hash differs.
    """
    if not (directory / MANIFEST).is_file():
        raise BundleError(f"{directory} holds no {MANIFEST}: not a bundle; restore it or train a new version")
    content = (directory / MANIFEST).read_bytes()
    if sha256(content) != expected_sha256:
        raise BundleError(
            f"{directory / MANIFEST} has sha256 {sha256(content)}, the registry expects {expected_sha256}: "
            "altered or another version; restore the folder from backup or train again"
        )
    files = {MANIFEST: content}
    for name, expected in _file_hashes(content, directory, bundle_format, parts).items():
        path = directory / name
        if not path.is_file():
            raise BundleError(f"{path} is missing; restore the bundle from backup or train again")
        files[name] = path.read_bytes()
        if sha256(files[name]) != expected:
            raise BundleError(f"{path} is altered or truncated (sha256 differs from the manifest); restore the bundle")
    return files


def _file_hashes(manifest: bytes, directory: Path, bundle_format: str, parts: Collection[str]) -> dict[str, str]:
    try:
        document = json.loads(manifest)
        found, hashes = document["format"], dict(document["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{directory / MANIFEST} is not a bundle's manifest ({error})") from error
    if found != bundle_format:
        raise BundleError(f"{directory} has format {found!r}, this code reads {bundle_format!r}; train a new version")
    if set(hashes) != set(parts):
        raise BundleError(f"{directory} lists the files {sorted(hashes)}, expected {sorted(parts)}")
    extra = sorted(path.name for path in directory.iterdir() if path.name not in {*parts, MANIFEST})
    if extra:
        raise BundleError(f"{directory} has files that the manifest does not list: {', '.join(extra)}; remove them")
    return hashes


def canonical_json(document: Any) -> bytes:
    """Return JSON with sorted keys and a fixed layout: equal values give equal bytes. NaN is an error."""
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def sha256(content: bytes) -> str:
    """Hash bytes: 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
