"""The one artefact that scores: fitted parts, their manifest, and the proof that they are ours and whole.

Belongs here: the bundle's files, writing and verified reading. Does not: fitting, scoring, the registry.

A bundle is a folder of text files: ``manifest.json``, ``model.txt`` (LightGBM), ``encoder.json``,
``calibrator.json``, ``reference.json``. The manifest holds the sha256 of every other file, and the sha256 of the
manifest's bytes is the identity of the bundle. Nothing is pickled, so loading runs no code from the folder.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import lightgbm

from ml.calibration import PlattCalibrator
from ml.feature_list import FeatureList
from ml.pipeline import Pipeline
from ml.preprocessing import Encoder
from ml.target import Target

FORMAT = "bellwether.bundle/1"
MANIFEST = "manifest.json"
PARTS = ("calibrator.json", "encoder.json", "model.txt", "reference.json")


class BundleError(ValueError):
    """A bundle is foreign, incomplete or altered; it must not score."""


@dataclass(frozen=True)
class Bundle:
    """A verified bundle in memory.

    Parameters
    ----------
    files : dict of str to bytes
        Every file, the manifest included, exactly as stored.
    """

    files: dict[str, bytes]

    @cached_property
    def sha256(self) -> str:
        """Identity of the bundle: sha256 of the manifest's bytes, 64 hexadecimal digits."""
        return _sha256(self.files[MANIFEST])

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest as plain values."""
        document: dict[str, Any] = json.loads(self.files[MANIFEST])
        return document

    @cached_property
    def features(self) -> FeatureList:
        """The ordered features that a scoring frame must have."""
        return FeatureList.from_records(self.manifest["features"])

    @cached_property
    def target(self) -> Target:
        """The target that the bundle predicts."""
        return Target(**self.manifest["target"])

    @cached_property
    def reference(self) -> dict[str, Any]:
        """Bin edges and shares of the training data, for drift."""
        document: dict[str, Any] = json.loads(self.files["reference.json"])
        return document

    @property
    def threshold(self) -> float:
        """Decision threshold by cost and capacity."""
        return float(self.manifest["threshold"])

    @cached_property
    def pipeline(self) -> Pipeline:
        """Encoder, trees and calibrator."""
        encoder = Encoder.from_dict(json.loads(self.files["encoder.json"]))
        booster = lightgbm.Booster(model_str=self.files["model.txt"].decode())
        return Pipeline(encoder, booster, PlattCalibrator(**json.loads(self.files["calibrator.json"])))


def build_bundle(pipeline: Pipeline, reference: dict[str, Any], facts: dict[str, Any]) -> Bundle:
    """Put fitted parts and the facts about them together.

    Parameters
    ----------
    facts : dict
        What the manifest states beside format and file hashes; plain JSON values.
    """
    files = {
        "calibrator.json": canonical_json(pipeline.calibrator.to_dict()),
        "encoder.json": canonical_json(pipeline.encoder.to_dict()),
        "model.txt": pipeline.booster.model_to_string(num_iteration=-1).encode(),
        "reference.json": canonical_json(reference),
    }
    hashes = {name: _sha256(content) for name, content in files.items()}
    return Bundle(files | {MANIFEST: canonical_json({"format": FORMAT, "files": hashes, **facts})})


def save(bundle: Bundle, directory: Path) -> str:
    """Write the bundle into `directory` and return its sha256; a folder appears whole or not at all.

    Raises
    ------
    BundleError
        When the folder already holds another bundle; the same one is left as it is.
    """
    if directory.exists():
        load(directory, bundle.sha256)
        return bundle.sha256
    staging = directory.with_name(f".{directory.name}.{os.getpid()}.incomplete")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(parents=True)
    try:
        for name, content in bundle.files.items():
            (staging / name).write_bytes(content)
        staging.rename(directory)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return bundle.sha256


def load(directory: Path, expected_sha256: str) -> Bundle:
    """Read a bundle and verify every byte before any part of it is used.

    Parameters
    ----------
    expected_sha256 : str
        The sha256 that the registry recorded for this version.

    Raises
    ------
    BundleError
        When the folder is missing, not a bundle of this format, lacks or adds a file, or any hash differs.
    """
    if not (directory / MANIFEST).is_file():
        raise BundleError(f"{directory} holds no {MANIFEST}: not a bundle; restore it or train a new version")
    content = (directory / MANIFEST).read_bytes()
    if _sha256(content) != expected_sha256:
        raise BundleError(
            f"{directory / MANIFEST} has sha256 {_sha256(content)}, the registry expects {expected_sha256}: "
            "altered or another version; restore the folder from backup or train again"
        )
    hashes = _file_hashes(content, directory)
    files = {MANIFEST: content}
    for name, expected in hashes.items():
        path = directory / name
        if not path.is_file():
            raise BundleError(f"{path} is missing; restore the bundle from backup or train again")
        files[name] = path.read_bytes()
        if _sha256(files[name]) != expected:
            raise BundleError(f"{path} is altered or truncated (sha256 differs from the manifest); restore the bundle")
    return Bundle(files)


def _file_hashes(manifest: bytes, directory: Path) -> dict[str, str]:
    try:
        document = json.loads(manifest)
        found, hashes = document["format"], dict(document["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{directory / MANIFEST} is not a bundle's manifest ({error})") from error
    if found != FORMAT:
        raise BundleError(f"{directory} has format {found!r}, this code reads {FORMAT!r}; train a new version")
    if set(hashes) != set(PARTS):
        raise BundleError(f"{directory} lists the files {sorted(hashes)}, expected {sorted(PARTS)}")
    extra = sorted(path.name for path in directory.iterdir() if path.name not in {*PARTS, MANIFEST})
    if extra:
        raise BundleError(f"{directory} holds files that the manifest does not name: {', '.join(extra)}; remove them")
    return hashes


def canonical_json(document: Any) -> bytes:
    """Return JSON with sorted keys and a fixed layout: equal values give equal bytes. NaN is refused."""
    return (json.dumps(document, sort_keys=True, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
