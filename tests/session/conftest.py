"""What the tests of the session share: one with nothing open, for models of a person's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.session import Session


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    """Closed afterwards; the weights that a test makes are the same each time."""
    torch.manual_seed(0)
    made = Session()
    yield made
    assert made.close()
