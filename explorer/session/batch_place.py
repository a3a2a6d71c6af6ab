"""Which of the further examples of a batch an example of a recorded step is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from explorer.session.example import Example
from explorer.session.state import State

if TYPE_CHECKING:
    import numpy as np


def place_in_batch(state: State, example: int) -> int | None:
    """The place in the batch of what a step on record has as `example`; None for the present input, and for what a
    person's own model is fed beside it."""
    values = state.values
    if values is None:
        return None
    fitting = [at for at, each in enumerate(state.steps.batch) if each.values.shape == values.shape]
    feed = state.subject.feed
    if feed is not None and len(feed.names) > 1:
        return None  # of one input alone no example is made
    before = 0 if state.steps.is_batch_alone and fitting else 1 if feed is None else feed.batch_size
    return fitting[example - before] if before <= example < before + len(fitting) else None


def example_at(state: State, example: int) -> Example | None:
    """That of the further examples; None for the present input."""
    place = place_in_batch(state, example)
    return None if place is None else state.steps.batch[place]


def is_present_input(state: State, example: int) -> bool:
    """Whether the step's `example` is what the network is fed now."""
    return example == state.input.place[1] and place_in_batch(state, example) is None


def values_at(state: State, example: int) -> np.ndarray | None:
    """What the step's `example` was fed as, where it can be typed over; None for what a program gave."""
    found = example_at(state, example)
    return found.values if found is not None else state.values if is_present_input(state, example) else None
