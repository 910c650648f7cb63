"""Training of the message classifier: from labelled messages to a bundle and its metrics.

Belongs here: which labels are used, the order of the steps, the facts in the manifest. Does not: the steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from ml.data_hash import data_hash
from ml.messages.abstention import Abstention, choose_abstention, coverage_curve
from ml.messages.bundle import MessageBundle, build_message_bundle
from ml.messages.evaluation import category_confusion, level_metrics
from ml.messages.hierarchy import Hierarchy, at_level
from ml.messages.linear import LinearScores, fit_scores, fit_sibling_scores
from ml.messages.subjects import SubjectDictionary
from ml.messages.taxonomy import Taxonomy
from ml.messages.text import clean, is_readable
from ml.messages.vectors import Vectors, fit_vectors
from ml.risk.pipeline import TrainingDataError

COLUMNS = ["message_id", "content", "voc_id", "is_claim", "received_at", "labelled_at"]
MIN_MESSAGES = 60
INVERSE_TEMPERATURES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)


@dataclass(frozen=True)
class MessageParameters:
    """Settings of a training. They are stored in the manifest and hashed into the version: their names stay.

    Parameters
    ----------
    error_rate : float
        Limit of the error rate of classified messages.
    risk : float
        Probability that the error rate is above the limit all the same.
    strength : float
        Inverse regularisation of the linear scores.
    least_documents : int
        Terms in fewer messages are left out.
    most_terms : int
        Largest number of terms of each block.
    fit_share, calibrate_share : float
        Shares of the messages, in order of time, on which the model is fitted, and on which inverse temperature and
        threshold are chosen; the rest is the hold-out. The bundle is then fitted on all messages.
    """

    error_rate: float = 0.1
    risk: float = 0.05
    strength: float = 1.0
    least_documents: int = 2
    most_terms: int = 60_000
    fit_share: float = 0.6
    calibrate_share: float = 0.2


@dataclass(frozen=True)
class MessageTraining:
    """A trained bundle and its evaluation on messages later than those used for fitting and calibration.

    Parameters
    ----------
    metrics : dict of str to float
        ``accuracy_level_<k>`` of the path down to level k without abstention, ``coverage`` and ``error_rate`` with
        abstention, ``claim_accuracy``, ``label_share_outside_tree``.
    confusion : DataFrame
        ``level``, ``true_voc_id``, ``predicted_voc_id``, ``message_count``.
    curve : DataFrame
        ``coverage``, ``threshold``, ``error_rate``.
    predictions : DataFrame
        Hold-out rows: ``message_id``, ``content``, ``true_voc_id``, ``predicted_voc_id``, ``confidence``.
    """

    bundle: MessageBundle
    metrics: dict[str, float]
    confusion: pd.DataFrame
    curve: pd.DataFrame
    predictions: pd.DataFrame = field(repr=False)


def train_classifier(
    frame: pd.DataFrame,
    taxonomy: Taxonomy,
    *,
    dictionary: SubjectDictionary,
    trained_at: datetime,
    seed: int,
    code_version: str,
    parameters: MessageParameters | None = None,
) -> MessageTraining:
    """Train on all labels known at `trained_at`.

    Parameters
    ----------
    frame : DataFrame
        ``message_id`` int, ``content`` text, masked, ``voc_id`` text (the deepest labelled category), ``is_claim`` bool
        or None, ``received_at`` and ``labelled_at`` time-zone aware. Several rows of a message are versions of its
        label; the latest one known at `trained_at` is used.
    taxonomy : Taxonomy
        Current tree; labels of categories outside it are not used.

    Raises
    ------
    TrainingDataError
        If too few messages or fewer than two categories are left.
    """
    chosen = parameters or MessageParameters()
    rows = usable_rows(frame, taxonomy, trained_at)
    fit_end = int(len(rows) * chosen.fit_share)
    calibrate_end = int(len(rows) * (chosen.fit_share + chosen.calibrate_share))
    early = fit_classifier(rows.iloc[:fit_end], taxonomy, chosen, seed)
    calibrated = early.with_fitted_temperature(rows.iloc[fit_end:calibrate_end])
    abstention = _abstention(calibrated, rows.iloc[fit_end:calibrate_end], chosen)
    held_out = calibrated.predict(rows.iloc[calibrate_end:])
    metrics = level_metrics(held_out, taxonomy, abstention.threshold)
    metrics["label_share_outside_tree"] = 1 - len(rows) / max(len(_known(frame, trained_at)), 1)
    final = fit_classifier(rows, taxonomy, chosen, seed)
    hierarchy = Hierarchy(final.hierarchy.levels, final.hierarchy.paths, calibrated.hierarchy.inverse_temperature)
    facts = _facts(rows, chosen, abstention, metrics, trained_at, code_version)
    bundle = build_message_bundle(final.vectors, hierarchy, final.claim, dictionary, facts)
    curve = coverage_curve(held_out["confidence"].to_numpy(), held_out["is_correct"].to_numpy(dtype=bool))
    return MessageTraining(bundle, metrics, category_confusion(held_out, taxonomy), curve, held_out)


def usable_rows(frame: pd.DataFrame, taxonomy: Taxonomy, trained_at: datetime) -> pd.DataFrame:
    """Return the latest known label of each readable message whose category is in the tree, in order of time."""
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise TrainingDataError(f"the labelled messages lack {', '.join(missing)}")
    rows = _known(frame, trained_at)
    rows = rows[rows["voc_id"].isin(list(taxonomy.paths))]
    rows = rows.assign(text=[clean(content) for content in rows["content"]])
    rows = rows[[is_readable(text) for text in rows["text"]]]
    # messages of one instant are shuffled: if a file is sorted by label, the hold-out would be complete categories
    rows = rows.assign(shuffled=pd.util.hash_array(rows["message_id"].to_numpy("int64")))
    rows = rows.sort_values(["received_at", "shuffled", "message_id"], kind="stable", ignore_index=True)
    rows = rows.drop(columns="shuffled")
    if len(rows) < MIN_MESSAGES or rows["voc_id"].nunique() < 2:
        raise TrainingDataError(
            f"{len(rows)} labelled messages of {rows['voc_id'].nunique()} categories are too few for training; "
            f"label at least {MIN_MESSAGES} of two categories or more"
        )
    return rows


def _known(frame: pd.DataFrame, trained_at: datetime) -> pd.DataFrame:
    known = frame[frame["labelled_at"] <= trained_at]
    latest = known.sort_values(["message_id", "labelled_at"], kind="stable")
    return latest.drop_duplicates("message_id", keep="last")


@dataclass(frozen=True)
class FittedClassifier:
    """Vectors, hierarchy and complaint scores fitted on one set of messages, before they are put into a bundle.

    Parameters
    ----------
    claim : LinearScores or None
        None if the messages have no complaint labels of both kinds.
    """

    vectors: Vectors
    hierarchy: Hierarchy
    claim: LinearScores | None

    def scores(self, rows: pd.DataFrame) -> list[Any]:
        """Return the scores of each level, arrays of shape (rows, classes of the level)."""
        vectors = self.vectors.transform(rows["text"].tolist())
        return [level.score(vectors) for level in self.hierarchy.levels]

    def with_fitted_temperature(self, rows: pd.DataFrame) -> "FittedClassifier":
        """Return the classifier with the inverse temperature of least log loss on held-out rows."""
        leaves = {leaf: place for place, leaf in enumerate(self.hierarchy.leaves)}
        is_answerable = rows["voc_id"].isin(list(leaves)).to_numpy()
        actual = np.array([leaves[voc_id] for voc_id in rows["voc_id"][is_answerable]], dtype=np.int64)
        scores = [level[is_answerable] for level in self.scores(rows)]
        best, least = self, np.inf
        for inverse_temperature in INVERSE_TEMPERATURES if len(actual) else ():
            tried = Hierarchy(self.hierarchy.levels, self.hierarchy.paths, inverse_temperature)
            confidence = tried.leaf_confidences(scores)[np.arange(len(actual)), actual]
            loss = -np.log(np.maximum(confidence, 1e-12)).mean()
            if loss < least:
                best, least = FittedClassifier(self.vectors, tried, self.claim), loss
        return best

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the best leaf of each row with its confidence, and the actual category."""
        confidences = self.hierarchy.leaf_confidences(self.scores(rows))
        first = self.hierarchy.ranked(confidences, 1)[:, 0]
        predicted = [self.hierarchy.leaves[place] for place in first]
        return pd.DataFrame(
            {
                "message_id": rows["message_id"].to_numpy(),
                "content": rows["text"].to_numpy(),
                "true_voc_id": rows["voc_id"].to_numpy(),
                "predicted_voc_id": predicted,
                "confidence": confidences[np.arange(len(first)), first],
                "is_correct": rows["voc_id"].to_numpy() == np.array(predicted, dtype=object),
                "is_claim": rows["is_claim"].to_numpy(),
                "predicted_claim": self._claims(rows),
            }
        )

    def _claims(self, rows: pd.DataFrame) -> list[bool | None]:
        if self.claim is None:
            return [None] * len(rows)
        scores = self.claim.score(self.vectors.transform(rows["text"].tolist()))
        return [self.claim.classes[place] == "1" for place in scores.argmax(axis=1)]


