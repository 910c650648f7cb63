"""A score depends on the bundle and the row: not on the batch, its order, or other months."""

from __future__ import annotations

import pandas as pd
import pytest

from ml.risk.parameters import TrainingParameters
from ml.risk.scoring import score
from ml.risk.training import TrainingResult, train
from tests.unit.ml.training_data import CUT_OFF, FEATURES, TARGET, make_months

QUICK = TrainingParameters(bag_size=2, max_trees=25, origins=1)


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    return make_months().drop(columns=["label", "label_known_at"])


@pytest.fixture(scope="module")
def result() -> TrainingResult:
    return train(make_months(), FEATURES, TARGET, trained_at=CUT_OFF, seed=1, code_version="test", parameters=QUICK)


def scores_of(result: TrainingResult, rows: pd.DataFrame) -> pd.DataFrame:
    return score(result.bundle, rows).published.set_index(["as_of_date", "customer_code"]).sort_index()


def test_month_scored_alone_equals_the_month_scored_with_others(result: TrainingResult, rows: pd.DataFrame) -> None:
    everything = scores_of(result, rows)
    for day in (rows["as_of_date"].min(), rows["as_of_date"].max()):
        alone = scores_of(result, rows[rows["as_of_date"] == day])
        pd.testing.assert_frame_equal(alone, everything.loc[[day]], check_exact=True)


def test_past_scores_do_not_depend_on_later_data(result: TrainingResult, rows: pd.DataFrame) -> None:
    is_future = rows["as_of_date"] > pd.Timestamp("2024-09-01").date()
    changed = rows.assign(visits=rows["visits"].where(~is_future, -50.0))
    past = [scores_of(result, frame).loc[: pd.Timestamp("2024-09-01").date()] for frame in (rows, changed)]
    pd.testing.assert_frame_equal(past[0], past[1], check_exact=True)


def test_row_scored_alone_equals_the_batch(result: TrainingResult, rows: pd.DataFrame) -> None:
    batch = scores_of(result, rows)
    some = rows.sample(25, random_state=3)
    alone = pd.concat([scores_of(result, some.iloc[[position]]) for position in range(len(some))]).sort_index()
    pd.testing.assert_frame_equal(alone, batch.loc[alone.index], check_exact=True)
