"""What is typed while the selection goes on reaches the layer that is selected, or nothing; never the one before."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.ui.common.number_boxes import WholeBox
from explorer.ui.common.undo_keys import UndoKeys
from explorer.ui.editor.network_panel import NetworkPanel
from explorer.ui.editor.settings_grid import SettingsGrid
from tests.ui.fakes import make_actions, make_session

TEXT = "3x16x16 conv(4, 3, padding=1) relu conv(8, 3) flatten linear(3)"


@pytest.fixture
def session(qapp: QApplication) -> Iterator[Session]:
    """One whose debugger is looked at, so that the form follows a moment after the cursor."""
    session = make_session(TEXT)
    session.learning.watch_steps("debugger", True)
    session.selection.select(layer="conv1")
    yield session
    assert session.close()


@pytest.fixture
def panel(session: Session, qtbot: QtBot) -> Iterator[NetworkPanel]:
    panel = NetworkPanel(session)
    panel.resize(300, 620)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    yield panel
    panel.close()
    panel.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _box(panel: NetworkPanel, field: str) -> WholeBox:
    """The box of `field` in the form as it stands now."""
    (grid,) = (grid for grid in panel.form.findChildren(SettingsGrid) if grid.isVisible())
    box = grid.editors[field].findChild(WholeBox)
    assert box is not None
    return box


def _text(session: Session) -> str:
    assert session.state.network is not None
    return session.state.network.text()


def _type(box: WholeBox, text: str) -> None:
    box.selectAll()
    QTest.keyClicks(box, text)


ELSEWHERE: dict[str, Callable[[Session], None]] = {
    "another layer of the kind": lambda session: session.selection.select(layer="conv2"),
    "a layer of another kind": lambda session: session.selection.select(layer="relu1"),
    "the input": lambda session: session.selection.select(layer="input"),
    "the layer removed": lambda session: session.editing.remove_layer("conv1"),
    "another network": lambda session: session.files.new_network("3x16x16 conv(5, 7) relu"),
    "a network of numbers": lambda session: session.files.new_network("2 linear(3)"),
    "a network without layers": lambda session: session.files.new_network("3x16x16"),
}


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_box_of_the_layer_before_changes_nothing(
    change: Callable[[Session], None], panel: NetworkPanel, session: Session
) -> None:
    old = _box(panel, "kernel_size")
    change(session)
    meant = _text(session)
    _type(old, "5")
    assert _text(session) == meant


@pytest.mark.parametrize("change", ELSEWHERE.values(), ids=ELSEWHERE)
def test_whoever_types_on_changes_nothing_but_what_is_selected(
    change: Callable[[Session], None], panel: NetworkPanel, session: Session
) -> None:
    _box(panel, "kernel_size").setFocus()
    change(session)
    before = session.state.network
    focus = QApplication.focusWidget()
    if focus is not None:
        QTest.keyClicks(focus, "5")
    after = session.state.network
    assert before is not None
    assert after is not None
    assert after.names == before.names
    others = [name for name in after.names if name != session.state.selection.layer]
    assert [after.layer(name) for name in others] == [before.layer(name) for name in others]


def test_what_is_typed_on_reaches_the_layer_that_is_selected_now(panel: NetworkPanel, session: Session) -> None:
    box = _box(panel, "kernel_size")
    box.setFocus()
    _type(box, "1,")
    session.selection.select(layer="conv2")
    assert box.text() == "3"
    QTest.keyClicks(box, "5")  # over what was selected, as in a box that was entered
    assert _text(session) == "3x16x16 conv(4, 1, padding=1) relu conv(8, 5) flatten linear(3)"


def test_a_name_typed_for_the_layer_before_is_not_given_to_the_next(panel: NetworkPanel, session: Session) -> None:
    QTest.keyClicks(panel.form.name_edit, "edges")
    session.selection.select(layer="conv2")
    QTest.keyClick(panel.form.name_edit, Qt.Key.Key_Return)
    assert session.state.network is not None
    assert session.state.network.names == ("conv1", "relu1", "conv2", "flatten1", "linear1")
    assert panel.form.name_edit.text() == "conv2"


def test_a_card_that_is_being_renamed_lets_go_when_the_network_changes(panel: NetworkPanel, session: Session) -> None:
    panel.list.setFocus()
    panel.list.rename.trigger()
    editor = panel.list.viewport().findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "edges")
    session.files.new_network(TEXT)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert _text(session) == TEXT
    assert not panel.list.viewport().findChildren(QLineEdit)[1:]


@pytest.fixture
def undo(panel: NetworkPanel, session: Session) -> UndoKeys:
    """The keys of undo and redo as the window has them."""
    actions = make_actions(session, panel)
    return UndoKeys(panel, actions["undo"], actions["redo"])


@pytest.mark.usefixtures("undo")
def test_a_number_that_was_typed_is_undone_from_its_box(panel: NetworkPanel, session: Session) -> None:
    before = _text(session)
    box = _box(panel, "out_channels")
    box.setFocus()
    _type(box, "6")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert _text(session) != before
    QTest.keySequence(box, QKeySequence.StandardKey.Undo)
    assert _text(session) == before
    assert session.state.files.undo_text == ""


@pytest.mark.usefixtures("undo")
def test_a_name_that_was_typed_is_undone_from_its_line(panel: NetworkPanel, session: Session) -> None:
    line = panel.form.name_edit
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "edges")
    QTest.keySequence(line, QKeySequence.StandardKey.Undo)
    assert line.text() == "conv1"
    QTest.keyClicks(line, "edges")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert session.state.selection.layer == "edges"
    QTest.keySequence(line, QKeySequence.StandardKey.Undo)
    assert "edges" not in _text(session)


def test_what_was_typed_and_refused_leaves_nothing_to_undo(panel: NetworkPanel, session: Session) -> None:
    box = _box(panel, "out_channels")
    box.setFocus()
    _type(box, "12,5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert session.state.network is not None
    assert session.state.network.layer("conv1").out_channels == 4  # type: ignore[attr-defined]
    assert session.state.files.undo_text == ""
    assert "12,5" in session.state.status.notice


@pytest.mark.parametrize("typed", ["", "5", "5e"])
def test_what_a_box_tells_as_it_loses_the_focus_is_not_given_to_the_layer_selected_meanwhile(
    typed: str, qtbot: QtBot
) -> None:
    """The form turns to the next layer while the focus is in a number of the input, which a ReLU has not."""
    session = make_session(TEXT)
    panel = NetworkPanel(session)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    panel.activateWindow()
    session.selection.select(layer="input")
    box = _box(panel, "channels")
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    box.selectAll()
    QTest.keyClicks(box, typed)
    assert session.state.network is not None
    layers = session.state.network.layers
    session.selection.select(layer="relu1")
    assert session.state.network.layers == layers
    assert session.close()
