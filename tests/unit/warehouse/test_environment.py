"""Variables are set for a block and put back after it, also when the block fails."""

import os

import pytest

from warehouse.environment import environment_variables


def test_what_stood_there_before_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BELLWETHER_TEST_KEPT", "before")
    monkeypatch.delenv("BELLWETHER_TEST_NEW", raising=False)

    def fail() -> None:
        with environment_variables({"BELLWETHER_TEST_KEPT": "during", "BELLWETHER_TEST_NEW": "during"}):
            assert os.environ["BELLWETHER_TEST_KEPT"] == os.environ["BELLWETHER_TEST_NEW"] == "during"
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert os.environ["BELLWETHER_TEST_KEPT"] == "before"
    assert "BELLWETHER_TEST_NEW" not in os.environ
