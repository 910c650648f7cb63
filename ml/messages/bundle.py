"""The bundle of a message classifier, as a verified folder (`ml.bundles.folder`).

Belongs here: the parts of such a bundle. Does not: fitting or classifying.

``vectors.json``: vocabulary. ``hierarchy.json``: classes, paths and inverse temperature (key ``sharpness``).
``subjects.json``: subject dictionary. ``weights.npz``: weights as float32. Nothing is pickled, so loading runs no code
from the folder.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from ml.bundles.folder import MANIFEST, canonical_json, read_folder, sha256, with_manifest
from ml.messages.hierarchy import Hierarchy
from ml.messages.linear import LinearScores
from ml.messages.subjects import SubjectDictionary
from ml.messages.vectors import Vectors

FORMAT = "bellwether.messages/2"
"""Bundles of format 1 were trained on unmasked texts: their vocabulary contains names, so they are not loaded."""
PARTS = ("hierarchy.json", "subjects.json", "vectors.json", "weights.npz")


@dataclass(frozen=True)
class MessageBundle:
    """A verified bundle in memory; `files` are exactly as stored."""

    files: dict[str, bytes]

    @cached_property
    def sha256(self) -> str:
        """Identity of the bundle: sha256 of the manifest's bytes."""
        return sha256(self.files[MANIFEST])

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The manifest as plain values."""
        document: dict[str, Any] = self._document(MANIFEST)
        return document

    @property
    def threshold(self) -> float:
        """Confidence below which a message is unknown."""
        return float(self.manifest["threshold"])

    @cached_property
    def vectors(self) -> Vectors:
        """The fitted vectors."""
        vocabulary = self._document("vectors.json")
        return Vectors(vocabulary, {block: self._numbers[f"idf_{block}"] for block in vocabulary})

    @cached_property
    def hierarchy(self) -> Hierarchy:
        """Scores of every level with their paths."""
        document = self._document("hierarchy.json")
        levels = [self._scores(f"level{level}", classes) for level, classes in enumerate(document["classes"])]
        return Hierarchy(levels, {leaf: tuple(path) for leaf, path in document["paths"].items()}, document["sharpness"])

    @cached_property
    def claim(self) -> LinearScores | None:
        """Scores of "no complaint" and "complaint"; None if there were no labels of them."""
        classes = self._document("hierarchy.json")["claim"]
        return None if classes is None else self._scores("claim", classes)

    @cached_property
    def subjects(self) -> SubjectDictionary:
        """Terms of subjects."""
        return SubjectDictionary([(term, subject) for term, subject in self._document("subjects.json")])

    @cached_property
    def _numbers(self) -> dict[str, np.ndarray]:
        with np.load(io.BytesIO(self.files["weights.npz"]), allow_pickle=False) as stored:
            return dict(stored)

    def _document(self, name: str) -> Any:
        return json.loads(self.files[name])

    def _scores(self, name: str, classes: list[str]) -> LinearScores:
        parts = [self._numbers[f"{name}_{part}"] for part in ("data", "indices", "indptr")]
        weights = sparse.csr_matrix(tuple(parts), shape=(len(classes), self.vectors.width))
        return LinearScores(classes, weights, self._numbers[f"{name}_intercepts"])


def build_message_bundle(
    vectors: Vectors,
    hierarchy: Hierarchy,
    claim: LinearScores | None,
    subjects: SubjectDictionary,
    facts: Mapping[str, Any],
) -> MessageBundle:
    """Build a bundle from fitted parts and the facts about them."""
    numbers: dict[str, Any] = {f"idf_{block}": values for block, values in vectors.idf.items()}
    named = {f"level{level}": scores for level, scores in enumerate(hierarchy.levels)}
    for name, scores in (named | ({} if claim is None else {"claim": claim})).items():
        numbers |= {f"{name}_{part}": getattr(scores.weights, part) for part in ("data", "indices", "indptr")}
        numbers[f"{name}_intercepts"] = scores.intercepts
    stored = io.BytesIO()
    np.savez_compressed(stored, **numbers)
    structure = {
        "classes": [scores.classes for scores in hierarchy.levels],
        "paths": {leaf: list(path) for leaf, path in hierarchy.paths.items()},
        "sharpness": hierarchy.inverse_temperature,
        "claim": None if claim is None else claim.classes,
    }
    files = {
        "hierarchy.json": canonical_json(structure),
        "subjects.json": canonical_json([list(term) for term in subjects.terms]),
        "vectors.json": canonical_json(vectors.vocabulary),
        "weights.npz": stored.getvalue(),
    }
    return MessageBundle(with_manifest(files, FORMAT, facts))


def load(directory: Path, expected_sha256: str) -> MessageBundle:
    """Read a bundle and verify every byte before any part of it is used.

    Raises
    ------
    BundleError
        If the folder is missing, of another format, incomplete or altered.
    """
    return MessageBundle(read_folder(directory, expected_sha256, FORMAT, PARTS))
