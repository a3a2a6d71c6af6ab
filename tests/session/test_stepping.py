"""Stepping through a recorded training step: the cursor, what is learned, and taking the step."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.engine.explaining.breakpoints import NotFinite, UpdateRatio
from explorer.session import Session
from explorer.session.features.steps import NO_STEP_BEFORE
from explorer.session.timeline import PHASES
from tests.ui.fakes import make_session

SMALL = "3x8x8 conv(2, 3, padding=1) relu maxpool(2) flatten linear(3)"


@pytest.fixture
def session(qtbot: QtBot):
    made = make_session(SMALL)
    yield made
    assert made.close()


@pytest.fixture
def lecture(qtbot: QtBot):
    """The lecture's network with two inputs, two hidden units and two outputs."""
    made = Session()
    made.files.open_network("two-two-two")
    made.input.set_values(np.array([0, 1], np.float32))
    yield made
    assert made.close()


def _step(qtbot: QtBot, session: Session) -> None:
    session.learning.watch_steps("debugger", True)
    _wait(qtbot, session)


def _wait(qtbot: QtBot, session: Session) -> None:
    def is_recorded() -> bool:
        state = session.state
        return state.steps.timeline is not None and not state.steps.is_recording and not state.maps.computing

    qtbot.waitUntil(is_recorded, timeout=60_000)


