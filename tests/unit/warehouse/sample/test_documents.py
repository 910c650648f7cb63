"""Documents are valid, agree with the customer, and say nothing that was not known."""

from __future__ import annotations

from datetime import date, datetime

import orjson
import polars as pl
import pytest

from tests.unit.warehouse.sample.conftest import Package
from warehouse.packages.documents import DOCUMENT_NAMES, inspect_document

Snapshot = tuple[str, datetime, dict[str, object]]


@pytest.fixture(scope="module")
def snapshots(package: Package) -> pl.DataFrame:
    return package.parquet("snapshots/*.parquet")


def rows(snapshots: pl.DataFrame) -> list[tuple[datetime, dict[str, dict[str, list[dict[str, str]]]]]]:
    """Cut-off and parsed documents of every row."""
    parsed = []
    for row in snapshots.iter_rows(named=True):
        month = date.fromisoformat(row["snapshot_month"])
        following = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        cut_off = datetime.fromisoformat(f"{following}T00:00:00+09:00")
        parsed.append((cut_off, {name: orjson.loads(row[name]) for name in DOCUMENT_NAMES}))
    return parsed


@pytest.mark.parametrize("name", DOCUMENT_NAMES)
def test_every_document_is_valid(snapshots: pl.DataFrame, name: str) -> None:
    problems = [inspect_document(name, text)[0] for text in snapshots[name]]
    assert not [problem for problem in problems if problem]


def test_nothing_happened_before_the_customer_joined(snapshots: pl.DataFrame) -> None:
    for _, documents in rows(snapshots):
        joined = documents["user_information"]["joined_on"]
        history = documents["interaction_history"]
        instants = [work["scheduled_at"] for work in history["works"]]
        instants += [survey["surveyed_at"] for survey in history["csi"]]
        instants += [contact["occurred_at"] for contact in history["interactions"]]
        instants += [purchase["purchased_at"] for purchase in documents["purchase_logs"]]
        instants += [contract["started_on"] for contract in documents["contract_info"]["contracts"]]
        assert all(instant[:10] >= joined for instant in instants)


def test_only_planned_visits_lie_after_the_cut_off(snapshots: pl.DataFrame) -> None:
    planned_ahead = 0
    for cut_off, documents in rows(snapshots):
        history = documents["interaction_history"]
        for work in history["works"]:
            if datetime.fromisoformat(work["scheduled_at"]) >= cut_off:
                assert work["status"] == "planned"
                planned_ahead += 1
        past = [survey["surveyed_at"] for survey in history["csi"]]
        past += [contact["occurred_at"] for contact in history["interactions"]]
        past += [purchase["purchased_at"] for purchase in documents["purchase_logs"]]
        assert all(datetime.fromisoformat(instant) < cut_off for instant in past)
    assert planned_ahead > 0


def test_history_reaches_back_twelve_months(snapshots: pl.DataFrame) -> None:
    oldest = min(
        work["scheduled_at"]
        for cut_off, documents in rows(snapshots)
        if cut_off.year == 2026
        for work in documents["interaction_history"]["works"]
    )
    assert oldest[:7] == "2025-01"


def test_contract_status_is_coherent(snapshots: pl.DataFrame) -> None:
    seen = set()
    for cut_off, documents in rows(snapshots):
        for contract in documents["contract_info"]["contracts"]:
            has_ended = contract["ended_on"] is not None
            assert has_ended == (contract["status"] == "ended") == (contract["end_reason"] is not None)
            assert not has_ended or contract["started_on"] <= contract["ended_on"] < cut_off.date().isoformat()
            seen.add(contract["status"])
    assert seen == {"active", "suspended", "ended"}


def test_a_past_visit_never_changes_between_snapshots(snapshots: pl.DataFrame) -> None:
    known: dict[str, dict[str, str]] = {}
    for cut_off, documents in rows(snapshots):
        for work in documents["interaction_history"]["works"]:
            if datetime.fromisoformat(work["scheduled_at"]) < cut_off:
                assert known.setdefault(work["work_id"], work) == work


def test_works_keep_their_key_from_plan_to_report(snapshots: pl.DataFrame) -> None:
    planned, reported = set(), set()
    for cut_off, documents in rows(snapshots):
        for work in documents["interaction_history"]["works"]:
            ahead = datetime.fromisoformat(work["scheduled_at"]) >= cut_off
            (planned if ahead else reported).add(work["work_id"])
    assert len(planned & reported) / len(planned) > 0.7
