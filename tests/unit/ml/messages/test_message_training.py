"""Training: only labels known by then, the newest of each, an honest hold-out, the same bytes for the same rows."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from ml.messages.card import render
from ml.messages.subjects import SubjectDictionary
from ml.messages.taxonomy import Taxonomy
from ml.messages.training import MessageTraining, train_classifier, usable_rows
from ml.risk.pipeline import TrainingDataError
from tests.unit.ml.messages.letters import TRAINED_AT, TREE, letters, tree


def train(frame: pd.DataFrame, **changes: object) -> MessageTraining:
    given = {"dictionary": SubjectDictionary([]), "trained_at": TRAINED_AT, "seed": 7, "code_version": "test"}
    return train_classifier(frame, tree(), **(given | changes))  # type: ignore[arg-type]


def test_the_hold_out_is_later_than_everything_it_is_judged_with(trained: MessageTraining) -> None:
    assert trained.predictions["message_id"].min() == 800
    assert trained.metrics["message_count"] == 200
    assert trained.metrics["accuracy_level_1"] > 0.9
    assert trained.metrics["accuracy_level_2"] > 0.85
    assert trained.metrics["claim_accuracy"] > 0.9
    assert trained.metrics["error_rate"] <= 0.1
    assert trained.confusion.groupby("level")["message_count"].sum().tolist() == [200, 200]


def test_row_order_makes_no_difference(trained: MessageTraining) -> None:
    shuffled = letters(1000, noise=0.03).sample(frac=1, random_state=4)
    dictionary = SubjectDictionary([("ants", "ant"), ("개미", "ant"), ("mice", "rodent"), ("쥐", "rodent")])
    assert train(shuffled, dictionary=dictionary).bundle.files == trained.bundle.files


def test_a_label_known_later_does_not_exist() -> None:
    rows = letters()
    later = rows.head(50).assign(voc_id="late", labelled_at=TRAINED_AT + timedelta(seconds=1))
    with_future = usable_rows(pd.concat([rows, later]), tree(), TRAINED_AT)
    pd.testing.assert_frame_equal(with_future, usable_rows(rows, tree(), TRAINED_AT))


def test_a_correction_takes_the_place_of_the_label_before() -> None:
    rows = letters()
    corrected = rows.head(1).assign(voc_id="late", labelled_at=TRAINED_AT)
    usable = usable_rows(pd.concat([corrected, rows]), tree(), TRAINED_AT)
    assert len(usable) == len(rows)
    assert usable.set_index("message_id").loc[0, "voc_id"] == "late"


def test_labels_of_vanished_categories_teach_nothing() -> None:
    without_mice = Taxonomy.from_frame(TREE[TREE["voc_id"] != "mice"])
    usable = usable_rows(letters(), without_mice, TRAINED_AT)
    assert set(usable["voc_id"]) == {"ants", "twice", "late"}


@pytest.mark.parametrize("rows", [letters(20), letters().assign(voc_id="ants"), letters().assign(content="")])
def test_too_little_to_learn_from_is_said(rows: pd.DataFrame) -> None:
    with pytest.raises(TrainingDataError, match="too few to learn from"):
        train(rows)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TrainingDataError, match="lack is_claim"):
        train(letters().drop(columns="is_claim"))


def test_without_complaint_labels_nothing_is_said_of_complaints() -> None:
    result = train(letters().assign(is_claim=None))
    assert result.bundle.claim is None


def test_the_card_shows_the_curve_and_what_is_confused(trained: MessageTraining) -> None:
    names = dict(zip(TREE["voc_id"], TREE["name"], strict=True))
    page = render(trained, version="voc-1", names=names, is_simulated=True)
    for words in ("Simulated data", "voc-1", "What it confuses on level 2", "<svg", "Charged twice"):
        assert words in page
    assert "http" not in page.replace("http://www.w3.org", "")


def test_messages_of_one_instant_are_held_out_across_their_categories() -> None:
    rows = letters(1000).sort_values("voc_id", kind="stable", ignore_index=True)
    rows["message_id"] = range(len(rows))
    rows["received_at"] = rows["received_at"].min()
    usable = usable_rows(rows, tree(), TRAINED_AT)
    assert set(usable["voc_id"][:600]) == set(usable["voc_id"][800:]) == set(rows["voc_id"])
