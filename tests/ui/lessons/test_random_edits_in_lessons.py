"""Whatever weight, input or size is changed in whichever step of a lesson: every view is right.

Maps, gradients and the answer are compared with plain PyTorch, what the views draw with that.
EXPLORER_LESSON_EDITS=20 makes so many edits in each step instead of three.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

import explorer
from explorer.lessons.answers import typed_numbers
from explorer.lessons.lesson import Lesson
from explorer.lessons.readings.equality import same
from explorer.lessons.readings.expressions import Reference
from explorer.lessons.shelf import lessons
from explorer.session import Session
from explorer.session.cell import is_index
from explorer.session.example import Target
from explorer.session.veil import NO_VEIL, veiled_in
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.tensors.view import TensorView
from tests.monkey.keeper import disagreements
from tests.ui.lessons.plain_pytorch import LOSSES, PlainStep, plain_step
from tests.ui.lessons.test_lessons_in_the_window import settle
from tests.ui.windows import shared_window

EDITS = int(os.environ.get("EXPLORER_LESSON_EDITS", "3"))
LARGEST_SIZE = 12
CLOSE = {"rtol": 1e-3, "atol": 1e-4, "equal_nan": True}
CHANCE = ("Dropout", "Dropout2d")


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.session.learning.watch_steps("debugger", True)
        yield made


def at_rest(qtbot: QtBot, window: MainWindow) -> None:
    """A run that is read from takes up to a minute with other weights or sizes: it is given up."""
    session = window.session
    is_training = False

    def is_quiet() -> bool:
        nonlocal is_training
        is_training = session.state.lessons.is_training
        return is_training or not session.store.runner.is_busy()

    qtbot.waitUntil(is_quiet)
    if is_training:
        session.tasks.cancel_opening()
    settle(qtbot, window)


# --- edits ---


def edit_input(session: Session, rng: random.Random) -> None:
    values = session.state.values
    if values is not None:
        place = tuple(rng.randrange(size) for size in values.shape)
        session.input.set_cell(place, rng.choice((0.0, -2.5, 1.0, round(rng.uniform(-5, 5), 2))))


def edit_weight(session: Session, rng: random.Random) -> None:
    maps = session.state.maps.activations
    learned = [] if maps is None else [each for each in maps.layers if each.weight is not None]
    if not learned:
        return
    entry = rng.choice(learned)
    part = rng.choice([name for name in ("weight", "bias") if getattr(entry, name) is not None])
    place = tuple(rng.randrange(size) for size in getattr(entry, part).shape)
    session.editing.set_cell(f"{entry.name}.{part}", place, round(rng.uniform(-3, 3), 2))


def edit_size(session: Session, rng: random.Random) -> None:
    """Of the input, or of what a layer makes: a number of its settings is another."""
    network = session.state.network
    assert network is not None
    sized = [
        (layer, name)
        for layer in network.layers
        for name, rules, _ in layer.settings()
        if rules.type in ("int", "pair", "padding") and type(getattr(layer, name)) is int
    ]
    if not sized or rng.random() < 0.2:
        shape = tuple(min(max(1, size + rng.choice((-1, 0, 1, 2))), 40) for size in network.input_shape)
        session.editing.set_input_shape(shape)
        return
    layer, name = rng.choice(sized)
    value = min(max(1, getattr(layer, name) + rng.choice((-1, 1, 2))), LARGEST_SIZE)
    session.editing.replace_layer(layer.name, replace(layer, **{name: value}))


EDITS_OF: tuple[Callable[[Session, random.Random], None], ...] = (edit_input, edit_weight, edit_size)


# --- what is right ---


def targets_of(wanted: list[Target]) -> np.ndarray | None:
    if any(each is None for each in wanted):
        return None
    if all(isinstance(each, int) for each in wanted):
        return np.array(wanted, np.int64)
    return np.array([each for each in wanted if not isinstance(each, int)], np.float32)


def by_pytorch(session: Session, path: Path) -> PlainStep | None:
    """The present step as plain PyTorch makes it, read from a file; None where it cannot run to its end."""
    state = session.state
    network = state.network
    if network is None or state.values is None or not network.layers or network.runnable() < len(network.layers):
        return None
    if any(layer.kind in CHANCE for layer in network.layers) and state.maps.mode == "train":
        return None
    timeline = state.steps.timeline
    loss = "" if timeline is None or timeline.loss is None else timeline.loss_name
    examples = state.steps.batch
    batch = np.stack([state.values, *(each.values for each in examples)])
    wanted = None if timeline is None or timeline.target is None else np.array(timeline.target)
    if wanted is None:
        wanted = targets_of([state.wanted, *(each.target for each in examples)])
    return plain_step(
        explorer.load(path).model,
        network.names,
        batch,
        mode=state.maps.mode,
        loss=loss if loss in LOSSES else "",
        targets=wanted,
    )


def differences(session: Session, plain: PlainStep) -> list[str]:
    """What maps and timeline say otherwise than PyTorch; under the veil as well."""
    state, told = session.state, []
    maps, timeline = state.maps.activations, state.steps.timeline
    assert maps is not None
    for layer in maps.layers:
        if layer.name not in plain.outputs:
            continue
        below = maps.uncovered.by_name[layer.name].values
        computed = plain.outputs[layer.name][0].reshape(below.shape)
        seen = ~veiled_in(layer.values)
        if layer.values.shape == below.shape and not np.allclose(layer.values[seen], computed[seen], **CLOSE):
            told.append(f"the map of {layer.name}")  # where its size is asked for, it is drawn as one cell
        if not np.allclose(below, computed, **CLOSE):
            told.append(f"the map of {layer.name} below the veil")
    if timeline is None or plain.loss is None:
        return told
    bare = timeline.under(NO_VEIL)
    if not np.isclose(bare.loss, plain.loss, **CLOSE):
        told.append(f"the loss {bare.loss}, PyTorch's is {plain.loss}")
    for step in bare.steps:
        for tensor in bare.tensors(step.index).by_name.values():
            name = tensor.title.removeprefix("gradient of ")
            if (
                name != tensor.title
                and name in plain.gradients
                and not np.allclose(tensor.values, plain.gradients[name], **CLOSE)
            ):
                told.append(f"the {tensor.title}")
    return told


def drawn_wrong(window: MainWindow) -> list[str]:
    """What the debugger's views draw otherwise than the timeline has it."""
    timeline, cursor = window.session.state.steps.timeline, window.session.state.steps.cursor
    if timeline is None:
        return []
    tensors, told = timeline.tensors(cursor.step).by_name, []
    for view in window.findChildren(TensorView):
        shown = view.shown
        if (
            not view.isVisible()
            or shown is None
            or shown.name not in tensors
            or tensors[shown.name].title != shown.title
        ):
            continue
        values = tensors[shown.name].values[shown.prefix]
        if values.shape == shown.values.shape and not np.array_equal(values, shown.values, equal_nan=True):
            told.append(f"{shown.title} as it is drawn")
    return told


