"""Training in a session: running, pausing, undoing, rewinding, forking, and what the window is told meanwhile."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from explorer.engine.training.confusion import Confusion
from explorer.session import Session, run_progress
from tests.session.doing import Doing
from tests.ui.fakes import make_session

MOONS = "2 linear(8) tanh linear(2)"


@pytest.fixture
def session(qtbot: QtBot):
    made = make_session(MOONS)
    made.input.set_values(np.array([0.3, -0.2], np.float32))
    made.learning.set_hyperparameters(epochs=3, batch_size=50, learning_rate=0.1)
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=60_000)
    yield made
    assert made.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "explorer-runner"]


def _train(qtbot: QtBot, session: Session) -> None:
    session.training.train()
    _wait_until_over(qtbot, session)


def _wait_until_over(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    _settle(qtbot, session)


def _settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=60_000)


def _weights(session: Session) -> np.ndarray:
    return session.state.maps.activations.by_name["linear1"].weight.copy()


def _make_long(session: Session) -> None:
    session.learning.set_hyperparameters(epochs=100_000)


def test_a_run_goes_to_its_end_and_loses_no_step(qtbot: QtBot, session: Session) -> None:
    _settle(qtbot, session)
    before = _weights(session)
    _train(qtbot, session)
    (run,) = session.state.watching.runs
    count = -(-len(session.state.data.data_set.train) // 50) * 3
    assert run.steps.tolist() == list(range(1, count + 1))
    assert len(run.epochs) == 3
    assert run.epochs[-1].val_accuracy > 0.6
    assert session.state.training.progress == 1
    assert session.state.watching.judged.evaluation.confusion.array.sum() == len(session.state.data.data_set.test)
    assert {layer.name for layer in session.state.watching.health} == {"linear1", "tanh1", "linear2"}
    assert session.state.watching.film[0] == 0
    assert session.state.watching.film[-1] == count
    assert not np.array_equal(before, _weights(session))


def test_undo_brings_the_untrained_weights_back_and_redo_the_trained_ones(qtbot: QtBot, session: Session) -> None:
    _settle(qtbot, session)
    before = _weights(session)
    _train(qtbot, session)
    after = _weights(session)
    assert session.state.files.undo_text == "train, run 1"
    session.editing.undo()
    _settle(qtbot, session)
    np.testing.assert_array_equal(_weights(session), before)
    session.editing.redo()
    _settle(qtbot, session)
    np.testing.assert_array_equal(_weights(session), after)


def test_a_rewound_run_repeats_itself_bit_for_bit(qtbot: QtBot, session: Session) -> None:
    _train(qtbot, session)
    session.training.rewind()
    _settle(qtbot, session)
    _train(qtbot, session)
    first, second = session.state.watching.runs
    np.testing.assert_array_equal(first.losses, second.losses)
    assert second.parent is None


def test_a_paused_run_goes_on_as_if_it_had_never_rested(qtbot: QtBot, session: Session) -> None:
    _train(qtbot, session)
    session.training.rewind()
    _settle(qtbot, session)
    for _ in range(3):
        session.training.train_one_step()
        qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=20_000)
        _settle(qtbot, session)
    assert session.state.training.step == 3
    _train(qtbot, session)
    first, second = session.state.watching.runs
    np.testing.assert_array_equal(first.losses, second.losses)


def test_one_step_after_a_pause_is_a_step_and_on_record(qtbot: QtBot, session: Session) -> None:
    """A run is often paused after it told of a step and before it looked whether to rest."""
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=20_000)
    for _ in range(3):
        session.training.pause()
        _settle(qtbot, session)
        before = session.state.watching.runs[0].last_step
        session.training.train_one_step()
        qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=20_000)
        assert session.state.watching.runs[0].last_step == before + 1
        timeline = session.state.steps.timeline
        assert timeline is not None
        assert timeline.taken == before
        session.training.train()
        qtbot.waitUntil(lambda before=before: session.state.training.step > before + 5, timeout=20_000)


def test_one_epoch_rests_at_its_end(qtbot: QtBot, session: Session) -> None:
    session.training.train_one_epoch()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=20_000)
    (run,) = session.state.watching.runs
    assert len(run.epochs) == 1
    assert run.epochs[0].step == run.last_step


def test_other_settings_fork_a_paused_run(qtbot: QtBot, session: Session) -> None:
    session.training.train_one_epoch()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=20_000)
    fork_at = session.state.training.step
    session.learning.set_hyperparameters(optimizer="Adam", learning_rate=0.01)
    assert session.state.training.status == "paused"
    _train(qtbot, session)
    first, second = session.state.watching.runs
    assert (second.parent, second.first_step) == (1, fork_at)
    assert second.steps[0] == fork_at + 1
    assert first.last_step == fork_at
    assert session.state.watching.judged is not None
    assert session.state.watching.judged.step == second.epochs[-1].step


def test_a_fork_that_is_rewound_begins_again_where_it_forked(qtbot: QtBot, session: Session) -> None:
    session.training.train_one_epoch()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=20_000)
    session.learning.set_hyperparameters(optimizer="Adam", learning_rate=0.01)
    _train(qtbot, session)
    session.training.rewind()
    _settle(qtbot, session)
    _train(qtbot, session)
    _, fork, again = session.state.watching.runs
    assert (again.parent, again.first_step) == (fork.parent, fork.first_step)
    np.testing.assert_array_equal(again.losses, fork.losses)


def test_weights_that_undo_brings_back_begin_a_curve_where_their_run_ended(qtbot: QtBot, session: Session) -> None:
    _train(qtbot, session)
    session.training.rewind()
    session.editing.undo()
    _settle(qtbot, session)
    _train(qtbot, session)
    first, second = session.state.watching.runs
    assert (second.parent, second.first_step) == (1, first.last_step)
    assert second.label.endswith(", from run 1")
    session.training.rewind()
    _settle(qtbot, session)
    session.training.rewind()
    session.editing.undo()
    session.editing.undo()
    session.editing.undo()  # the weights that both runs began from
    assert session.state.files.undo_text.startswith("choose")
    _train(qtbot, session)
    third = session.state.watching.runs[-1]
    assert (third.parent, third.first_step) == (None, 0)


def test_a_removed_run_comes_back_by_undo_with_all_that_it_learned_meanwhile(qtbot: QtBot, session: Session) -> None:
    """Its curves were gone for good, at one press of a key."""
    _train(qtbot, session)
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: len(session.state.watching.runs[-1].steps) > 0, timeout=60_000)
    first, second = session.state.watching.runs
    for number in (1, 2):
        session.training.forget_run(number)
    assert session.state.watching.runs == ()
    assert session.state.files.undo_text == "remove run 2"
    qtbot.waitUntil(lambda: session.state.training.step > second.last_step + 3, timeout=20_000)
    session.training.pause()
    session.editing.undo()
    (back,) = session.state.watching.runs
    assert back.number == 2
    assert len(back.steps) == session.state.training.step - second.first_step > len(second.steps)
    session.editing.undo()
    assert session.state.watching.runs[0].losses.tolist() == first.losses.tolist()
    assert [run.number for run in session.state.watching.runs] == [1, 2]
    assert session.state.training.status == "paused"
    session.editing.redo()
    assert [run.number for run in session.state.watching.runs] == [2]
    session.training.forget_run(1)  # which is gone already
    assert session.state.files.redo_text == "remove run 2"


def test_no_other_run_gets_the_number_of_a_removed_one(qtbot: QtBot, session: Session) -> None:
    session.comparing.compare("Learning rate", "0.1, 0.2", 1)
    session.comparing.stop()
    taken = [run.number for run in session.state.watching.runs]
    for number in taken:
        session.training.forget_run(number)
    session.comparing.compare("Learning rate", "0.3, 0.4", 1)
    session.comparing.stop()
    assert not {run.number for run in session.state.watching.runs} & set(taken)
    for _ in taken:
        session.editing.undo()
    assert len({run.number for run in session.state.watching.runs}) == 4


def test_a_run_whose_curves_are_gone_is_still_where_its_weights_come_from(qtbot: QtBot, session: Session) -> None:
    _train(qtbot, session)
    steps = session.state.watching.runs[0].last_step
    session.training.forget_run(1)
    _train(qtbot, session)
    (run,) = session.state.watching.runs
    assert (run.number, run.parent, run.first_step) == (2, 1, steps)


def test_a_run_whose_curves_are_gone_goes_on_telling_how_far_it_is(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 0, timeout=60_000)
    session.training.forget_run(1)
    there = session.state.training.step
    qtbot.waitUntil(lambda: session.state.training.step > there, timeout=10_000)
    assert session.state.watching.runs == ()


def test_the_learning_rate_turns_while_it_runs(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=20_000)
    session.learning.set_hyperparameters(learning_rate=0.025)
    assert session.state.training.status == "running"
    qtbot.waitUntil(lambda: session.state.training.learning_rate == 0.025, timeout=20_000)
    session.training.pause()
    assert session.state.training.status == "paused"


def test_an_edit_ends_the_run_with_what_it_learned(qtbot: QtBot, session: Session) -> None:
    _settle(qtbot, session)
    before = _weights(session)
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 20, timeout=20_000)
    session.editing.insert_layer(3, session.state.network.layer("tanh1").with_settings(name=""))
    assert session.state.training.status == "ended"
    assert "changed" in session.state.training.message
    _settle(qtbot, session)
    assert not np.allclose(before, _weights(session))


def test_a_run_that_is_ended_between_two_tellings_tells_its_last_step(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make_long(session)
    session.training.train()
    monkeypatch.setattr(run_progress, "PROGRESS_S", 1e9)  # no further telling

    def is_further() -> bool:
        live = session.state.watching.live
        return live is not None and live.step > session.state.training.step + 5

    qtbot.waitUntil(is_further, timeout=20_000)
    session.editing.remove_layer("tanh1")
    state = session.state
    assert state.training.status == "ended"
    assert state.training.step == state.watching.runs[0].last_step >= state.watching.live.step


def test_choosing_other_data_ends_the_run_since_it_was_about_the_old_ones(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.watching.judged is not None, timeout=60_000)
    session.data.use_data("points:xor")
    _wait_until_over(qtbot, session)
    state = session.state
    assert state.training.message == "Other data were chosen: the run ended with what it had learned."
    assert state.watching.judged.labels is not state.data.data_set.test.labels
    session.learning.set_hyperparameters(epochs=1)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.run == 2, timeout=60_000)
    _wait_until_over(qtbot, session)
    assert session.state.watching.judged.labels is session.state.data.data_set.test.labels


def test_the_foot_of_the_window_is_quiet_while_nothing_but_the_run_goes_on(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=60_000)
    qtbot.waitUntil(lambda: session.state.status.task == "", timeout=60_000)
    assert session.state.training.status == "running"


def test_the_pace_is_that_of_learning_and_the_time_left_counts_the_judging(
    qtbot: QtBot, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, judging_s, told = Confusion.of, 0.3, []

    def judge_slowly(*judged: Any) -> Confusion:
        until = monotonic() + judging_s
        while monotonic() < until:
            pass
        return judge(*judged)

    monkeypatch.setattr(Confusion, "of", judge_slowly)
    session.changed.connect(lambda _old, new: told.append(new.training))
    _train(qtbot, session)
    last = session.state.training
    assert last.seconds > 3 * judging_s
    over_all = 3 * len(session.state.data.data_set.train) / last.seconds
    assert last.per_second > 2 * over_all
    after_an_epoch = next(each for each in told if 1 / 3 <= each.progress < 1)
    assert after_an_epoch.seconds_left > judging_s / 3  # learning alone takes a hundredth of it


def test_maps_follow_while_it_runs_and_requests_are_answered(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.watching.watch_gradients(True)
    session.selection.select(layer="linear1")
    session.training.train()
    seen = set()

    def follows() -> bool:
        if session.state.watching.live is not None:
            seen.add(session.state.watching.live.step)
        return len(seen) > 3

    qtbot.waitUntil(follows)
    learned = session.state.watching.live.learned
    assert learned.weight.values.shape == learned.weight_gradient.values.shape == (8, 2)
    session.input.set_values(np.array([5.0, 5.0], np.float32))
    qtbot.waitUntil(lambda: not session.state.maps.computing, timeout=20_000)
    shown = session.state.maps.activations.by_name["input"].values
    qtbot.waitUntil(lambda: session.state.maps.activations.by_name["input"].values.tolist() == [5, 5], timeout=20_000)
    assert shown is not None
    assert session.state.training.status == "running"


def test_a_chosen_cell_explains_itself_also_while_it_runs(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    session.selection.select(layer="linear1", channel=2)
    qtbot.waitUntil(lambda: session.state.maps.explained is not None, timeout=20_000)
    explanation = session.state.maps.explained.explanation
    assert explanation.error <= 1e-5 * explanation.magnitude


def test_a_frame_of_the_film_shows_the_weights_of_then(qtbot: QtBot, session: Session) -> None:
    _settle(qtbot, session)
    before = _weights(session)
    _train(qtbot, session)
    after = _weights(session)
    session.watching.show_frame(0)
    qtbot.waitUntil(lambda: session.state.watching.film_at == 0, timeout=20_000)
    np.testing.assert_array_equal(_weights(session), before)
    session.watching.show_frame(None)
    _settle(qtbot, session)
    np.testing.assert_array_equal(_weights(session), after)


def test_a_run_that_blows_up_stops_names_the_layer_and_can_be_rewound(qtbot: QtBot, session: Session) -> None:
    session.editing.paste_layers("linear(8) relu", 2)
    _settle(qtbot, session)
    before = _weights(session)
    session.learning.set_hyperparameters(learning_rate=1e30)
    _train(qtbot, session)
    assert session.state.training.layer
    assert session.state.training.is_fault
    assert session.state.training.layer in session.state.training.message
    session.training.rewind()
    _settle(qtbot, session)
    np.testing.assert_array_equal(_weights(session), before)


def test_data_that_do_not_fit_say_so_and_the_network_is_changed_on_request(qtbot: QtBot) -> None:
    session = make_session("2 linear(8) tanh linear(5)")
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    assert "5 numbers" in session.state.data.problem.message
    session.training.train()
    assert session.state.training.status == "ready"
    session.data.fit_to_data()
    assert session.state.data.problem is None
    assert session.state.network.shapes()[-1] == (1,)
    session.editing.undo()
    assert [cure.label for cure in session.state.data.problem.cures] == [
        "Give the last layer 1 output",
        "Give the last layer 2 outputs",
    ]
    session.data.fit_to_data(1)
    assert session.state.network.shapes()[-1] == (2,)
    assert session.close()


def test_unknown_data_end_in_a_sentence(qtbot: QtBot, session: Session) -> None:
    session.data.use_data("/nowhere/at/all")
    qtbot.waitUntil(lambda: session.state.data.progress is None, timeout=20_000)
    assert "nowhere" in session.state.status.notice or "all" in session.state.status.notice


def test_a_training_batch_is_stepped_through_in_the_debugger(qtbot: QtBot, session: Session) -> None:
    session.learning.watch_steps("debugger", True)
    session.data.open_batch()
    qtbot.waitUntil(
        lambda: session.state.steps.timeline is not None and session.state.steps.timeline.batch_size == 50,
        timeout=20_000,
    )
    assert session.state.steps.is_batch_alone
    assert session.state.steps.timeline.target.shape == (50,)
    session.learning.clear_batch()
    qtbot.waitUntil(lambda: session.state.steps.timeline.batch_size == 1, timeout=20_000)


def test_closing_in_the_middle_of_a_run_leaves_no_thread(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=20_000)


def test_without_data_training_opens_the_data_that_come_along(qtbot: QtBot) -> None:
    session = make_session("3x32x32 conv(4, 3) relu maxpool(4) flatten linear(10)")
    session.learning.set_hyperparameters(epochs=1)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    assert session.state.document.data == "textures"
    assert session.state.classes == session.state.data.data_set.classes
    if session.state.data.problem is not None:
        session.data.fit_to_data()
        session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 0, timeout=60_000)
    assert session.close()


def test_data_asked_for_last_win_and_cancelling_an_opening_is_told(qtbot: QtBot, session: Session) -> None:
    session.data.use_data("textures")
    session.data.use_data("points:xor")
    qtbot.waitUntil(lambda: session.state.data.data_set.card.name == "points:xor", timeout=60_000)
    _settle(qtbot, session)
    assert session.state.data.progress is None
    assert session.state.data.data_set.card.name == "points:xor"
    session.data.use_data("textures")
    assert session.state.data.progress is not None
    session.tasks.cancel()
    assert session.state.data.progress is None
    _settle(qtbot, session)
    assert session.state.status.notice == "Opening the data was cancelled."
    assert session.state.data.data_set.card.name == "points:xor"


def test_cancelling_the_start_of_a_run_takes_it_back(qtbot: QtBot, session: Session) -> None:
    _settle(qtbot, session)
    before, weights, undo = session.state.document, _weights(session), session.state.files.undo_text
    is_free = threading.Event()
    holding = Doing(lambda _worker, _stop: iter([is_free.wait(10)]), "Holding the worker")
    session.store.ask(holding, lambda _answer: None)
    session.training.train()
    assert session.state.training.status == "running"
    session.tasks.cancel()
    state = session.state
    assert state.status.notice == "Starting the run was cancelled."
    assert (state.training.status, state.watching.runs, state.document) == ("ready", (), before)
    assert (state.files.undo_text, state.files.redo_text) == (undo, "")
    is_free.set()
    _settle(qtbot, session)
    np.testing.assert_array_equal(_weights(session), weights)
    assert session.state.status.notice == "Starting the run was cancelled."
    _train(qtbot, session)
    assert [run.number for run in session.state.watching.runs] == [1]


def test_what_is_cancelled_beside_a_run_leaves_it_going_and_says_so(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 5, timeout=20_000)
    step = session.state.training.step
    session.store.set(
        replace(session.state.status, task="Running the network…"), replace(session.state.maps, computing=True)
    )
    session.tasks.cancel()
    assert session.state.status.notice == "Cancelled: running the network. The training run goes on."
    qtbot.waitUntil(lambda: session.state.training.step > step, timeout=20_000)


def test_one_step_is_on_record_with_its_batch_and_is_the_step_that_was_made(qtbot: QtBot, session: Session) -> None:
    session.learning.set_hyperparameters(momentum=0.9)
    for taken in (0, 1):
        session.training.train_one_step()
        qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=20_000)
        _settle(qtbot, session)
        timeline = session.state.steps.timeline
        assert timeline is not None
        assert (timeline.taken, timeline.batch_size) == (taken, 50)
        assert timeline.loss == pytest.approx(session.state.watching.runs[0].losses[-1], rel=1e-6)
        update = next(step for step in timeline.steps if step.parameter == "linear1.weight")
        np.testing.assert_array_equal(timeline.tensors(update.index).by_name["after"].values, _weights(session))
    assert "momentum_buffer" in timeline.tensors(update.index).by_name
    session.learning.watch_steps("debugger", True)
    assert session.state.steps.timeline is timeline
    session.learning.set_target(1)
    qtbot.waitUntil(lambda: session.state.steps.timeline is not timeline, timeout=20_000)
    assert session.state.steps.timeline.batch_size == 1


def test_a_step_that_was_made_stays_on_record_when_the_network_is_saved(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    session.learning.watch_steps("debugger", True)
    session.training.train_one_step()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=20_000)
    _settle(qtbot, session)
    timeline, activations = session.state.steps.timeline, session.state.maps.activations
    assert timeline is not None
    session.files.save_network(tmp_path / "saved.json")
    qtbot.waitUntil(lambda: session.state.status.notice == "Saved as saved.json.", timeout=20_000)
    _settle(qtbot, session)
    assert session.state.steps.timeline is timeline
    assert session.state.maps.activations is activations
    session.learning.set_target(1)  # asked for under the new name
    qtbot.waitUntil(lambda: session.state.steps.timeline is not timeline, timeout=20_000)


def test_choosing_data_leaves_a_trained_network_its_classes_until_it_learns(qtbot: QtBot) -> None:
    session = Session()
    session.files.open_network("lecture")
    before = session.state.document
    session.data.use_data("textures")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    assert (session.state.classes, session.state.document.mean) == (before.classes, before.mean)
    session.training.train_one_step()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=60_000)
    assert session.state.classes == session.state.data.data_set.classes
    session.training.rewind()
    assert session.state.classes == before.classes
    assert session.close()


def test_a_run_by_itself_is_no_task_that_one_waits_for(qtbot: QtBot, session: Session) -> None:
    _make_long(session)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 20, timeout=20_000)
    qtbot.waitUntil(lambda: session.state.status.task == "" and not session.state.maps.computing, timeout=20_000)
    assert session.state.training.status == "running"


def test_how_a_run_stands_is_not_told_beside_another_network(qtbot: QtBot, session: Session) -> None:
    _train(qtbot, session)
    assert session.state.training.status == "ended"
    session.files.new_network("2 linear(4) linear(2)")
    state = session.state
    assert (state.training.status, state.watching.health, state.watching.judged, state.watching.film) == (
        "ready",
        (),
        None,
        (),
    )
    assert len(state.watching.runs) == 1, "Its curves stay, to compare with."
