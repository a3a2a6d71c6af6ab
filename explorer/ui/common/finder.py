"""A popup with a line to type into and what was found below it; what is found, and how it looks, is the subclass's."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.popup import Popup
from explorer.ui.common.tips import TipsOfRows

MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FoundList(TipsOfRows, QListView):
    """What was found; each row tells its tip beside itself."""


class Finder(Popup, QFrame):
    """Type to filter, Up and Down to move, Enter or a click to choose, Esc to close.

    `name` is its object name, which its parts begin with; `nothing` the sentence that stands where nothing was found.
    """

    def __init__(self, name: str, placeholder: str, nothing: str, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName(name)
        self.setProperty("role", "pane")
        self.search = QLineEdit(self, placeholderText=placeholder)
        self.search.setObjectName(f"{name}Search")
        self.search.setAccessibleName(placeholder)
        self.search.installEventFilter(self)
        self.list = FoundList(self)
        self.list.setObjectName(f"{name}List")
        self.list.setAccessibleName("What was found")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        bar = self.list.verticalScrollBar()  # it keeps its room, so that no row gets wider; see the style sheet
        bar.rangeChanged.connect(lambda _least, most: bar.setEnabled(most > 0))
        self.nothing = QLabel(nothing, self, wordWrap=True)
        self.nothing.setProperty("role", "dim")
        self.nothing.setMargin(8)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.nothing.hide()
        self.list.clicked.connect(self.pick)
        self.search.textChanged.connect(self._filter)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        column.addWidget(self.search)
        column.addWidget(self.nothing, 1)
        column.addWidget(self.list, 1)

    def look_for(self, query: str) -> None:
        """Fill the list's model with what `query` finds; everything where it is empty."""
        raise NotImplementedError

    def pick(self, index: QModelIndex) -> None:
        """The person chose what stands at `index`, which may be invalid."""
        raise NotImplementedError

    def open_unfiltered(self) -> None:
        """Show the popup where it stands, with everything in it."""
        self.search.clear()
        self._filter("")
        self.show()
        self.search.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that reach the popup itself count as typed into its search."""
        if not self._key(event) and event.text().isprintable():
            self.search.insert(event.text())

    def _key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        if key in MOVES:
            self.list.keyPressEvent(event)
        elif key in ENTERING:
            self.pick(self.list.currentIndex())
        elif key == Qt.Key.Key_Escape:
            self.close()
        else:
            return False
        return True

    @Slot(str)
    def _filter(self, query: str) -> None:
        self.look_for(query)
        model = self.list.model()
        self.list.setCurrentIndex(model.index(0, 0))
        self.list.scrollToTop()
        self.list.setVisible(model.rowCount() > 0)
        self.nothing.setVisible(model.rowCount() == 0)
