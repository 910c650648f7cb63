"""Retraining of a real company: the whole path; every fault leaves the champion in production."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.built_company import ROOT, Company
from tests.faults.recovery_times import Recovery
from warehouse import registry, retraining
from warehouse.connection import Role
from warehouse.errors import BellwetherError
from warehouse.registry import Decider
from warehouse.retraining import Attempt, RetrainingTrigger

pytestmark = pytest.mark.long(180)

TEST = Decider("test", "an older version serves, so that newer labels can judge", {})
# Promotes inside a transaction that is never committed, says so, and waits to be killed.
HALF_A_PROMOTION = """
import sys, time
from warehouse import registry, retraining
from warehouse.connection import Role
from warehouse.database.opening import open_warehouse
from warehouse.retraining import GateComparison

with open_warehouse() as warehouse, warehouse.connect(Role.MODEL) as connection:
    attempt = retraining.attempts(connection, "churn", "shadow")[-1]
    champion = next(one.version for one in registry.versions(connection, "churn") if one.is_active)
    retraining.record_decision(connection, attempt, GateComparison(champion, True, "passed: test", [], 0.5, 0.5, None))
    print("half way", flush=True)
    time.sleep(600)
"""


# The newest version of every label of the newest as-of dates, a day later: a tenth flipped, or all of them ones.
POISON = """
insert into ml.label (target_name, customer_code, as_of_date, label, known_at, label_source)
select target_name, customer_code, as_of_date, {label}, known_at + interval '1 day', 'poisoned'
from (
  select distinct on (customer_code, as_of_date) * from ml.label
  where target_name = 'churn' and as_of_date > (select max(as_of_date) - interval '5 months' from ml.label)
  order by customer_code, as_of_date, known_at desc, label_id desc
) as latest
where {chosen}
"""
POISONS = {
    "a tenth flipped": POISON.format(
        label="1 - label", chosen="mod(abs(hashtext(customer_code || as_of_date)::bigint), 10) = 0"
    ),
    "all ones": POISON.format(label="1", chosen="true"),
}


@pytest.fixture(scope="module")
def company(run_to_break: Company) -> Iterator[Company]:
    """A finished run in whose place an older version serves: it has not seen the labels of the last months."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in run_to_break.environment.items():
            patch.setenv(name, value)
        ask(run_to_break, "older", hold_out_months=8)
        retrain(run_to_break)
        attempt = latest(run_to_break)
        with run_to_break.warehouse.connect(Role.MODEL) as connection:
            registry.promote(connection, str(attempt.shadow_model_version), TEST)
            retraining.set_failed(connection, attempt, "set up")
        yield run_to_break


def ask(company: Company, key: str, **evidence: Any) -> None:
    with company.warehouse.connect(Role.MODEL) as connection:
        assert (
            retraining.request_retraining(connection, RetrainingTrigger("churn", "person", key, evidence)) is not None
        )


def retrain(company: Company) -> None:
    from dagster_app.lib.runs.stage_run import StageRunner

    with StageRunner(company.warehouse.settings, company.warehouse) as stages:
        stages.run("retrain_model")


def latest(company: Company) -> Attempt:
    with company.warehouse.connect(Role.MODEL) as connection:
        return retraining.attempts(connection, "churn")[-1]


def serving(company: Company) -> str:
    with company.warehouse.connect(Role.MODEL) as connection:
        return next(one.version for one in registry.versions(connection, "churn") if one.is_active)


def incidents(company: Company, alert_type: str) -> list[str]:
    with company.warehouse.connect(Role.MODEL) as connection:
        rows = connection.execute("select message from ml.alert where alert_type = %s order by id", [alert_type])
        return [row[0] for row in rows]


def open_again(company: Company, attempt: Attempt) -> None:
    """Let an attempt be judged once more."""
    with company.warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "update ml.retraining set state = 'shadow', gate_passed = null, promoted = false, "
            "decided_at = null where id = %s",
            [attempt.id],
        )


def put_back(company: Company, champion: str) -> None:
    """Let the champion serve that served before, where the gate has promoted another one."""
    if serving(company) != champion:
        with company.warehouse.connect(Role.MODEL) as connection:
            registry.promote(connection, champion, TEST)


