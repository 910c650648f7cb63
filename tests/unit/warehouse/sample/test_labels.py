"""Categories and labels of the simulated company: a sound tree with a history, and texts that earn their labels."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.unit.warehouse.sample.conftest import Package
from warehouse.loading.buffer.categories import CategoryVersion, tree_problems
from warehouse.sample.categories import category_source, category_table, succession_table
from warehouse.sample.records.messages import _source
from warehouse.sample.timeline import Timeline

TIMELINE = Timeline(date(2025, 12, 1), 6)


@pytest.fixture(scope="module")
def labels(package: Package) -> pl.DataFrame:
    """Each label beside its message."""
    messages = package.parquet("messages/*.parquet")
    return package.parquet("message_labels/*.parquet").join(messages, on="rcno", how="left")


def test_the_tree_is_sound_on_every_day_of_its_history() -> None:
    table = category_table(TIMELINE)
    rows = [
        CategoryVersion(row["voc_id"], row["valid_from"], row["parent_id"], row["level"], row["valid_to"], line)
        for line, row in enumerate(table.iter_rows(named=True), start=1)
    ]
    assert tree_problems(rows) == {}
    assert set(table["level"]) == {1, 2, 3}


def test_one_category_was_renamed_and_one_split() -> None:
    table, successions = category_table(TIMELINE), succession_table(TIMELINE)
    versions = table.group_by("voc_id").agg(pl.col("name").n_unique().alias("names")).filter(pl.col("names") > 1)
    assert versions["voc_id"].to_list() == [category_source()["rename"]["id"]]
    (retired,) = table.filter(pl.col("valid_to").is_not_null()).iter_rows(named=True)
    assert set(successions["voc_id"]) == {retired["voc_id"]}
    assert successions["valid_from"].unique().to_list() == [retired["valid_to"]]
    assert successions.height == 2


def test_every_template_means_a_category_of_the_tree() -> None:
    known = set(category_table(TIMELINE)["voc_id"])
    for suffix in ("", "_en"):
        meant, written = category_source()["details" + suffix], _source()["topics" + suffix]
        assert [len(topic) for topic in meant] == [len(topic) for topic in written]
        assert {code for topic in meant for code in topic} <= known


def test_labels_follow_their_message_within_the_stated_days(labels: pl.DataFrame) -> None:
    assert labels["content"].is_not_null().all()
    assert (labels["reviewed_at"] > labels["received_at"]).all()
    assert labels["reviewed_at"].str.slice(0, 10).max() < "2026-01-01"


def test_labels_follow_the_text_but_for_a_few(labels: pl.DataFrame) -> None:
    about_price = labels.filter(pl.col("content").str.contains("다른 업체는 더 저렴"))
    again = labels.filter(pl.col("content").str.contains("지난번 작업이 효과가 없는"))
    predicted = pl.concat([about_price.select(pl.col("voc_id") == "V321"), again.select(pl.col("voc_id") == "V112")])
    assert 0.9 < predicted["voc_id"].mean() <= 1.0  # type: ignore[operator]


def test_labels_name_what_was_in_force_when_the_message_came(labels: pl.DataFrame) -> None:
    split = category_source()["split"]
    halves = [code for code, _ in split["into"]]
    split_on = succession_table(TIMELINE)["valid_from"][0].isoformat()
    before = labels.filter(pl.col("received_at") < split_on)["voc_id"]
    after = labels.filter(pl.col("received_at") >= split_on)["voc_id"]
    assert not before.is_in(halves).any()
    assert before.is_in([split["id"]]).any()
    assert not after.is_in([split["id"]]).any()
    assert after.is_in(halves).any()


def test_corrected_label_is_later_and_from_another_reviewer(labels: pl.DataFrame) -> None:
    twice = labels.filter(pl.col("rcno").is_duplicated()).sort("rcno", "reviewed_at")
    assert twice.height > 0
    pairs = twice.group_by("rcno").agg(pl.col("reviewer").n_unique(), pl.col("reviewed_at").n_unique())
    assert (pairs["reviewer"] == 2).all()
    assert (pairs["reviewed_at"] == 2).all()
