"""The bundle of a risk model: fitted parts and their manifest, verified by hash.

Belongs here: the parts of a risk model's bundle. Does not: fitting, scoring, the registry; the folder on disk
(`ml.bundles.folder`).

A bundle is a folder of text files: ``manifest.json``, ``model.txt`` (LightGBM), ``encoder.json``,
``calibrator.json``, ``reference.json`` (the training profile). The manifest has the sha256 of every other file, and the
sha256 of the manifest's bytes is the identity of the bundle. Nothing is pickled, so loading runs no code from the
folder.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import lightgbm

from ml.bundles.folder import (
    MANIFEST,
    canonical_json,
    read_folder,
    sha256,
    with_manifest,
)
from ml.feature_list import FeatureList
from ml.risk.calibration import PlattCalibrator
from ml.risk.pipeline import Pipeline
from ml.risk.preprocessing import Encoder
from ml.risk.target import RiskTarget

FORMAT = "bellwether.bundle/1"
PARTS = ("calibrator.json", "encoder.json", "model.txt", "reference.json")


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
        return sha256(self.files[MANIFEST])

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
    def target(self) -> RiskTarget:
        """The target that the bundle predicts."""
        return RiskTarget(**self.manifest["target"])

    @cached_property
    def training_profile(self) -> dict[str, Any]:
        """The training profile: bin edges and shares of the training data, for drift."""
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


def build_bundle(pipeline: Pipeline, training_profile: dict[str, Any], facts: dict[str, Any]) -> Bundle:
    """Build a bundle from fitted parts and the facts about them.

    Parameters
    ----------
    facts : dict
        Contents of the manifest in addition to format and file hashes; plain JSON values.
    """
    files = {
        "calibrator.json": canonical_json(pipeline.calibrator.to_dict()),
        "encoder.json": canonical_json(pipeline.encoder.to_dict()),
        "model.txt": pipeline.booster.model_to_string(num_iteration=-1).encode(),
        "reference.json": canonical_json(training_profile),
    }
    return Bundle(with_manifest(files, FORMAT, facts))


def load(directory: Path, expected_sha256: str) -> Bundle:
    """Read a bundle and verify every byte before any part of it is used.

    Parameters
    ----------
    expected_sha256 : str
        The sha256 that the registry recorded for this version.

    Raises
    ------
    BundleError
        If the folder is missing or not a bundle of this format, a file is missing or extra, or a hash differs.
    """
    return Bundle(read_folder(directory, expected_sha256, FORMAT, PARTS))