def scores(company: Company, stage: str) -> dict[str, int]:
    with company.warehouse.connect(Role.MODEL) as connection:
        return dict(
            connection.execute(
                "select model_version, count(*) from ml.prediction where model_stage = %s group by 1", [stage]
            ).fetchall()
        )


def test_a_challenger_that_crashes_in_training_leaves_the_champion_and_is_given_up(
    company: Company, monkeypatch: pytest.MonkeyPatch, recovery: Recovery
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise MemoryError("no room for the trees")

    champion = serving(company)
    ask(company, "crash", hold_out_months=7)
    monkeypatch.setattr("ml.risk.training.train", crash)
    for _ in range(retraining.MAXIMUM_ATTEMPTS):
        with pytest.raises((MemoryError, BellwetherError), match="no room for the trees"):
            retrain(company)
    assert latest(company).state == "failed"
    assert "training failed 3 times: no room for the trees" in str(latest(company).verdict)
    assert serving(company) == champion
    raised = [message for message in incidents(company, "RUN_FAILED") if "no room for the trees" in message]
    assert len(raised) == 1, "one incident, however often it was tried"
    with recovery():
        retrain(company)  # nothing waits any more


def test_a_challenger_without_labels_to_learn_from_is_given_up_at_once(company: Company) -> None:
    champion = serving(company)
    ask(company, "no labels", hold_out_months=200)
    retrain(company)
    assert latest(company).state == "failed"
    assert latest(company).verdict
    assert serving(company) == champion


@pytest.mark.parametrize("poison", POISONS)
def test_poisoned_labels_promote_nothing_and_the_right_ones_are_judged(
    company: Company, recovery: Recovery, poison: str
) -> None:
    champion, before = serving(company), scores(company, "production")
    with company.warehouse.connect(Role.OWNER) as connection:
        connection.execute(POISONS[poison])
    try:
        ask(company, poison, hold_out_months=6)
        retrain(company)
        retrain(company)
        attempt, raised = latest(company), incidents(company, "LABELS_IMPLAUSIBLE")
        assert not attempt.promoted
        assert str(attempt.verdict).startswith("rejected"), attempt.verdict
        assert ("labels are implausible" in str(attempt.verdict)) == bool(raised)
        if poison == "all ones":  # a tenth shows from a thousand customers on, see tests/unit/ml/promotion
            assert len(raised) == 1
            assert f"{champion} stays in production. Correct the labels at their source" in raised[0]
        assert serving(company) == champion
        assert scores(company, "production") == before
    finally:
        with company.warehouse.connect(Role.OWNER) as connection:
            connection.execute("delete from ml.label where label_source = 'poisoned'")
    with recovery():
        open_again(company, attempt)
        retrain(company)
    attempt = latest(company)
    assert attempt.state == "decided"
    assert "implausible" not in str(attempt.verdict)
    put_back(company, champion)


def test_a_gate_that_cannot_compute_waits_and_promotes_nothing(company: Company) -> None:
    champion = serving(company)
    ask(company, "no later labels", hold_out_months=0)
    retrain(company)
    attempt = latest(company)
    assert (attempt.state, attempt.promoted) == ("shadow", False)
    assert "not enough data: 0 rows" in str(attempt.verdict)
    assert serving(company) == champion
    with company.warehouse.connect(Role.MODEL) as connection:
        retraining.set_failed(connection, attempt, "end of the test")


def test_challenger_is_decided_on_labels_unknown_to_both_versions(company: Company) -> None:
    champion = serving(company)
    before = scores(company, "production")
    ask(company, "path", hold_out_months=4)
    retrain(company)
    attempt = latest(company)
    assert attempt.shadow_model_version is not None
    assert attempt.production_model_version == champion
    assert scores(company, "production") == before, "nobody acts on scores in the shadow"
    assert scores(company, "shadow")[attempt.shadow_model_version] > 500
    assert attempt.state == "decided"
    assert str(attempt.verdict).startswith(("passed", "rejected"))
    with company.warehouse.connect(Role.MODEL) as connection:
        row = connection.execute(
            "select jsonb_array_length(reasons), shadow_f1_score, production_f1_score from ml.retraining where id = %s",
            [attempt.id],
        ).fetchone()
    assert row is not None
    assert row[0] >= 5
    assert None not in row[1:]
    runs = scores(company, "shadow")
    retrain(company)
    assert scores(company, "shadow") == runs, "a second round does nothing"
    assert latest(company) == attempt


def test_a_worker_killed_in_the_middle_of_a_promotion_leaves_the_champion_and_the_next_round_decides(
    company: Company, recovery: Recovery
) -> None:
    champion = serving(company)
    ask(company, "killed", hold_out_months=5)
    retrain(company)
    attempt = latest(company)
    open_again(company, attempt)
    if serving(company) != champion:
        pytest.skip("the gate promoted it before the kill")
    worker = subprocess.Popen(
        [sys.executable, "-c", HALF_A_PROMOTION], cwd=ROOT, env=company.environment, stdout=subprocess.PIPE, text=True
    )
    assert worker.stdout is not None
    assert worker.stdout.readline().strip() == "half way"
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait(30)
    assert serving(company) == champion
    assert latest(company).state == "shadow"
    with recovery():
        retrain(company)
    assert latest(company).state == "decided"


@pytest.mark.parametrize("damage", ["truncated", "tampered", "missing"])
def test_a_damaged_challenger_is_refused_by_name_and_the_champion_scores_on(
    company: Company, recovery: Recovery, damage: str
) -> None:
    champion = serving(company)
    ask(company, damage, hold_out_months=6)
    retrain(company)
    version = str(latest(company).shadow_model_version)
    with company.warehouse.connect(Role.OWNER) as connection:
        connection.execute("delete from ml.prediction where model_version = %s", [version])
        connection.execute(
            "update ml.retraining set state = 'shadow', gate_passed = null, promoted = false, "
            "decided_at = null where shadow_model_version = %s",
            [version],
        )
    folder = company.folders.models / "churn" / version
    kept = folder.with_name(f"kept-{version}")
    shutil.copytree(folder, kept)
    try:
        spoil(folder, damage)
        with pytest.raises(BellwetherError, match=r"altered|missing|no manifest"):
            retrain(company)
        assert serving(company) == champion
        assert version not in scores(company, "shadow"), "never a silent wrong score"
    finally:
        shutil.rmtree(folder)
        kept.rename(folder)
    with recovery():
        retrain(company)
    assert scores(company, "shadow")[version] > 0
    with company.warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "update ml.retraining set trigger_key = trigger_key || id where trigger_key like '%%" + damage + "'"
        )


