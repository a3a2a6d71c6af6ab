"""The window as a whole: its parts, commands, layout and manners."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.app import open_window
from explorer.ui.common import faults, settings, theme
from explorer.ui.shell import commands
from explorer.ui.shell.actions import Command, all_commands
from explorer.ui.shell.main_window import MINIMUM_SIZE, MainWindow
from explorer.ui.shell.messages import WELCOME
from tests.ui.fakes import wait_until_shown
from tests.ui.windows import shared_window

HANDLES = (
    "layerList",
    "addLayer",
    "removeLayer",
    "layerForm",
    "undo",
    "redo",
    "featureMaps",
    "channelView",
    "inputView",
    "openPicture",
    "prediction",
    "overview",
    "deviceLabel",
    "debugger",
    "timeline",
    "stepOver",
    "stepInto",
    "stepOut",
    "stepBack",
    "toStart",
    "toEnd",
    "explanation",
    "training",
    "trainStart",
    "trainPause",
    "trainOneStep",
    "trainOneEpoch",
    "trainReset",
    "lossPlot",
    "accuracyPlot",
)


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot) -> Iterator[MainWindow]:
    """Of the tests that change nothing, or nothing that another one looks at."""
    yield from shared_window(module_qtbot)


@pytest.fixture
def own_window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = open_window([])
    qtbot.addWidget(made)
    wait_until_shown(qtbot, made.session)
    yield made
    made.session.store.set(replace(made.session.state.files, unsaved=False))
    made.close()


def test_every_handle_for_scripts_is_there(window: MainWindow) -> None:
    missing = [name for name in HANDLES if window.findChild(QWidget, name) is None]
    assert not missing


def test_it_opens_on_a_trained_network_looking_at_a_photograph(window: MainWindow) -> None:
    state = window.session.state
    assert state.title
    assert state.input.picture is not None
    assert state.prediction is not None
    assert state.prediction.is_probability
    assert state.maps.mode == "eval"


def test_the_cards_begin_with_the_input_as_far_as_the_chosen_layer_is_seen(window: MainWindow) -> None:
    cards = window.findChild(QAbstractItemView, "layerList")
    assert cards is not None
    assert window.session.state.selection.layer == window.session.state.subject.names[0]
    assert cards.verticalScrollBar().value() == 0


@pytest.mark.parametrize("command", [command for command in all_commands() if isinstance(command, Command)])
def test_every_command_has_words_a_tip_an_icon_and_a_key(command: Command) -> None:
    assert command.text
    assert command.icon
    assert command.shortcut
    assert command.tip.endswith(".")


def test_no_two_commands_share_a_key() -> None:
    keys = [command.shortcut for command in all_commands() if isinstance(command, Command) and command.shortcut]
    assert len(keys) == len(set(keys))


def test_help_lists_every_key_once_those_of_the_layers_too(window: MainWindow) -> None:
    with_keys = [action for action in window.findChildren(QAction) if not action.shortcut().isEmpty()]
    window.action("shortcuts").trigger()
    listed = window.findChild(QDialog, "shortcutList")
    told = Counter(label.text() for label in listed.findChildren(QLabel))
    tips = {action.statusTip() for action in with_keys}
    assert {"Give the layer another name.", "Put a copy of the layer after it."} < tips
    assert all(told[tip] == 1 for tip in tips)
    listed.close()


def test_every_control_has_an_accessible_name(window: MainWindow) -> None:
    window.show_part("maps")
    kinds = (QAbstractButton, QLineEdit, QAbstractSpinBox, QComboBox)
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for kind in kinds
        for widget in window.findChildren(kind)
        if not (widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip())
        and not widget.objectName().startswith(("qt_", "ScrollLeft", "ScrollRight"))
        and not window.lessons.dock.isAncestorOf(widget)  # they have words with a lesson: `test_names_are_told`
    ]
    assert not nameless


def test_undo_and_redo_say_what_they_would_do(own_window: MainWindow) -> None:
    assert not own_window.action("undo").isEnabled()
    own_window.session.editing.remove_layer(own_window.session.state.network.names[-1])  # type: ignore[union-attr]
    assert own_window.action("undo").text().startswith("Undo remove")
    own_window.action("undo").trigger()
    assert own_window.action("redo").text().startswith("Redo remove")


def test_dropping_rubbish_ends_in_a_sentence_and_changes_nothing(
    own_window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    rubbish = tmp_path / "notes.png"
    rubbish.write_text("not a picture")
    before = own_window.session.state.input.picture
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(rubbish))])
    event = QDropEvent(
        QPointF(50, 50),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    own_window.dropEvent(event)
    qtbot.waitUntil(lambda: bool(own_window.session.state.status.notice))
    assert "notes.png" in own_window.session.state.status.notice
    assert own_window.session.state.input.picture is before
    label = own_window.findChild(QWidget, "messages")
    assert label is not None
    assert label.isVisible()


class Polishings(QObject):
    """Counts how often a widget was given another style."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.StyleChange
        return False


def test_a_theme_that_is_there_already_polishes_no_widget(window: MainWindow) -> None:
    commands.set_theme("light")
    polishings = Polishings(window.network_panel)
    commands.set_theme("light")
    assert polishings.count == 0
    commands.set_theme("dark")
    assert polishings.count > 0
    commands.set_theme("light")


