from __future__ import annotations

import pytest

from tests.by_hand import ByHand


def test_what_a_table_lacks_is_asked_for_in_a_sentence() -> None:
    table = ByHand("ORACLES of a test", {"mse": 1})
    assert table["mse"] == 1
    with pytest.raises(AssertionError, match="huber has no entry in ORACLES of a test: add what PyTorch has for it"):
        table["huber"]
