"""The gradient of the input, worked out on request like that of any weight."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from explorer.engine.training.hyperparameters import Hyperparameters
from explorer.engine.training.stepper import LearningBatch, Stepper
from explorer.lessons.shelf import lesson_named
from explorer.network import Network
from explorer.session import Session
from explorer.session.timeline import Timeline, TimelineStep
from tests.ui.fakes import make_session, wait_until_recorded, wait_until_shown

NETWORKS = (
    "3 linear(4) tanh linear(2)",
    "2x6x6 conv(3, 3, padding=1) relu maxpool(2) flatten linear(2)",
    "1x6x6 c1=conv(1, 3, padding=1) relu add(c1, input) batchnorm flatten linear(2)",
    "1x5x5 conv(2, 2, stride=2) sigmoid avgpool(2) flatten linear(2)",
)


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(NETWORKS[1])
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def recorded(qtbot: QtBot, session: Session) -> Timeline:
    session.learning.watch_steps("debugger", True)
    wait_until_recorded(qtbot, session)
    assert session.state.steps.timeline is not None
    return session.state.steps.timeline


def steps_back_to_the_input(timeline: Timeline) -> list[tuple[TimelineStep, str]]:
    back = [step for step in timeline.steps if step.phase == "backward"]
    return [(step, of) for step in back for of in step.asked if step.titles.get(of) == "input"]


@settings(max_examples=12, deadline=None)
@given(text=st.sampled_from(NETWORKS), seed=st.integers(0, 1000), examples=st.integers(1, 3))
def test_it_is_what_pytorch_gives_and_the_weights_keep_theirs(text: str, seed: int, examples: int) -> None:
    network = Network.parse(text)
    model = network.build(seed=seed).eval()
    x = np.random.default_rng(seed).normal(size=(examples, *network.input_shape)).astype(np.float32)
    wanted = tuple(seed % 2 for _ in range(examples))

    def made(*, asked: bool) -> torch.Tensor | None:
        chosen = Hyperparameters(loss="cross_entropy")
        batch = LearningBatch(x, wanted, chosen, classes=2, input_gradient=asked)
        step = Stepper().record(model, (), batch, training=False)
        gradients = {name: each.clone() for name, each in step.recording.parameter_gradients.items()}
        found.append(gradients)
        return step.recording.input_gradients[0]

    found: list[dict[str, torch.Tensor]] = []
    assert made(asked=False) is None
    gradient = made(asked=True)
    given_x = torch.tensor(x, requires_grad=True)
    torch.nn.functional.cross_entropy(model(given_x), torch.tensor(wanted)).backward()
    assert gradient is not None
    assert torch.equal(gradient, given_x.grad)
    assert all(torch.equal(found[0][name], each) for name, each in found[1].items())


@pytest.mark.parametrize("text", NETWORKS)
def test_every_number_of_it_explains_itself(qtbot: QtBot, session: Session, text: str) -> None:
    session.files.new_network(text)
    assert not steps_back_to_the_input(recorded(qtbot, session))
    session.learning.ask_input_gradient(True)
    timeline = recorded(qtbot, session)
    found = steps_back_to_the_input(timeline)
    assert found
    for step, of in found:
        for index in list(np.ndindex(*step.asked[of]))[::7]:
            explanation = timeline.explain(step.index, of, index).explanation
            assert explanation is not None
            assert explanation.total == pytest.approx(explanation.computed, abs=1e-5 * (1 + explanation.magnitude))


def test_asking_for_it_is_taken_back_by_undo(qtbot: QtBot, session: Session) -> None:
    recorded(qtbot, session)
    session.learning.ask_input_gradient(True)
    assert steps_back_to_the_input(recorded(qtbot, session))
    session.editing.undo()
    assert not session.state.steps.input_gradient
    assert not steps_back_to_the_input(recorded(qtbot, session))
    session.editing.redo()
    assert steps_back_to_the_input(recorded(qtbot, session))


def test_a_pixel_leads_to_its_gradient(qtbot: QtBot, session: Session) -> None:
    recorded(qtbot, session)
    session.steps.go_to_input_gradient((1, 2, 3))
    timeline = recorded(qtbot, session)
    cursor = session.state.steps.cursor
    assert timeline.steps[cursor.step].phase == "backward"
    assert timeline.steps[cursor.step].call == "conv1"
    assert (cursor.of, cursor.cell) == ("input", (0, 1, 2, 3))
    session.steps.to_start()
    session.steps.go_to_input_gradient((0, 5, 5))
    assert session.state.steps.cursor.cell == (0, 0, 5, 5)


def test_another_network_begins_without(qtbot: QtBot, session: Session) -> None:
    session.learning.ask_input_gradient(True)
    session.files.open_network("lecture")
    qtbot.waitUntil(lambda: session.state.document.title != "", timeout=10_000)
    assert not session.state.steps.input_gradient


def test_a_lesson_that_asks_for_it_has_it_in_the_window(qtbot: QtBot, session: Session) -> None:
    session.lessons.open(lesson_named("conv-gradient"))
    qtbot.waitUntil(lambda: session.state.lessons.is_set, timeout=30_000)
    assert steps_back_to_the_input(recorded(qtbot, session))
    session.lessons.leave()
    assert not session.state.steps.input_gradient
