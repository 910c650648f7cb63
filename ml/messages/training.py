"""From labelled messages to a bundle and the evidence about it.

Belongs here: which labels count, the order of the steps, the manifest's facts. Does not: the steps themselves.
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
from ml.messages.evaluation import confusion, level_metrics
from ml.messages.hierarchy import Hierarchy, at_level
from ml.messages.linear import LinearScores, fit_scores, fit_scores_within
from ml.messages.subjects import SubjectDictionary
from ml.messages.taxonomy import Taxonomy
from ml.messages.text import clean, is_readable
from ml.messages.vectors import Vectors, fit_vectors
from ml.risk.pipeline import TrainingDataError

COLUMNS = ["message_id", "content", "voc_id", "is_claim", "received_at", "labelled_at"]
FEWEST_MESSAGES = 60
SHARPNESSES = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0)


@dataclass(frozen=True)
class MessageParameters:
    """What is chosen and not learned; `error_rate` is the rate promised among answered messages.

    Parameters
    ----------
    fit_share, calibrate_share : float
        Shares of the messages in order of time that are fitted on and that sharpness and threshold are chosen on when
        quality is measured; the rest is the hold-out. The bundle is then fitted on all of them.
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
    """A trained bundle and everything measured on the way, on messages later than all it was fitted and calibrated on.

    Parameters
    ----------
    metrics : dict of str to float
        ``accuracy_level_<k>`` of the path down to level k with every message answered, ``coverage`` and ``error_rate``
        with abstention, ``claim_accuracy``.
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
    """Train on every label known by `trained_at`.

    Parameters
    ----------
    frame : DataFrame
        ``message_id`` int, ``content`` text, masked, ``voc_id`` text (the deepest category decided), ``is_claim`` bool
        or None, ``received_at`` and ``labelled_at`` time-zone aware. Several rows of a message are versions of its
        label; the latest one known counts, later ones do not exist.
    taxonomy : Taxonomy
        Today's tree; labels of categories outside it teach nothing.

    Raises
    ------
    TrainingDataError
        When too few messages or fewer than two categories are left.
    """
    chosen = parameters or MessageParameters()
    rows = usable_rows(frame, taxonomy, trained_at)
    fit_end = int(len(rows) * chosen.fit_share)
    calibrate_end = int(len(rows) * (chosen.fit_share + chosen.calibrate_share))
    early = fit_classifier(rows.iloc[:fit_end], taxonomy, chosen, seed)
    sharp = early.sharpened(rows.iloc[fit_end:calibrate_end])
    abstention = _abstention(sharp, rows.iloc[fit_end:calibrate_end], chosen)
    held_out = sharp.predict(rows.iloc[calibrate_end:])
    metrics = level_metrics(held_out, taxonomy, abstention.threshold)
    metrics["label_share_outside_tree"] = 1 - len(rows) / max(len(_known(frame, trained_at)), 1)
    final = fit_classifier(rows, taxonomy, chosen, seed)
    hierarchy = Hierarchy(final.hierarchy.levels, final.hierarchy.paths, sharp.hierarchy.sharpness)
    facts = _facts(rows, chosen, abstention, metrics, trained_at, code_version)
    bundle = build_message_bundle(final.vectors, hierarchy, final.claim, dictionary, facts)
    curve = coverage_curve(held_out["confidence"].to_numpy(), held_out["is_right"].to_numpy(dtype=bool))
    return MessageTraining(bundle, metrics, confusion(held_out, taxonomy), curve, held_out)


def usable_rows(frame: pd.DataFrame, taxonomy: Taxonomy, trained_at: datetime) -> pd.DataFrame:
    """Return the latest known label of each readable message whose category stands in the tree, in order of time."""
    missing = [name for name in COLUMNS if name not in frame]
    if missing:
        raise TrainingDataError(f"the labelled messages lack {', '.join(missing)}")
    rows = _known(frame, trained_at)
    rows = rows[rows["voc_id"].isin(list(taxonomy.paths))]
    rows = rows.assign(text=[clean(content) for content in rows["content"]])
    rows = rows[[is_readable(text) for text in rows["text"]]]
    # of one instant there is no earlier: by key, a file in order of its labels would hold out whole categories
    rows = rows.assign(shuffled=pd.util.hash_array(rows["message_id"].to_numpy("int64")))
    rows = rows.sort_values(["received_at", "shuffled", "message_id"], kind="stable", ignore_index=True)
    rows = rows.drop(columns="shuffled")
    if len(rows) < FEWEST_MESSAGES or rows["voc_id"].nunique() < 2:
        raise TrainingDataError(
            f"{len(rows)} labelled messages of {rows['voc_id'].nunique()} categories are too few to learn from; "
            f"label at least {FEWEST_MESSAGES} of two categories or more"
        )
    return rows


def _known(frame: pd.DataFrame, trained_at: datetime) -> pd.DataFrame:
    known = frame[frame["labelled_at"] <= trained_at]
    latest = known.sort_values(["message_id", "labelled_at"], kind="stable")
    return latest.drop_duplicates("message_id", keep="last")


@dataclass(frozen=True)
class FittedClassifier:
    """Vectors, tree and complaint scores as they come from one set of messages, not yet a bundle.

    Parameters
    ----------
    claim : LinearScores or None
        None where the messages do not say which of them are complaints.
    """

    vectors: Vectors
    hierarchy: Hierarchy
    claim: LinearScores | None

    def scores(self, rows: pd.DataFrame) -> list[Any]:
        """Scores of each level, arrays of shape (rows, classes of the level)."""
        vectors = self.vectors.transform(rows["text"].tolist())
        return [level.score(vectors) for level in self.hierarchy.levels]

    def sharpened(self, rows: pd.DataFrame) -> "FittedClassifier":
        """Choose the sharpness under which the true categories of held-out rows are most likely."""
        leaves = {leaf: place for place, leaf in enumerate(self.hierarchy.leaves)}
        is_answerable = rows["voc_id"].isin(list(leaves)).to_numpy()
        truth = np.array([leaves[voc_id] for voc_id in rows["voc_id"][is_answerable]], dtype=np.int64)
        scores = [level[is_answerable] for level in self.scores(rows)]
        best, least = self, np.inf
        for sharpness in SHARPNESSES if len(truth) else ():
            tried = Hierarchy(self.hierarchy.levels, self.hierarchy.paths, sharpness)
            confidence = tried.leaf_confidences(scores)[np.arange(len(truth)), truth]
            loss = -np.log(np.maximum(confidence, 1e-12)).mean()
            if loss < least:
                best, least = FittedClassifier(self.vectors, tried, self.claim), loss
        return best

    def predict(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Best leaf of each row with its confidence, beside the truth."""
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
                "is_right": rows["voc_id"].to_numpy() == np.array(predicted, dtype=object),
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
    """Fit on rows as `usable_rows` returns them; sharpness stays 1."""
    vectors = fit_vectors(
        rows["text"].tolist(), least_documents=parameters.least_documents, most_terms=parameters.most_terms
    )
    features = vectors.transform(rows["text"].tolist())
    hierarchy = fit_hierarchy(
        features, rows["voc_id"].tolist(), taxonomy.paths, strength=parameters.strength, seed=seed
    )
    is_said = rows["is_claim"].notna().to_numpy()
    claims = [str(int(value)) for value in rows.loc[is_said, "is_claim"]]
    claim = None
    if len(set(claims)) == 2:
        claim = fit_scores(features[np.flatnonzero(is_said)], claims, strength=parameters.strength, seed=seed)
    return FittedClassifier(vectors, hierarchy, claim)


