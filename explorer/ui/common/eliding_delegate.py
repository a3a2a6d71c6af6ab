"""Cells of a list or table that Qt paints, but for how their words are cut."""

from __future__ import annotations

from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from explorer.ui.common.eliding import elided
from explorer.ui.common.row_list import Index


class ElidingDelegate(QStyledItemDelegate):
    """Cuts words as the rest of the window does, never inside a number."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        cell = QStyleOptionViewItem(option)
        self.initStyleOption(cell, index)
        style = cell.widget.style() if cell.widget is not None else QApplication.style()
        margin = style.pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin, cell, cell.widget) + 1
        room = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, cell, cell.widget).width() - 2 * margin
        cell.text = elided(cell.text, cell.fontMetrics, room)
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, cell, painter, cell.widget)
