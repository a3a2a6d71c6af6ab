"""Comparing: a run for each value, from the same seed, named by what differs; the network is left as it is."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

import explorer
from explorer.engine.model import workbench
from explorer.engine.model.load import Loaded
from explorer.network import Network
from explorer.session import Session
from explorer.session.comparison import BUSY
from explorer.session.features.comparing import TAKEN
from explorer.session.variation import choices_of, values_in
from tests.ui.fakes import make_session

TEXT = "1x8x8 conv(3, 3, padding=1) relu maxpool(2) conv(4, 3) relu flatten linear(2)"


def pictures(path: Path) -> str:
    """Two hundred pictures, bright at the left or at the right."""
    rng = np.random.default_rng(0)
    labels = np.arange(200) % 2
    made = rng.integers(0, 90, (200, 8, 8))
    made[labels == 0, :, :4] += 120
    made[labels == 1, :, 4:] += 120
    np.savez(path, x=made.astype(np.uint8), y=labels)
    return str(path)


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[Session]:
    made = make_session(TEXT)
    made.learning.set_hyperparameters(batch_size=20, learning_rate=0.1)
    made.data.use_data(pictures(tmp_path / "sides.npz"))
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=60_000)
    yield made
    assert made.close()


def wait_until_over(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.watching.comparison.is_running, timeout=60_000)


def test_each_value_is_trained_and_named_by_what_differs(session: Session, qtbot: QtBot) -> None:
    before = session.state.document
    session.comparing.compare("Filters of conv1", "2, 4, 8", 3)
    wait_until_over(qtbot, session)
    comparison, runs = session.state.watching.comparison, session.state.watching.runs
    assert [run.value for run in comparison.runs] == ["2", "4", "8"]
    assert [run.standing for run in comparison.runs] == ["done"] * 3
    assert [run.varied for run in runs] == [f"Filters of conv1 = {value}" for value in (2, 4, 8)]
    assert [run.name.partition(": ")[2] for run in runs] == [f"filters {value}" for value in (2, 4, 8)]
    assert [len(run.epochs) for run in runs] == [3, 3, 3]
    assert all(run.epochs[-1].val_accuracy > 0.9 for run in runs)
    counts = [network_with(filters).parameter_counts() for filters in (2, 4, 8)]
    assert [run.parameters for run in comparison.runs] == [sum(each) for each in counts]
    assert session.state.document is before
    assert session.state.files.undo_text == "choose sides.npz"


def network_with(filters: int) -> Network:
    return Network.parse(TEXT.replace("conv(3, 3", f"conv({filters}, 3"))


def test_the_same_seed_gives_the_same_curves_as_a_run_of_its_own(session: Session, qtbot: QtBot) -> None:
    session.comparing.compare("Learning rate", "0.1, 0.2", 2)
    wait_until_over(qtbot, session)
    session.comparing.compare("Learning rate", "0.1, 0.3", 2)
    wait_until_over(qtbot, session)
    first, other, again, _ = session.state.watching.runs
    np.testing.assert_array_equal(first.losses, again.losses)
    assert first.losses[0] == other.losses[0]
    assert first.losses[-1] != other.losses[-1]


def test_pooling_of_either_kind_and_kernels_are_compared(session: Session, qtbot: QtBot) -> None:
    session.comparing.compare("Kind of pool1", "max, average", 1)
    wait_until_over(qtbot, session)
    assert [run.standing for run in session.state.watching.comparison.runs] == ["done", "done"]
    session.comparing.compare("Window of all convolutions", "1, 3", 1)
    wait_until_over(qtbot, session)
    assert [run.varied for run in session.state.watching.runs[2:]] == [
        "Window of all convolutions = 1",
        "Window of all convolutions = 3",
    ]


@pytest.mark.parametrize(
    ("title", "values", "said"),
    [
        ("Filters of conv1", "4", "two values or more"),
        ("Filters of conv1", "4, many", "give a whole number, not many"),
        ("Filters of conv1", "4, 0", "at least 1"),
        ("Window of conv2", "3, 9", "Window of conv2 = 9"),
        ("Optimizer", "SGD, Magic", "no optimizer Magic"),
        ("Learning rate", "0.1, fast", "a number, not fast"),
        ("Kind of pool1", "max, min", "max or average, not min"),
        ("Teeth of conv1", "1, 2", "There is no Teeth of conv1"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anything_is_trained(
    session: Session, title: str, values: str, said: str
) -> None:
    session.comparing.compare(title, values, 1)
    assert said in session.state.watching.comparison.refusal
    assert session.state.watching.runs == ()
    session.comparing.forget_refusal()
    assert session.state.watching.comparison.refusal == ""


def test_stopping_keeps_the_curves_and_a_run_may_begin(session: Session, qtbot: QtBot) -> None:
    session.comparing.compare("Filters of conv1", "2, 4", 100_000)
    qtbot.waitUntil(lambda: session.state.watching.runs[0].last_step > 5, timeout=60_000)
    session.comparing.stop()
    assert [run.standing for run in session.state.watching.comparison.runs] == ["stopped", "stopped"]
    assert session.state.watching.runs[0].last_step > 5
    session.learning.set_hyperparameters(epochs=1)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=60_000)
    assert session.state.training.run == 3


def test_a_run_ends_the_comparison_and_is_not_ended_by_one(session: Session, qtbot: QtBot) -> None:
    session.comparing.compare("Filters of conv1", "2, 4", 100_000)
    qtbot.waitUntil(lambda: session.state.watching.runs[0].last_step > 5, timeout=60_000)
    session.learning.set_hyperparameters(epochs=100_000)
    session.training.train()
    assert not session.state.watching.comparison.is_running
    qtbot.waitUntil(lambda: session.state.training.step > 3, timeout=60_000)
    session.comparing.compare("Filters of conv1", "2, 4", 1)
    assert session.state.watching.comparison.refusal == BUSY
    assert session.state.training.status == "running"
    session.training.rewind()
    qtbot.waitUntil(lambda: session.state.watching.comparison.refusal == "", timeout=60_000)


def test_a_refusal_is_gone_once_the_network_is_another(session: Session) -> None:
    session.comparing.compare("Filters of conv1", "4", 1)
    assert session.state.watching.comparison.refusal
    session.learning.set_hyperparameters(learning_rate=0.25)
    assert session.state.watching.comparison.refusal == ""


def test_a_variant_is_taken_over_as_one_entry_of_undo(session: Session, qtbot: QtBot) -> None:
    session.comparing.compare("Filters of conv1", "2, 8", 1)
    wait_until_over(qtbot, session)
    session.comparing.take_over(1)
    assert session.state.network.shapes()[0] == (8, 8, 8)
    session.editing.undo()
    assert session.state.network.shapes()[0] == (3, 8, 8)


def saved(session: Session, qtbot: QtBot, path: Path) -> Loaded:
    session.files.save_network(path)
    qtbot.waitUntil(lambda: session.state.path == path and not session.state.files.unsaved, timeout=60_000)
    return explorer.load(path)


def test_it_is_taken_over_with_the_weights_that_it_learned_and_undo_brings_back_ones_own(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    before = saved(session, qtbot, tmp_path / "before.json").model.state_dict()
    session.comparing.compare("Filters of conv1", "2, 8", 3)
    wait_until_over(qtbot, session)
    runs = {run.number: run for run in session.state.watching.runs}
    data = session.state.data.data_set
    for at, filters in ((1, 8), (0, 2)):
        compared = session.state.watching.comparison.runs[at]
        session.comparing.take_over(at)
        said = TAKEN.format(run=compared.run)
        qtbot.waitUntil(lambda said=said: session.state.status.notice == said, timeout=60_000)
        loaded = saved(session, qtbot, tmp_path / f"{filters}.json")
        assert loaded.network.shapes()[0] == (filters, 8, 8)
        inputs = torch.cat([loaded.prepare(picture) for picture in data.test.inputs(range(len(data.test)))])
        with torch.no_grad():
            outputs = loaded.model(inputs)
        wanted = torch.as_tensor(data.test.labels)
        last = runs[compared.run].epochs[-1]
        assert float((outputs.argmax(1) == wanted).float().mean()) == pytest.approx(last.val_accuracy)
        assert float(torch.nn.functional.cross_entropy(outputs, wanted)) == pytest.approx(last.val_loss, rel=1e-4)
        session.editing.undo()
        again = saved(session, qtbot, tmp_path / f"again-{filters}.json").model.state_dict()
        assert all(torch.equal(value, again[name]) for name, value in before.items())


def test_that_the_weights_came_over_is_said_only_where_they_did(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was said before the pass, which found that they had been given up for want of memory."""
    monkeypatch.setattr(workbench, "Workbench", partial(workbench.Workbench, bank_bytes=0))
    session = make_session(TEXT)
    session.learning.set_hyperparameters(batch_size=20, learning_rate=0.1)
    session.data.use_data(pictures(tmp_path / "sides.npz"))
    qtbot.waitUntil(lambda: session.state.data.data_set is not None, timeout=60_000)
    session.comparing.compare("Filters of conv1", "2, 8", 1)
    wait_until_over(qtbot, session)
    told: list[str] = []
    session.store.follow(lambda _old, new: told.append(new.status.notice))
    session.comparing.take_over(1)
    qtbot.waitUntil(lambda: any("Fresh weights were made for conv1" in each for each in told), timeout=60_000)
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=60_000)
    assert not [each for each in told if each.startswith(TAKEN.partition("{")[0])]
    assert session.close()


