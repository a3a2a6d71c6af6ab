"""A hand on the real window that counts what it does, and eyes that read what stands there.

An act is one click, one double click, one choice from a list that is open, one turn of the wheel, one key or chord, or
one typed word. Moving the mouse is none, nor is answering what the system asks, such as where to write a file.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QListView, QMenu, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common.mosaic import Place
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.debugger.over_view import OverView
from explorer.ui.maps.mosaic_view import MapMosaic
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.tensors.view import TensorView
from tests.ui.fakes import wait_until_drawn, wait_until_recorded, wait_until_shown
from tests.ui.overview.followed import turn_wheel

LEFT = Qt.MouseButton.LeftButton
Kind = TypeVar("Kind", bound=QWidget)


@dataclass
class Hand:
    """Acts on `window` and counts it."""

    window: MainWindow
    qtbot: QtBot
    acts: int = 0
    _is_over: bool = False

    def begin(self) -> None:
        """Count from here: what was done so far is where the task starts."""
        self.acts = 0

    def end(self) -> None:
        """Count no further: the task is done, and what follows looks at it."""
        self._is_over = True

    def _count(self) -> None:
        self.acts += not self._is_over

    # --- the mouse ---

    def point(self, widget: QWidget, at: QPoint | None = None) -> None:
        """Move the mouse there."""
        QApplication.processEvents()
        self._move(widget, QPoint(1, 1))  # where it rests already nothing moves
        self._move(widget, widget.rect().center() if at is None else at)
        QApplication.processEvents()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """On its middle, or on `at`."""
        self._see(widget)
        self._click(widget, widget.rect().center() if at is None else at)
        QApplication.processEvents()

    def double_click(self, widget: QWidget, at: QPoint | None = None) -> None:
        """On its middle, or on `at`."""
        self._see(widget)
        self._click(widget, widget.rect().center() if at is None else at, times=2)
        QApplication.processEvents()

    def right_click(self, widget: QWidget, at: QPoint) -> None:
        """Open the menu of what lies there."""
        self._see(widget)
        self._click_right(widget, at)

    def pick(self, words: str) -> None:
        """Click an entry of the menu that is open."""
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next((action for action in menu.actions() if action.text() == words), None)
        assert action is not None, [each.text() for each in menu.actions()]
        self.click(menu, menu.actionGeometry(action).center())

    def choose(self, box: QComboBox, words: str) -> None:
        """Open a list and click an entry of it: two acts."""
        self.click(box)
        view = box.view()
        index = view.model().index(box.findText(words), 0)
        for place in (view.visualRect(index).topLeft(), view.visualRect(index).center()):
            self.point(view.viewport(), place)  # the list takes no click before the mouse has moved in it
        self.click(view.viewport(), view.visualRect(index).center())
        QApplication.processEvents()

    def turn_wheel(self, widget: QWidget, steps: int) -> None:
        """Over its middle; down where `steps` is negative."""
        self._see(widget)
        self._turn(widget, steps)
        QApplication.processEvents()

    def _see(self, widget: QWidget) -> None:
        QApplication.processEvents()
        assert widget.isVisible(), f"{widget} cannot be seen"
        assert widget.isEnabled(), f"{widget} cannot be used"
        self._count()

    # --- the keys ---

    def press(self, keys: str) -> None:
        """A key or a chord, as menus write it: "Ctrl+K"."""
        self._count()
        self._strike(keys)
        QApplication.processEvents()

    def write(self, word: str) -> None:
        """Type a word where the keyboard is."""
        self._count()
        self._type(word)
        QApplication.processEvents()

    def _keyboard(self) -> QWidget:
        QApplication.processEvents()
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is None and QApplication.activeWindow() is None:  # as after each popup on Qt's offscreen screen
            self.window.activateWindow()
            QApplication.processEvents()
        if front is not None:
            return front.focusWidget() or front
        return QApplication.focusWidget() or self.window

    # --- how Qt is told of it ---

    def _move(self, widget: QWidget, at: QPoint) -> None:
        QTest.mouseMove(widget, at)

    def _click(self, widget: QWidget, at: QPoint, *, times: int = 1) -> None:
        QTest.mouseClick(widget, LEFT, pos=at)
        if times == 2:
            QTest.mouseDClick(widget, LEFT, pos=at)  # Qt's own is the second click alone

    def _click_right(self, widget: QWidget, at: QPoint) -> None:
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, widget.mapToGlobal(at))
        QApplication.sendEvent(widget, event)

    def _turn(self, widget: QWidget, steps: int) -> None:
        turn_wheel(widget, QPointF(widget.rect().center()), steps)

    def _strike(self, keys: str) -> None:
        chord = QKeySequence(keys)[0]
        QTest.keyClick(self._keyboard(), chord.key(), chord.keyboardModifiers())

    def _type(self, word: str) -> None:
        for sign in word:  # the first one may open a box, which takes the others
            QTest.keyClicks(self._keyboard(), sign)

    # --- waiting ---

    def wait(self, is_so: Callable[[], bool]) -> None:
        """Until it is so."""
        self.qtbot.waitUntil(is_so)

    def wait_for_maps(self) -> None:
        """Until the maps are those of the present network and picture."""
        wait_until_shown(self.qtbot, self.window.session)
        QApplication.processEvents()

    def wait_for_step(self) -> None:
        """Until the debugger shows a step."""
        wait_until_recorded(self.qtbot, self.window.session)
        QApplication.processEvents()

    def wait_for_curves(self) -> None:
        """Until the views that draw a few times a second show what was told last."""
        wait_until_drawn(self.qtbot)

    # --- the eyes ---

    def find(self, kind: type[Kind], name: str, inside: QWidget | None = None) -> Kind:
        """The one of its kind in sight that is called `name`: its object name, accessible name or words."""
        found = (inside or self.window).findChildren(kind)
        return next(each for each in found if each.isVisible() and name in names_of(each))

    def words(self, inside: QWidget) -> list[str]:
        """What the labels in sight say."""
        return [words_of(label) for label in inside.findChildren(QLabel) if label.isVisible()]

    def part(self, name: str) -> QWidget:
        """The part of the window that is called so."""
        found: QWidget = self.find(QWidget, name)
        return found

    @property
    def maps(self) -> MapMosaic:
        """All channels of the layer."""
        return self.find(MapMosaic, "mosaic")

    def in_maps(self, channel: int, row: int, column: int) -> QPoint:
        """Where a cell lies in them."""
        QApplication.processEvents()
        return self.maps.point_of(Place(channel, row, column)).toPoint()

    @property
    def over(self) -> OverView:
        """A step as the debugger draws it from outside."""
        return self.find(OverView, "stepOverView")

    def in_view(self, view: TensorView, cell: tuple[int, ...]) -> QPoint:
        """Where a cell lies in a tensor of the debugger."""
        QApplication.processEvents()
        found = view.point_of(cell)
        assert found is not None
        return found.toPoint()

    @property
    def step_title(self) -> str:
        """What the debugger calls the step."""
        return words_of(self.find(QLabel, "stepTitle"))

    def in_list(self, view: QListView, words: str) -> QPoint:
        """Where the row lies that begins with `words`."""
        model = view.model()
        rows = (model.index(row, 0) for row in range(model.rowCount()))
        told = Qt.ItemDataRole.AccessibleTextRole
        index = next(index for index in rows if str(index.data(told) or index.data()).startswith(words))
        view.scrollTo(index)
        return view.visualRect(index).center()


def words_of(label: QLabel) -> str:
    """What a label says, also where there is no room for all of it."""
    return label.whole() if isinstance(label, ElidedLabel) else label.text()


def names_of(widget: QWidget) -> tuple[str, ...]:
    """What it is called by scripts, by screen readers, and on the screen."""
    written = widget.text() if isinstance(widget, QAbstractButton) else ""
    return widget.objectName(), widget.accessibleName(), written


def number_in(words: str) -> float:
    """The number that `words` end with, after the last "=" if there is one."""
    return float(words.rpartition("=")[2].split()[-1].replace("−", "-").replace(",", ""))
