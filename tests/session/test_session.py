"""The session: verbs in, one state out, the newest request wins, nothing is lost."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from pytestqt.qtbot import QtBot

from explorer.network import Network
from explorer.network.files import NetworkFile, read_network, write_network
from explorer.session import Cell, Selection, Session, State
from explorer.session.chosen_before import MOST_KEPT, ChosenBefore
from explorer.session.worker.passes import FittedInput, Shown
from explorer.session.worker.stopping import ShouldStop
from explorer.session.worker.worker import Worker
from explorer.ui.common.command import Command
from explorer.ui.training.commands import TRAIN_COMMANDS
from tests.session.doing import Doing
from tests.ui.fakes import make_picture, make_session, values_of, wait_until_shown


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session()
    wait_until_shown(qtbot, made)
    yield made
    assert made.close()


def test_the_maps_are_those_of_the_picture_and_the_network(session: Session) -> None:
    state = session.state
    assert state.network is not None
    assert state.maps.activations is not None
    assert tuple(state.maps.activations.by_name) == ("input", *state.network.names)
    assert [entry.values.shape for entry in state.maps.activations.layers[1:]] == list(state.network.shapes())
    np.testing.assert_array_equal(values_of(session, "input"), state.values)


def test_what_crosses_to_the_window_is_read_only(session: Session) -> None:
    assert session.state.maps.activations is not None
    for entry in session.state.maps.activations.layers:
        assert not entry.values.flags.writeable


def test_an_edit_changes_what_comes_after_it_and_nothing_before(session: Session, qtbot: QtBot) -> None:
    conv1, pool1 = values_of(session, "conv1"), values_of(session, "pool1")
    layer = session.state.network.layer("relu1")  # type: ignore[union-attr]
    session.editing.remove_layer(layer.name)
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "conv1"), conv1)
    assert not np.array_equal(values_of(session, "pool1"), pool1)


def test_a_layer_that_still_fits_keeps_its_weights(session: Session, qtbot: QtBot) -> None:
    assert session.state.maps.activations is not None
    before = {name: entry.weight for name, entry in session.state.maps.activations.by_name.items()}
    conv2 = session.state.network.layer("conv2")  # type: ignore[union-attr]
    session.editing.replace_layer("conv2", replace(conv2, out_channels=7))
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    after = {name: entry.weight for name, entry in session.state.maps.activations.by_name.items()}
    np.testing.assert_array_equal(after["conv1"], before["conv1"])
    assert after["conv2"].shape == (7, 4, 3, 3)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not None
    np.testing.assert_array_equal(session.state.maps.activations.by_name["conv2"].weight, before["conv2"])


def test_renaming_keeps_weights_and_selection(session: Session, qtbot: QtBot) -> None:
    before = values_of(session, "conv1")
    session.selection.select(layer="conv1", channel=2)
    session.editing.rename_layer("conv1", "edges")
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "edges"), before)
    assert (session.state.selection.layer, session.state.selection.channel) == ("edges", 2)


def test_a_broken_network_runs_as_far_as_it_can(session: Session, qtbot: QtBot) -> None:
    conv2 = session.state.network.layer("conv2")  # type: ignore[union-attr]
    session.editing.replace_layer("conv2", replace(conv2, kernel_size=99))
    wait_until_shown(qtbot, session)
    state = session.state
    assert state.maps.activations is not None
    assert tuple(state.maps.activations.by_name) == ("input", "conv1", "relu1", "pool1")
    assert state.prediction is None
    assert any(problem.layer == "conv2" and problem.severity == "error" for problem in state.problems)
    session.editing.apply_fix(next(problem for problem in state.problems if problem.fix))
    assert session.state.files.undo_text.startswith("fix conv2")


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("rename_layer", ("conv1", "conv2")),
        ("rename_layer", ("conv1", "two words")),
        ("remove_layer", ("nosuch",)),
        ("paste_layers", ("maxpool(", 0)),
        ("paste_layers", ("nonsense(3)", 0)),
        ("set_input_shape", ((-1, 3, 3),)),
    ],
)
def test_a_refused_edit_says_why_and_changes_nothing(
    session: Session, verb: str, arguments: tuple[object, ...]
) -> None:
    document = session.state.document
    getattr(session.editing, verb)(*arguments)
    assert session.state.document is document
    assert session.state.status.notice.endswith(".")
    assert session.state.files.undo_text == ""


def test_what_was_chosen_is_kept_of_the_layers_chosen_last(session: Session) -> None:
    """It was kept of every layer of every document that was ever opened."""
    before, document = ChosenBefore(), session.state.document
    before.keep(document, Selection("conv1", 1))
    before.keep(document, Selection("relu1", 2))
    for at in range(MOST_KEPT - 2):
        before.keep(document, Selection(f"layer {at}", 0))
    assert before.of(document, "conv1") == Selection("conv1", 1)
    before.keep(document, Selection("conv1", 3))
    before.keep(replace(document, opening=document.opening + 1), Selection("conv1", 4))
    assert before.of(document, "conv1") == Selection("conv1", 3)
    assert before.of(document, "relu1") == Selection("relu1")


def test_what_was_chosen_of_a_layer_is_chosen_again_where_one_comes_back_to_it(session: Session) -> None:
    chosen = Selection("conv1", 1, 3, 4)
    session.selection.select(layer="conv1", channel=1, row=3, column=4)
    session.selection.select(layer="relu1")
    assert session.state.selection == Selection("relu1")
    session.selection.select(channel=0)
    session.selection.select(layer="conv1")
    assert session.state.selection == chosen
    session.selection.select(layer="relu1")
    assert session.state.selection == Selection("relu1", 0)
    session.selection.clear_cell()
    session.selection.select(layer="conv1")
    session.selection.select(layer="relu1")
    assert session.state.selection == Selection("relu1")
    session.selection.select(layer="conv1", channel=0, row=None, column=None)
    assert session.state.selection == Selection("conv1", 0)
    session.files.new_network("3x8x8 conv(2, 3) relu")
    session.selection.select(layer="relu1")
    session.selection.select(layer="conv1")
    assert session.state.selection == Selection("conv1")


def test_selecting_another_layer_lets_go_of_the_cell(session: Session) -> None:
    session.selection.select(layer="conv1", channel=1, row=3, column=4)
    session.selection.select(layer="relu1")
    assert session.state.selection.channel is None
    session.selection.select(layer="conv1", channel=1, row=3, column=4)
    session.selection.select(channel=2)
    assert (session.state.selection.row, session.state.selection.column) == (3, 4)


def test_the_cell_stops_at_the_edge(session: Session) -> None:
    session.selection.select(layer="conv1", channel=0, row=0, column=15)
    session.selection.move_cell(-1, 1)
    assert (session.state.selection.row, session.state.selection.column) == (0, 15)
    session.selection.move_cell(2, -3)
    assert (session.state.selection.row, session.state.selection.column) == (2, 12)


def test_the_receptive_field_of_a_cell_is_known(session: Session) -> None:
    field = session.selection.receptive_field(Cell("conv1", (0, 0, 5, 5)))
    assert field is not None
    assert field.box == (4, 4, 7, 7)
    assert session.selection.receptive_field(Cell("nosuch", (0, 0, 0, 0))) is None


def test_pictures_shown_one_after_the_other_end_on_the_last(session: Session, qtbot: QtBot) -> None:
    for seed in range(30):
        session.input.use_picture(make_picture(seed))
    wait_until_shown(qtbot, session)
    assert session.state.input.picture is not None
    assert session.state.input.picture.name == "waves 29"
    np.testing.assert_array_equal(values_of(session, "input"), session.state.input.fitted.values)  # type: ignore[union-attr]


def test_a_picture_that_cannot_be_read_changes_nothing(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    before = session.state.input.picture
    session.open_path(tmp_path / "missing.png")
    qtbot.waitUntil(lambda: bool(session.state.status.notice))
    assert "missing.png" in session.state.status.notice
    assert session.state.input.picture is before


@pytest.mark.parametrize(
    "name",
    [
        "set.npz",
        "set.csv",
        "train-images-idx3-ubyte",
        "train-images.idx3-ubyte",
        "emnist-letters-train-images-idx3-ubyte.gz",
        "cifar-10-python.tar.gz",
        "folder",
    ],
)
def test_data_that_are_opened_as_a_picture_are_told_the_way_that_works(
    session: Session, tmp_path: Path, qtbot: QtBot, name: str
) -> None:
    (tmp_path / name).mkdir() if name == "folder" else (tmp_path / name).write_bytes(bytes(range(256)))
    before = session.state.input
    session.files.open_path(tmp_path / name)
    told = f"{name} is no picture. What a network learns from is opened by Data… in the menu Train."
    qtbot.waitUntil(lambda: session.state.status.notice == told)
    assert session.state.input is before
    assert {"Train", "Data…"} <= {words for command in TRAIN_COMMANDS for words in command_words(command)}


def command_words(command: Command | str) -> tuple[str, ...]:
    return (command.menu, command.text) if isinstance(command, Command) else ()


def test_a_network_of_plain_numbers_takes_numbers(qtbot: QtBot) -> None:
    session = make_session("2 linear(2) identity linear(2)")
    try:
        wait_until_shown(qtbot, session)
        session.input.set_values(np.array([0.5, -1.5]))
        wait_until_shown(qtbot, session)
        np.testing.assert_array_equal(values_of(session, "input"), np.float32([0.5, -1.5]))
        session.input.use_picture(make_picture())
        assert "numbers" in session.state.status.notice
    finally:
        assert session.close()


def test_numbers_typed_for_one_network_do_not_feed_another_kind(session: Session, qtbot: QtBot) -> None:
    """The picture that they stood in for comes back, also by undo."""
    picture = session.state.input.picture
    session.files.new_network("9 linear(2)")
    session.input.set_values(np.arange(9, dtype=np.float32))
    session.files.new_network("3x12x12 conv(4, 3) flatten linear(3)")
    assert session.state.input.picture is picture
    wait_until_shown(qtbot, session)
    assert session.state.maps.fault is None
    assert values_of(session, "input").shape == (3, 12, 12)
    session.editing.undo()
    assert session.state.values is not None
    assert session.state.values.shape == (9,)


def test_a_cell_typed_over_does_not_feed_an_input_of_another_size(session: Session, qtbot: QtBot) -> None:
    picture = session.state.input.picture
    wait_until_shown(qtbot, session)
    session.input.set_cell((0, 3, 3), 5.0)
    session.editing.set_input_shape((1, 12, 12))
    wait_until_shown(qtbot, session)
    assert session.state.maps.fault is None
    assert session.state.input.picture is picture
    assert values_of(session, "input").shape == (1, 12, 12)


def test_a_network_that_has_no_input_shows_none_of_the_maps_before(qtbot: QtBot) -> None:
    session = make_session("2 linear(2)")
    try:
        wait_until_shown(qtbot, session)
        session.files.new_network("3x9000x9000 conv(4, 3)")
        assert session.state.maps.activations is None
        assert session.state.maps.fault is None
    finally:
        assert session.close()


def test_a_target_and_a_batch_are_for_the_network_they_were_chosen_for(session: Session) -> None:
    session.learning.set_target(4)
    session.files.new_network("2 linear(3)")
    session.learning.set_target((1.0, 0.0, 0.0))
    session.learning.add_to_batch()
    session.files.new_network("2 linear(2)")
    assert session.state.steps.target is None
    assert session.state.steps.batch == ()


def test_saved_and_opened_again_it_gives_the_same_numbers(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    path = tmp_path / "mine.json"
    before = values_of(session, "softmax1")
    session.files.save_network(path)
    qtbot.waitUntil(lambda: session.state.path == path, timeout=20_000)
    assert not session.state.files.unsaved
    other = Session()
    try:
        other.open_path(path)
        other.input.use_picture(make_picture())
        wait_until_shown(qtbot, other)
        assert other.state.network == session.state.network
        np.testing.assert_array_equal(values_of(other, "softmax1"), before)
    finally:
        assert other.close()


def test_saving_into_a_folder_that_is_not_there_says_so(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    session.files.save_network(tmp_path / "nowhere" / "mine.json")
    qtbot.waitUntil(lambda: bool(session.state.status.notice), timeout=20_000)
    assert "nowhere" in session.state.status.notice
    assert session.state.path is None


def test_opening_a_network_can_be_undone(session: Session, qtbot: QtBot) -> None:
    before = values_of(session, "conv1")
    session.files.open_network("lecture")
    wait_until_shown(qtbot, session)
    assert session.state.files.undo_text.startswith("open")
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "conv1"), before)


@pytest.mark.parametrize("text", ['{"format": 1, "layers": [', "", "[]", '{"format": 999}'])
def test_a_network_file_that_makes_no_sense_keeps_the_present_one(session: Session, tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text)
    document = session.state.document
    session.open_path(path)
    assert session.state.document is document
    assert session.state.status.notice.endswith(".")


def test_fresh_weights_are_other_weights_and_undo_brings_the_old_ones_back(session: Session, qtbot: QtBot) -> None:
    before = values_of(session, "conv1")
    session.editing.reset_weights()
    wait_until_shown(qtbot, session)
    session.editing.undo()
    wait_until_shown(qtbot, session)
    np.testing.assert_array_equal(values_of(session, "conv1"), before)


def test_train_mode_is_shown_and_leaves_batch_norm_as_it_was(qtbot: QtBot) -> None:
    session = make_session("3x8x8 conv(4, 3) batchnorm relu")
    try:
        wait_until_shown(qtbot, session)
        before = values_of(session, "bn1")
        session.passes.set_mode("train")
        wait_until_shown(qtbot, session)
        assert not np.array_equal(values_of(session, "bn1"), before)
        session.passes.set_mode("eval")
        wait_until_shown(qtbot, session)
        np.testing.assert_array_equal(values_of(session, "bn1"), before)
    finally:
        assert session.close()


class _OwnModel(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 4, 3)
        self.head = torch.nn.Linear(4, 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.relu(self.conv(x)).mean((2, 3)))


def test_a_model_of_ones_own_is_shown_by_its_calls(qtbot: QtBot) -> None:
    session = Session()
    try:
        x = np.random.default_rng(0).standard_normal((3, 8, 8)).astype(np.float32)
        model = _OwnModel()
        session.files.adopt(model, x[None], "mine")
        wait_until_shown(qtbot, session)
        assert session.state.maps.activations is not None
        assert {"input", "conv", "relu", "head"} <= set(session.state.maps.activations.by_name)
        with torch.no_grad():
            expected = model(torch.from_numpy(x)[None])[0].numpy()
        np.testing.assert_allclose(values_of(session, "head"), expected, rtol=1e-5)
        assert not session.editing.is_possible
        session.editing.remove_layer("conv")
        assert "cannot" in session.state.status.notice or "not edited" in session.state.status.notice
    finally:
        assert session.close()


def test_views_are_told_the_old_and_the_new_state(session: Session, qtbot: QtBot) -> None:
    seen: list[tuple[State, State]] = []
    session.changed.connect(lambda old, new: seen.append((old, new)))
    before = session.state
    session.selection.select(layer="relu1")
    assert seen == [(before, session.state)]
    session.selection.select(layer="relu1")
    assert len(seen) == 1


def test_a_notation_mistake_in_a_new_network_is_told_with_its_place(session: Session) -> None:
    document = session.state.document
    session.files.new_network("3x8x8 conv(4 relu")
    assert session.state.document is document
    assert session.state.status.notice


def test_ids_stay_with_their_layers(session: Session) -> None:
    network: Network = session.state.network  # type: ignore[assignment]
    ids = dict(zip(network.names, session.state.document.layer_ids, strict=True))
    session.editing.move_layer("relu1", 3)
    moved = session.state
    assert moved.network is not None
    assert dict(zip(moved.network.names, moved.document.layer_ids, strict=True)) == ids


def test_an_unwritable_folder_leaves_the_old_file_as_it_was(session: Session, tmp_path: Path, qtbot: QtBot) -> None:
    if os.geteuid() == 0:
        # root may write anywhere: a file where the folder should be is as unwritable.
        (tmp_path / "folder").write_text("a file")
    else:
        (tmp_path / "folder").mkdir(mode=0o500)
    session.files.save_network(tmp_path / "folder" / "mine.json")
    qtbot.waitUntil(lambda: bool(session.state.status.notice), timeout=20_000)
    assert "folder" in session.state.status.notice


def test_several_layers_go_in_one_step(session: Session) -> None:
    session.editing.remove_layers(["relu1", "pool1"])
    assert session.state.files.undo_text == "remove 2 layers"
    session.editing.undo()
    assert session.state.files.undo_text == ""


def test_dragging_one_slider_after_another_is_two_steps(session: Session) -> None:
    for size in (3, 5, 7):
        conv1 = session.state.network.layer("conv1")  # type: ignore[union-attr]
        session.editing.replace_layer("conv1", replace(conv1, out_channels=size), merge=True)
    for padding in (2, 3):
        conv1 = session.state.network.layer("conv1")  # type: ignore[union-attr]
        session.editing.replace_layer("conv1", replace(conv1, padding=padding), merge=True)
    session.editing.undo()
    assert session.state.network.layer("conv1").padding == 1  # type: ignore[union-attr]
    session.editing.undo()
    assert session.state.network.layer("conv1").out_channels == 4  # type: ignore[union-attr]
    assert session.state.files.undo_text == ""


def test_a_picture_does_not_take_the_input_of_a_model_of_ones_own(qtbot: QtBot) -> None:
    session = Session()
    try:
        x = np.zeros((3, 8, 8), np.float32)
        session.files.adopt(_OwnModel(), x[None], "mine")
        wait_until_shown(qtbot, session)
        session.input.use_picture(make_picture())
        assert session.state.status.notice.endswith(".")
        np.testing.assert_array_equal(session.state.values, x)
    finally:
        assert session.close()


def test_a_pass_in_the_old_mode_does_not_count_as_the_answer(session: Session, qtbot: QtBot) -> None:
    state = session.state
    old = Shown(session.passes.request(), state.input.fitted, state.maps.activations)
    assert state.maps.activations is not None
    session.passes.set_mode("train")
    session.passes.take(old)
    assert session.state.maps.computing
    wait_until_shown(qtbot, session)
    assert session.state.maps.activations is not state.maps.activations


def test_answers_that_came_together_are_one_change(session: Session) -> None:
    told: list[tuple[State, State]] = []
    session.changed.connect(lambda old, new: told.append((old, new)))
    before = session.state
    fitted, is_done = replace(before.input.fitted, steps=("Another.",)), threading.Event()  # type: ignore[type-var]

    def telling(_worker: Worker, _should_stop: ShouldStop) -> Iterator[object]:
        yield FittedInput(session.passes.request(), fitted)
        is_done.set()

    session.store.ask(Doing(lambda _worker, _stop: iter(["One sentence."]), "say"), session.say)
    session.store.ask(Doing(telling, ""), session.passes.take)
    assert is_done.wait(10)
    told.clear()  # what was told of while they were asked for
    before = session.state
    session.store.drain()
    assert [(old is before, new is session.state) for old, new in told] == [(True, True)]
    assert session.state.status.notice == "One sentence."
    assert session.state.input.fitted is fitted


@pytest.mark.parametrize("title", ["", "The net of our course"])
def test_a_saved_network_is_called_as_its_file_unless_its_own_file_names_it(
    session: Session, qtbot: QtBot, tmp_path: Path, title: str
) -> None:
    """One from net.txt was still called "net" once it was saved as a.json."""
    (tmp_path / "net.txt").write_text("3x16x16 relu")
    write_network(tmp_path / "net.json", NetworkFile(Network.parse("3x16x16 relu"), title))
    for opened in ("net.txt", "net.json"):
        session.files.open_network(tmp_path / opened)
        qtbot.waitUntil(lambda opened=opened: session.state.path == tmp_path / opened)
        session.files.save_network(tmp_path / "a.json")
        qtbot.waitUntil(lambda: session.state.path == tmp_path / "a.json")
        own = title if opened == "net.json" else ""
        assert session.state.title == (own or "a")
        assert read_network(tmp_path / "a.json").title == (own or "a")


def test_a_network_without_a_name_is_called_as_its_file_once_it_is_saved(
    session: Session, qtbot: QtBot, tmp_path: Path
) -> None:
    session.editing.remove_layer("relu2")
    session.files.save_network(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: not session.state.files.unsaved)
    assert session.state.title == "mine"
    session.editing.undo()  # what it is called is nothing that undo takes back
    assert session.state.title == "mine"
    session.editing.redo()
    assert not session.state.files.unsaved
    session.files.save_network(tmp_path / "other.json")
    qtbot.waitUntil(lambda: session.state.path == tmp_path / "other.json")
    assert session.state.title == "other", "it went on to be called after a file that it is no more"
    session.files.open_network(tmp_path / "mine.json")
    qtbot.waitUntil(lambda: session.state.path == tmp_path / "mine.json")
    assert session.state.title == "mine"
