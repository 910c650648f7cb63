"""Training: only labels known by then, the newest of each, a later hold-out, the same bytes for the same rows."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from ml.messages.card import render_message_model_card
from ml.messages.subjects import SubjectDictionary
from ml.messages.taxonomy import Taxonomy
from ml.messages.training import MessageTraining, train_classifier, usable_rows
from ml.risk.pipeline import TrainingDataError
from tests.unit.ml.messages.example_messages import TRAINED_AT, TREE, example_messages, tree


def train(frame: pd.DataFrame, **changes: object) -> MessageTraining:
    given = {"dictionary": SubjectDictionary([]), "trained_at": TRAINED_AT, "seed": 7, "code_version": "test"}
    return train_classifier(frame, tree(), **(given | changes))  # type: ignore[arg-type]


def test_hold_out_is_later_than_training_and_calibration(trained: MessageTraining) -> None:
    assert trained.predictions["message_id"].min() == 800
    assert trained.metrics["message_count"] == 200
    assert trained.metrics["accuracy_level_1"] > 0.9
    assert trained.metrics["accuracy_level_2"] > 0.85
    assert trained.metrics["claim_accuracy"] > 0.9
    assert trained.metrics["error_rate"] <= 0.1
    assert trained.confusion.groupby("level")["message_count"].sum().tolist() == [200, 200]


def test_row_order_does_not_change_the_bundle(trained: MessageTraining) -> None:
    shuffled = example_messages(1000, noise=0.03).sample(frac=1, random_state=4)
    dictionary = SubjectDictionary([("ants", "ant"), ("개미", "ant"), ("mice", "rodent"), ("쥐", "rodent")])
    assert train(shuffled, dictionary=dictionary).bundle.files == trained.bundle.files


def test_label_known_later_is_not_used() -> None:
    rows = example_messages()
    later = rows.head(50).assign(voc_id="late", labelled_at=TRAINED_AT + timedelta(seconds=1))
    with_future = usable_rows(pd.concat([rows, later]), tree(), TRAINED_AT)
    pd.testing.assert_frame_equal(with_future, usable_rows(rows, tree(), TRAINED_AT))


def test_correction_replaces_the_earlier_label() -> None:
    rows = example_messages()
    corrected = rows.head(1).assign(voc_id="late", labelled_at=TRAINED_AT)
    usable = usable_rows(pd.concat([corrected, rows]), tree(), TRAINED_AT)
    assert len(usable) == len(rows)
    assert usable.set_index("message_id").loc[0, "voc_id"] == "late"


def test_labels_of_removed_categories_are_not_used() -> None:
    without_mice = Taxonomy.from_frame(TREE[TREE["voc_id"] != "mice"])
    usable = usable_rows(example_messages(), without_mice, TRAINED_AT)
    assert set(usable["voc_id"]) == {"ants", "twice", "late"}


@pytest.mark.parametrize(
    "rows", [example_messages(20), example_messages().assign(voc_id="ants"), example_messages().assign(content="")]
)
def test_too_few_labels_are_reported(rows: pd.DataFrame) -> None:
    with pytest.raises(TrainingDataError, match="too few for training"):
        train(rows)


def test_missing_column_is_reported() -> None:
    with pytest.raises(TrainingDataError, match="lack is_claim"):
        train(example_messages().drop(columns="is_claim"))


def test_without_complaint_labels_the_flag_is_null() -> None:
    result = train(example_messages().assign(is_claim=None))
    assert result.bundle.claim is None


def test_card_shows_coverage_curve_and_confusion(trained: MessageTraining) -> None:
    names = dict(zip(TREE["voc_id"], TREE["name"], strict=True))
    page = render_message_model_card(trained, version="voc-1", names=names, is_simulated=True)
    for text in ("Simulated data", "voc-1", "Confusion on level 2", "<svg", "Charged twice"):
        assert text in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_messages_of_one_instant_are_held_out_across_categories() -> None:
    rows = example_messages(1000).sort_values("voc_id", kind="stable", ignore_index=True)
    rows["message_id"] = range(len(rows))
    rows["received_at"] = rows["received_at"].min()
    usable = usable_rows(rows, tree(), TRAINED_AT)
    assert set(usable["voc_id"][:600]) == set(usable["voc_id"][800:]) == set(rows["voc_id"])
