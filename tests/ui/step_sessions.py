"""Recorded steps for tests of the debugger's stage, and a stand-in for the session that needs no thread."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import torch
from PySide6.QtCore import QObject, Signal

import explorer
from explorer.network import Network
from explorer.session import Cell, State
from explorer.session import cursor as moves
from explorer.session.cursor import Cursor
from explorer.session.timeline import Timeline
from tests.session.staging import with_parts

CLASSES = ("plane", "car", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")


class SteppedSession(QObject):
    """Holds a state with a timeline, and moves its cursor as the real session does."""

    changed = Signal(object, object)
    hovered = Signal(object)

    def __init__(self, timeline: Timeline | None, *, classes: tuple[str, ...] = ()) -> None:
        super().__init__()
        cursor = Cursor() if timeline is None else moves.at(timeline, 0)
        self.state = with_parts(State(), timeline=timeline, cursor=cursor)
        self.state = replace(self.state, document=replace(self.state.document, classes=classes))
        self.followed: list[tuple[str, tuple[int, ...]]] = []
        self.steps = self.selection = self  # their verbs are few

    def show(self, **changes: Any) -> None:
        """Change the state and tell."""
        old, self.state = self.state, with_parts(self.state, **changes)
        self.changed.emit(old, self.state)

    def go(self, phase: str, call: str, *, of: str = "", inside: bool = False) -> None:
        """Put the cursor on a step; on the tensor `of` of it, at its most telling cell."""
        timeline = self.state.steps.timeline
        assert timeline is not None
        step = timeline.find(phase, call)
        assert step is not None
        cursor = moves.at(timeline, step)
        if of:
            cursor = replace(cursor, of=of, cell=timeline.telling_cell(step, of))
        self.show(cursor=replace(cursor, is_inside=inside))

    def choose_cell(self, of: str, cell: tuple[int, ...]) -> None:
        """Explain another cell."""
        self.show(cursor=replace(self.state.steps.cursor, of=of, cell=cell))

    def hover(self, cell: Cell | None) -> None:
        """Tell which cell the mouse is over."""
        self.hovered.emit(cell)

    def cell_in_maps(self, _tensor: str, _index: tuple[int, ...]) -> Cell | None:
        """There are no maps."""
        return None

    def follow_term(self, tensor: str, cell: tuple[int, ...]) -> None:
        """Remember what was asked to be followed."""
        self.followed.append((tensor, cell))


def recorded(
    text: str,
    *,
    loss: str = "cross_entropy",
    target: Any = None,
    seed: int = 0,
    examples: int = 1,
    momentum: float = 0.9,
    optimizer: str = "SGD",
    training: bool = False,
    steps_before: int = 0,
) -> Timeline:
    """A whole training step of the network written in `text`, on smooth random pictures."""
    network = Network.parse(text)
    model = network.build(seed=seed)
    model.train(training)
    inputs = torch.from_numpy(pictures(examples, network.input_shape, seed))
    target = torch.tensor([3] * examples) if target is None else torch.as_tensor(target)
    made = getattr(torch.optim, optimizer)
    settings = {"momentum": momentum} if optimizer == "SGD" else {}
    learner = made(model.parameters(), lr=0.05, **settings)
    recording = None
    for _ in range(steps_before + 1):
        recording = explorer.record(model, inputs, target=target, loss=loss, optimizer=learner)
    assert recording is not None
    return Timeline(
        recording, layers=network.names, loss=loss, optimizer=optimizer, learning_rate=0.05, target=target.numpy()
    )


def pictures(examples: int, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """(examples, *shape) float32 in waves, so that maps have something to see in them."""
    rng = np.random.default_rng(seed)
    if len(shape) == 1:
        return rng.uniform(-1.5, 1.5, (examples, *shape)).astype(np.float32)
    y, x = np.mgrid[0 : shape[1], 0 : shape[2]] / shape[1]
    waves = [
        np.sin(2 * np.pi * (rng.uniform(0.5, 2.5) * x + rng.uniform(0.5, 2.5) * y + rng.uniform()))
        for _ in range(examples * shape[0])
    ]
    return ((np.stack(waves).reshape(examples, *shape) + 1) / 2).astype(np.float32)