def fit_hierarchy(
    features: sparse.csr_matrix,
    voc_ids: Sequence[str],
    paths: Mapping[str, tuple[str, ...]],
    *,
    strength: float,
    seed: int,
) -> Hierarchy:
    """Fit scores of main categories against each other, of those below against others of the same main category.

    Parameters
    ----------
    voc_ids : sequence of str
        The category of each row of `features`; only these can be answered.
    paths : mapping of str to tuple of str
        Path of each category. Sharpness stays 1.
    """
    answers = {voc_id: paths[voc_id] for voc_id in sorted(set(voc_ids))}
    depth = max(len(path) for path in answers.values())
    mains, *below = ([at_level(answers[voc_id], level) for voc_id in voc_ids] for level in range(depth))
    levels = [
        fit_scores(features, mains, strength=strength, seed=seed),
        *(fit_scores_within(features, labels, mains, strength=strength, seed=seed) for labels in below),
    ]
    return Hierarchy(levels, answers, 1.0)


def _abstention(fitted: FittedClassifier, rows: pd.DataFrame, parameters: MessageParameters) -> Abstention:
    predicted = fitted.predict(rows)
    return choose_abstention(
        predicted["confidence"].to_numpy(),
        predicted["is_right"].to_numpy(dtype=bool),
        error_rate=parameters.error_rate,
        risk=parameters.risk,
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
    """Hash of what was learned from: message, text, category, complaint."""
    claims = ["" if pd.isna(said) else str(bool(said)) for said in rows["is_claim"]]
    return data_hash(rows[["message_id", "text", "voc_id"]].assign(is_claim=claims))