def test_a_version_that_is_bad_live_is_taken_back_by_itself_once_with_an_alert(
    company: Company, recovery: Recovery
) -> None:
    champion = serving(company)
    ask(company, "bad live", hold_out_months=3)
    retrain(company)
    attempt = latest(company)
    version = str(attempt.shadow_model_version)
    with company.warehouse.connect(Role.MODEL) as connection:
        if not attempt.promoted:
            retraining.override(connection, attempt, Decider("person:test", "to see it fail", {}))
    assert serving(company) == version
    with company.warehouse.connect(Role.OWNER) as connection:
        connection.execute(
            "update ml.prediction set model_stage = 'production', probability = 1 - probability"
            " where model_version = %s",
            [version],
        )
    with recovery():
        retrain(company)
    assert serving(company) == champion
    retrain(company)
    with company.warehouse.connect(Role.MODEL) as connection:
        alerts = connection.execute("select message from ml.alert where alert_type = 'MODEL_ROLLED_BACK'").fetchall()
        stages = [one for one in registry.stage_history(connection, "churn") if one.decided_by == "promotion watch"]
        outside = connection.execute(
            "select count(*) from ml.promotion_watch where rolled_back_to = %s and not is_within_band", [champion]
        ).fetchone()
        assert retraining.last_rollback(connection, "churn") is not None
    assert len(alerts) == 1
    assert f"rolled back from {version} to {champion}: it left its tolerance band" in alerts[0][0]
    assert {(one.version, one.stage) for one in stages} == {(champion, "production"), (version, "archived")}
    assert outside is not None
    assert outside[0] >= 1
    assert serving(company) == champion


def spoil(folder: Path, damage: str) -> None:
    model = folder / "model.txt"
    if damage == "missing":
        model.unlink()
    elif damage == "truncated":
        model.write_bytes(model.read_bytes()[:-100])
    else:
        model.write_bytes(model.read_bytes().replace(b"0", b"1", 1))
