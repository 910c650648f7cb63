"""Word pairs: definition, quotes in reasons, and bundles without pairs."""

from __future__ import annotations

import numpy as np

from ml.messages.bundle import build_message_bundle
from ml.messages.classification import classify
from ml.messages.explanation import TokenizedText
from ml.messages.hierarchy import Hierarchy
from ml.messages.linear import LinearScores
from ml.messages.training import MessageTraining
from ml.messages.vectors import PAIR_MAX_DISTANCE, PAIR_WORDS, Vectors, fit_vectors, pairs
from tests.unit.ml.messages.example_messages import example_messages


def test_pair_does_not_depend_on_the_order_of_words() -> None:
    assert pairs("Card never arrived") == ["card neve", "arri card", "arri neve"]
    assert set(pairs("arriving never, CARDS!")) == set(pairs("Card never arrived"))


def test_repeated_or_single_word_is_not_a_pair() -> None:
    assert pairs("no no no") == []
    assert pairs("") == []


def test_number_of_pairs_is_linear_in_the_text_length() -> None:
    assert len(pairs(" ".join(f"{place:04}" for place in range(5_000)))) < 5_000 * PAIR_MAX_DISTANCE


def test_pair_is_quoted_word_by_word_in_text_order() -> None:
    tokens = TokenizedText("My CARD, card: it has not arrived")
    assert tokens.quote("arri card", is_pair=True) == "“CARD” with “arrived”"
    assert tokens.quote("arrived card") is None
    assert tokens.quote("card it") == "“card: it”"
    assert TokenizedText("The scard arrived").quote("arri card", is_pair=True) is None


def test_word_pairs_separate_categories() -> None:
    vectors = fit_vectors(["a b", "b a", "a c", "c a"], min_document_count=1, max_terms=100)
    columns = [vectors.quotable_terms.index("b"), vectors.word_count + vectors.vocabulary["pair"].index("a b")]
    both, one = vectors.transform(["b then a", "b alone"]).toarray()[:, columns]
    assert both.all()
    assert one[0] > 0 == one[1]


def test_long_texts_have_no_pairs() -> None:
    short, long = ["one two three"] * 3, [" ".join(f"w{place}" for place in range(PAIR_WORDS + 1))] * 3
    assert "pair" in fit_vectors(short, min_document_count=1, max_terms=100).vocabulary
    assert fit_vectors(long, min_document_count=1, max_terms=100).blocks == ["word", "piece"]


def test_bundle_without_pairs_classifies_as_before(trained: MessageTraining) -> None:
    now = trained.bundle
    count, pair_count = now.vectors.word_count, len(now.vectors.vocabulary["pair"])
    kept = np.r_[:count, count + pair_count : now.vectors.width]
    before = Vectors(
        {block: now.vectors.vocabulary[block] for block in ("word", "piece")},
        {block: now.vectors.idf[block] for block in ("word", "piece")},
    )
    levels = [
        LinearScores(level.classes, level.weights[:, kept].tocsr(), level.intercepts) for level in now.hierarchy.levels
    ]
    hierarchy = Hierarchy(levels, now.hierarchy.paths, now.hierarchy.inverse_temperature)
    facts = {"threshold": now.threshold, "model_type": "", "parameters": {}, "metrics": {}, "training_window": {}}
    old = build_message_bundle(before, hierarchy, None, now.subjects, facts)
    texts = example_messages(20, seed=5)["content"].tolist()
    assert (old.vectors.transform(texts) != before.transform(texts)).nnz == 0
    classified = classify(old, example_messages(20, seed=5)[["message_id", "content"]])
    assert classified.candidates["reason"].dropna().str.startswith(("says", "no single")).all()
