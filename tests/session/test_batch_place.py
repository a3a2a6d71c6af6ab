"""Which of the examples of a recorded step can be typed over, and where it lies in the batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.batch_place import is_present_input, place_in_batch, values_at
from explorer.session.example import Example
from tests.ui.fakes import make_session


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session("2 linear(2)")
    yield made
    assert made.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sizes=st.lists(st.sampled_from([2, 3]), max_size=5), is_alone=st.booleans())
def test_it_is_that_of_the_batch_that_is_learned_from(session: Session, sizes: list[int], is_alone: bool) -> None:
    """As the worker puts it together: the present input first unless the batch is alone, and only what fits."""
    batch = tuple(Example(np.full(size, at, np.float32)) for at, size in enumerate(sizes))
    state = session.state
    state = replace(state, steps=replace(state.steps, batch=batch, is_batch_alone=is_alone))
    fitting = [example for example in batch if example.values.size == 2]
    learned = fitting if is_alone and fitting else [None, *fitting]
    for at, example in enumerate(learned):
        place = place_in_batch(state, at)
        assert (None if place is None else batch[place]) is example
        assert is_present_input(state, at) == (example is None)
        assert values_at(state, at) is (state.values if example is None else example.values)
    assert place_in_batch(state, len(learned)) is None