def test_the_theme_changes_at_once_and_is_remembered(window: MainWindow) -> None:
    for choice in ("dark", "light"):
        commands.set_theme(choice)
        assert theme.current().name == choice
        assert settings.theme_choice() == choice


def test_it_can_be_made_small_without_losing_a_part(window: MainWindow) -> None:
    window.show_part("overview")
    window.resize(1280, 720)
    QApplication.processEvents()
    assert (window.width(), window.height()) == (1280, 720)
    for name in ("layerList", "overview", "inputView", "prediction"):
        widget = window.findChild(QWidget, name)
        assert widget is not None
        assert widget.visibleRegion().boundingRect().height() > 60, name


def test_the_first_steps_stay_away_once_put_away(own_window: MainWindow) -> None:
    assert own_window.welcome.isVisible()
    button = next(button for button in own_window.welcome.findChildren(QAbstractButton) if button.text() == "Got it")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert not own_window.welcome.isVisible()
    assert settings.is_welcome_seen()


@pytest.mark.parametrize("width", [MINIMUM_SIZE[0], 1280, 1920])
def test_the_first_steps_are_read_whole_at_any_width(window: MainWindow, width: int, qtbot: QtBot) -> None:
    window.welcome.want(True)
    window.resize(width, 640)
    label, buttons = window.welcome.label, window.welcome.findChildren(QAbstractButton)

    def has_room() -> bool:
        is_whole = label.heightForWidth(label.width()) <= label.height()
        return is_whole and all(button.width() >= button.sizeHint().width() for button in buttons)

    qtbot.waitUntil(has_room)
    assert WELCOME in (label.text(), label.toolTip())
    assert width < 1280 or label.text() == WELCOME
    assert window.width() == width


def test_it_opens_no_larger_than_the_screen(own_window: MainWindow) -> None:
    screen = own_window.screen().availableSize()
    own_window.resize(screen.width() + 300, screen.height() + 200)
    own_window.fit_screen()
    assert own_window.height() == max(screen.height(), own_window.minimumHeight())
    assert own_window.width() == max(screen.width(), own_window.minimumWidth())


def test_closing_while_the_network_runs_does_not_hang(qtbot: QtBot) -> None:
    window = open_window([])
    qtbot.addWidget(window)
    assert window.session.store.runner.is_busy()
    assert window.close()
    assert not window.isVisible()


class _Emitter(QObject):
    sent = Signal(bool)


def test_ten_thousand_signals_leave_the_references_to_true_alone(qtbot: QtBot) -> None:
    """PySide6 6.12.0 on Python 3.11 loses one on every emit, until the process dies."""
    import sys

    emitter = _Emitter()
    emitter.sent.connect(lambda value: None)
    before = sys.getrefcount(True)
    for _ in range(10_000):
        emitter.sent.emit(True)
    assert abs(sys.getrefcount(True) - before) < 5_000


def test_the_layout_is_remembered_and_can_be_reset(qtbot: QtBot) -> None:
    first = open_window([])
    qtbot.addWidget(first)
    wait_until_shown(qtbot, first.session)
    first.docks[2].hide()
    first.close()
    second = open_window([])
    qtbot.addWidget(second)
    wait_until_shown(qtbot, second.session)
    assert not second.docks[2].isVisible()
    second.action("resetLayout").trigger()
    assert second.docks[2].isVisible()
    second.close()


def test_files_opened_before_are_in_the_recent_menu(tmp_path: Path, qtbot: QtBot) -> None:
    from PIL import Image

    from tests.ui.fakes import make_picture

    photo = tmp_path / "photo.png"
    Image.fromarray(make_picture(5).pixels).save(photo)
    first = open_window([photo])
    qtbot.addWidget(first)
    qtbot.waitUntil(lambda: first.session.state.files.recent == (photo,), timeout=20_000)
    wait_until_shown(qtbot, first.session)
    first.close()
    assert settings.recent_files() == (photo,)


def test_a_network_that_cannot_be_opened_at_the_start_is_told_and_another_one_shown(
    tmp_path: Path, qtbot: QtBot
) -> None:
    window = open_window([tmp_path / "missing.json"])
    qtbot.addWidget(window)
    wait_until_shown(qtbot, window.session)
    assert "missing.json" in window.session.state.status.notice
    assert window.session.state.network is not None
    window.close()


def test_views_let_go_of_what_they_watch_before_the_session_is_taken_apart(qtbot: QtBot) -> None:
    window = open_window([])
    wait_until_shown(qtbot, window.session)
    window.show_late_parts()
    window.training_dock.unfold()
    window.training_dock.setFloating(True)
    parts = window.training.parts
    assert parts is not None
    for index in range(parts.tabs.count()):  # the last ones are watched: loss surface and landscape
        parts.tabs.setCurrentIndex(index)
    assert window.session.close()
    faults.kept.clear()
    shiboken6.delete(window)  # as Qt does where it takes a window apart that is still seen
    assert not faults.kept


def test_a_network_that_comes_along_opens_by_its_name_unless_a_file_is_called_so(
    qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    window = open_window(["two-two-two"])
    qtbot.addWidget(window)
    assert window.session.state.subject.input_shape == (2,)
    assert window.session.state.status.notice == ""
    (tmp_path / "lecture").write_bytes(b"")
    other = open_window(["lecture"])
    qtbot.addWidget(other)
    qtbot.waitUntil(lambda: "lecture" in other.session.state.status.notice)
    assert other.session.state.subject.input_shape == (3, 32, 32)
