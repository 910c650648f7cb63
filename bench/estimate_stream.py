"""A stream that drifts, and its quality estimated without labels: `python -m bench.estimate_stream` prints the errors.

A model scores 2,000 customers a month for four years. Their mix widens, narrows and moves (which scores show), and
what drives the outcome slowly changes (which only labels show, and they come four months late).
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.special import expit

from ml.metrics.roc_auc import roc_auc
from ml.monitoring.performance_estimate.estimate import estimate
from ml.monitoring.performance_estimate.recalibration import recalibrate

CUSTOMERS = 2_000
MONTHS = 48
LABEL_MONTHS = 4
NEWEST_MONTHS = 3
FEATURES = 5


def run_stream(seed: int, *, concept_drift: float = 0.25) -> tuple[float, float]:
    """Return the mean absolute error of the estimated AUC and that of saying the reference's AUC every month.

    Parameters
    ----------
    concept_drift : float
        Share of the effects that has turned away from what the model learned when the stream ends.
    """
    rng = np.random.default_rng(seed)
    weights = rng.normal(0.6, 0.3, FEATURES)
    turned = rng.normal(0.0, 0.6, FEATURES)
    past: list[tuple[np.ndarray, np.ndarray]] = []
    reference = _reference_auc(weights, rng)
    errors, constant = [], []
    for month in range(MONTHS):
        share = concept_drift * month / MONTHS
        truth = (1 - share) * weights + share * turned
        spread = 1.0 + 0.5 * np.sin(2 * np.pi * month / 24)
        shift = 0.4 * np.sin(2 * np.pi * month / 36)
        scores, labels = _month(weights, truth, spread, shift, rng)
        known = past[max(0, len(past) - LABEL_MONTHS - NEWEST_MONTHS) : max(0, len(past) - LABEL_MONTHS)]
        learned = recalibrate(
            np.concatenate([np.empty(0), *(row[0] for row in known)]),
            np.concatenate([np.empty(0, dtype="int64"), *(row[1] for row in known)]),
            rng,
            draws=2,  # the errors need no intervals
        )
        found = estimate(scores, learned, threshold=0.3, capacity_ratio=0.1, rng=rng).set_index("metric_name")
        realised = roc_auc(labels, scores) or np.nan
        errors.append(abs(float(found.loc["auc_roc", "value"]) - realised))
        constant.append(abs(reference - realised))
        past.append((scores, labels))
    return float(np.mean(errors)), float(np.mean(constant))


def _month(
    weights: np.ndarray, truth: np.ndarray, spread: float, shift: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    features = shift + spread * rng.normal(size=(CUSTOMERS, FEATURES))
    labels = rng.random(CUSTOMERS) < expit(features @ truth - 2)
    return np.asarray(expit(features @ weights - 2)), labels.astype("int64")


def _reference_auc(weights: np.ndarray, rng: np.random.Generator) -> float:
    """Return the AUC on the training mix, before anything drifts."""
    months = [_month(weights, weights, 1.0, 0.0, rng) for _ in range(12)]
    scores, labels = (np.concatenate(parts) for parts in zip(*months, strict=True))
    return roc_auc(labels, scores) or np.nan


def main() -> None:
    """Print the errors of several streams."""
    for concept_drift in (0.0, 0.25, 0.5):
        for seed in range(1, 4):
            estimated, constant = run_stream(seed, concept_drift=concept_drift)
            sys.stdout.write(
                f"concept drift {concept_drift}, seed {seed}: {estimated:.4f} against {constant:.4f}"
                f" ({estimated / constant:.2f})\n"
            )


if __name__ == "__main__":
    main()
