"""Nothing that is not saved goes without a question: closing, another network, a file of the same name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QMessageBox
from pytestqt.qtbot import QtBot

from explorer.engine.model.load import load
from explorer.network.files import read_network
from explorer.session import State
from explorer.session.document import Document
from explorer.session.file_writing import Tell
from explorer.ui.common import dialogs
from explorer.ui.common.leaving import proposed
from explorer.ui.new_network.page import NewNetworkPage
from explorer.ui.shell.main_window import MainWindow
from tests.ui.windows import leave_unasked, new_window

MOONS = "2 linear(8) tanh linear(2)"


@pytest.fixture
def notation(tmp_path: Path) -> Path:
    path = tmp_path / "moons.txt"
    path.write_text(MOONS)
    return path


@pytest.fixture
def window(qtbot: QtBot, notation: Path) -> Iterator[MainWindow]:
    made = new_window(qtbot, [notation])
    _settle(qtbot, made)
    yield made
    leave_unasked(made)
    made.close()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The questions about unsaved work; each is answered by what stands in `answers`, else with cancel."""
    questions: list[str] = []
    monkeypatch.setattr(dialogs, "ask_unsaved", lambda _parent, title: (questions.append(title), "cancel")[1])
    return questions


def _answer(monkeypatch: pytest.MonkeyPatch, answer: str, save_to: Path | None = None) -> list[str]:
    questions: list[str] = []
    monkeypatch.setattr(dialogs, "ask_unsaved", lambda _parent, title: (questions.append(title), answer)[1])
    monkeypatch.setattr(dialogs, "ask_save_path", lambda _parent, _proposed: save_to)
    return questions


def _settle(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.owes_answers())


def _train(qtbot: QtBot, window: MainWindow, *, epochs: int = 2) -> None:
    session = window.session
    session.data.use_data("points:moons")
    qtbot.waitUntil(lambda: session.state.data.data_set is not None)
    session.learning.set_hyperparameters(epochs=epochs, batch_size=50, learning_rate=0.05)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 3)


def _save(qtbot: QtBot, window: MainWindow, path: Path) -> None:
    window.session.files.save_network(path)
    qtbot.waitUntil(lambda: window.session.state.status.notice == f"Saved as {path.name}.")


def _weights(window: MainWindow) -> np.ndarray:
    assert window.session.state.maps.activations is not None
    return window.session.state.maps.activations.by_name["linear1"].weight


def _saved_weights(path: Path) -> np.ndarray:
    return load(path).model.get_submodule("linear1").weight.detach().numpy()


def _drop(path: Path, onto: object) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    onto.dropEvent(QDropEvent(QPoint(5, 5), copy, mime, left, Qt.KeyboardModifier.NoModifier))  # type: ignore[attr-defined]


def test_what_a_run_learned_after_it_was_saved_is_not_saved(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[str]
) -> None:
    _train(qtbot, window, epochs=100_000)
    window.session.training.pause()
    _settle(qtbot, window)
    _save(qtbot, window, tmp_path / "a.json")
    assert not window.session.state.files.unsaved
    np.testing.assert_array_equal(_saved_weights(tmp_path / "a.json"), _weights(window))
    step = window.session.state.training.step
    window.session.training.train()
    qtbot.waitUntil(lambda: window.session.state.training.step > step)
    window.session.training.pause()
    _settle(qtbot, window)
    assert not np.array_equal(_saved_weights(tmp_path / "a.json"), _weights(window))
    assert not window.close()
    assert asked == ["a"]
    window.session.files.save_network(tmp_path / "a.json")
    qtbot.waitUntil(lambda: not window.session.state.files.unsaved)
    assert window.close()
    assert asked == ["a"]


def test_a_run_that_was_begun_after_the_save_is_asked_about_at_closing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[str]
) -> None:
    _save(qtbot, window, tmp_path / "a.json")
    _train(qtbot, window)
    qtbot.waitUntil(lambda: window.session.state.training.status == "ended")
    assert not window.close()
    assert asked == ["a"]


