"""Validation of frames: valid frames with their types, invalid frames with their messages."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from ml.feature_list import FeatureList
from ml.frames import FrameError, scoring_frame, training_frame

FEATURES = FeatureList.of({"fee": "numeric", "plan": "categorical", "has_card": "boolean"})


def rows() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "customer_code": ["B", "A"],
            "as_of_date": ["2024-02-01", "2024-01-01"],
            "label": [1, 0],
            "label_known_at": pd.to_datetime(["2024-06-01", "2024-05-01"]).tz_localize("Asia/Seoul"),
            "fee": [Decimal("1.5"), None],
            "plan": [3.0, None],
            "has_card": [True, None],
        }
    )


def test_training_frame_is_typed_and_sorted() -> None:
    typed = training_frame(rows(), FEATURES)
    assert typed["customer_code"].tolist() == ["A", "B"]
    assert typed["fee"].tolist()[1] == 1.5
    assert np.isnan(typed["fee"].tolist()[0])
    assert typed["plan"].tolist() == [None, "3"]  # a whole float is the integer it came from
    assert typed["has_card"].tolist()[1] == 1.0
    assert str(typed["label_known_at"].dtype) == "datetime64[ns, UTC]"
    assert typed["label_known_at"].iloc[0] == pd.Timestamp("2024-04-30 15:00", tz="UTC")


def test_instants_may_be_objects() -> None:
    given = rows().astype({"label_known_at": object})
    assert training_frame(given, FEATURES).equals(training_frame(rows(), FEATURES))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"drop": "fee"}, "missing from the frame: fee"),
        ({"add": "surname"}, "does not know: surname"),
        ({"fee": ["much", "2"]}, "column fee cannot be read"),
        ({"fee": [np.inf, 2]}, "infinite value"),
        ({"has_card": [2, 0]}, "has_card"),
        ({"label": [2, 0]}, "label"),
        ({"label": [None, 0]}, "column label cannot be read"),
        ({"label_known_at": pd.to_datetime(["2024-06-01", "2024-05-01"])}, "time zone"),
        ({"customer_code": [None, "A"]}, "not_nullable"),
        ({"customer_code": [7, "A"]}, "not a text"),
    ],
)
def test_invalid_frame_is_reported_by_column(change: dict[str, object], words: str) -> None:
    given = rows()
    for key, value in change.items():
        if key == "drop":
            given = given.drop(columns=value)
        else:
            given[value if key == "add" else key] = "x" if key == "add" else value
    with pytest.raises(FrameError, match=words):
        training_frame(given, FEATURES)


def test_customer_cannot_be_scored_twice_at_one_date() -> None:
    twice = pd.concat([rows().iloc[:1]] * 2).drop(columns=["label", "label_known_at"])
    with pytest.raises(FrameError, match="values of the frame are invalid"):
        scoring_frame(twice, FEATURES)


def test_scoring_without_rows_is_an_error() -> None:
    with pytest.raises(FrameError, match="no rows to score"):
        scoring_frame(rows().drop(columns=["label", "label_known_at"]).iloc[:0], FEATURES)


@pytest.mark.parametrize(
    "kinds", [{}, {"label": "numeric"}, {"fee": "money"}, {"": "numeric"}], ids=["empty", "key", "kind", "name"]
)
def test_invalid_feature_list_is_refused(kinds: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        FeatureList.of(kinds)


def test_feature_list_survives_the_manifest() -> None:
    assert FeatureList.from_records(FEATURES.to_records()) == FEATURES
