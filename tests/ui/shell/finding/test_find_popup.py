"""Find anything (Ctrl+K), used by keys alone: what is chosen is gone to, what cannot be says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.data import DATA_SETS
from explorer.data.samples import SAMPLES
from explorer.lessons.shelf import lessons
from explorer.network.templates import TEMPLATES
from explorer.resources import bundled_networks
from explorer.ui.common import theme
from explorer.ui.common.command import Command, Shell
from explorer.ui.shell.actions import all_commands
from explorer.ui.shell.finding.findable import Findable
from explorer.ui.shell.finding.popup import ROWS, FindPopup, told
from explorer.ui.shell.finding.sources import SOURCES
from explorer.ui.shell.main_window import MainWindow
from tests.architecture.entries import listed
from tests.ui.fakes import wait_until_recorded, wait_until_shown
from tests.ui.windows import shared_window


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    yield from shared_window(module_qtbot)


@pytest.fixture
def window(shared: MainWindow, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window that the tests share, with what they choose put back."""
    first = shared.session.state
    shared.show_part("overview")
    shared.activateWindow()
    qtbot.waitUntil(shared.isActiveWindow)
    yield shared
    for popup in shared.findChildren(FindPopup):
        popup.close()
    shared.show_part("overview")
    shared.session.store.set(first.document, first.files, first.input, first.selection)
    wait_until_shown(qtbot, shared.session)


def find(window: MainWindow, words: str) -> FindPopup:
    """Open it with its key, and type."""
    for before in window.findChildren(FindPopup):
        before.close()
    window.activateWindow()  # Qt's offscreen screen leaves no window active once a popup is closed
    QApplication.processEvents()
    QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    popup = next(each for each in window.findChildren(FindPopup) if each.isVisible())
    QTest.keyClicks(popup.search, words)
    return popup


def go(window: MainWindow, words: str) -> Findable:
    """Choose what is found first."""
    popup = find(window, words)
    first = popup.found[0]
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    return first


def titles_of(popup: FindPopup, what: str) -> set[str]:
    return {each.title for each in popup.found if each.what == what}


def test_every_command_is_found_by_its_name_with_its_key_and_its_reason(window: MainWindow) -> None:
    popup = find(window, "")
    for command in all_commands():
        if not isinstance(command, Command) or command.name == "find":
            continue
        action = window.action(command.name)
        popup.search.setText(action.text().rstrip("…"))
        found = next(each for each in popup.found if each.what == "command" and each.title == action.text().rstrip("…"))
        assert found.aside == action.shortcut().toString()
        assert bool(found.refusal) == (not action.isEnabled()), command.name
        assert found.refusal.endswith(".") or not found.refusal
        assert found.refusal != command.tip, f"{command.name} does not say why"


def test_a_command_is_done_by_keys_alone(window: MainWindow) -> None:
    assert go(window, "feat maps").title == "Feature maps"
    assert window.tabs.current == "maps"
    assert not window.findChildren(FindPopup) or not any(each.isVisible() for each in window.findChildren(FindPopup))


def test_what_cannot_be_done_is_dim_says_why_and_does_nothing(window: MainWindow) -> None:
    popup = find(window, "undo")
    first = popup.found[0]
    assert (first.title, first.refusal) == ("Undo", "Nothing to undo.")
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert popup.isVisible()
    QTest.keyClick(popup.search, Qt.Key.Key_Escape)
    assert not popup.isVisible()


def test_a_layer_is_selected_and_its_settings_lead_to_their_fields(window: MainWindow, qtbot: QtBot) -> None:
    assert go(window, "bn3").what == "layer"
    assert window.session.state.selection.layer == "bn3"
    go(window, "conv2")
    setting = go(window, "stride")
    assert (setting.title, setting.what, setting.aside) == ("Stride of conv2", "setting", "1")
    editor = window.findChild(QWidget, "layerForm").findChild(QWidget, "stride")  # type: ignore[union-attr]
    assert editor is not None
    qtbot.waitUntil(lambda: editor.isAncestorOf(QApplication.focusWidget()))
    QTest.keyClicks(QApplication.focusWidget(), "2\r")
    layer = window.session.state.layer("conv2")
    assert getattr(layer, "stride", None) == 2


def test_pictures_data_sets_and_networks_are_found_by_their_names(window: MainWindow, qtbot: QtBot) -> None:
    popup = find(window, "picture sample")
    assert titles_of(popup, "picture") == {sample.title for sample in SAMPLES}
    popup.search.setText("network example")
    assert len(titles_of(popup, "network")) == len(bundled_networks())
    popup.search.setText("data set")
    assert titles_of(popup, "data set") == {entry.card.title for entry in DATA_SETS}
    popup.close()
    go(window, "retina")
    assert window.session.state.input.picture is not None
    assert window.session.state.input.picture.name == "Retina"
    go(window, "lecture's network")
    qtbot.waitUntil(lambda: window.session.state.title == "The lecture's network")