def fit_classifier(
    rows: pd.DataFrame, taxonomy: Taxonomy, parameters: MessageParameters, seed: int
) -> FittedClassifier:
    """Fit on rows of `usable_rows`; the inverse temperature is 1."""
    vectors = fit_vectors(
        rows["text"].tolist(), min_document_count=parameters.least_documents, max_terms=parameters.most_terms
    )
    features = vectors.transform(rows["text"].tolist())
    hierarchy = fit_hierarchy(
        features, rows["voc_id"].tolist(), taxonomy.paths, strength=parameters.strength, seed=seed
    )
    has_claim = rows["is_claim"].notna().to_numpy()
    claims = [str(int(value)) for value in rows.loc[has_claim, "is_claim"]]
    claim = None
    if len(set(claims)) == 2:
        claim = fit_scores(features[np.flatnonzero(has_claim)], claims, strength=parameters.strength, seed=seed)
    return FittedClassifier(vectors, hierarchy, claim)


def fit_hierarchy(
    features: sparse.csr_matrix,
    voc_ids: Sequence[str],
    paths: Mapping[str, tuple[str, ...]],
    *,
    strength: float,
    seed: int,
) -> Hierarchy:
    """Fit scores: main categories against each other, deeper ones against those of the same main category.

    Parameters
    ----------
    voc_ids : sequence of str
        The category of each row of `features`; only these can be predicted.
    paths : mapping of str to tuple of str
        Path of each category. The inverse temperature is 1.
    """
    classes = {voc_id: paths[voc_id] for voc_id in sorted(set(voc_ids))}
    depth = max(len(path) for path in classes.values())
    mains, *below = ([at_level(classes[voc_id], level) for voc_id in voc_ids] for level in range(depth))
    levels = [
        fit_scores(features, mains, strength=strength, seed=seed),
        *(fit_sibling_scores(features, labels, mains, strength=strength, seed=seed) for labels in below),
    ]
    return Hierarchy(levels, classes, 1.0)


