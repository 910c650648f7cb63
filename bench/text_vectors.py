"""Other ways from texts to vectors than the warehouse's, for `bench.message_choice`."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer

from ml.messages.vectors import BLOCKS

_SHARED: dict[str, Any] = {"min_df": 2, "max_features": 60_000, "sublinear_tf": True, "dtype": np.float32}


def has(package: str) -> bool:
    """Whether an optional package is installed."""
    return find_spec(package) is not None


def words() -> Any:
    """TF-IDF of words and word pairs."""
    return TfidfVectorizer(**_SHARED, **BLOCKS["word"])


def pieces() -> Any:
    """TF-IDF of pieces of words."""
    return TfidfVectorizer(**_SHARED, **BLOCKS["piece"])


def words_and_pieces() -> Any:
    """Both blocks side by side."""
    return FeatureUnion([("word", words()), ("piece", pieces())])


def latent() -> Any:
    """Leading 300 directions of both blocks."""
    return make_pipeline(
        words_and_pieces(), TruncatedSVD(300, random_state=0), Normalizer(), FunctionTransformer(sparse.csr_matrix)
    )


def morphemes() -> Any:
    """TF-IDF of Korean morphemes and their pairs (kiwipiepy, which carries its model)."""
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=2)

    def cut(texts: Sequence[str]) -> list[list[str]]:
        return [[f"{token.form}/{token.tag}" for token in tokens] for tokens in kiwi.tokenize(texts)]

    counted = TfidfVectorizer(**_SHARED, analyzer=_pairs)
    return make_pipeline(FunctionTransformer(cut), counted)


def morphemes_and_pieces() -> Any:
    """Morphemes beside pieces of words."""
    return FeatureUnion([("morpheme", morphemes()), ("piece", pieces())])


def _pairs(tokens: Sequence[str]) -> list[str]:
    return [*tokens, *(f"{first} {second}" for first, second in pairwise(tokens))]


def embeddings() -> Any:
    """Mean static embedding of the tokens (wordllama, whose package carries weights and tokenizer)."""
    import wordllama
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    folder = Path(wordllama.__file__).parent
    table = next(iter(load_file(folder / "weights" / "l2_supercat_256.safetensors").values())).astype(np.float32)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))

    def embed(texts: Sequence[str]) -> sparse.csr_matrix:
        means = [
            table[one.ids].mean(axis=0) if one.ids else np.zeros(table.shape[1], np.float32)
            for one in tokenizer.encode_batch(list(texts), add_special_tokens=False)
        ]
        return sparse.csr_matrix(np.stack(means))

    return make_pipeline(FunctionTransformer(embed), Normalizer())
