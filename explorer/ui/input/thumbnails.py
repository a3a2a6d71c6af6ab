"""A popup of small pictures under headings, to choose one from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from explorer.ui.common.arrow_keys import ARROWS, ENTERING
from explorer.ui.common.popup import Popup
from explorer.ui.common.popup_place import place_beside
from explorer.ui.common.tips import TipOfAll

COLUMNS = 4
SIDE = 56


@dataclass(frozen=True)
class Thumbnail:
    """One entry: `name` is what is told when it is chosen, `tip` a line about it."""

    name: str
    title: str
    tip: str


class _Thumb(TipOfAll, QToolButton):
    pass


class ThumbnailPopup(Popup, QFrame):
    """Emits `chosen` with the entry's name. `load(name)` gives its picture, asked for one by one once it is open.

    The arrow keys walk over the pictures as they lie, from a group into the next; Enter chooses one.
    """

    chosen = Signal(str)

    def __init__(
        self,
        groups: Sequence[tuple[str, Sequence[Thumbnail]]],
        load: Callable[[str], QPixmap],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("role", "pane")
        self.setAccessibleName("Sample pictures")
        self._load = load
        self.buttons: dict[str, QToolButton] = {}
        self._rows: list[list[QToolButton]] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(4)
        for heading, entries in groups:
            title = QLabel(heading)
            title.setProperty("role", "title")
            column.addWidget(title)
            column.addLayout(self._grid(entries))
        widest = max((_wanted(button) for button in self.buttons.values()), default=0)
        for button in self.buttons.values():
            button.setFixedWidth(widest)
        self._waiting = list(self.buttons)
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._load_next)

    def open_below(self, widget: QWidget) -> None:
        """Show it under `widget`, or above it, inside the screen."""
        self.move(place_beside(widget, self.sizeHint()))
        self.show()
        self._timer.start()
        next(iter(self.buttons.values())).setFocus()

    def _grid(self, entries: Sequence[Thumbnail]) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        for place, entry in enumerate(entries):
            button = _Thumb(text=entry.title, toolTip=f"{entry.title}: {entry.tip}", accessibleName=entry.title)
            button.setProperty("role", "flat")
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(QSize(SIDE, SIDE))
            button.setIcon(_blank())
            button.clicked.connect(lambda _checked=False, name=entry.name: self.choose(name))
            button.installEventFilter(self)
            self.buttons[entry.name] = button
            if place % COLUMNS == 0:
                self._rows.append([])
            self._rows[-1].append(button)
            grid.addWidget(button, place // COLUMNS, place % COLUMNS)
        grid.setColumnStretch(COLUMNS, 1)
        return grid

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        key = Qt.Key(event.key())
        if key in ENTERING and isinstance(watched, QToolButton):
            watched.click()
        elif key in ARROWS:
            self._walk(watched, *ARROWS[key])
        else:
            return False
        return True

    def _walk(self, button: QObject, down: int, right: int) -> None:
        """Go to the neighbour of a picture; in a shorter row to its last one. The walk ends at the rim."""
        row, column = next((row, each.index(button)) for row, each in enumerate(self._rows) if button in each)
        beside = self._rows[min(max(row + down, 0), len(self._rows) - 1)]
        beside[min(max(column + right, 0), len(beside) - 1)].setFocus()

    def _load_next(self) -> None:
        if not self._waiting or not self.isVisible():
            self._timer.stop()
            return
        name = self._waiting.pop(0)
        self.buttons[name].setIcon(QIcon(self._load(name)))

    def choose(self, name: str) -> None:
        """Take an entry, as a click on it does."""
        self.close()
        self.chosen.emit(name)


def _wanted(button: QToolButton) -> int:
    """How wide a button is with all of its title."""
    button.ensurePolished()
    return button.sizeHint().width()


def _blank() -> QIcon:
    """Keeps the room of a picture that is not there yet, so that nothing jumps."""
    pixmap = QPixmap(SIDE, SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    return QIcon(pixmap)
