"""The popup in which anything is found by typing: title and sentence at the left, what it is and its key aside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QColor, QFont, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.finder import Finder
from explorer.ui.common.row_list import Index, RowModel, row_ground
from explorer.ui.common.saved_painter import saved
from explorer.ui.shell.finding.findable import Findable
from explorer.ui.shell.finding.fuzzy import best

WIDTH, ROWS = 600, 9
FROM_TOP = 84  # pixels under the top of the window: the tool bar stays in sight
MARGIN = 12
ROW_HEIGHT, LINE = 44, 18
MOST = 80
NOTHING = "Nothing is called that. Try fewer letters."


class FindableModel(RowModel):
    """What was found, the best first."""

    rows: Sequence[Findable]

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        found = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return found.refusal or found.note
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return told(found)
        return found if role == Qt.ItemDataRole.UserRole else None


def told(found: Findable) -> str:
    """A row as it is read out."""
    parts = (found.title, found.what, found.aside, found.refusal or found.note)
    return ", ".join(part for part in parts if part)


class FindPopup(Finder):
    """Goes to what is chosen, and closes; what cannot be gone to now says why and stays."""

    def __init__(self, findables: Sequence[Findable], parent: QWidget) -> None:
        super().__init__("find", "Find anything", NOTHING, parent)
        self._findables = findables
        self._found = FindableModel(self)
        self.search.setPlaceholderText("Find a command, layer, setting, step, network, lesson, data set or picture")
        self.search.setToolTip("Type a part of a name; letters may be left out. Up and Down move, Enter chooses.")
        self.list.setToolTip("Enter or a click goes there.")
        self.list.setModel(self._found)
        self.list.setItemDelegate(_FoundRows(self))
        self.list.setUniformItemSizes(True)
        self.list.selectionModel().currentChanged.connect(self._announce)
        self.setAccessibleName("Find anything")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

    @property
    def found(self) -> Sequence[Findable]:
        """What is shown, in its order."""
        return self._found.rows

    def open_over(self, window: QWidget) -> None:
        """Show it in the middle of `window`, below its top."""
        width, beside = min(WIDTH, window.width()), self.sizeHint().height() - self.list.sizeHint().height()
        rows = min(ROWS, max(1, (window.height() - FROM_TOP - beside) // ROW_HEIGHT))
        self.list.setFixedHeight(rows * ROW_HEIGHT + 2 * self.list.frameWidth())
        self.setFixedSize(width, beside + self.list.height())
        self.move(window.mapToGlobal(QPoint((window.width() - width) // 2, FROM_TOP)))
        self.open_unfiltered()

    def look_for(self, query: str) -> None:
        self._found.show_rows(best(query, self._findables, MOST))

    def pick(self, index: QModelIndex) -> None:
        found = self.found[index.row()] if index.isValid() else None
        if found is not None and not found.refusal:
            self.close()
            found.go()

    def _announce(self, index: QModelIndex) -> None:
        """A screen reader says what Enter would choose: the keyboard stays in the line that is typed into."""
        if index.isValid() and QAccessible.isActive():
            announced = QAccessibleAnnouncementEvent(self.search, told(self.found[index.row()]))
            QAccessible.updateAccessibility(announced)


class _FoundRows(QStyledItemDelegate):
    """Two lines a row, as plain text; what cannot be gone to is dim and says why."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found: Findable = index.data(Qt.ItemDataRole.UserRole)
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ground = QRect(option.rect).adjusted(0, 1, -4, -1)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(row_ground(option))
            painter.drawRoundedRect(ground, 6, 6)
            self._write(painter, found, ground.adjusted(MARGIN, 3, -MARGIN, -3))

    def _write(self, painter: QPainter, found: Findable, room: QRect) -> None:
        colours, small = theme.current(), theme.interface_font(12)
        line = QRect(room.x(), room.y(), room.width(), LINE)
        left = self._aside(painter, found.aside, theme.number_font(12), line)
        left = self._aside(painter, found.what, small, QRect(line.x(), line.y(), left - line.x(), LINE))
        title = QRect(line.x(), line.y(), left - line.x(), LINE)
        ink = colours.dim if found.refusal else colours.text
        _line(painter, found.title, theme.interface_font(semibold=not found.refusal), title, ink)
        note = QRect(room.x(), line.bottom() + 1, room.width(), LINE)
        _line(painter, found.refusal or found.note, small, note, colours.dim)

    def _aside(self, painter: QPainter, text: str, font: QFont, room: QRect) -> int:
        """Write dim words at the right end of `room`; where what stands left of them has to end."""
        if not text:
            return room.right()
        painter.setFont(font)
        width = min(painter.fontMetrics().horizontalAdvance(text), room.width() // 2)
        _line(painter, text, font, QRect(room.right() - width, room.y(), width + 1, room.height()), theme.current().dim)
        return room.right() - width - MARGIN


def _line(painter: QPainter, text: str, font: QFont, room: QRect, colour: str) -> None:
    painter.setFont(font)
    painter.setPen(QColor(colour))
    shown = elided(text, painter.fontMetrics(), room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
