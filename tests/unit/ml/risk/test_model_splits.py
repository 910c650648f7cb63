"""Splits into training and evaluation rows, with worked dates."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from ml.frames import training_frame
from ml.risk.parameters import TrainingParameters
from ml.risk.splits import Origin, customer_folds, known_labels, rolling_origins, sample_customers
from tests.unit.ml.training_data import CUT_OFF, FEATURES, SEOUL, TARGET, make_months


def typed_months() -> pd.DataFrame:
    return training_frame(make_months(customers=60), FEATURES)


def newest_training(frame: pd.DataFrame, origin: Origin) -> pd.Timestamp:
    return pd.Timestamp(frame["as_of_date"].iloc[origin.training].max())


def test_origins_leave_horizon_and_maturity_between_training_and_evaluation() -> None:
    # Labels of 2024-11-01 are known on 2025-02-15, those of 2024-12-01 on 2025-03-15: both before the cut-off
    # of 2025-04-01. At 2024-12-01 the newest known label is that of 2024-08-01 (2024-11-15).
    frame = typed_months()
    origins = rolling_origins(frame, pd.Timestamp(CUT_OFF), TARGET, TrainingParameters(origins=2))
    assert [f"{origin.as_of_date:%Y-%m-%d}" for origin in origins] == ["2024-10-01", "2024-11-01", "2024-12-01"]
    newest = [f"{newest_training(frame, origin):%Y-%m-%d}" for origin in origins]
    assert newest == ["2024-06-01", "2024-07-01", "2024-08-01"]


def test_day_of_an_origin_begins_in_the_business_time_zone() -> None:
    # Known at 2024-12-01 00:00 in Seoul, which is 2024-11-30 15:00 UTC: usable at that origin in Seoul ...
    frame = typed_months()
    is_august = frame["as_of_date"] == "2024-08-01"
    frame.loc[is_august, "label_known_at"] = pd.Timestamp("2024-12-01", tz=SEOUL)
    origin = rolling_origins(frame, pd.Timestamp(CUT_OFF), TARGET, TrainingParameters())[-1]
    assert f"{newest_training(frame, origin):%Y-%m}" == "2024-08"
    # ... and one nanosecond later it is not.
    frame.loc[is_august, "label_known_at"] += pd.Timedelta(nanoseconds=1)
    origin = rolling_origins(frame, pd.Timestamp(CUT_OFF), TARGET, TrainingParameters())[-1]
    assert f"{newest_training(frame, origin):%Y-%m}" == "2024-07"


def test_labels_known_before_their_horizon_ends_are_not_used() -> None:
    frame = typed_months()
    frame["label_known_at"] = frame["as_of_date"].dt.tz_localize("UTC")
    for origin in rolling_origins(frame, pd.Timestamp(CUT_OFF), TARGET, TrainingParameters()):
        assert newest_training(frame, origin) + pd.DateOffset(months=3) <= origin.as_of_date


def test_corrected_label_is_used_from_when_it_was_known() -> None:
    first = typed_months().iloc[:1]
    corrected = first.assign(label=1 - first["label"], label_known_at=first["label_known_at"] + pd.Timedelta(days=40))
    both = pd.concat([first, corrected], ignore_index=True)
    before, after = first["label_known_at"].iloc[0], corrected["label_known_at"].iloc[0]
    assert known_labels(both, before - pd.Timedelta(1)).empty
    assert known_labels(both, before)["label"].tolist() == first["label"].tolist()
    assert known_labels(both, after)["label"].tolist() == corrected["label"].tolist()


def test_short_history_and_single_dates_have_no_origins() -> None:
    frame = typed_months()
    early = pd.Timestamp(datetime(2024, 6, 1, tzinfo=SEOUL))
    assert rolling_origins(frame, early, TARGET, TrainingParameters()) == []
    one_date = frame[frame["as_of_date"] == "2024-01-01"]
    assert rolling_origins(one_date, pd.Timestamp(CUT_OFF), TARGET, TrainingParameters()) == []


def test_folds_are_by_customer_and_stratified() -> None:
    frame = typed_months()
    fold = customer_folds(frame, 5, seed=1)
    assert frame.assign(fold=fold).groupby("customer_code")["fold"].nunique().max() == 1
    customers = frame.assign(fold=fold).groupby("customer_code").agg(fold=("fold", "first"), label=("label", "max"))
    positives = customers.groupby("fold")["label"].sum()
    assert positives.max() - positives.min() <= 1
    assert customers["fold"].value_counts().tolist() == [12] * 5


def test_folds_depend_on_the_seed_and_not_on_row_order() -> None:
    frame = typed_months()
    shuffled = frame.sample(frac=1, random_state=3)
    folds = pd.Series(customer_folds(frame, 5, seed=1), index=frame.index)
    again = pd.Series(customer_folds(shuffled, 5, seed=1), index=shuffled.index)
    assert folds.equals(again.sort_index())
    assert not np.array_equal(folds, customer_folds(frame, 5, seed=2))


def test_sampling_is_by_customer_and_repeatable() -> None:
    frame = typed_months()
    part = sample_customers(frame, len(frame) // 2, seed=1)
    assert 0 < len(part) < len(frame)
    assert part.groupby("customer_code").size().eq(14).all()
    assert part.equals(sample_customers(frame, len(frame) // 2, seed=1))
    assert sample_customers(frame, len(frame), seed=1) is frame