def test_a_run_that_goes_on_while_it_is_saved_is_asked_about_at_closing(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[str]
) -> None:
    _train(qtbot, window, epochs=100_000)
    _save(qtbot, window, tmp_path / "a.json")
    step = window.session.state.training.step
    qtbot.waitUntil(lambda: window.session.state.training.step > step + 3)
    assert window.session.state.files.unsaved
    assert window.windowTitle().startswith("•")
    assert not window.close()
    assert asked == ["a"]
    window.session.training.pause()


def test_undo_and_redo_know_what_is_saved_and_where(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    session, path = window.session, tmp_path / "a.json"
    _train(qtbot, window)
    qtbot.waitUntil(lambda: session.state.training.status == "ended")
    _save(qtbot, window, path)
    session.editing.undo()
    assert session.state.files.unsaved
    assert session.state.path == path, "saved again, it must not go over the file that it was opened from"
    session.editing.redo()
    assert not session.state.files.unsaved
    session.learning.set_hyperparameters(learning_rate=0.5)
    assert session.state.files.unsaved
    session.learning.set_hyperparameters(learning_rate=0.05)
    assert not session.state.files.unsaved
    session.editing.reset_weights()
    assert session.state.files.unsaved


def test_choosing_data_is_no_work_that_a_file_would_keep(window: MainWindow, qtbot: QtBot) -> None:
    window.session.files.open_network("lecture")
    _settle(qtbot, window)
    window.session.data.use_data("textures")
    qtbot.waitUntil(lambda: window.session.state.data.data_set is not None)
    assert not window.session.state.files.unsaved


def test_an_input_that_was_typed_is_work_and_its_file_has_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, asked: list[str]
) -> None:
    session, path = window.session, tmp_path / "table.json"
    session.files.open_network("one-filter")
    _settle(qtbot, window)
    assert not session.state.files.unsaved
    table = np.array([[1, 0, 0.1], [-17, 1, 1]], np.float32)
    session.input.set_cells((0, 1, 2), table[np.newaxis])
    assert session.state.files.unsaved
    window.close()
    assert asked == ["one-filter"]
    session.editing.undo()
    assert not session.state.files.unsaved
    session.editing.redo()
    _save(qtbot, window, path)
    assert not session.state.files.unsaved
    session.input.set_cell((0, 0, 0), 9)
    assert session.state.files.unsaved
    session.editing.undo()
    assert not session.state.files.unsaved
    session.files.open_network("lecture")
    _settle(qtbot, window)
    session.files.open_network(path)
    _settle(qtbot, window)
    assert session.state.values is not None
    np.testing.assert_array_equal(session.state.values[0, 1:3, 2:5], table)
    assert session.state.path == path
    assert not session.state.files.unsaved


