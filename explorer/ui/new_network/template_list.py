"""The list of templates: a picture, a title and a sentence each."""

from __future__ import annotations

from functools import cache
from typing import Any

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from explorer.network.templates import TEMPLATES, Template
from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ENTERING
from explorer.ui.common.eliding import elided
from explorer.ui.common.row_list import Index, RowList, RowModel, row_ground
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.text import plural
from explorer.ui.new_network.template_picture import DrawnLayer, boxes_of, draw_network

TEMPLATE_ROLE = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 136
PICTURE_HEIGHT = 52
INSET = 12
GAP = 8
SMALL_PIXELS = 11
TAKING = "A click or Enter puts its text into the editor; undo takes it back."


class TemplateModel(RowModel):
    """The templates."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        template: Template = self.rows[index.row()]
        if role == TEMPLATE_ROLE:
            return template
        if role == Qt.ItemDataRole.DisplayRole:
            return template.title
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{template.title}: {template.sentence} {template.use}\n{TAKING}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{template.title}: {template.sentence} {template.use} {_facts(template)}"
        return None


class TemplateList(RowList):
    """The one whose text stands in the editor is the selected one, which `show_text` tells.

    `taken` tells which template was clicked or chosen with Enter, `reached` which one the keys went to.
    """

    taken = Signal(object)
    reached = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("templateList")
        self.setAccessibleName("Templates")
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setItemDelegate(_TemplateDelegate(self))
        model = TemplateModel(self)
        model.show_rows(TEMPLATES)
        self.setModel(model)
        self.setCurrentIndex(model.index(0))
        self.clicked.connect(self._take)

    def row_rect(self, name: str) -> QRect:
        """Where the template called `name` lies in the viewport."""
        row = next(row for row, template in enumerate(TEMPLATES) if template.name == name)
        return self.visualRect(self.model().index(row, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTERING:
            self._take(self.currentIndex())
            return
        before = self.currentIndex()
        super().keyPressEvent(event)
        if self.currentIndex() != before:
            self.reached.emit(self.currentIndex().data(TEMPLATE_ROLE))

    def show_text(self, text: str) -> None:
        """Select the template that is written there; none where it is a text of the person's own."""
        at = next((row for row, template in enumerate(TEMPLATES) if template.text == text), None)
        if at is None:
            self.clearSelection()
        else:
            self.setCurrentIndex(self.model().index(at, 0))
            self.selectionModel().select(self.currentIndex(), QItemSelectionModel.SelectionFlag.ClearAndSelect)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        if index.isValid():
            self.taken.emit(index.data(TEMPLATE_ROLE))


class _TemplateDelegate(QStyledItemDelegate):
    """Paints a template's row."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        colours = theme.current()
        with saved(painter):
            painter.fillRect(option.rect, row_ground(option))
            room = option.rect.adjusted(INSET, 8, -INSET, -8)
            template: Template = index.data(TEMPLATE_ROLE)
            picture = QRectF(room.left(), room.top(), room.width(), PICTURE_HEIGHT)
            draw_network(painter, _boxes(template), picture)
            _write(painter, template, room.adjusted(0, PICTURE_HEIGHT + 6, 0, 0))
            painter.setPen(QColor(colours.border))
            painter.drawLine(option.rect.bottomLeft(), option.rect.bottomRight())
            if option.state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QColor(colours.accent))
                painter.drawRect(option.rect.adjusted(0, 0, -1, -1))


def _write(painter: QPainter, template: Template, room: QRect) -> None:
    colours = theme.current()
    line = QRect(room.left(), room.top(), room.width(), 18)
    painter.setFont(theme.interface_font(SMALL_PIXELS))
    painter.setPen(QColor(colours.dim))
    painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _facts(template))
    width = line.width() - painter.fontMetrics().horizontalAdvance(_facts(template)) - GAP
    painter.setFont(theme.interface_font(semibold=True))
    painter.setPen(QColor(colours.text))
    title = elided(template.title, painter.fontMetrics(), width)
    painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)
    painter.setFont(theme.interface_font(SMALL_PIXELS))
    painter.setPen(QColor(colours.dim))
    words = room.adjusted(0, 20, 0, 0)
    painter.drawText(words, int(Qt.TextFlag.TextWordWrap), template.sentence)


def _facts(template: Template) -> str:
    return plural(len(template.network.layers), "layer") if template.network.layers else "no layer"


@cache
def _boxes(template: Template) -> tuple[DrawnLayer, ...]:
    return boxes_of(template.network)
