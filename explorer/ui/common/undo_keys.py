"""Whose the keys of undo and redo are: of a text while something is half typed in it, of the window otherwise."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMetaObject, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

Text = QLineEdit | QPlainTextEdit | QTextEdit
KEYS = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
ALSO_REDO = Qt.KeyboardModifier.ControlModifier | Qt.Key.Key_Y  # who comes from Windows presses it on any system


class UndoKeys(QObject):
    """Brings the keys of undo and redo to `undo` and `redo`, wherever in `window` the focus is.

    Qt's lines and boxes always claim both keys, also for a number that was taken long ago, and what pops up lets no
    key out to the window. So whichever widget has the focus is asked first: in the window, in what pops up from it, in
    a pane that floats beside it, in the data browser. A dialog that the window waits for keeps its keys.
    """

    def __init__(self, window: QWidget, undo: QAction, redo: QAction) -> None:
        super().__init__(window)
        self._window, self._actions = window, dict(zip(KEYS, (undo, redo), strict=True))
        self._watched: QWidget | None = None
        self._connections: tuple[QMetaObject.Connection, ...] = ()
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)
        self._follow(None, application.focusWidget())

    @Slot(QWidget, QWidget)
    def _follow(self, _old: QWidget | None, focused: QWidget | None) -> None:
        """Only the widget that has the focus is watched: Python would be asked about each event of every one."""
        if self._watched is not None:
            self._leave(self._watched)
        if focused is not None and self._has(focused):
            self._watched = focused
            focused.installEventFilter(self)
            self._connections = (focused.destroyed.connect(self._forget),)
            if isinstance(line := text_of(focused), QLineEdit):
                # What the widget itself does with what was typed it does before, being connected since it was made.
                self._connections += (line.editingFinished.connect(self._settle),)

    def _leave(self, widget: QWidget) -> None:
        for connection in self._connections:
            QObject.disconnect(connection)
        if isValid(widget):
            widget.removeEventFilter(self)
            self._settle()
        self._forget()

    @Slot()
    def _settle(self) -> None:
        """What was typed was taken: from now on the keys are the window's."""
        line = None if self._watched is None else text_of(self._watched)
        if isinstance(line, QLineEdit):
            line.setModified(False)

    @Slot()
    def _forget(self) -> None:
        self._watched, self._connections = None, ()

    def _has(self, widget: QWidget) -> bool:
        """Whether the focus in `widget` is a focus in the window."""
        part: QWidget | None = widget
        while part is not None and part is not self._window and not part.isModal():
            part = part.parentWidget()
        return part is self._window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Takes the keys from a text with nothing half typed in it."""
        if not isinstance(event, QKeyEvent) or event.type() == QEvent.Type.KeyRelease:
            return False
        key = _key_of(event)
        if key is None or _takes_back(text_of(watched), key):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            event.ignore()  # so it is looked for among the shortcuts, and comes as a key where it is none
        else:
            self._actions[key].trigger()  # does nothing where there is nothing to undo
        return True


def _key_of(event: QKeyEvent) -> QKeySequence.StandardKey | None:
    """Undo, redo or neither."""
    if event.keyCombination() == ALSO_REDO:
        return QKeySequence.StandardKey.Redo
    return next((key for key in KEYS if event.matches(key)), None)


def text_of(widget: QObject) -> Text | None:
    """What is typed into while `widget` has the focus; None where nothing is."""
    line = widget.lineEdit() if isinstance(widget, QAbstractSpinBox | QComboBox) else widget
    return line if isinstance(line, Text) and not line.isReadOnly() else None


def _takes_back(text: Text | None, key: QKeySequence.StandardKey) -> bool:
    """Whether `text` has something half typed that the key `key` takes back or does again."""
    if text is None:
        return False
    typed = text if isinstance(text, QLineEdit) else text.document()
    if key == QKeySequence.StandardKey.Undo:
        return typed.isModified() and typed.isUndoAvailable()
    return typed.isRedoAvailable()
