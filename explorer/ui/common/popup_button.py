"""A button that opens a small form below itself."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from explorer.ui.common import theme
from explorer.ui.common.icons import draw_icon
from explorer.ui.common.popup import Popup
from explorer.ui.common.popup_place import place_beside

CARET, CARETS_ROOM = 10, 14
MARGIN = 12


class _Popup(Popup, QFrame):
    """Closes on a click beside it, as all popups do, and on Esc, as only menus do by themselves."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)


class CaretButton(QToolButton):
    """A button that opens something below itself, and shows it by a caret."""

    def __init__(self, text: str = "", *, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tip = tip
        self.setStyleSheet(f"QToolButton {{ padding-right: {CARETS_ROOM + 6}px; }}")
        self.show_words(text)

    def show_words(self, text: str) -> None:
        """Stand for `text` from now on."""
        self.setText(text)
        self._fit_tip()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_tip()

    def _fit_tip(self) -> None:
        """Where the words are cut the tip has all of them."""
        is_cut = self.width() < self.sizeHint().width()
        self.setToolTip(f"{self.text()}: {self._tip}" if is_cut else self._tip)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        colour = theme.current().dim
        place = QRect(self.width() - CARETS_ROOM - 4, (self.height() - CARET) // 2, CARET, CARET)
        draw_icon(QPainter(self), "ph.caret-down", colour, place)


class PopupButton(CaretButton):
    """Put the form into `body`; it closes on Esc and on a click beside it. `opened` is emitted before it shows."""

    opened = Signal()

    def __init__(self, text: str, *, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(text, tip=tip, parent=parent)
        self.setAccessibleName(text)
        self.popup = _Popup(self, Qt.WindowType.Popup)
        self.popup.setProperty("role", "pane")
        self.popup.setAccessibleName(text)
        self.body = QVBoxLayout(self.popup)
        self.body.setContentsMargins(MARGIN, MARGIN, MARGIN, MARGIN)
        self.body.setSpacing(8)
        self.clicked.connect(self.open_popup)

    @Slot()
    def open_popup(self) -> None:
        """Show the form below the button, or where the screen has room, with the focus on its first control."""
        self.opened.emit()
        self.popup.adjustSize()
        self.popup.move(place_beside(self, self.popup.size()))
        self.popup.show()
        self.popup.setFocus(Qt.FocusReason.PopupFocusReason)
        self.popup.focusNextChild()

    def settle(self) -> None:
        """Fit the form's size to what it holds now; its upper left corner stays."""
        self.body.activate()
        self.popup.resize(self.popup.sizeHint())
