"""Frames go in and come out unchanged, with types that follow the column and not its values."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from warehouse.connection import Warehouse
from warehouse.frames import copy_frame, iter_frames, read_frame

TABLE = """
create temp table kept (
  position integer, amount numeric, ratio float8, is_new boolean, word text, day date, seen_at timestamptz,
  words text[], numbers float8[], document jsonb)
"""
COLUMNS = ["position", "amount", "ratio", "is_new", "word", "day", "seen_at", "words", "numbers", "document"]


@pytest.fixture
def connection(warehouse: Warehouse):
    with warehouse.connect() as connection:
        connection.execute(TABLE)
        yield connection


def one_of_each() -> pd.DataFrame:
    instants = pd.to_datetime(["2024-01-01T00:00:00Z", None, "2024-05-01T01:02:03.123456Z"], format="ISO8601", utc=True)
    return pd.DataFrame(
        {
            "position": [1, 2, 3],
            "amount": [1.5, None, 12345678.91],
            "ratio": [0.1 + 0.2, np.nan, 1e-300],
            "is_new": [True, None, False],
            "word": ['x,"y"\n\\', "", None],
            "day": [date(2024, 2, 29), None, date(1999, 12, 31)],
            "seen_at": instants,
            "words": [['a"b', "c\\,{}", None], [], None],
            "numbers": [[0.1, 2.0], np.array([3.5]), None],
            "document": [{"key": [1, "고객"]}, None, {}],
        }
    )


def test_every_kind_of_value_survives_the_way_in_and_out(connection) -> None:
    frame = one_of_each()
    assert copy_frame(connection, frame, "pg_temp.kept") == 3
    read = read_frame(connection, "select * from kept order by position")
    assert list(read.columns) == COLUMNS
    for name in ("word", "day", "is_new", "document"):
        assert [None if value is None else value for value in read[name]] == list(one_of_each()[name]), name
    assert read["words"].tolist() == [['a"b', "c\\,{}", None], [], None]
    assert read["numbers"].tolist() == [[0.1, 2.0], [3.5], None]
    pd.testing.assert_series_equal(read["ratio"], frame["ratio"])
    pd.testing.assert_series_equal(read["seen_at"], frame["seen_at"].astype("datetime64[us, UTC]"))


def test_types_follow_the_column_also_without_rows(connection) -> None:
    copy_frame(connection, one_of_each(), "kept")
    full = read_frame(connection, "select * from kept where position = 1").dtypes
    empty = read_frame(connection, "select * from kept where false")
    assert empty.shape == (0, 10)
    assert empty.dtypes.to_dict() == full.to_dict()
    assert full["position"] == "int64"
    assert full["amount"] == "float64"
    assert full["is_new"] == "bool"


def test_chunks_are_bounded_and_together_the_whole(connection) -> None:
    query = "select n from generate_series(1, %(count)s) as n"
    chunks = list(iter_frames(connection, query, {"count": 10}, chunk_rows=4))
    assert [len(chunk) for chunk in chunks] == [4, 4, 2]
    assert pd.concat(chunks)["n"].tolist() == list(range(1, 11))
    assert list(iter_frames(connection, query, {"count": 0}, chunk_rows=4)) == []


def test_chosen_columns_alone_are_written(connection) -> None:
    copy_frame(connection, one_of_each(), "kept", ["position", "word"])
    assert read_frame(connection, "select count(ratio) as n, count(position) as m from kept").to_dict("records") == [
        {"n": 0, "m": 3}
    ]


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
            st.floats(allow_nan=False),
            st.none()
            | st.lists(st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))),
        ),
        min_size=1,
    )
)
def test_any_text_and_number_survives(connection, rows) -> None:
    connection.execute("truncate kept")
    frame = pd.DataFrame(
        {
            "position": range(len(rows)),
            "word": [row[0] for row in rows],
            "ratio": [row[1] for row in rows],
            "words": [row[2] for row in rows],
        }
    )
    copy_frame(connection, frame, "kept", list(frame.columns))
    read = read_frame(connection, "select word, ratio, words from kept order by position")
    assert [tuple(row) for row in read.itertuples(index=False)] == rows