def test_a_template_begins_a_new_network(window: MainWindow, qtbot: QtBot) -> None:
    popup = find(window, "template")
    assert titles_of(popup, "template") == {template.title for template in TEMPLATES}
    popup.close()
    assert go(window, "lenet").what == "template"
    network = window.session.state.network
    assert network is not None
    assert network == next(template.network for template in TEMPLATES if template.name == "lenet5")


def test_another_kind_of_thing_is_one_entry(window: MainWindow) -> None:
    went: list[str] = []

    def lessons(shell: Shell) -> list[Findable]:
        return [Findable("Backpropagation by hand", "lesson", lambda: went.append(shell.session.state.title))]

    with listed(SOURCES, lessons):
        assert go(window, "backprop").what == "lesson"
    assert went == [window.session.state.title]


@pytest.mark.parametrize(
    ("words", "title", "at"),
    [
        ("relu3 step", "relu3", ("relu3", "forward")),
        ("backward conv2", "Backward · conv2", ("conv2", "backward")),
        ("update conv2.weight", "Update · conv2.weight", ("conv2", "update")),
        ("loss · ", "Loss · loss", ("loss", "loss")),
    ],
)
def test_a_step_is_gone_to_before_one_is_on_record(
    window: MainWindow, qtbot: QtBot, words: str, title: str, at: tuple[str, str]
) -> None:
    window.session.store.set(replace(window.session.state.steps, timeline=None))
    found = go(window, words)
    assert (found.title, found.what) == (title, "step")
    assert window.tabs.current == "debugger"
    wait_until_recorded(qtbot, window.session)
    assert step_at(window)[1] == at[1]
    if at[1] != "loss":
        assert layer_at(window) == at[0]


def test_before_one_is_on_record_its_steps_are_those_that_come(window: MainWindow, qtbot: QtBot) -> None:
    window.session.store.set(replace(window.session.state.steps, timeline=None))
    before = [titles_of(find(window, phase), "step") for phase in ("backward ·", "update ·")]
    window.show_part("debugger")
    wait_until_recorded(qtbot, window.session)
    after = [titles_of(find(window, phase), "step") for phase in ("backward ·", "update ·")]
    assert all(before)
    assert [sorted(early - late) for early, late in zip(before, after, strict=True)] == [[], []]


def test_a_step_on_record_is_gone_to(window: MainWindow, qtbot: QtBot) -> None:
    window.show_part("debugger")
    wait_until_recorded(qtbot, window.session)
    assert go(window, "relu3 step").what == "step"
    assert step_at(window) == ("relu3", "forward")
    assert go(window, "backward conv2").what == "step"
    assert step_at(window) == ("conv2", "backward")
    assert go(window, "update conv2.weight").what == "step"
    assert step_at(window)[1] == "update"
    assert go(window, "loss · ").what == "step"
    assert step_at(window)[1] == "loss"


def layer_at(window: MainWindow) -> str:
    state = window.session.state
    assert state.steps.timeline is not None
    return state.steps.timeline.steps[state.steps.cursor.step].layer


def step_at(window: MainWindow) -> tuple[str, str]:
    """The call and the phase that the debugger stands at."""
    state = window.session.state
    assert state.steps.timeline is not None
    at = state.steps.timeline.steps[state.steps.cursor.step]
    return at.call, at.phase


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("learning rate", "Learning rate"),
        ("batch size", "Batch size"),
        ("epochs", "Epochs"),
        ("loss", "Loss"),
        ("optimizer", "Optimizer"),
        ("adam", "Optimizer"),
        ("weight decay", "Weight decay"),
        ("seed", "Seed"),
    ],
)
def test_what_a_run_depends_on_leads_to_its_field_whichever_layer_is_selected(
    window: MainWindow, qtbot: QtBot, words: str, title: str
) -> None:
    window.session.selection.select(layer=None)
    found = go(window, f"{words} training")
    assert (found.title, found.what) == (title, "setting")
    assert found.aside
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    field = QApplication.focusWidget()
    assert field is not None
    qtbot.waitUntil(lambda: named(QApplication.focusWidget()) == title)
    if (popup := QApplication.activePopupWidget()) is not None:
        popup.close()


def named(field: QWidget | None) -> str:
    """What a field is called, or the box that it lies in."""
    while field is not None and not field.accessibleName():
        field = field.parentWidget()
    return "" if field is None else field.accessibleName()


