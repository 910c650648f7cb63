"""The promotion gate: only a better challenger passes; rows that cannot be compared are rejected."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from ml.metrics.brier import brier
from ml.metrics.pr_auc import pr_auc
from ml.metrics.roc_auc import roc_auc
from ml.promotion.bootstrap import RankedScores, paired_differences
from ml.promotion.gate import decide_promotion
from ml.promotion.verdict import Finding, GateVerdict
from tests.unit.ml.promotion.scored_rows import REFERENCE, TARGET, compared, labelled_rows


def gate(rows: pd.DataFrame, **changes: Any) -> GateVerdict:
    settings: dict[str, Any] = {"expected_positive_ratio": REFERENCE, "seed": 1, "protected": ["region"]}
    return decide_promotion(rows, TARGET, **(settings | changes))


def opposing(verdict: GateVerdict) -> list[str]:
    return [reason.check for reason in verdict.reasons if reason.finding is Finding.OPPOSES]


def test_better_challenger_passes_with_reasons() -> None:
    verdict = gate(compared(labelled_rows(), "blunt", "sharp"))
    assert verdict.passed, verdict.summary
    assert "improves ROC AUC" in verdict.summary
    checks = {record["check"] for record in verdict.to_records()}
    assert {"auc_roc", "auc_pr", "calibration", "segment region = north", "value at capacity", "checks"} <= checks


def test_same_rows_give_the_same_verdict() -> None:
    rows = compared(labelled_rows(customers=300), "blunt", "sharp")
    assert gate(rows).to_records() == gate(rows.sample(frac=1, random_state=1)).to_records()


def test_identical_challenger_is_rejected() -> None:
    verdict = gate(compared(labelled_rows(), "sharp", "sharp"))
    assert not verdict.passed
    assert "no criterion supports the change" in verdict.summary


def test_equal_challenger_passes_rarely() -> None:
    passed = 0
    for seed in range(24):
        rows = labelled_rows(customers=500, seed=seed)
        noise = np.random.default_rng(seed + 1000)
        for side in ("champion", "challenger"):
            log_odds = np.log(rows["sharp"] / (1 - rows["sharp"])) + noise.normal(0, 0.4, len(rows))
            rows[side] = 1 / (1 + np.exp(-log_odds))
        passed += gate(rows).passed
    assert passed <= 2, f"{passed} of 24 equal challengers passed; 1 is expected"


def test_worse_challenger_is_rejected() -> None:
    verdict = gate(compared(labelled_rows(), "sharp", "blunt"))
    assert {"auc_roc", "auc_pr"} <= set(opposing(verdict))


def test_challenger_worse_in_one_segment_is_rejected_for_it() -> None:
    rows = compared(labelled_rows(customers=2000), "blunt", "sharp")
    south = rows["region"] == "south"
    shuffled = np.random.default_rng(2).permutation(rows.loc[south, "blunt"])
    rows.loc[south, "challenger"] = shuffled
    verdict = gate(rows)
    assert not verdict.passed
    assert "segment region = south" in opposing(verdict)
    assert "segment region = north" not in opposing(verdict)


def test_too_high_probabilities_are_rejected_for_calibration() -> None:
    rows = compared(labelled_rows(), "blunt", "sharp")
    rows["challenger"] = rows["challenger"] ** 0.7
    assert "calibration" in opposing(gate(rows))


def test_lower_value_at_capacity_is_rejected() -> None:
    rows = compared(labelled_rows(), "sharp", "sharp")
    top = rows["challenger"] >= rows["challenger"].quantile(0.95)
    rows.loc[top, "challenger"] = 0.001
    assert "value at capacity" in opposing(gate(rows))


def test_failed_blocking_check_rejects_the_challenger() -> None:
    verdict = gate(compared(labelled_rows(), "blunt", "sharp"), failed_checks=["volume of source.message"])
    assert opposing(verdict) == ["checks"]
    assert "volume of source.message" in verdict.summary


@pytest.mark.parametrize("base_shift", [0.0, 1.0])
def test_month_with_ten_percent_flipped_labels_is_rejected(base_shift: float) -> None:
    """Rare outcomes give it away by their share, common ones by the customers whom both models call safe."""
    rows = labelled_rows(customers=2000)
    if base_shift:
        log_odds = {side: np.log(rows[side] / (1 - rows[side])) + base_shift for side in ("sharp", "blunt")}
        rows = rows.assign(**{side: 1 / (1 + np.exp(-values)) for side, values in log_odds.items()})
        rows["label"] = (np.random.default_rng(5).random(len(rows)) < rows["sharp"]).astype(int)
    reference = float(rows["label"].mean())
    clean = gate(compared(rows, "blunt", "sharp"), expected_positive_ratio=reference)
    assert "labels are plausible" not in opposing(clean), clean.summary
    month = rows["as_of_date"] == pd.Timestamp("2025-02-01")
    flipped = month & (np.random.default_rng(9).random(len(rows)) < 0.1)
    rows.loc[flipped, "label"] = 1 - rows.loc[flipped, "label"]
    verdict = gate(compared(rows, "blunt", "sharp"), expected_positive_ratio=reference)
    assert "labels are plausible" in opposing(verdict)
    assert "2025-02" in verdict.summary
    assert "2025-01:" not in verdict.summary


def test_month_of_positives_only_is_rejected_as_implausible() -> None:
    rows = compared(labelled_rows(), "blunt", "sharp")
    rows.loc[rows["as_of_date"] == pd.Timestamp("2025-03-01"), "label"] = 1
    verdict = gate(rows)
    assert "labels are plausible" in opposing(verdict)
    assert "100.0% of 1000 labels are positive" in verdict.summary


def test_correct_labels_are_rarely_implausible() -> None:
    wrong = sum(
        "labels are plausible" in opposing(gate(compared(labelled_rows(customers=400, seed=seed), "blunt", "sharp")))
        for seed in range(15)
    )
    assert wrong == 0


@pytest.mark.parametrize(
    ("damage", "statement"),
    [
        (lambda rows: rows.head(50), "50 rows with a mature label"),
        (lambda rows: rows.assign(label=0), "0 positives"),
        (lambda rows: rows.assign(label=1), "each class needs"),
        (lambda rows: rows.assign(challenger=np.nan), "probabilities of the challenger are not between 0 and 1"),
        (lambda rows: rows.assign(champion=1.5), "probabilities of the champion are not between 0 and 1"),
        (lambda rows: pd.concat([rows, rows.head(1)]), "duplicate rows"),
        (lambda rows: rows.drop(columns="region"), "lack region"),
        (lambda rows: rows.head(0), "0 rows"),
    ],
)
def test_rows_that_cannot_be_compared_are_rejected(damage: Any, statement: str) -> None:
    verdict = gate(damage(compared(labelled_rows(), "blunt", "sharp")))
    assert not verdict.passed
    assert not verdict.is_computable
    assert statement in verdict.summary


def test_positives_only_in_all_months_are_implausible() -> None:
    verdict = gate(compared(labelled_rows(), "blunt", "sharp").assign(label=1))
    assert "labels are plausible" in opposing(verdict)


def test_weighted_metrics_equal_metrics_of_repeated_rows() -> None:
    rng = np.random.default_rng(4)
    labels, scores = rng.integers(0, 2, 60), rng.integers(0, 12, 60) / 12
    weights = rng.integers(0, 4, 60)
    again_labels, again_scores = np.repeat(labels, weights), np.repeat(scores, weights)
    expected = [metric(again_labels, again_scores) for metric in (roc_auc, pr_auc, brier)]
    assert RankedScores(labels, scores).metrics(weights.astype(float)) == pytest.approx(expected)


def test_interval_covers_a_known_difference_and_narrows_with_rows() -> None:
    widths = []
    for customers in (300, 3000):
        rows = labelled_rows(customers=customers, months=1)
        arrays = [rows[name].to_numpy() for name in ("label", "blunt", "sharp")]
        found = paired_differences(*arrays, rows["customer_code"].tolist(), resamples=400, tail=0.025, seed=2)
        auc = found["auc_roc"]
        assert auc.lower < auc.estimate < auc.upper
        assert auc.estimate == pytest.approx(roc_auc(arrays[0], arrays[2]) - roc_auc(arrays[0], arrays[1]))
        widths.append(auc.upper - auc.lower)
    assert widths[0] / widths[1] == pytest.approx(np.sqrt(10), rel=0.4)