def asked_of(session: Session, plain: PlainStep) -> float | None:
    """The number that is asked for, by PyTorch: a cell of an output, or of a parameter's gradient."""
    step = session.state.lessons.step
    reading = None if step is None or step.question is None else step.question.reading
    if not isinstance(reading, Reference) or reading.index is None or len(reading.names) != 2:
        return None
    layer, of = reading.names
    found = plain.outputs.get(layer) if of == "output" else plain.gradients.get(f"{layer}.{of.removeprefix('grad_')}")
    has_cell = (
        found is not None and all(type(at) is int for at in reading.index) and is_index(reading.index, found.shape)
    )
    return float(found[reading.index]) if found is not None and has_cell else None


@pytest.mark.parametrize("lesson", lessons(), ids=lambda each: each.name)
def test_random_edits_leave_every_view_right(qtbot: QtBot, window: MainWindow, lesson: Lesson, tmp_path: Path) -> None:
    session, rng, compared = window.session, random.Random(lesson.name), 0
    for step in lesson.steps:
        session.lessons.open(lesson, step.number)
        at_rest(qtbot, window)
        done = []
        for _ in range(EDITS):
            edit = rng.choice(EDITS_OF)
            done.append(edit.__name__)
            edit(session, rng)
            if rng.random() < 0.3:
                at_rest(qtbot, window)
        at_rest(qtbot, window)
        where = (step.name, done)
        assert not disagreements(window), where
        assert not drawn_wrong(window), where
        path = tmp_path / f"{step.name}.json"
        session.files.save_network(path)
        at_rest(qtbot, window)
        qtbot.waitUntil(path.is_file)
        plain = by_pytorch(session, path)
        if plain is not None:
            compared += 1
            assert not differences(session, plain), where
            asked = asked_of(session, plain)
            if asked is not None:
                session.lessons.reveal()
                at_rest(qtbot, window)
                assert any(same(asked, each) for each in typed_numbers(session.state.lessons.right)), (*where, asked)
    window.leave_lessons()
    settle(qtbot, window)
    assert compared
