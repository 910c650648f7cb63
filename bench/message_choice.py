"""Which way of reading messages: accuracy per level on public files, the error behind abstention, speed.

Run: ``python -m bench.message_choice --complaints FILE --banking FILE --korean FILE --speed``; each part needs its file
only. Methods that need a package the warehouse does without (kiwipiepy, wordllama) are left out where it is missing.
"""

from __future__ import annotations

import argparse
import resource
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB

from bench import text_vectors
from bench.alike import ALIKE
from bench.message_tasks import FOLDS, SEED, Task, banking, complaints, korean
from ml.messages.abstention import choose_abstention, coverage_curve
from ml.messages.hierarchy import Hierarchy
from ml.messages.taxonomy import Taxonomy
from ml.messages.training import MessageParameters, fit_classifier, fit_hierarchy

ERROR_RATES = (0.1, 0.2, 0.3)
OWN = "words, pairs and pieces, linear, tree (the warehouse's)"
TREE = "words and pieces, linear, tree"
FLAT = "words, linear, flat"


Fit = Callable[[pd.DataFrame, Taxonomy], Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]]]
"""From training rows to a reader: texts to best categories and their confidences."""


def product(rows: pd.DataFrame, taxonomy: Taxonomy) -> Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]]:
    """Fit the warehouse's own: the inverse temperature on a fifth of the training rows, then the scores on all rows."""
    cut = np.random.default_rng(SEED).permutation(len(rows))
    inner = rows.iloc[np.sort(cut[len(rows) // 5 :])]
    sharp = fit_classifier(inner, taxonomy, MessageParameters(), SEED).with_fitted_temperature(
        rows.iloc[np.sort(cut[: len(rows) // 5])]
    )
    whole = fit_classifier(rows, taxonomy, MessageParameters(), SEED)
    hierarchy = Hierarchy(whole.hierarchy.levels, whole.hierarchy.paths, sharp.hierarchy.inverse_temperature)
    return _reader(whole.vectors.transform, hierarchy)


def linear_on(vectors: Callable[[], Any], *, with_tree: bool = True) -> Fit:
    """Linear scores on other vectors: per level, joined by the same tree, or one per path as if there were no tree."""

    def fit(rows: pd.DataFrame, taxonomy: Taxonomy) -> Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]]:
        made = vectors()
        features = made.fit_transform(rows["text"].tolist())
        paths = taxonomy.paths if with_tree else {voc_id: (voc_id,) for voc_id in taxonomy.paths}
        fitted = fit_hierarchy(features, rows["voc_id"].tolist(), paths, strength=1.0, seed=SEED)
        return _reader(made.transform, Hierarchy(fitted.levels, fitted.paths, 2.0))

    return fit


def flat(model: Callable[[], Any]) -> Fit:
    """Deepest categories as classes without the tree, on words and pieces, by a scikit-learn model."""

    def fit(rows: pd.DataFrame, taxonomy: Taxonomy) -> Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]]:
        made, fitted = text_vectors.words_and_pieces(), model()
        fitted.fit(made.fit_transform(rows["text"].tolist()), rows["voc_id"])

        def read(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
            shares = fitted.predict_proba(made.transform(texts))
            return fitted.classes_[shares.argmax(axis=1)], shares.max(axis=1)

        return read

    return fit


def _reader(
    transform: Callable[[Sequence[str]], Any], hierarchy: Hierarchy
) -> Callable[[Sequence[str]], tuple[np.ndarray, np.ndarray]]:
    def read(texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        vectors = transform(texts)
        confidences = hierarchy.leaf_confidences([level.score(vectors) for level in hierarchy.levels])
        best = hierarchy.ranked(confidences, 1)[:, 0]
        return np.array(hierarchy.leaves, dtype=object)[best], confidences[np.arange(len(best)), best]

    return read


def methods() -> dict[str, Fit]:
    """Every method that can be tried here, the warehouse's first."""
    tried: dict[str, Fit] = {
        OWN: product,
        FLAT: linear_on(text_vectors.words, with_tree=False),
        TREE: linear_on(text_vectors.words_and_pieces),
        "words, linear, tree": linear_on(text_vectors.words),
        "pieces of words, linear, tree": linear_on(text_vectors.pieces),
        "words and pieces, complement naive Bayes, flat": flat(ComplementNB),
        "words and pieces, logistic regression, flat": flat(lambda: LogisticRegression(C=10, max_iter=200)),
        "latent semantic analysis (300), linear, tree": linear_on(text_vectors.latent),
    }
    if text_vectors.has("kiwipiepy"):
        tried["Korean morphemes, linear, tree"] = linear_on(text_vectors.morphemes)
        tried["Korean morphemes and pieces, linear, tree"] = linear_on(text_vectors.morphemes_and_pieces)
    if text_vectors.has("wordllama"):
        tried["static embeddings (256), linear, tree"] = linear_on(text_vectors.embeddings)
    return tried


def compare(task: Task, only: list[str]) -> tuple[pd.DataFrame, dict[str, pd.DataFrame]]:
    """Accuracy of the path down to each level by cross-validation, seconds, and each method's predictions."""
    table, predictions = [], {}
    for name, fit in methods().items():
        if only and not any(word in name for word in only):
            continue
        parts, seconds, read_seconds = [], 0.0, 0.0
        for fold, (train, test) in enumerate(task.folds()):
            start = perf_counter()
            read = fit(task.rows.iloc[train], task.taxonomy)
            middle = perf_counter()
            best, confidence = read(task.rows["text"].iloc[test].tolist())
            seconds, read_seconds = seconds + middle - start, read_seconds + perf_counter() - middle
            truth = task.rows["voc_id"].iloc[test].to_numpy()
            parts.append(pd.DataFrame({"fold": fold, "true": truth, "best": best, "confidence": confidence}))
        found = pd.concat(parts, ignore_index=True)
        predictions[name] = found
        row: dict[str, Any] = {"method": name}
        for level, title in enumerate(task.levels):
            row[title] = np.mean(
                [
                    task.taxonomy.paths[true][: level + 1] == task.taxonomy.paths[best][: level + 1]
                    for true, best in zip(found["true"], found["best"], strict=True)
                ]
            )
        table.append({**row, "fit s": seconds / len(parts), "messages/s": len(found) / read_seconds})
        print(table[-1], flush=True)
    return pd.DataFrame(table), predictions


def by_grouping(path: Path) -> pd.DataFrame:
    """Accuracy on the complaints for each way of telling form letters, with and without the addressee.

    The warehouse's method is the tree on words and pieces; its inverse temperature changes confidences only.
    """
    rows = []
    for alike in ALIKE:
        for with_addressee, method in ((False, FLAT), (False, TREE), (True, TREE)):
            task = complaints(path, alike, with_addressee=with_addressee)
            table, _ = compare(task, [method])
            what = {"alike": alike, "groups": pd.Series(task.groups).nunique(), "method": method}
            rows.append({**what, "addressee": with_addressee, **table.iloc[0, 1:].to_dict()})
    return pd.DataFrame(rows)


def abstention(found: pd.DataFrame) -> pd.DataFrame:
    """For each fold the threshold is chosen on the other folds' predictions; the error is counted on the fold.

    Only the first round counts: in another the same letters stand in other folds.
    """
    rows = []
    found = found[found["fold"] < FOLDS]
    is_correct = (found["true"] == found["best"]).to_numpy()
    for rate in ERROR_RATES:
        answered = wrong = 0
        for fold in range(FOLDS):
            here = (found["fold"] == fold).to_numpy()
            chosen = choose_abstention(
                found["confidence"].to_numpy()[~here], is_correct[~here], error_rate=rate, failure_probability=0.05
            )
            answered_rows = here & (found["confidence"].to_numpy() >= chosen.threshold)
            answered, wrong = answered + int(answered_rows.sum()), wrong + int((answered_rows & ~is_correct).sum())
        rows.append({"stated rate": rate, "answered": answered / len(found), "error": wrong / max(answered, 1)})
    return pd.DataFrame(rows)


def speed(task: Task, messages: int = 100_000) -> str:
    """Train on many messages and read them, with everything the warehouse stores."""
    from ml.messages.bundle import build_message_bundle
    from ml.messages.classification import classify
    from ml.messages.subjects import SubjectDictionary

    rng = np.random.default_rng(SEED)
    chosen = task.rows.iloc[rng.integers(0, len(task.rows), messages)].reset_index(drop=True)
    words = [text.split() for text in chosen["text"]]
    chosen["text"] = [" ".join(rng.permutation(one)) for one in words]  # no message stands twice
    chosen["message_id"] = np.arange(messages)
    start = perf_counter()
    fitted = fit_classifier(chosen, task.taxonomy, MessageParameters(), SEED)
    trained = perf_counter() - start
    facts = {"threshold": 0.5, "model_type": "", "parameters": {}, "metrics": {}, "training_window": {}}
    bundle = build_message_bundle(fitted.vectors, fitted.hierarchy, None, SubjectDictionary([]), facts)
    frame = chosen.rename(columns={"text": "content"})[["message_id", "content"]].iloc[:20_000]
    lines = [f"training on {messages:,} messages of {np.mean([len(one) for one in words]):.0f} words: {trained:.0f} s"]
    for with_summary in (False, True):
        start = perf_counter()
        classify(bundle, frame, with_summary=with_summary)
        rate = len(frame) / (perf_counter() - start)
        what = "everything" if with_summary else "all but the summary"
        lines.append(f"reading with {what}: {rate:,.0f} messages/s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return "; ".join([*lines, f"peak memory {peak:,.0f} MB"])


def main() -> None:
    """Measure and print markdown."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    for name in ("complaints", "banking", "korean"):
        parser.add_argument(f"--{name}", type=Path)
    parser.add_argument("--speed", action="store_true", help="100,000 messages made of the banking questions")
    parser.add_argument("--only", nargs="+", default=[], help="words of the names of methods")
    given = parser.parse_args()
    for name, read in {"complaints": complaints, "banking": banking, "korean": korean}.items():
        path = getattr(given, name)
        if path is None:
            continue
        if name == "complaints" and not given.only:
            print(f"\n{_markdown(by_grouping(path))}", flush=True)
        task = read(path)
        table, predictions = compare(task, given.only)
        print(f"\n## {name}: {len(task.rows):,} messages, {task.rows['voc_id'].nunique()} paths\n\n{_markdown(table)}")
        found = predictions.get(OWN)
        if found is not None:
            print(f"\n{_markdown(abstention(found))}")
            curve = coverage_curve(found["confidence"].to_numpy(), (found["true"] == found["best"]).to_numpy(), 10)
            print(f"\n{_markdown(curve)}")
    if given.speed and given.banking:
        print(f"\n{speed(banking(given.banking))}")


def _markdown(table: pd.DataFrame) -> str:
    lines = [" | ".join(table.columns), " | ".join("---" for _ in table.columns)]
    lines += [
        " | ".join(f"{one:.3f}" if isinstance(one, float) else str(one) for one in row)
        for row in table.itertuples(index=False)
    ]
    return "\n".join(f"| {line} |" for line in lines)


if __name__ == "__main__":
    main()