def test_no_step_is_recorded_while_nobody_looks(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(
        lambda: not session.state.maps.computing and session.state.maps.activations is not None, timeout=60_000
    )
    assert session.state.steps.timeline is None
    _step(qtbot, session)
    assert [step.phase for step in session.state.steps.timeline.steps] == sorted(
        (step.phase for step in session.state.steps.timeline.steps), key=PHASES.index
    )


def test_stepping_over_and_back_visits_every_step_and_the_selection_follows(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    count = len(session.state.steps.timeline.steps)
    visited = [session.state.steps.cursor.step]
    for _ in range(count - 1):
        session.steps.step_over()
        visited.append(session.state.steps.cursor.step)
        layer = session.state.steps.timeline.steps[session.state.steps.cursor.step].layer
        assert not layer or session.state.selection.layer == layer
    assert visited == list(range(count))
    for _ in range(count):
        session.steps.step_over(-1)
    assert session.state.steps.cursor.step == 0


def test_stepping_inside_walks_the_cells_and_goes_on_to_the_next_step(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    session.steps.choose_cell("output", (0, 1, 7, 6))
    session.steps.step_into()
    assert session.state.steps.cursor.is_inside
    assert session.state.steps.cursor.cell == (0, 1, 7, 6)
    session.steps.step_over()
    assert session.state.steps.cursor.cell == (0, 1, 7, 7)
    assert (session.state.selection.channel, session.state.selection.column) == (1, 7)
    session.steps.step_over()
    assert (session.state.steps.cursor.step, session.state.steps.cursor.is_inside) == (1, False)
    session.steps.step_over(-1)
    session.steps.step_into()
    session.steps.step_out()
    assert (session.state.steps.cursor.step, session.state.steps.cursor.is_inside) == (0, False)


def test_back_at_a_step_the_cursor_stands_where_it_stood(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    steps, timeline = session.steps, session.state.steps.timeline
    back = timeline.find("backward", "conv1")
    for at, of, cell in ((0, "output", (0, 1, 2, 3)), (back, "weight", (1, 2, 0, 1))):
        steps.go_to_step(at)
        steps.choose_cell(of, cell)
        stood, selection = session.state.steps.cursor, session.state.selection
        steps.step_over()
        assert session.state.steps.cursor.step == at + 1
        steps.step_over(-1)
        assert session.state.steps.cursor == stood
        assert session.state.selection == selection
        steps.to_end()
        steps.go_to_step(at)
        assert session.state.steps.cursor == stood


def test_where_it_stood_in_another_network_is_forgotten(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    session.steps.choose_cell("output", (0, 1, 2, 3))
    session.steps.step_over()
    session.files.new_network("3x8x8 conv(2, 5, padding=2) flatten linear(3)")
    qtbot.waitUntil(lambda: not session.state.steps.is_recording)
    _wait(qtbot, session)
    session.steps.step_over()
    session.steps.to_start()
    timeline = session.state.steps.timeline
    assert session.state.steps.cursor.cell == timeline.telling_cell(0, "output", 0)


def test_a_cell_outside_is_not_chosen(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    before = session.state.steps.cursor
    session.steps.choose_cell("output", (0, 2, 0, 0))
    session.steps.choose_cell("weight", (0, 0, 0, 0))
    assert session.state.steps.cursor == before


def test_every_number_of_every_step_explains_itself(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    timeline = session.state.steps.timeline
    for step in timeline.steps:
        for of in step.asked:
            why = timeline.explain(step.index, of, timeline.telling_cell(step.index, of))
            assert why.explanation is not None, why.message
            assert why.explanation.error <= 1e-4 * max(why.explanation.magnitude, abs(why.explanation.total))


def test_a_term_leads_to_the_step_that_made_it_forwards_and_back(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    timeline = session.state.steps.timeline
    session.steps.go_to_step(timeline.find("forward", "relu1"))
    session.steps.follow_term("input", (0, 1, 2, 3))
    assert timeline.steps[session.state.steps.cursor.step].call == "conv1"
    assert session.state.steps.cursor.cell == (0, 1, 2, 3)
    session.steps.go_to_step(timeline.find("backward", "relu1"))
    session.steps.follow_term("grad_output", (0, 1, 2, 3))
    assert timeline.steps[session.state.steps.cursor.step].call == "pool1"
    session.steps.go_to_step(0)
    session.steps.follow_term("weight", (0, 0, 0, 0))
    assert session.state.steps.cursor.step == 0
    assert "begins" in session.state.status.notice


def test_the_gradients_are_those_of_pytorch(qtbot: QtBot, session: Session) -> None:
    session.learning.set_target(2)
    _step(qtbot, session)
    timeline, state = session.state.steps.timeline, session.state
    assert timeline.target.tolist() in ([2], [[0, 0, 1]])
    weights = _weights(timeline)
    model = state.network.build(seed=0)
    model.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
    output = model(torch.tensor(np.array(state.values))[None])
    loss = torch.nn.functional.mse_loss(output, torch.tensor([[0.0, 0, 1]]), reduction="sum") / 2
    loss.backward()
    assert timeline.loss == pytest.approx(loss.item(), rel=1e-5)
    for step in timeline.steps:
        if step.phase == "update":
            shown = timeline.tensors(step.index).by_name["gradient"].values
            np.testing.assert_allclose(shown, model.get_parameter(step.parameter).grad, rtol=1e-4, atol=1e-6)


def _weights(timeline) -> dict[str, np.ndarray]:
    updates = [step for step in timeline.steps if step.phase == "update"]
    return {step.parameter: timeline.tensors(step.index).by_name["before"].values for step in updates}


def test_past_the_end_the_step_is_taken_and_undo_goes_back(qtbot: QtBot, lecture: Session) -> None:
    lecture.learning.set_target((1.0, 0.0))
    lecture.learning.set_hyperparameters(learning_rate=0.1)
    _step(qtbot, lecture)
    first = lecture.state.steps.timeline
    assert [round(float(value), 4) for value in first.tensors(1).made[0].values[0]] == [1, 2]
    lecture.steps.to_end()
    lecture.steps.step_over()
    qtbot.waitUntil(
        lambda: lecture.state.steps.timeline is not first and not lecture.state.steps.is_recording, timeout=20_000
    )
    second = lecture.state.steps.timeline
    assert (second.taken, lecture.state.steps.cursor.step) == (1, 0)
    output = second.find("forward", "identity2")
    assert [round(float(value), 4) for value in second.tensors(output).made[0].values[0]] == [1.66, 0.32]
    assert second.loss < first.loss
    lecture.editing.undo()
    qtbot.waitUntil(
        lambda: lecture.state.steps.timeline is not second and not lecture.state.steps.is_recording, timeout=20_000
    )
    assert lecture.state.steps.timeline.taken == 0
    assert lecture.state.steps.timeline.loss == first.loss


def _take(qtbot: QtBot, session: Session) -> None:
    """Over past the end, into the next training step."""
    taken = session.state.steps.timeline.taken
    session.steps.to_end()
    session.steps.step_over()
    qtbot.waitUntil(lambda: session.state.steps.timeline.taken == taken + 1, timeout=20_000)
    _wait(qtbot, session)


def test_back_from_the_start_goes_on_at_the_end_of_the_training_step_before(qtbot: QtBot, lecture: Session) -> None:
    lecture.learning.set_hyperparameters(learning_rate=0.1)
    _step(qtbot, lecture)
    losses = [lecture.state.steps.timeline.loss]
    for _ in range(2):
        _take(qtbot, lecture)
        losses.append(lecture.state.steps.timeline.loss)
    for taken in (1, 0):
        lecture.steps.step_over(-1)
        qtbot.waitUntil(lambda taken=taken: lecture.state.steps.timeline.taken == taken, timeout=20_000)
        _wait(qtbot, lecture)
        timeline = lecture.state.steps.timeline
        assert lecture.state.steps.cursor.step == len(timeline.steps) - 1
        assert timeline.loss == losses[taken]
        lecture.steps.to_start()
    lecture.steps.step_over(-1)
    assert (lecture.state.steps.timeline.taken, lecture.state.steps.cursor.step) == (0, 0)
    assert not lecture.state.steps.is_recording
    _take(qtbot, lecture)
    assert lecture.state.steps.timeline.loss == losses[1]


def test_where_the_training_step_before_is_not_kept_one_line_says_so(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    _take(qtbot, lecture)
    before = lecture.state.steps.timeline
    lecture.learning.set_hyperparameters(learning_rate=0.3)
    qtbot.waitUntil(lambda: lecture.state.steps.timeline is not before, timeout=20_000)
    _wait(qtbot, lecture)
    lecture.steps.to_start()
    second, chosen = lecture.state.steps.timeline, lecture.state.document.hyperparameters
    lecture.steps.step_over(-1)
    assert lecture.state.status.notice == NO_STEP_BEFORE.format(number=2)
    assert (lecture.state.steps.timeline, lecture.state.document.hyperparameters) == (second, chosen)


def test_momentum_goes_on_from_step_to_step(qtbot: QtBot, lecture: Session) -> None:
    lecture.learning.set_hyperparameters(momentum=0.9)
    _step(qtbot, lecture)
    for taken in (1, 2):
        lecture.learning.take_step()
        qtbot.waitUntil(lambda taken=taken: lecture.state.steps.timeline.taken == taken, timeout=20_000)
        _wait(qtbot, lecture)
    last = lecture.state.steps.timeline.steps[-1].index
    assert "momentum_buffer" in lecture.state.steps.timeline.tensors(last).by_name


def test_a_weight_typed_over_records_the_step_again_and_the_cursor_stays(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    lecture.steps.go_to_step(2)
    first = lecture.state.steps.timeline
    lecture.editing.set_cell("linear1.weight", (0, 1), 3.0)
    qtbot.waitUntil(
        lambda: lecture.state.steps.timeline is not first and not lecture.state.steps.is_recording, timeout=20_000
    )
    assert lecture.state.steps.cursor.step == 2
    assert _weights(lecture.state.steps.timeline)["linear1.weight"].tolist() == [[-1, 3], [0, 1]]
    lecture.editing.undo()
    qtbot.waitUntil(lambda: _weights(lecture.state.steps.timeline)["linear1.weight"][0, 1] == 0, timeout=20_000)


def test_the_batch_holds_other_inputs_and_its_element_is_chosen(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    lecture.learning.add_to_batch()
    lecture.input.set_values(np.array([1, 0.5], np.float32))
    qtbot.waitUntil(
        lambda: lecture.state.steps.timeline is not None and lecture.state.steps.timeline.batch_size == 2,
        timeout=20_000,
    )
    _wait(qtbot, lecture)
    lecture.steps.choose_example(1)
    assert lecture.state.steps.cursor.cell[0] == 1
    lecture.steps.choose_example(9)
    assert lecture.state.steps.cursor.example == 1
    timeline = lecture.state.steps.timeline
    back = timeline.find("backward", "linear1")
    why = timeline.explain(back, "weight", (0, 1))
    assert len(why.explanation.terms) == 2  # the sum over the batch
    lecture.learning.clear_batch()
    _wait(qtbot, lecture)
    qtbot.waitUntil(lambda: lecture.state.steps.timeline.batch_size == 1, timeout=20_000)


def test_a_loss_that_does_not_fit_leaves_the_forward_steps_and_a_sentence(qtbot: QtBot, lecture: Session) -> None:
    lecture.learning.set_hyperparameters(loss="bce")
    _step(qtbot, lecture)
    assert {step.phase for step in lecture.state.steps.timeline.steps} == {"forward"}
    assert lecture.state.steps.message.endswith(".")


def test_a_run_stops_at_a_breakpoint_and_opens_that_step(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    lecture.learning.set_hyperparameters(learning_rate=4.0)
    _wait(qtbot, lecture)
    lecture.learning.run_until_breakpoint()
    assert "Choose" in lecture.state.status.notice
    lecture.learning.set_breakpoints((NotFinite(),))
    lecture.learning.run_until_breakpoint(500)
    qtbot.waitUntil(
        lambda: lecture.state.steps.timeline is not None and lecture.state.steps.timeline.hit is not None,
        timeout=60_000,
    )
    timeline = lecture.state.steps.timeline
    assert timeline.taken > 1
    assert lecture.state.steps.cursor.step == timeline.hit.step
    assert lecture.state.files.undo_text == "run of training steps"
    lecture.editing.undo()
    qtbot.waitUntil(
        lambda: lecture.state.steps.timeline.taken == 0 and not lecture.state.steps.is_recording, timeout=20_000
    )


def test_a_run_without_a_hit_ends_at_its_limit_and_says_so(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    lecture.learning.set_breakpoints((UpdateRatio(1e6),))
    lecture.learning.run_until_breakpoint(5)
    qtbot.waitUntil(lambda: lecture.state.steps.timeline.taken == 4, timeout=20_000)
    assert "No breakpoint" in lecture.state.status.notice


def test_a_run_whose_steps_end_before_their_loss_says_why(qtbot: QtBot, lecture: Session) -> None:
    lecture.learning.set_hyperparameters(loss="bce")
    _step(qtbot, lecture)
    lecture.learning.set_breakpoints((NotFinite(),))
    lecture.learning.run_until_breakpoint(5)
    qtbot.waitUntil(lambda: lecture.state.status.notice == lecture.state.steps.message != "", timeout=20_000)
    assert {step.phase for step in lecture.state.steps.timeline.steps} == {"forward"}
    assert lecture.state.status.mistake is None


def test_a_reading_by_finite_differences_agrees(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    timeline = lecture.state.steps.timeline
    lecture.steps.go_to_step(timeline.find("backward", "linear2"))
    lecture.steps.choose_cell("weight", (0, 1))
    lecture.learning.ask_reading()
    qtbot.waitUntil(lambda: lecture.state.steps.reading is not None, timeout=20_000)
    assert lecture.state.steps.reading_at == lecture.state.steps.cursor
    assert lecture.state.steps.reading.value == pytest.approx(lecture.state.steps.reading.expected, rel=1e-5)


def test_an_own_model_is_stepped_but_not_changed(qtbot: QtBot) -> None:
    session = Session()
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2))
    before = {name: value.clone() for name, value in model.state_dict().items()}
    session.files.adopt(model, np.array([0.5, -1, 2], np.float32)[None], "mine")
    _step(qtbot, session)
    assert {step.phase for step in session.state.steps.timeline.steps} == set(PHASES)
    session.steps.to_end()
    session.steps.step_over()
    assert "its own" in session.state.status.notice
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())
    assert session.close()


def test_small_networks_are_told_in_the_lectures_letters(qtbot: QtBot, lecture: Session) -> None:
    lecture.learning.set_hyperparameters(learning_rate=0.1)
    _step(qtbot, lecture)
    timeline = lecture.state.steps.timeline
    lines = {
        timeline.lecture_line(step.index, of, cell)
        for step in timeline.steps
        for of, shape in step.asked.items()
        for cell in np.ndindex(*shape)
    }
    assert {
        "u₂ = 0·0 + 1·1 + 1 = 2",
        "z₂ = u₂ = 2",
        "Δ₁ = (d₁ − y₁)·g′(a₁) = (1 − 2)·1 = −1",
        "δ₁ = g′(u₁)·(Δ₁·w₁₁ + Δ₂·w₂₁) = 1·(−1·1 − 2·(−1)) = 1",
        "w₂₂ ← w₂₂ + η·Δ₂·z₂ = 1 + 0.1·(−2)·2 = 0.6",
    } <= lines


def test_networks_of_maps_have_no_letters(qtbot: QtBot, session: Session) -> None:
    _step(qtbot, session)
    assert session.state.steps.timeline.lecture_line(0, "output", (0, 0, 0, 0)) == ""


class _Refusing(torch.nn.Module):
    """Fails before its first call."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        raise ValueError(f"I do not take {x.dim()} axes")


def test_a_model_that_fails_at_once_has_a_sentence_and_no_steps(qtbot: QtBot) -> None:
    session = Session()
    session.files.adopt(_Refusing(), np.ones(3, np.float32)[None], "refusing")
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: bool(session.state.steps.message), timeout=60_000)
    assert session.state.steps.message == "The network cannot run: see its card."
    assert session.state.maps.fault is not None
    assert "I do not take 2 axes" in session.state.maps.fault.message
    assert session.state.steps.timeline is None
    assert not session.state.steps.is_recording
    assert session.close()


def test_a_single_number_for_the_whole_batch_has_no_loss(qtbot: QtBot) -> None:
    session = Session()
    session.files.adopt(torch.nn.Sequential(torch.nn.Linear(3, 2), _Sum()), np.ones(3, np.float32)[None], "a sum")
    _step(qtbot, session)
    assert {step.phase for step in session.state.steps.timeline.steps} == {"forward"}
    assert "a single number" in session.state.steps.message
    assert session.close()


class _Sum(torch.nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.sum()


def test_a_broken_network_says_which_layers_take_part(qtbot: QtBot, session: Session) -> None:
    session.files.new_network("3x8x8 conv(2, 3) conv(2, 31) flatten linear(3)")
    _step(qtbot, session)
    assert {step.layer for step in session.state.steps.timeline.steps} == {"conv1", ""}
    assert session.state.steps.message == "Only the layers before conv2 take part: see its card."


def test_a_network_without_layers_asks_for_one(qtbot: QtBot, session: Session) -> None:
    session.files.new_network("3x8x8")
    session.learning.watch_steps("debugger", True)
    qtbot.waitUntil(lambda: "no layers" in session.state.steps.message, timeout=60_000)
    assert session.state.steps.timeline is None


def test_moves_that_lead_nowhere_say_why(qtbot: QtBot, session: Session) -> None:
    session.files.new_network("3x8x8 relu flatten")
    _step(qtbot, session)
    session.steps.to_end()
    session.steps.step_over()
    assert "updates no weights" in session.state.status.notice
    session.selection.select(layer=None)
    session.steps.run_to_layer()
    assert "Select a layer" in session.state.status.notice
    session.selection.select(layer="input")
    session.steps.run_to_layer()
    assert session.state.status.notice == "No step of this training step is at input."
    session.learning.set_hyperparameters(loss="cross_entropy")
    session.learning.set_target(1000)
    qtbot.waitUntil(lambda: "no class 1000" in session.state.steps.message, timeout=20_000)
    session.steps.next_gradient()
    assert "No gradient" in session.state.status.notice


def test_whatever_is_asked_for_ends_a_run_of_steps(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    lecture.learning.set_breakpoints((UpdateRatio(1e6),))
    lecture.learning.run_until_breakpoint(1_000_000)
    qtbot.waitUntil(lambda: lecture.state.status.task.startswith("Training step"), timeout=20_000)
    lecture.input.set_cell((0,), 2.0)
    qtbot.waitUntil(lambda: "ended" in lecture.state.status.notice, timeout=20_000)
    qtbot.waitUntil(lambda: not lecture.state.steps.is_recording and not lecture.state.maps.computing, timeout=20_000)
    assert lecture.state.steps.timeline.tensors(0).by_name["input"].values[0, 0] == 2.0
    assert lecture.state.files.undo_text == "run of training steps"


def test_a_diverged_step_is_explained_without_a_warning(qtbot: QtBot, lecture: Session) -> None:
    _step(qtbot, lecture)
    lecture.editing.set_cell("linear1.weight", (0, 0), float("nan"))
    qtbot.waitUntil(lambda: "linear1" in lecture.state.files.undo_text, timeout=20_000)
    _wait(qtbot, lecture)
    timeline = lecture.state.steps.timeline
    for entry in timeline.steps:
        for of in entry.asked:
            assert timeline.explain(entry.index, of, timeline.telling_cell(entry.index, of)).explanation is not None
