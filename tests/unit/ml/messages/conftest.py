"""One trained classifier for all tests that do not change it."""

from __future__ import annotations

import pytest

from ml.messages.subjects import SubjectDictionary
from ml.messages.training import MessageTraining, train_classifier
from tests.unit.ml.messages.example_messages import TRAINED_AT, example_messages, tree


@pytest.fixture(scope="session")
def trained() -> MessageTraining:
    dictionary = SubjectDictionary([("ants", "ant"), ("개미", "ant"), ("mice", "rodent"), ("쥐", "rodent")])
    return train_classifier(
        example_messages(1000, noise=0.03),
        tree(),
        dictionary=dictionary,
        trained_at=TRAINED_AT,
        seed=7,
        code_version="test",
    )
