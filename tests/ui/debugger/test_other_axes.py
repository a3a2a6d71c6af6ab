"""A model whose inner tensors put other axes before the batch: they are told and walked through whole."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from explorer.engine.recording.recorder import record
from explorer.session import cursor as moves
from explorer.session.cell import Cell
from explorer.session.snapshot import call_activations, output_of
from explorer.session.timeline import Timeline
from explorer.ui.common.text import count, shape_text
from explorer.ui.debugger.into.plan import into_plan
from explorer.ui.debugger.over_plan import over_plan
from explorer.ui.debugger.words import facts_line, header, step_words


class Attending(nn.Module):
    """PyTorch's attention works on (L, N, E) inside, whatever it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.att, self.last = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 3)

    def forward(self, x: Tensor) -> Tensor:
        tokens = x.flatten(2).transpose(1, 2) * torch.ones(8)
        return self.last(self.att(tokens, tokens, tokens)[0].mean(1))


class TimeFirst(nn.Module):
    """A recurrent layer over (T, N, C), and rows (T · N, C) of all examples."""

    def __init__(self) -> None:
        super().__init__()
        self.rnn, self.last = nn.LSTM(4, 6), nn.Linear(6, 3)

    def forward(self, x: Tensor) -> Tensor:
        found = self.rnn(x.transpose(0, 1))[0]
        rows = self.last(found.reshape(-1, 6))
        return rows.reshape(-1, len(x), 3)[-1]


def recorded(model: nn.Module, x: Tensor) -> Timeline:
    torch.manual_seed(0)
    recording = record(model, x, target=torch.zeros(len(x), dtype=torch.long), loss="cross_entropy")
    assert recording.error is None
    return Timeline(recording, loss="cross_entropy", optimizer="SGD", learning_rate=0.1)


def _cases() -> Iterator[object]:
    """A model, what it is fed, and the shapes inside it that do not have the batch first."""
    for batch in (1, 2):
        yield pytest.param(Attending, (batch, 1, 5, 5), {(25, batch, 8)}, id=f"attention of {batch}")
        inside = {(7, batch, 4), (7, batch, 6), (7 * batch, 6), (7 * batch, 3), (7, batch, 3)}
        yield pytest.param(TimeFirst, (batch, 7, 4), inside, id=f"time first of {batch}")


CASES = tuple(_cases())


@pytest.mark.parametrize(("make", "fed", "others"), CASES)
def test_what_has_another_axis_first_is_shown_whole(
    make: type[nn.Module], fed: tuple[int, ...], others: set[tuple[int, ...]]
) -> None:
    timeline = recorded(make(), torch.randn(fed))
    met = set()
    for step in timeline.steps:
        of = step.asked_first
        shape = tuple(timeline.recording[step.call].output_shape) if step.phase == "forward" else ()
        if shape not in others:
            continue
        met.add(shape)
        cursor = moves.at(timeline, step.index)
        made = over_plan(timeline, cursor, ()).made[0].shown
        np.testing.assert_array_equal(made.values, output_of(timeline.recording, timeline.recording[step.call]))
        assert made.facts == shape_text(shape)
        inside = moves.into(timeline, cursor)
        assert facts_line(timeline, inside).endswith(f" of {count(prod(shape))}")
        assert header(timeline, inside).endswith(f"cell ({', '.join(map(str, inside.cell or ()))})")
        assert into_plan(timeline, inside, ()).made.values.shape == shape
        assert "example" not in step_words(step, timeline.tensors(step.index), of).sentence
    assert met == others


@pytest.mark.parametrize(("make", "fed", "others"), CASES)
def test_the_way_in_goes_through_every_cell_of_it(
    make: type[nn.Module], fed: tuple[int, ...], others: set[tuple[int, ...]]
) -> None:
    timeline = recorded(make(), torch.randn(fed))
    step = next(s for s in timeline.steps if s.phase == "forward" and s.asked["output"] in others)
    shape = step.asked["output"]
    cursor = moves.Cursor(step.index, "output", None)
    walked = []
    cursor = moves.into(timeline, cursor)
    while cursor.step == step.index:
        walked.append(cursor.cell)
        cursor = moves.over(timeline, cursor)
    assert walked == list(np.ndindex(shape))
    for cell in walked[:: max(len(walked) // 9, 1)]:
        explained = timeline.explain(step.index, "output", cell)
        assert explained.explanation is None or explained.explanation.error < 1e-6


@pytest.mark.parametrize(("make", "fed", "others"), CASES)
def test_the_maps_of_it_hold_all_of_its_numbers(
    make: type[nn.Module], fed: tuple[int, ...], others: set[tuple[int, ...]]
) -> None:
    recording = recorded(make(), torch.randn(fed)).recording
    met = set()
    for layer in call_activations(recording, lambda call: (None, None)):
        output = output_of(recording, recording[layer.name])
        shape = tuple(output.shape)
        if shape not in others:
            assert shape[:1] == fed[:1] or len(shape) < 2, layer.name
            assert layer.values.size == prod(shape[1:])
            continue
        met.add(shape)
        np.testing.assert_array_equal(layer.values.reshape(shape), output)
        for index in ((0,) * len(shape), tuple(size - 1 for size in shape)):
            place = layer.place(Cell(layer.name, index))
            assert place is not None
            assert layer.values[place] == output[index]
            assert layer.cell(*place) == Cell(layer.name, index)
    assert others <= met
