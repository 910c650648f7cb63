"""One classifier for every test that only asks it."""

from __future__ import annotations

import pytest

from ml.messages.subjects import SubjectDictionary
from ml.messages.training import MessageTraining, train_classifier
from tests.unit.ml.messages.letters import TRAINED_AT, letters, tree


@pytest.fixture(scope="session")
def trained() -> MessageTraining:
    dictionary = SubjectDictionary([("ants", "ant"), ("개미", "ant"), ("mice", "rodent"), ("쥐", "rodent")])
    return train_classifier(
        letters(1000, noise=0.03), tree(), dictionary=dictionary, trained_at=TRAINED_AT, seed=7, code_version="test"
    )
