"""Classification of messages: valid paths, falling confidences, reasons that quote the message, unknown messages."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from ml.bundles.folder import BundleError
from ml.messages.bundle import load
from ml.messages.classification import classify
from ml.messages.subjects import SubjectDictionary
from ml.messages.training import MessageTraining, train_classifier
from tests.unit.ml.messages.example_messages import TRAINED_AT, example_messages, tree
from warehouse.private_files import write_folder


def frame(*texts: str | None) -> pd.DataFrame:
    return pd.DataFrame({"message_id": range(1, len(texts) + 1), "content": list(texts)})


def test_message_gets_paths_of_the_tree_with_falling_confidence(trained: MessageTraining) -> None:
    classified = classify(trained.bundle, frame("so many ants in the kitchen again")).candidates
    first = classified[classified["rank"] == 1]
    assert first["voc_id"].tolist() == ["pests", "ants"]
    assert first["confidence"].is_monotonic_decreasing
    assert classified["rank"].max() == 4, "every leaf of this small tree"
    for _, path in classified.groupby("rank"):
        assert tuple(path["voc_id"]) == tree().paths[path["voc_id"].iloc[-1]]
    deepest = classified[classified["level"] == 2]
    assert deepest["confidence"].sum() == pytest.approx(1)


def test_reasons_quote_the_message(trained: MessageTraining) -> None:
    text = "MICE in the store room, please"
    reason = classify(trained.bundle, frame(text)).candidates.query("rank == 1 and level == 2")["reason"].iloc[0]
    quotes = [part.split("”")[0] for part in reason.split("“")[1:]]
    assert quotes
    assert all(quote in text for quote in quotes)
    assert any("MICE" in quote or "store" in quote for quote in quotes)


def test_reasons_quote_words_of_the_main_category_of_a_single_child() -> None:
    rows = example_messages(400, noise=0.0)
    only = rows[rows["voc_id"] != "late"]
    found = train_classifier(
        only, tree(), dictionary=SubjectDictionary([]), trained_at=TRAINED_AT, seed=7, code_version="test"
    )
    classified = classify(found.bundle, frame("you charged me twice, thanks")).candidates.query("rank == 1")
    assert classified["voc_id"].tolist() == ["bills", "twice"]
    assert "charged" in classified["reason"].iloc[1]


def test_complaint_subject_keywords_and_summary(trained: MessageTraining) -> None:
    classified = classify(
        trained.bundle, frame("주방에 개미가 있어요", "a mouse ran over the floor and mice too")
    ).messages
    assert classified["is_claim"].tolist() == [1, 0]
    assert classified["bug_type"].tolist() == ["ant", "rodent"]
    assert classified["summary"].tolist() == ["주방에 개미가 있어요", "a mouse ran over the floor and mice too"]
    assert "개미가" in classified["keywords"].iloc[0]


def test_summary_consists_of_sentences_of_the_message(trained: MessageTraining) -> None:
    parts = [
        "Hello there.",
        "I have been a customer for many years now.",
        "You charged me twice on my invoice!",
        "Thanks.",
        "Bye.",
    ]
    (summary,) = classify(trained.bundle, frame(" ".join(parts) + " " + "x" * 90)).messages["summary"]
    assert "You charged me twice on my invoice!" in summary
    without = classify(trained.bundle, frame("a. b. c."), with_summary=False).messages["summary"]
    assert without.tolist() == [None]


@pytest.mark.parametrize(
    "text",
    [None, "", "   ", "\x00\x01\x02", "😀🐜🐜", "123 456", "ωωω λλλ θθθ ξξξ", "!!! ???"],
)
def test_message_without_words_is_unknown_and_has_no_candidates(trained: MessageTraining, text: str | None) -> None:
    classified = classify(trained.bundle, frame(text, "you charged me twice"))
    assert bool(classified.messages["is_unknown"].iloc[0])
    assert classified.messages["confidence"].iloc[0] == 0
    assert pd.isna(classified.messages["is_claim"].iloc[0])
    assert set(classified.candidates["message_id"]) == {2}


@pytest.mark.parametrize("text", ["ants " * 200_000, "ants\x00 in\x07 the kitchen", "개미 ants 주방 kitchen 😀"])
def test_long_dirty_and_mixed_messages_are_classified(trained: MessageTraining, text: str) -> None:
    classified = classify(trained.bundle, frame(text))
    assert classified.candidates.query("rank == 1 and level == 2")["voc_id"].tolist() == ["ants"]


def test_message_classified_alone_equals_the_batch(trained: MessageTraining) -> None:
    many = example_messages(60, seed=9)[["message_id", "content"]]
    together = classify(trained.bundle, many)
    alone = [classify(trained.bundle, many.iloc[[place]]) for place in range(len(many))]
    for table in ("messages", "candidates"):
        pieces = pd.concat([getattr(one, table) for one in alone], ignore_index=True)
        pd.testing.assert_frame_equal(pieces, getattr(together, table), check_exact=True, check_dtype=False)


def test_no_messages_give_no_rows(trained: MessageTraining) -> None:
    classified = classify(trained.bundle, frame())
    assert len(classified.messages) == len(classified.candidates) == 0


def test_stored_bundle_classifies_identically(trained: MessageTraining, tmp_path: Path) -> None:
    write_folder(tmp_path / "voc-1", trained.bundle.files)
    loaded = load(tmp_path / "voc-1", trained.bundle.sha256)
    texts = example_messages(40, seed=5)[["message_id", "content"]]
    for table in ("messages", "candidates"):
        ours, theirs = getattr(classify(trained.bundle, texts), table), getattr(classify(loaded, texts), table)
        pd.testing.assert_frame_equal(ours, theirs, check_exact=True)


def test_altered_message_bundle_is_refused(trained: MessageTraining, tmp_path: Path) -> None:
    write_folder(tmp_path / "voc-1", trained.bundle.files)
    weights = tmp_path / "voc-1" / "weights.npz"
    weights.write_bytes(weights.read_bytes()[:-1])
    with pytest.raises(BundleError, match="altered or truncated"):
        load(tmp_path / "voc-1", trained.bundle.sha256)
