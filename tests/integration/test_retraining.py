"""Attempts at a better version: what the database refuses, what two decisions at once come to."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.integration.test_model_switch import INSERT
from warehouse import registry, retraining
from warehouse.connection import Role, Warehouse
from warehouse.errors import BellwetherError
from warehouse.registry import Decider
from warehouse.retraining import Attempt, GateComparison, RetrainingTrigger

PASSED = GateComparison("champion", True, "passed: better", [{"check": "auc_roc"}], 0.5, 0.4, None)
REFUSED = GateComparison("champion", False, "refused: worse", [{"check": "auc_roc"}], 0.3, 0.4, None)


@pytest.fixture
def contest(warehouse: Warehouse) -> Warehouse:
    """A champion in production, and two challengers in the shadow."""
    with warehouse.connect(Role.MODEL) as connection:
        for name in ("champion", "first", "second"):
            connection.execute(INSERT, ["churn", name])
        registry.promote(connection, "champion", Decider("test", "it is there", {}))
        for name in ("first", "second"):
            assert (
                retraining.request_retraining(connection, RetrainingTrigger("churn", "drift", name, {"share": 0.4}))
                is not None
            )
        for attempt in retraining.attempts(connection, "churn", "asked"):
            version = attempt.trigger_key.rpartition(":")[2]
            registry.enter_shadow(connection, "churn", version, Decider("test", "trained", {}))
            retraining.enter_shadow(connection, attempt, version, "champion")
    return warehouse


def attempt_of(warehouse: Warehouse, version: str) -> Attempt:
    with warehouse.connect(Role.MODEL) as connection:
        return next(one for one in retraining.attempts(connection, "churn") if one.shadow_model_version == version)


def serving(warehouse: Warehouse) -> list[str]:
    with warehouse.connect(Role.MODEL) as connection:
        return [one.version for one in registry.versions(connection, "churn") if one.is_active]


def test_the_same_trigger_asks_once(contest: Warehouse) -> None:
    with contest.connect(Role.MODEL) as connection:
        assert retraining.request_retraining(connection, RetrainingTrigger("churn", "drift", "first")) is None
        assert retraining.request_retraining(connection, RetrainingTrigger("churn", "labels", "first")) is not None


def test_version_records_the_start_of_its_training_window(contest: Warehouse) -> None:
    first = attempt_of(contest, "first")
    with contest.connect(Role.MODEL) as connection:
        assert retraining.labels_since(connection, "first") is None
        trigger = RetrainingTrigger("churn", "drift", "change", {"labels_since": "2025-07-01", "hold_out_months": 1})
        assert retraining.request_retraining(connection, trigger) is not None
        asked = retraining.attempts(connection, "churn", "asked")[0]
        retraining.enter_shadow(connection, asked, "second", "champion")
        assert retraining.labels_since(connection, "second") == "2025-07-01"
    assert first.trigger_evidence == {"share": 0.4}


def test_what_passed_is_promoted_with_its_reasons_and_the_shadow_ends(contest: Warehouse) -> None:
    with contest.connect(Role.MODEL) as connection:
        retraining.record_decision(connection, attempt_of(contest, "first"), PASSED)
        stages = {one.version: one for one in registry.stage_history(connection, "churn") if one.valid_to is None}
    assert serving(contest) == ["first"]
    assert attempt_of(contest, "first").promoted
    assert stages["first"].stage == "production"
    assert stages["first"].decided_by == "promotion gate"
    assert stages["first"].evidence["reasons"] == [{"check": "auc_roc"}]
    assert stages["champion"].stage == "archived"
    assert stages["second"].stage == "shadow"


def test_rejected_challenger_is_archived_and_champion_stays(contest: Warehouse) -> None:
    with contest.connect(Role.MODEL) as connection:
        retraining.record_decision(connection, attempt_of(contest, "first"), REFUSED)
    refused = attempt_of(contest, "first")
    assert (refused.state, refused.gate_passed, refused.promoted) == ("decided", False, False)
    assert serving(contest) == ["champion"]


def test_concurrent_promotions_one_wins_and_the_other_fails(contest: Warehouse) -> None:
    ready = threading.Barrier(2)

    def decide(version: str) -> str:
        attempt = attempt_of(contest, version)
        with contest.connect(Role.MODEL) as connection:
            connection.execute("select 1")
            ready.wait(30)
            try:
                retraining.record_decision(connection, attempt, PASSED)
                connection.commit()
            except BellwetherError as error:
                connection.rollback()
                return str(error)
        return "won"

    with ThreadPoolExecutor(2) as both:
        answers = dict(zip(["first", "second"], both.map(decide, ["first", "second"]), strict=True))
    assert list(answers.values()).count("won") == 1, answers
    winner = next(version for version, answer in answers.items() if answer == "won")
    loser = next(version for version, answer in answers.items() if answer != "won")
    assert f"{loser} was compared with champion, but {winner} is in production now" in answers[loser]
    assert serving(contest) == [winner]
    assert attempt_of(contest, loser).state == "shadow"
    assert not attempt_of(contest, loser).promoted


@pytest.mark.parametrize("gate_passed", ["false", "null"])
def test_c18_the_database_refuses_a_promotion_that_did_not_pass(contest: Warehouse, gate_passed: str) -> None:
    with (
        pytest.raises(psycopg.errors.CheckViolation, match="promoted_only_through_the_gate"),
        contest.connect(Role.MODEL) as connection,
    ):
        connection.execute(f"update ml.retraining set promoted = true, gate_passed = {gate_passed}")


def test_an_override_names_who_and_why_and_excuses_its_own_attempt_only(contest: Warehouse) -> None:
    with contest.connect(Role.MODEL) as connection:
        for version in ("first", "second"):
            retraining.record_decision(connection, attempt_of(contest, version), REFUSED)
    with contest.connect(Role.MODEL) as connection:
        retraining.override(connection, attempt_of(contest, "first"), Decider("person:ann", "law changed", {}))
    assert serving(contest) == ["first"]
    with contest.connect(Role.MODEL) as connection:
        overrides = connection.execute("select decided_by, reason from ml.promotion_override").fetchall()
        assert overrides == [("person:ann", "law changed")]
        with pytest.raises(BellwetherError, match="decided and promoted"):
            retraining.override(connection, attempt_of(contest, "first"), Decider("person:ann", "again", {}))
    second = attempt_of(contest, "second").id
    with pytest.raises(psycopg.errors.ForeignKeyViolation), contest.connect(Role.MODEL) as connection:
        connection.execute("update ml.retraining set promoted = true, override_id = 1 where id = %s", [second])
    with pytest.raises(psycopg.errors.InsufficientPrivilege), contest.connect(Role.MODEL) as connection:
        connection.execute("update ml.promotion_override set reason = 'other'")
    with pytest.raises(psycopg.errors.CheckViolation), contest.connect(Role.MODEL) as connection:
        connection.execute(
            "insert into ml.promotion_override (retraining_id, decided_by, reason) values (%s, ' ', 'x')", [second]
        )


def test_c18_versions_are_the_registrys(contest: Warehouse) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation), contest.connect(Role.MODEL) as connection:
        connection.execute("update ml.retraining set production_model_version = 'invented'")


def test_at_no_instant_do_two_versions_serve(contest: Warehouse) -> None:
    with contest.connect(Role.MODEL) as connection:
        retraining.record_decision(connection, attempt_of(contest, "first"), PASSED)
        registry.roll_back(connection, "churn", Decider("test", "worse", {}))
        overlapping = connection.execute(
            "select count(*) from ml.model_deployment as a join ml.model_deployment as b"
            " on a.deployment_id < b.deployment_id and a.model_name = b.model_name"
            " and a.stage = 'production' and b.stage = 'production' and a.valid_during && b.valid_during"
        ).fetchone()
    assert overlapping == (0,)
    assert serving(contest) == ["champion"]
