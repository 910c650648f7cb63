"""Records known after the cut-off change neither training set nor bundle nor past evaluations."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from ml.risk.parameters import TrainingParameters
from ml.risk.training import TrainingResult, train
from tests.unit.ml.training_data import CUT_OFF, FEATURES, SEOUL, TARGET, make_months

QUICK = TrainingParameters(bag_size=1, max_trees=20, origins=3)
DECEMBER_LABELS_KNOWN = pd.Timestamp("2025-03-15", tz=SEOUL)


def trained_on(frame: pd.DataFrame, trained_at: object = CUT_OFF) -> TrainingResult:
    return train(frame, FEATURES, TARGET, trained_at=trained_at, seed=1, code_version="test", parameters=QUICK)


@pytest.fixture(scope="module")
def past() -> pd.DataFrame:
    return make_months()


@pytest.fixture(scope="module")
def before(past: pd.DataFrame) -> TrainingResult:
    return trained_on(past)


def test_labels_known_after_the_cut_off_change_nothing(past: pd.DataFrame, before: TrainingResult) -> None:
    is_later = past["label_known_at"] > pd.Timestamp(CUT_OFF)
    assert is_later.any()
    flipped = past.assign(label=past["label"].where(~is_later, 1 - past["label"]))
    assert trained_on(flipped).bundle.sha256 == before.bundle.sha256


def test_features_of_months_without_known_labels_change_nothing(past: pd.DataFrame, before: TrainingResult) -> None:
    is_later = past["label_known_at"] > pd.Timestamp(CUT_OFF)
    changed = past.assign(visits=past["visits"].where(~is_later, 99.0))
    assert trained_on(changed).bundle.sha256 == before.bundle.sha256


def test_later_months_can_be_missing(past: pd.DataFrame, before: TrainingResult) -> None:
    known = past[past["label_known_at"] <= pd.Timestamp(CUT_OFF)]
    assert trained_on(known).bundle.sha256 == before.bundle.sha256


def test_corrections_after_the_cut_off_change_nothing(past: pd.DataFrame, before: TrainingResult) -> None:
    later = pd.Timestamp(CUT_OFF) + pd.Timedelta(1)
    corrected = past.head(200).assign(label=1 - past["label"].head(200), label_known_at=later)
    assert trained_on(pd.concat([past, corrected])).bundle.sha256 == before.bundle.sha256


def test_corrections_known_at_the_cut_off_change_the_training_set(past: pd.DataFrame, before: TrainingResult) -> None:
    corrected = past.head(200).assign(label=1 - past["label"].head(200), label_known_at=pd.Timestamp(CUT_OFF))
    changed = trained_on(pd.concat([past, corrected])).bundle
    assert changed.manifest["data_hash"] != before.bundle.manifest["data_hash"]


def test_label_is_used_from_the_instant_it_is_known(past: pd.DataFrame) -> None:
    ends = [
        trained_on(past, trained_at).bundle.manifest["training_window"]["end"]
        for trained_at in (DECEMBER_LABELS_KNOWN - timedelta(microseconds=1), DECEMBER_LABELS_KNOWN)
    ]
    assert ends == ["2024-11-01", "2024-12-01"]


def test_past_evaluation_ignores_labels_unknown_at_its_origin(past: pd.DataFrame, before: TrainingResult) -> None:
    # The oldest origin is 2024-10-01 and trains on labels up to 2024-06-01. Labels of 2024-08-01 and later are
    # known to today's training, not to that origin: its scores must stay to the last bit.
    is_unknown_there = past["as_of_date"] >= pd.Timestamp("2024-08-01").date()
    is_not_scored_there = past["as_of_date"] != pd.Timestamp("2024-10-01").date()
    flipped = past.assign(label=past["label"].where(~(is_unknown_there & is_not_scored_there), 1 - past["label"]))
    after = trained_on(flipped)
    assert after.bundle.manifest["data_hash"] != before.bundle.manifest["data_hash"]
    first = before.predictions["origin_date"].min()
    assert first.isoformat() == "2024-10-01"
    columns = ["customer_code", "model", "logistic_baseline"]
    old = before.predictions.loc[before.predictions["origin_date"] == first, columns]
    new = after.predictions.loc[after.predictions["origin_date"] == first, columns]
    pd.testing.assert_frame_equal(old, new, check_exact=True)
