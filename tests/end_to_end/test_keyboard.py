"""Everything that is chosen, explained, copied and typed is so by keys alone: the mouse is nowhere in these tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QMenu, QWidget
from pytestqt.qtbot import QtBot

from explorer.session.selection import Selection
from explorer.ui.common import dialogs
from explorer.ui.common.inline_editor import InlineEditor
from explorer.ui.common.text import exact
from explorer.ui.common.typing.cell_range import CellRange, next_in_reading
from explorer.ui.common.typing.cell_typing import typing_of
from explorer.ui.common.typing.fills import FILLS, RANDOM, Fill, random
from explorer.ui.common.typing.keys import TYPING_KEYS
from explorer.ui.maps.why import WhyOfMaps
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import values_of, wait_until_shown, wait_until_still, weight_of
from tests.ui.listed_terms import sections_of
from tests.ui.windows import new_window, shared_window

MOST_STOPS = 130
SMALL = "1x5x5 conv(2, 3) batchnorm relu flatten linear(2)"


class Keys:
    """A person without a mouse at `window`: each verb presses keys where the focus is."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self._qtbot = window, qtbot
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        window.network_panel.list.setFocus()

    @property
    def session(self):  # type: ignore[no-untyped-def]
        return self.window.session

    @property
    def focus(self) -> QWidget:
        """What has the keys: an open menu, or what has the focus."""
        found = QApplication.activePopupWidget() or QApplication.focusWidget()
        assert found is not None
        return found

    def press(self, *keys: str) -> None:
        """Press each, written as in a menu: "Ctrl+2", "Shift+Right", "7"."""
        for key in keys:
            chord = QKeySequence(key)[0]
            told = Qt.Key.Key_Backtab if key == "Shift+Tab" else chord.key()  # as the keyboard tells it
            QTest.keyClick(self.focus, told, chord.keyboardModifiers())
            QApplication.processEvents()

    def type(self, text: str) -> None:
        """Each sign where the focus is by then: the first one may open a box."""
        for sign in text:
            QTest.keyClicks(self.focus, sign)

    def go_to(self, is_it: str | Callable[[QWidget], bool]) -> QWidget:
        """Press Tab until the focus is there; a name is the one that a screen reader tells."""

        def found() -> bool:
            return self.focus.accessibleName() == is_it if isinstance(is_it, str) else is_it(self.focus)

        for _ in range(MOST_STOPS):
            if found():
                return self.focus
            self.press("Tab")
        raise AssertionError(f"Tab never comes to {is_it}")

    def menu(self, key: str = "Menu") -> list[str]:
        """Open the menu of what is chosen where the focus is."""
        self.press(key)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu), f"{key} opens no menu on {self.focus.accessibleName()}"
        return [action.text() for action in menu.actions() if action.text()]

    def pick(self, text: str) -> None:
        """Walk down the open menu to `text`, and into it."""
        menu = self.focus
        assert isinstance(menu, QMenu)
        for _ in menu.actions():
            self.press("Down")
            active = menu.activeAction()
            if active is not None and active.text() == text:
                self.press("Right" if active.menu() is not None else "Return")
                return
        raise AssertionError(f"{text} is not in {[action.text() for action in menu.actions()]}")

    def deed(self, text: str, key: str = "Menu") -> str:
        """Do what the menu of the chosen thing offers; what is on the clipboard then."""
        QGuiApplication.clipboard().clear()
        offered = self.menu(key)
        assert text in offered, offered
        self.pick(text)
        return QGuiApplication.clipboard().text()

    def still(self) -> None:
        """Wait until all that was asked for is there."""
        if self.window.tabs.current == "debugger":
            wait_until_still(self._qtbot, self.session)
        else:
            wait_until_shown(self._qtbot, self.session)
        QApplication.processEvents()

    def wait(self, is_so: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(is_so, timeout=60_000)
        QApplication.processEvents()


@pytest.fixture(scope="module")
def shared(module_qtbot: QtBot) -> Iterator[MainWindow]:
    for made in shared_window(module_qtbot):
        made.resize(1440, 900)
        yield made


@pytest.fixture
def keys(shared: MainWindow, qtbot: QtBot) -> Iterator[Keys]:
    """On the first network, whose first layer is selected, at its overview."""
    made = Keys(shared, qtbot)
    shared.session.selection.select(layer="conv1", channel=None, row=None, column=None)
    made.press("Ctrl+1")
    yield made
    while (popup := QApplication.activePopupWidget()) is not None:
        popup.close()


@pytest.fixture
def small(qtbot: QtBot) -> Keys:
    """On a network of which every number can be typed."""
    window = new_window(qtbot)
    window.show_late_parts()
    window.resize(1440, 900)
    window.session.files.new_network(SMALL)
    made = Keys(window, qtbot)
    made.press("Ctrl+3")
    made.still()
    return made


def _chosen(keys: Keys) -> Selection:
    found = keys.session.state.selection
    assert isinstance(found, Selection)
    return found


# --- one selection, and why ---


def test_a_layer_a_channel_and_a_cell_are_chosen(keys: Keys) -> None:
    keys.press("Ctrl+2", "Ctrl+Down", "Ctrl+Down", "Ctrl+Up")
    layer = keys.session.state.parts[1 + 1].name
    assert _chosen(keys) == Selection(layer)
    keys.go_to("Feature maps")
    keys.press("Right", "Right", "Right")
    assert _chosen(keys) == Selection(layer, 2)
    keys.go_to("Chosen channel")
    keys.press("Down", "Down", "Right", "End")
    width = values_of(keys.session, layer).shape[2]
    assert _chosen(keys) == Selection(layer, 2, 1, width - 1)
    keys.press("Esc")
    assert _chosen(keys) == Selection(layer)


def test_every_term_is_walked_to_and_one_is_gone_to(keys: Keys) -> None:
    keys.press("Ctrl+2")
    keys.go_to("Feature maps")
    keys.press("Right")
    keys.go_to("Chosen channel")
    keys.press("Down", "Down", "Right")
    why = keys.window.findChild(WhyOfMaps)
    assert why is not None
    keys.wait(lambda: why.check.text().startswith("✓ same as PyTorch"))
    keys.go_to("Terms")
    keys.press("Home")
    seen = []
    for _ in why.terms.terms.rows:
        row = why.terms.current()
        assert row is not None
        seen.append(row)
        keys.press("Down")
    expected = float(values_of(keys.session, "conv1")[0, 1, 1])
    for section in sections_of(seen):
        assert sum(row.value for row in section) == pytest.approx(expected, rel=1e-4)
    keys.press("Home", "Return")
    assert _chosen(keys).layer == "input"


def test_in_the_debugger_too(keys: Keys) -> None:
    keys.press("Ctrl+3")
    keys.still()
    keys.press("Ctrl+Home", "F10", "F10", "F10")  # to the pooling
    keys.still()
    steps = keys.session.state.steps
    assert steps.timeline.steps[steps.cursor.step].call == "pool1"
    keys.go_to("pool1")
    before = steps.cursor.cell
    keys.press("Right", "Down")
    assert keys.session.state.steps.cursor.cell == (*before[:2], before[2] + 1, before[3] + 1)
    keys.go_to("Terms")
    keys.press("Down", "Return")
    steps = keys.session.state.steps
    assert steps.timeline.steps[steps.cursor.step].call == "relu1"


def test_the_overview_is_walked_and_led_on_from(keys: Keys) -> None:
    canvas = keys.go_to("Overview of the network")
    assert isinstance(canvas, OverviewCanvas)
    keys.press("Right", "Down", "Down")
    chosen = _chosen(keys)
    assert chosen.layer != "conv1"
    assert chosen.channel is not None
    keys.press("Return")
    assert keys.window.tabs.current == "maps"
    assert _chosen(keys) == chosen


# --- the deeds ---


@pytest.mark.parametrize("key", ["Menu", "Shift+F10"])
def test_a_cell_of_the_maps_is_copied_and_gone_to(keys: Keys, key: str) -> None:
    keys.press("Ctrl+2")
    keys.go_to("Feature maps")
    keys.press("Right")
    keys.go_to("Chosen channel")
    keys.press("Down", "Right")
    value = values_of(keys.session, "conv1")[0, 0, 1]
    assert keys.deed("Copy value", key) == exact(float(value))
    assert keys.deed("Copy PyTorch line", key).startswith("conv1 = nn.Conv2d(3, 32, 3")
    keys.deed("Copy picture", key)
    assert not QGuiApplication.clipboard().image().isNull()
    keys.press("Ctrl+C")
    assert QGuiApplication.clipboard().text() == exact(float(value))
    keys.deed("Go to the debugger", key)
    keys.still()
    assert keys.window.tabs.current == "debugger"
    assert keys.session.state.steps.cursor.cell == (0, 0, 0, 1)


def test_it_is_exported(keys: Keys, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    keys.press("Ctrl+2")
    keys.go_to("Feature maps")
    keys.press("Right")
    written = tmp_path / "map.npy"
    monkeypatch.setattr(dialogs, "ask_where_to_write", lambda *_given: written)
    keys.deed("Export…")
    keys.wait(written.is_file)
    keys.wait(lambda: keys.session.state.status.saving is None)
    np.testing.assert_array_equal(np.load(written), values_of(keys.session, "conv1")[0])


VIEWS = (
    ("Ctrl+1", "Layers of the network"),
    ("Ctrl+1", "Overview of the network"),
    ("Ctrl+1", "What the network is fed"),
    ("Ctrl+1", "Answers of the network"),
    ("Ctrl+2", "Feature maps"),
    ("Ctrl+2", "Chosen channel"),
    ("Ctrl+2", "Terms"),
    ("Ctrl+3", "conv1.weight"),
    ("Ctrl+3", "conv1"),
    ("Ctrl+3", "Terms"),
)


@pytest.mark.parametrize(("tab", "name"), VIEWS)
def test_every_view_opens_its_menu_at_what_is_chosen(
    keys: Keys, tab: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shift+F10 stepped back in the debugger, whatever the keys were in."""
    asked: list[QPoint] = []
    popup = QMenu.popup
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: (asked.append(at), popup(menu, at)))
    keys.session.selection.select(channel=1, row=2, column=3)
    keys.press(tab)
    keys.still()
    view = keys.go_to(name)
    keys.press("Right" if "fed" in name else "Down", "Up" if name == "conv1" else "Left")
    step = keys.session.state.steps.cursor.step
    for key in ("Menu", "Shift+F10"):
        assert any(words.startswith("Copy") for words in keys.menu(key))
        assert view.rect().contains(view.mapFromGlobal(asked[-1]))
        keys.press("Esc")
        assert QApplication.focusWidget() is view
    assert keys.session.state.steps.cursor.step == step


# --- typing ---


class Matrix:
    """What is typed over in the view that has the keys."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.view = keys.focus
        found = typing_of(self.view)
        assert found is not None
        self.typing = found

    @property
    def shown(self) -> np.ndarray:
        """The numbers, once the network ran with them."""
        self._keys.still()
        target = self.typing.target()
        assert target is not None
        return np.array(target.values)

    @property
    def chosen(self) -> CellRange:
        assert self.typing.cells is not None
        return self.typing.cells

    def changes(self, *pressed: str) -> np.ndarray:
        """Press keys that change it; what they made, after undo brought back what was and redo them, from here."""
        before = self.shown
        self._keys.press(*pressed)
        after = self.shown
        assert not np.array_equal(before, after), pressed
        self._keys.press("Ctrl+Z")
        np.testing.assert_array_equal(self.shown, before)
        self._keys.press("Ctrl+Shift+Z")
        np.testing.assert_array_equal(self.shown, after)
        assert self._keys.focus is self.view
        return after


def _open(keys: Keys, layer: str, name: str) -> Matrix:
    """Go to the view called `name` of the step of `layer`, and into its first cell."""
    keys.press("Ctrl+3")
    while _chosen(keys).layer != layer:
        keys.press("Ctrl+Down")
    keys.still()
    keys.go_to(name)
    keys.press("F2")
    return Matrix(keys)


MATRICES = (
    ("conv1", "input"),
    ("conv1", "conv1.weight"),
    ("conv1", "bias"),
    ("bn1", "weight"),
    ("bn1", "running mean"),
    ("bn1", "running var"),
    ("linear1", "linear1.weight"),
    ("linear1", "bias"),
)


@pytest.mark.parametrize(("layer", "name"), MATRICES)
def test_numbers_are_typed_copied_pasted_emptied_and_scaled(small: Keys, layer: str, name: str) -> None:
    matrix = _open(small, layer, name)
    first = matrix.chosen.head
    assert not any(first)
    for number in ("-2.5", "7"):
        small.type(number)
        small.press("Tab")
    typed = matrix.shown
    second = matrix.chosen.anchor if typed.size == 2 else next_in_reading(first, 1, typed.shape)
    assert second is not None
    assert (typed[first], typed[second]) == (-2.5, 7)
    small.press("Esc")
    assert matrix.typing.cells is None
    small.press("F2")
    along = "Shift+Down" if typed.ndim == 1 else "Shift+Right"
    small.press(along)
    assert matrix.chosen.count == 2
    small.press("Ctrl+C")
    assert [float(each) for each in QGuiApplication.clipboard().text().split()] == [-2.5, 7]
    emptied = matrix.changes("Del")
    assert (emptied[first], emptied[second]) == (0, 0)
    pasted = matrix.changes("Ctrl+V")
    assert (pasted[first], pasted[second]) == (-2.5, 7)
    doubled = matrix.changes("Ctrl++", "Ctrl++", "Ctrl++", "Ctrl++")
    assert (doubled[first], doubled[second]) == (-5, 14)
    halved = matrix.changes(*("Ctrl+-",) * 4)
    assert (halved[first], halved[second]) == (-2.5, 7)
    small.press("Esc", "Tab")
    assert small.focus is not matrix.view


@pytest.mark.parametrize("fill", FILLS, ids=lambda fill: fill.text)
def test_a_filter_is_filled_from_the_menu(small: Keys, fill: Fill) -> None:
    matrix = _open(small, "conv1", "conv1.weight")
    before = matrix.shown
    small.menu()
    small.pick("Fill with")
    small.pick(fill.text)
    filled = matrix.shown
    np.testing.assert_array_equal(filled[0, 0], fill.make((3, 3)).astype(np.float32))
    np.testing.assert_array_equal(filled[1], before[1])
    small.press("Ctrl+Z")
    np.testing.assert_array_equal(matrix.shown, before)


def test_it_is_filled_at_random_with_a_seed(small: Keys) -> None:
    matrix = _open(small, "conv1", "conv1.weight")
    small.press("Ctrl+E")
    small.pick("Fill with")
    small.pick(RANDOM)
    assert isinstance(small.focus.window(), QInputDialog)
    small.type("7")
    small.press("Return")
    np.testing.assert_array_equal(matrix.shown[0, 0], random((3, 3), 7).astype(np.float32))


def test_a_block_is_pasted_into_the_input_beside_the_network(small: Keys) -> None:
    small.go_to("What the network is fed")
    small.press("Down", "Down", "Right")  # to row 1, column 1
    small.press("F2")
    QGuiApplication.clipboard().setText("[[1, 2], [3, 4]]")
    small.press("Ctrl+V")
    small.still()
    np.testing.assert_array_equal(small.session.state.values[0, 1:3, 1:3], [[1, 2], [3, 4]])
    small.press("Ctrl+Z")
    small.still()
    assert not np.array_equal(small.session.state.values[0, 1:3, 1:3], [[1, 2], [3, 4]])


def test_a_filter_of_the_maps_is_typed_over(small: Keys) -> None:
    small.press("Ctrl+2")
    while _chosen(small).layer != "conv1":
        small.press("Ctrl+Down")
    small.still()
    small.go_to("Show")
    small.press("Down")
    small.go_to("Feature maps")
    small.press("F2")
    small.type("0.25")
    small.press("Return")
    small.still()
    assert weight_of(small.session, "conv1")[0, 0, 0, 0] == 0.25


def test_a_patch_and_a_filter_are_typed_over_inside_a_step(small: Keys) -> None:
    small.press("Ctrl+Home", "F11")
    small.still()
    for name in ("patch", "filter"):
        small.go_to(name)
        small.press("F2")
        matrix = Matrix(small)
        cell = matrix.chosen.head
        small.type("3")
        small.press("Esc")
        small.type("4")
        small.press("Return")
        assert matrix.shown[cell] == 4


# --- Tab ---


def test_cells_that_were_chosen_before_do_not_hold_tab_up(small: Keys) -> None:
    """Each cell was one more stop: 25 for the input, 1,024 for that of the first network."""
    matrix = _open(small, "conv1", "input")
    small.press("Shift+Tab")  # before the first cell there is none
    chosen = matrix.typing.cells
    assert chosen is not None
    assert small.focus is not matrix.view
    small.press("Tab")
    assert small.focus is matrix.view
    small.press("Tab")
    assert small.focus is not matrix.view
    assert matrix.typing.cells == chosen
    small.press("Shift+Tab", "Right", "Tab")  # a key that means the cells has Tab mean them too
    assert small.focus is matrix.view


def test_esc_leaves_a_number_as_it_was_and_the_keys_in_the_view(small: Keys) -> None:
    matrix = _open(small, "conv1", "conv1.weight")
    before = matrix.shown
    small.type("9")
    assert isinstance(small.focus, InlineEditor)
    small.press("Esc")
    assert small.focus is matrix.view
    np.testing.assert_array_equal(matrix.shown, before)


# --- help ---


def test_help_lists_the_keys_for_typing(keys: Keys) -> None:
    keys.press("F1")
    dialog = keys.focus.window()
    told = {label.text() for label in dialog.findChildren(QLabel)}
    assert {key.words for key in TYPING_KEYS} <= told
    assert {key.names for key in TYPING_KEYS} <= told
    keys.press("Esc")