def test_device_mode_and_data_are_found_and_chosen(window: MainWindow, qtbot: QtBot) -> None:
    popup = find(window, "device")
    assert titles_of(popup, "setting") == {f"Device: {name}" for name in window.session.state.maps.devices}
    popup.search.setText("open data")
    assert popup.found[0].title == window.action("showData").text().rstrip("…")
    popup.close()
    assert go(window, "mode train").title == "Mode: train"
    assert window.session.state.maps.mode == "train"
    go(window, "mode eval")
    assert window.session.state.maps.mode == "eval"


def test_the_line_to_type_into_names_every_kind_of_thing(window: MainWindow, qtbot: QtBot) -> None:
    window.show_part("debugger")
    qtbot.waitUntil(lambda: window.session.state.steps.timeline is not None, timeout=60_000)
    popup = find(window, "")
    for what in ("command", "layer", "setting", "step", "network", "lesson", "data set", "picture"):
        assert what in popup.search.placeholderText()
        assert what in window.action("find").toolTip()
        popup.search.setText(what)
        assert titles_of(popup, what), what


@pytest.mark.parametrize("language", ["en", "de"])
def test_lessons_stand_in_the_order_and_language_of_the_contents(window: MainWindow, language: str) -> None:
    before = window.session.state.lessons
    window.session.lessons.read_in(language)
    popup = find(window, "lesson")
    shown = [each.title for each in popup.found if each.what == "lesson"]
    window.session.store.set(before)
    assert shown == [lesson.title for lesson in lessons(language)]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("words", ["verluste lesson", "loss lesson", "faltung lesson", "convolution lesson"])
def test_a_lesson_is_found_by_the_words_of_every_language(window: MainWindow, language: str, words: str) -> None:
    before = window.session.state.lessons
    window.session.lessons.read_in(language)
    found = [each.title for each in find(window, words).found if each.what == "lesson"]
    window.session.store.set(before)
    assert found
    assert set(found) <= {lesson.title for lesson in lessons(language)}


def test_up_and_down_move_through_what_was_found_and_a_row_is_read_out_whole(window: MainWindow) -> None:
    popup = find(window, "conv")
    second = popup.found[1]
    QTest.keyClick(popup.search, Qt.Key.Key_Down)
    assert popup.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole) == told(second)
    assert second.title in told(second)
    assert second.what in told(second)
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert window.session.state.selection.layer == second.title


def test_a_name_from_a_file_is_plain_text(window: MainWindow) -> None:
    files = replace(window.session.state.files, recent=(Path("/tmp/<b>bold & more.json"),))
    window.session.store.set(files)
    popup = find(window, "bold")
    assert popup.found[0].title == "<b>bold & more.json"
    before = popup.list.viewport().grab().toImage()
    assert before.width() > 0


def test_it_fits_a_small_window(window: MainWindow) -> None:
    size = window.size()
    window.resize(window.minimumSize())
    popup = find(window, "")
    inside = window.geometry()
    assert inside.contains(popup.geometry().center())
    assert popup.width() <= window.width()
    assert popup.geometry().bottom() <= inside.bottom()
    window.resize(size)


def test_every_row_has_its_sentence(window: MainWindow) -> None:
    """Themes had none: their rows were half empty."""
    found = find(window, "").found
    popup = find(window, "theme")
    assert [each.title for each in popup.found if "Theme" in each.title and not each.note] == []
    assert not [each.title for each in found if not (each.note or each.refusal)]


def test_where_all_rows_have_room_there_is_nothing_to_scroll(window: MainWindow) -> None:
    """A bar as long as the list stood beside a single row."""
    popup = find(window, "theme dark")
    assert len(popup.found) < ROWS
    assert not _bar_is_seen(popup)
    popup.search.clear()
    assert _bar_is_seen(popup)


def _bar_is_seen(popup: FindPopup) -> bool:
    """Whether something is drawn where the list's bar is, near its upper end."""
    QApplication.processEvents()
    bar = popup.list.verticalScrollBar()
    picture = popup.grab(QRect(bar.mapTo(popup, QPoint(0, 0)), bar.size())).toImage()
    return picture.pixelColor(picture.width() // 2, 20).name() != theme.current().pane


def test_models_of_libraries_are_found_by_name(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.ui.shell.finding.sources.names_of", lambda library: (f"{library.prefix}:resnet18",))
    opened: list[str] = []
    monkeypatch.setattr(window.session.files.models, "open_named", opened.append)
    popup = find(window, "timm resnet18")
    assert popup.found[0].title == "timm:resnet18"
    QTest.keyClick(popup.search, Qt.Key.Key_Return)
    assert opened == ["timm:resnet18"]
