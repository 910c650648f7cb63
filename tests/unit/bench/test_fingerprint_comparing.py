"""Renamed relations are compared under their new names, and so are the checks named after them."""

from __future__ import annotations

from typing import Any

from bench.fingerprint.comparing import compare, unknown_names


def fingerprint(checks: dict[str, Any], *relations: str) -> dict[str, Any]:
    empty = {"kind": "view", "partitions": 0, "rows": 0, "checksum": "0", "columns": {}, "left_out": {}}
    return {"relations": dict.fromkeys(relations, empty), "figures": {"checks": checks}}


OLD = fingerprint(
    {"dbt / staging.stg_a__visit / unique_stg_a__visit_id": {"passed": 1}}, "staging.stg_a__visit", "staging.stg_a__x"
)


def test_a_star_renames_all_that_begin_alike_and_checks_follow() -> None:
    new = fingerprint(
        {"dbt / staging.stg_b__visit / unique_stg_b__visit_id": {"passed": 1}}, "staging.stg_b__visit", "staging.y"
    )
    renamed = {"staging.stg_a__*": "staging.stg_b__*", "staging.stg_a__x": "staging.y"}
    assert unknown_names(OLD, renamed) == []
    assert compare(OLD, new, renamed=renamed) == []


def test_a_check_that_is_gone_and_one_with_another_outcome_are_named() -> None:
    relations = ("staging.stg_a__visit", "staging.stg_a__x")
    assert compare(OLD, fingerprint({}, *relations)) == [
        "figures, checks: dbt / staging.stg_a__visit / unique_stg_a__visit_id (only in the old one)"
    ]
    failed = {"dbt / staging.stg_a__visit / unique_stg_a__visit_id": {"passed": 0}}
    assert compare(OLD, fingerprint(failed, *relations)) == [
        "figures, checks: dbt / staging.stg_a__visit / unique_stg_a__visit_id, passed: 1 -> 0"
    ]


def test_a_name_that_the_old_one_does_not_have_is_reported() -> None:
    assert unknown_names(OLD, {"staging.z": "staging.y"}) == ["staging.z"]