def test_a_place_that_was_pointed_at_and_an_example_of_the_data_are_no_work(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    session.input.point_at(np.array([0.5, -2], np.float32))
    session.input.show_example(np.array([3, 4], np.float32), "point 7", 1)
    assert not session.state.files.unsaved
    session.input.set_values(np.array([3, 5], np.float32))
    assert session.state.files.unsaved
    session.files.new_network("2 linear(3)")
    assert not session.state.files.unsaved, "what was typed for another network is no work on this one"


def test_saving_a_network_from_text_asks_for_a_file_that_holds_its_weights(
    window: MainWindow, qtbot: QtBot, notation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, proposals = notation.read_text(), []
    _train(qtbot, window)
    qtbot.waitUntil(lambda: window.session.state.training.status == "ended")
    _settle(qtbot, window)
    path = notation.with_suffix(".json")
    monkeypatch.setattr(dialogs, "ask_save_path", lambda _parent, name: (proposals.append(name), path)[1])
    window.action("save").trigger()
    qtbot.waitUntil(lambda: window.session.state.status.notice == "Saved as moons.json.")
    assert proposals == [str(notation.with_suffix(""))]
    assert notation.read_text() == before
    np.testing.assert_array_equal(_saved_weights(path), _weights(window))
    assert not window.session.state.files.unsaved


def test_saving_weights_as_text_says_that_they_are_not_in_it(window: MainWindow, qtbot: QtBot, notation: Path) -> None:
    _train(qtbot, window)
    qtbot.waitUntil(lambda: window.session.state.training.status == "ended")
    window.session.files.save_network(notation)
    qtbot.waitUntil(lambda: "holds the network's text alone" in window.session.state.status.notice)
    assert window.session.state.files.unsaved


def test_a_network_from_text_that_was_only_edited_is_saved_as_text(
    window: MainWindow, qtbot: QtBot, notation: Path
) -> None:
    window.session.editing.remove_layer("tanh1")
    window.action("save").trigger()
    qtbot.waitUntil(lambda: window.session.state.status.notice == "Saved as moons.txt.")
    assert notation.read_text().split() == ["2", "linear(8)", "linear(2)"]
    assert not window.session.state.files.unsaved


def _by_drop_on_the_window(window: MainWindow, path: Path) -> None:
    _drop(path, window)


def _by_drop_on_the_input(window: MainWindow, path: Path) -> None:
    _drop(path, window.input_view)


def _by_the_menu(window: MainWindow, path: Path) -> None:
    dialogs.ask_network = lambda _parent: path
    window.action("openNetwork").trigger()


def _by_the_recent_ones(window: MainWindow, path: Path) -> None:
    window.session.recent.remember(path)
    recent = next(menu for menu in window.findChildren(QMenu) if menu.title() == "Open recent")
    recent.aboutToShow.emit()
    recent.actions()[0].trigger()


def _by_notation(window: MainWindow, path: Path) -> None:
    window.action("newNetwork").trigger()
    page = window.findChild(NewNetworkPage)
    assert page is not None
    page.editor.setPlainText(path.read_text())
    assert page.draft.is_whole
    page.create_button.click()
    page.close()


def _by_the_list(window: MainWindow, path: Path) -> None:
    window.action("startList").trigger()
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.chosen.emit("two-two-two")  # type: ignore[attr-defined]
    dialog.close()


WAYS = [
    _by_drop_on_the_window,
    _by_drop_on_the_input,
    _by_the_menu,
    _by_the_recent_ones,
    _by_notation,
    _by_the_list,
]


def test_no_way_to_another_network_leaves_unsaved_work_without_a_question(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("2 linear(3)")
    monkeypatch.setattr(dialogs, "ask_network", None)
    window.session.editing.remove_layer("tanh1")
    document = window.session.state.document
    for number, way in enumerate(WAYS, 1):
        way(window, other)
        assert len(asked) == number, way.__name__
        assert window.session.state.document is document, way.__name__
    questions = _answer(monkeypatch, "discard")
    for way in WAYS:
        if not window.session.state.files.unsaved:
            window.session.editing.remove_layer("linear1")
        way(window, other)
        assert window.session.state.document is not document, way.__name__
    assert len(questions) == len(WAYS)
    _settle(qtbot, window)


def test_saving_in_the_question_saves_and_then_goes_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.txt"
    other.write_text("2 linear(3)")
    _train(qtbot, window, epochs=100_000)
    saved = tmp_path / "saved.json"
    _answer(monkeypatch, "save", saved)
    _drop(other, window)
    assert window.session.state.title == "moons"
    qtbot.waitUntil(lambda: window.session.state.title == "other")
    assert read_network(saved).title == "saved"
    window.session.editing.remove_layer("linear1")
    assert not window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert other.read_text() == "2\n"


def test_what_cannot_be_saved_is_not_left(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.session.learning.set_hyperparameters(learning_rate=0.5)
    _answer(monkeypatch, "save", tmp_path / "no such folder" / "a.json")
    assert not window.close()
    qtbot.waitUntil(lambda: "could not be written" in window.session.state.status.notice)
    assert window.session.state.maps.fault is None
    _settle(qtbot, window)
    _save(qtbot, window, tmp_path / "a.json")
    QApplication.processEvents()
    assert window.isVisible(), "a save that was asked for later closes nothing"


def test_weights_that_could_not_be_read_are_not_saved_over(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    _save(qtbot, window, path)
    _settle(qtbot, window)
    precious = path.with_suffix(".safetensors").read_bytes()[:-1]
    path.with_suffix(".safetensors").write_bytes(precious)
    window.session.files.open_network(path)
    qtbot.waitUntil(lambda: "is not a whole safetensors file" in window.session.state.status.notice)
    window.action("save").trigger()
    qtbot.waitUntil(lambda: "could not be read: save under another name" in window.session.state.status.notice)
    assert path.with_suffix(".safetensors").read_bytes() == precious
    _save(qtbot, window, tmp_path / "b.json")


@pytest.mark.parametrize("may_replace", [False, True])
def test_a_file_that_another_program_wrote_since_is_not_replaced_unasked(
    may_replace: bool, window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, path, asked = window.session, tmp_path / "net.json", []
    monkeypatch.setattr(dialogs, "ask_replacing_newer", lambda _parent, name: (asked.append(name), may_replace)[1])
    session.files.save_network(path)
    _settle(qtbot, window)
    session.editing.rename_layer("linear1", "mine")
    window.action("save").trigger()
    _settle(qtbot, window)
    assert asked == [], "Nobody else wrote it."
    text = path.read_text().replace("mine", "theirs")
    path.unlink()
    path.write_text(text)
    session.editing.rename_layer("mine", "ours")
    window.action("save").trigger()
    _settle(qtbot, window)
    assert asked == ["net.json"]
    assert ("ours" in path.read_text()) == may_replace
    assert session.state.files.unsaved != may_replace


def test_a_name_without_its_ending_is_asked_about_as_the_file_that_would_be_replaced(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.json").write_text("precious")
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_words: (str(tmp_path / "mine"), ""))
    texts: list[str] = []

    def answer(button: QMessageBox.StandardButton) -> Callable[[], None]:
        def press() -> None:
            box = QApplication.activeModalWidget()
            assert isinstance(box, QMessageBox)
            texts.append(box.text())
            box.button(button).click()

        return press

    QTimer.singleShot(0, answer(QMessageBox.StandardButton.No))
    window.action("saveAs").trigger()
    _settle(qtbot, window)
    assert texts == ["mine.json is there already. Replace it?"]
    assert (tmp_path / "mine.json").read_text() == "precious"
    QTimer.singleShot(0, answer(QMessageBox.StandardButton.Yes))
    window.action("saveAs").trigger()
    qtbot.waitUntil(lambda: window.session.state.status.notice == "Saved as mine.json.")
    assert read_network(tmp_path / "mine.json").title == "mine"


@pytest.mark.parametrize(
    ("name", "ending", "given"),
    [
        ("mine", ".png", "mine.png"),
        ("mine.svg", ".png", "mine.svg"),
        ("mine.PNG", ".png", "mine.PNG"),
        ("mine.v2", ".csv", "mine.v2.csv"),
        ("curves.png", "", "curves"),
        ("run.v2", "", "run.v2"),
        (".png", "", ".png"),
    ],
)
def test_a_file_has_the_ending_of_its_kind(name: str, ending: str, given: str) -> None:
    assert dialogs.with_ending(Path(name), ending, (".png", ".svg", ".csv")) == Path(given)


def test_a_title_is_proposed_as_a_name_that_every_system_takes() -> None:
    assert proposed(State(Document(title="a/../b"))) == "a-..-b"
    assert proposed(State(Document(title="What does a filter do?"))) == "What does a filter do"
    assert proposed(State(Document(title="??"))) == "network"


def _write_until(window: MainWindow, path: Path) -> threading.Event:
    """A file is written from now on, until the event that is returned is set."""
    go_on = threading.Event()

    def write(tell: Tell) -> None:
        while not go_on.wait(0.01):
            tell(0, 1)
        path.write_text("whole")

    window.session.exports.write(path.name, write)
    return go_on


def test_the_window_closes_when_the_files_that_were_asked_for_are_written(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    go_on = _write_until(window, tmp_path / "maps.csv")
    window.close()
    assert window.isVisible()
    assert window.session.state.status.notice.startswith("maps.csv is still being written, the window closes then.")
    go_on.set()
    qtbot.waitUntil(lambda: not window.isVisible())
    assert (tmp_path / "maps.csv").read_text() == "whole"


def test_a_window_that_is_closed_again_gives_the_file_up(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    _write_until(window, tmp_path / "maps.csv")
    window.close()
    window.close()
    assert not window.isVisible()
    assert not (tmp_path / "maps.csv").exists()


def test_a_file_that_could_not_be_written_keeps_the_window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    go_on = _write_until(window, tmp_path / "nowhere" / "maps.csv")
    window.close()
    go_on.set()
    qtbot.waitUntil(lambda: window.session.exports.names == ())
    assert window.session.state.status.notice.startswith("maps.csv could not be written")
    assert window.isVisible()