def test_a_run_goes_on_from_the_weights_that_were_taken_over(session: Session, qtbot: QtBot) -> None:
    session.comparing.compare("Learning rate", "0.1, 0.2", 2)
    wait_until_over(qtbot, session)
    compared = session.state.watching.comparison.runs[1].run
    last = next(run for run in session.state.watching.runs if run.number == compared).last_step
    session.comparing.take_over(1)
    session.training.train_one_step()
    qtbot.waitUntil(lambda: session.state.training.status == "paused", timeout=60_000)
    run = session.state.watching.runs[-1]
    assert (run.parent, run.first_step) == (compared, last)


def test_of_a_variant_that_was_stopped_the_value_is_taken_over(session: Session, qtbot: QtBot) -> None:
    session.comparing.compare("Filters of conv1", "2, 8", 100_000)
    qtbot.waitUntil(lambda: session.state.watching.comparison.runs[0].standing == "running", timeout=60_000)
    session.comparing.stop()
    session.comparing.take_over(1)
    assert session.state.network.shapes()[0] == (8, 8, 8)
    assert TAKEN.partition("{")[0] not in session.state.status.notice


def test_the_last_layer_keeps_its_outputs_and_all_else_has_values_to_begin_with(session: Session) -> None:
    titles = [choice.title for choice in choices_of(session.state.document)]
    assert "Outputs of linear1" not in titles
    assert not [title for title in titles if title.endswith("linear1")]
    assert titles[:2] == ["Filters of all convolutions", "Window of all convolutions"]
    near = {choice.title: choice.suggested for choice in choices_of(session.state.document)}
    assert near["Filters of conv2"] == ("2", "4", "8")
    assert near["Window of conv1"] == ("3", "5", "7")
    assert near["Learning rate"] == ("0.01", "0.1", "1")


def test_what_is_suggested_can_be_compared_also_where_the_layers_differ(session: Session) -> None:
    choices = choices_of(session.state.document)
    for choice in choices:
        assert values_in(", ".join(choice.suggested)) == choice.suggested, choice.title  # two or more
        for value in choice.suggested:
            choice.change(session.state.document, value)
    assert (choices[0].title, choices[0].present) == ("Filters of all convolutions", "various")


def test_values_are_read_each_once() -> None:
    assert values_in(" 4, 8,8 ,16,") == ("4", "8", "16")
