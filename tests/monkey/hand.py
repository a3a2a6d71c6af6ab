"""One random thing that a person at the window may do."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDockWidget, QWidget

from explorer.ui.shell.main_window import MainWindow

Key, Button, Modifier = Qt.Key, Qt.MouseButton, Qt.KeyboardModifier
KEYS = (
    *(Key.Key_Up, Key.Key_Down, Key.Key_Left, Key.Key_Right) * 3,
    *(Key.Key_Return, Key.Key_Escape, Key.Key_Tab, Key.Key_Space, Key.Key_Backspace, Key.Key_Delete) * 2,
    *(Key.Key_Home, Key.Key_End, Key.Key_PageUp, Key.Key_PageDown, Key.Key_Plus, Key.Key_Minus, Key.Key_F, Key.Key_F2),
    *(Key.Key_F10, Key.Key_F11, Key.Key_Menu, Key.Key_Backtab, Key.Key_1, Key.Key_9),
)
MODIFIERS = (
    *(Modifier.NoModifier,) * 8,
    Modifier.ShiftModifier,
    Modifier.ControlModifier,
    Modifier.AltModifier,
)
WORDS = (
    *("0,5", "1e-3", "12,5", "−1", "nan", "inf", "1e999", "", "  ", "abc", "0", "1", "3", "17", "-0.25", "16"),
    *(
        "3x8x8",
        "2, 3",
        "relu",
        "conv1",
        "x" * 300,
        "<b>bold</b>",
        "3x8x8 conv(4, 3) relu flatten linear(2)",
        "ümläut ✓",
    ),
)
QUIT = "action.quit"  # the game closes and opens windows itself
SIZES = ((960, 560), (1280, 720), (1440, 900), (1920, 1080), (700, 400))
MANY = 500  # widgets; what is deeper in a page is met at another time


class Hand:
    """Does random things to the window that `window()` gives; `did` tells the last one."""

    def __init__(self, rng: random.Random, window: Callable[[], MainWindow], files: list[Path]) -> None:
        self._rng = rng
        self._window = window
        self._files = files
        self.did = "nothing"
        acts: dict[Callable[[QWidget], None], int] = {
            self._click: 30,
            self._press: 22,
            self._move: 14,
            self._type: 6,
            self._drag: 6,
            self._turn_wheel: 6,
            self._run_command: 10,
            self._undo: 4,
            self._drop: 2,
            self._paste: 1,
            self._resize: 1,
            self._move_dock: 2,
        }
        self._acts, self._weights = list(acts), list(acts.values())

    def act(self) -> None:
        """Do one thing to whatever is in front: an open menu, a dialog, or else the window."""
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget() or self._any_top_level()
        self._rng.choices(self._acts, self._weights)[0](front)

    def leave_dialog(self) -> None:
        """Close what has been in front for a while."""
        front = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if front is not None:
            self._note("leave", front)
            QTest.keyClick(front, Key.Key_Escape)
            if front.isVisible():
                front.close()

    def _note(self, what: str, widget: QWidget, *details: object) -> None:
        name = widget.objectName() or widget.accessibleName()
        self.did = " ".join(map(str, (what, f"{type(widget).__name__}[{name[:30]}]", *details)))

    # --- with the mouse ---

    def _click(self, front: QWidget) -> None:
        widget, place = self._target(front)
        button = self._rng.choices((Button.LeftButton, Button.RightButton, Button.MiddleButton), (20, 3, 1))[0]
        is_double = self._rng.random() < 0.1
        self._note("double click" if is_double else "click", widget, place.toTuple(), button.name)
        (QTest.mouseDClick if is_double else QTest.mouseClick)(widget, button, self._rng.choice(MODIFIERS), place)

    def _move(self, front: QWidget) -> None:
        widget, place = self._target(front)
        self._note("move", widget, place.toTuple())
        QTest.mouseMove(widget, place)

    def _drag(self, front: QWidget) -> None:
        widget, start = self._target(front)
        self._note("drag", widget, start.toTuple())
        QTest.mousePress(widget, Button.LeftButton, Modifier.NoModifier, start)
        for _ in range(3):
            if widget.isVisible():
                QTest.mouseMove(widget, self._place_in(widget))
        if widget.isVisible():
            QTest.mouseRelease(widget, Button.LeftButton, Modifier.NoModifier, self._place_in(widget))

    def _turn_wheel(self, front: QWidget) -> None:
        widget, place = self._target(front)
        self._note("wheel", widget, place.toTuple())
        turned = QPoint(0, self._rng.choice((-480, -120, 120, 480)))
        at, modifier = QPointF(place), self._rng.choice((Modifier.NoModifier, Modifier.ControlModifier))
        event = QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), turned, Button.NoButton, modifier, Qt.ScrollPhase.NoScrollPhase, False
        )
        QApplication.postEvent(widget, event)

    # --- with the keys ---

    def _press(self, front: QWidget) -> None:
        widget = QApplication.focusWidget() or front
        key, modifier = self._rng.choice(KEYS), self._rng.choice(MODIFIERS)
        self._note("press", widget, key.name, modifier.name)
        QTest.keyClick(widget, key, modifier)

    def _type(self, front: QWidget) -> None:
        widget = QApplication.focusWidget() or front
        word = self._rng.choice(WORDS)
        self._note("type", widget, repr(word[:20]))
        if self._rng.random() < 0.7:
            QTest.keyClick(widget, Key.Key_A, Modifier.ControlModifier)
        for letter in word[:40]:
            if widget.isVisible():
                QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, 0, Modifier.NoModifier, letter))
        if widget.isVisible() and self._rng.random() < 0.6:
            QTest.keyClick(widget, Key.Key_Return)

    def _run_command(self, front: QWidget) -> None:
        window = self._window()
        actions = [
            action
            for action in window.findChildren(QAction)
            if action.objectName().startswith("action.") and action.isEnabled() and action.objectName() != QUIT
        ]
        if front is window and actions:
            action = self._rng.choice(actions)
            self._note("command", window, action.objectName())
            action.trigger()

    def _undo(self, front: QWidget) -> None:
        session = self._window().session
        times = self._rng.choice((1, 1, 1, 5))
        self._note("undo", front, times)
        for _ in range(times):
            self._rng.choice((session.editing.undo, session.editing.undo, session.editing.redo))()

    # --- with files and the clipboard ---

    def _drop(self, front: QWidget) -> None:
        window = self._window()
        if front is not window:
            return
        mime, path = self._mime()
        self._note("drop", window, path)
        at = QPointF(window.rect().center())
        action, buttons, modifiers = Qt.DropAction.CopyAction, Button.LeftButton, Modifier.NoModifier
        entering = QDragEnterEvent(at.toPoint(), action, mime, buttons, modifiers)
        QApplication.sendEvent(window, entering)
        if entering.isAccepted():
            QApplication.sendEvent(window, QDropEvent(at, action, mime, buttons, modifiers))

    def _paste(self, front: QWidget) -> None:
        if front is self._window():
            mime, path = self._mime()
            self._note("paste", front, path)
            QGuiApplication.clipboard().setMimeData(mime)
            self._window().action("pastePicture").trigger()

    def _mime(self) -> tuple[QMimeData, str]:
        mime = QMimeData()
        kind = self._rng.choice(("file", "file", "file", "image", "text", "nothing", "link"))
        path = str(self._rng.choice(self._files))
        if kind == "file":
            mime.setUrls([QUrl.fromLocalFile(path)])
        elif kind == "image":
            rng = np.random.default_rng(self._rng.randrange(1000))
            width, height = self._rng.randint(1, 80), self._rng.randint(1, 80)
            pixels = rng.integers(0, 255, (height, width, 4)).astype(np.uint8)
            mime.setImageData(QImage(pixels.tobytes(), width, height, width * 4, QImage.Format.Format_RGBA8888).copy())
        elif kind == "text":
            mime.setText(self._rng.choice(WORDS))
        elif kind == "link":
            mime.setUrls([QUrl("http://127.0.0.1:9/none.png")])
        return mime, path if kind == "file" else kind

    # --- with the window ---

    def _resize(self, front: QWidget) -> None:
        size = self._rng.choice(SIZES)
        self._note("resize", front, size)
        self._window().resize(*size)

    def _move_dock(self, front: QWidget) -> None:
        docks = self._window().findChildren(QDockWidget)
        if not docks:
            return
        dock, what = self._rng.choice(docks), self._rng.choice(("float", "hide", "show", "show", "show"))
        self._note(what, dock)
        if what == "float":
            dock.setFloating(not dock.isFloating())
        else:
            dock.setVisible(what == "show")

    # --- where ---

    def _any_top_level(self) -> QWidget:
        window = self._window()
        others = [
            top for top in QApplication.topLevelWidgets() if top.isVisible() and top.isWindow() and top is not window
        ]
        return self._rng.choice(others) if others and self._rng.random() < 0.15 else window

    def _target(self, front: QWidget) -> tuple[QWidget, QPoint]:
        """A widget in sight and a place in it."""
        in_sight = (
            widget
            for widget in front.findChildren(QWidget)
            if widget.isVisible() and not widget.visibleRegion().isEmpty()
        )
        seen = list(islice(in_sight, MANY))
        widget = self._rng.choice(seen) if seen else front
        return widget, self._place_in(widget)

    def _place_in(self, widget: QWidget) -> QPoint:
        seen = widget.visibleRegion().boundingRect()
        x = self._rng.randint(seen.left(), max(seen.left(), seen.right()))
        y = self._rng.randint(seen.top(), max(seen.top(), seen.bottom()))
        return QPoint(x, y) if self._rng.random() < 0.95 else QPoint(seen.left(), seen.top())
