"""Pairs of words: what they are, how a reason quotes them, and bundles from before them."""

from __future__ import annotations

import numpy as np

from ml.messages.bundle import build_message_bundle
from ml.messages.classification import classify
from ml.messages.hierarchy import Hierarchy
from ml.messages.linear import LinearScores
from ml.messages.reasons import Spoken
from ml.messages.training import MessageTraining
from ml.messages.vectors import PAIR_REACH, PAIR_WORDS, Vectors, fit_vectors, pairs
from tests.unit.ml.messages.letters import letters


def test_a_pair_is_the_same_whichever_word_comes_first() -> None:
    assert pairs("Card never arrived") == ["card neve", "arri card", "arri neve"]
    assert set(pairs("arriving never, CARDS!")) == set(pairs("Card never arrived"))


def test_a_word_is_no_pair_with_itself_and_a_word_alone_is_none() -> None:
    assert pairs("no no no") == []
    assert pairs("") == []


def test_the_pairs_of_an_endless_letter_grow_with_its_length_only() -> None:
    assert len(pairs(" ".join(f"{place:04}" for place in range(5_000)))) < 5_000 * PAIR_REACH


def test_a_pair_is_quoted_word_by_word_in_the_order_of_the_text() -> None:
    spoken = Spoken("My CARD, card: it has not arrived")
    assert spoken.quote("arri card", is_pair=True) == "“CARD” with “arrived”"
    assert spoken.quote("arrived card") is None
    assert spoken.quote("card it") == "“card: it”"
    assert Spoken("The scard arrived").quote("arri card", is_pair=True) is None


def test_words_that_mean_something_together_only_are_told_apart() -> None:
    vectors = fit_vectors(["a b", "b a", "a c", "c a"], least_documents=1, most_terms=100)
    columns = [vectors.quotable.index("b"), vectors.word_count + vectors.vocabulary["pair"].index("a b")]
    both, one = vectors.transform(["b then a", "b alone"]).toarray()[:, columns]
    assert both.all()
    assert one[0] > 0 == one[1]


def test_long_letters_have_no_pairs() -> None:
    short, long = ["one two three"] * 3, [" ".join(f"w{place}" for place in range(PAIR_WORDS + 1))] * 3
    assert "pair" in fit_vectors(short, least_documents=1, most_terms=100).vocabulary
    assert fit_vectors(long, least_documents=1, most_terms=100).blocks == ["word", "piece"]


def test_a_bundle_from_before_pairs_reads_as_it_did(trained: MessageTraining) -> None:
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
    hierarchy = Hierarchy(levels, now.hierarchy.paths, now.hierarchy.sharpness)
    facts = {"threshold": now.threshold, "model_type": "", "parameters": {}, "metrics": {}, "training_window": {}}
    old = build_message_bundle(before, hierarchy, None, now.subjects, facts)
    texts = letters(20, seed=5)["content"].tolist()
    assert (old.vectors.transform(texts) != before.transform(texts)).nnz == 0
    said = classify(old, letters(20, seed=5)[["message_id", "content"]])
    assert said.candidates["reason"].dropna().str.startswith(("says", "no single")).all()
