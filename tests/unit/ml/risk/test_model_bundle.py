"""Bundles: complete or absent, verified before use, refused if of another format, altered or truncated."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pandas as pd
import pytest

from dagster_app.lib.models.store import BundleStore
from ml.bundles.folder import MANIFEST, BundleError, canonical_json
from ml.risk.bundle import PARTS, load
from ml.risk.scoring import score
from ml.risk.training import TrainingResult
from warehouse.private_files import write_folder


@pytest.fixture
def stored(trained: TrainingResult, tmp_path: Path) -> Path:
    write_folder(tmp_path / "v1", trained.bundle.files)
    return tmp_path / "v1"


def test_stored_bundle_scores_identically(trained: TrainingResult, stored: Path, newest: pd.DataFrame) -> None:
    again = load(stored, trained.bundle.sha256)
    pd.testing.assert_frame_equal(
        score(again, newest).published, score(trained.bundle, newest).published, check_exact=True
    )


def test_bundle_folder_has_text_files_only(stored: Path) -> None:
    assert sorted(path.name for path in stored.iterdir()) == sorted([*PARTS, MANIFEST])
    for path in stored.iterdir():
        path.read_text(encoding="utf-8")


def test_manifest_describes_the_bundle(trained: TrainingResult, stored: Path) -> None:
    manifest = json.loads((stored / MANIFEST).read_text())
    assert manifest["target"]["name"] == "leaves"
    assert [feature["name"] for feature in manifest["features"]] == trained.bundle.features.names
    assert manifest["training_window"]["end"] == "2024-12-01"
    assert set(manifest["metrics"]) == {"model", "logistic_baseline", "last_score_baseline"}
    assert manifest["code_version"] == "test"
    assert len(manifest["data_hash"]) == 64
    assert "lightgbm" in manifest["library_versions"]


def test_saving_again_is_idempotent_and_another_bundle_is_refused(trained: TrainingResult, tmp_path: Path) -> None:
    store = BundleStore(tmp_path)
    assert store.save(trained.bundle, "churn", "v1") == trained.bundle.sha256
    stored = store.folder("churn", "v1")
    before = {path.name: path.stat().st_mtime_ns for path in stored.iterdir()}
    assert store.save(trained.bundle, "churn", "v1") == trained.bundle.sha256
    assert before == {path.name: path.stat().st_mtime_ns for path in stored.iterdir()}
    (stored / "model.txt").write_text("other")
    with pytest.raises(BundleError, match=r"model\.txt is altered"):
        store.save(trained.bundle, "churn", "v1")


def test_failed_write_leaves_no_folder(
    trained: TrainingResult, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OSError, match="No space"):
        write_folder(tmp_path / "v1", trained.bundle.files)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", [*PARTS, MANIFEST])
@pytest.mark.parametrize("fault", ["truncated", "one byte", "missing"])
def test_damaged_file_is_refused(trained: TrainingResult, stored: Path, name: str, fault: str) -> None:
    content = (stored / name).read_bytes()
    if fault == "missing":
        (stored / name).unlink()
    else:
        middle = len(content) // 2
        flipped = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        (stored / name).write_bytes(content[:middle] if fault == "truncated" else flipped)
    with pytest.raises(BundleError, match=name.replace(".", r"\.")):
        load(stored, trained.bundle.sha256)


def rewritten(stored: Path, **changes: object) -> str:
    manifest = json.loads((stored / MANIFEST).read_text()) | changes
    content = canonical_json(manifest)
    (stored / MANIFEST).write_bytes(content)
    return sha256(content).hexdigest()


def test_rewritten_manifest_is_refused(trained: TrainingResult, stored: Path) -> None:
    rewritten(stored, threshold=0.01)
    with pytest.raises(BundleError, match="the registry expects"):
        load(stored, trained.bundle.sha256)


def test_other_format_is_refused_even_with_a_valid_hash(stored: Path) -> None:
    with pytest.raises(BundleError, match=r"format 'other/1'"):
        load(stored, rewritten(stored, format="other/1"))


def test_manifest_with_other_files_is_refused(stored: Path) -> None:
    with pytest.raises(BundleError, match="lists the files"):
        load(stored, rewritten(stored, files={"../../secret": "0" * 64}))


def test_unlisted_file_is_refused(trained: TrainingResult, stored: Path) -> None:
    (stored / "model.pkl").write_bytes(b"")
    with pytest.raises(BundleError, match=r"model\.pkl"):
        load(stored, trained.bundle.sha256)


@pytest.mark.parametrize("content", [b"", b"[]", b"not json", b'{"format": 1}'])
def test_invalid_manifest_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(content)
    with pytest.raises(BundleError, match="not a bundle's manifest"):
        load(tmp_path, sha256(content).hexdigest())


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="not a bundle"):
        load(tmp_path, "0" * 64)