def _abstention(fitted: FittedClassifier, rows: pd.DataFrame, parameters: MessageParameters) -> Abstention:
    predicted = fitted.predict(rows)
    return choose_abstention(
        predicted["confidence"].to_numpy(),
        predicted["is_correct"].to_numpy(dtype=bool),
        error_rate=parameters.error_rate,
        failure_probability=parameters.risk,
    )


def _facts(
    rows: pd.DataFrame,
    parameters: MessageParameters,
    abstention: Abstention,
    metrics: dict[str, float],
    trained_at: datetime,
    code_version: str,
) -> dict[str, Any]:
    return {
        "model_type": "linear, words, pairs of words and pieces of words",
        "trained_at": trained_at.isoformat(),
        "code_version": code_version,
        "data_hash": training_hash(rows),
        "parameters": vars(parameters),
        "threshold": abstention.threshold,
        "calibration": {"coverage": abstention.coverage},
        "metrics": {name: (None if np.isnan(value) else value) for name, value in metrics.items()},
        "training_window": {
            "start": rows["received_at"].min().date().isoformat(),
            "end": rows["received_at"].max().date().isoformat(),
            "row_count": len(rows),
        },
    }


def training_hash(rows: pd.DataFrame) -> str:
    """Return the hash of the training data: message, text, category, complaint."""
    claims = ["" if pd.isna(claim) else str(bool(claim)) for claim in rows["is_claim"]]
    return data_hash(rows[["message_id", "text", "voc_id"]].assign(is_claim=claims))
