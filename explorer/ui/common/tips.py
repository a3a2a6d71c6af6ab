"""Tips of a part of a widget: below the place that they explain, or above it, and never over it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QToolTip, QWidget

from explorer.ui.common.popup_place import beside

if TYPE_CHECKING:
    _BesideWidget = QWidget
    _BesideArea = QAbstractScrollArea
    _BesideView = QAbstractItemView
else:
    _BesideWidget = _BesideArea = _BesideView = object

Tipped = tuple[str, QRectF]
"""What is said of a place, and the place in the widget's pixels."""


class TipsOfPlaces(_BesideWidget):
    """Stands before the widget among the bases of a class; `explained_at` says what there is to say."""

    def explained_at(self, point: QPoint) -> Tipped | None:
        """What is said of the place under `point`; None where there is nothing to say."""
        raise NotImplementedError

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_beside(self, self.explained_at(event.pos()))
            return True
        return super().event(event)


class TipOfAll(TipsOfPlaces):
    """For what is taller than a line and has one tip: that stands beside all of it."""

    def explained_at(self, _point: QPoint) -> Tipped | None:
        return self.toolTip(), QRectF(self.rect())


class TipsInArea(_BesideArea):
    """As `TipsOfPlaces`, for a widget that scrolls; places are in the pixels of its viewport."""

    def explained_at(self, point: QPoint) -> Tipped | None:
        """What is said of the place under `point`; None where there is nothing to say."""
        raise NotImplementedError

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            show_beside(self.viewport(), self.explained_at(event.pos()))
            return True
        return bool(super().viewportEvent(event))


class TipsOfRows(TipsInArea, _BesideView):
    """For a list or table whose model has the tips."""

    def explained_at(self, point: QPoint) -> Tipped | None:
        index = self.indexAt(point)
        tip = index.data(Qt.ItemDataRole.ToolTipRole) if index.isValid() else self.toolTip()
        return (str(tip), QRectF(self.visualRect(index))) if tip else None


def around(point: QPoint, size: int = 24) -> QRectF:
    """A place of `size` pixels each way around `point`, where nothing better is known."""
    return QRectF(point.x() - size / 2, point.y() - size / 2, size, size)


def show_beside(widget: QWidget, explained: Tipped | None) -> None:
    """Show the tip beside its place; None takes away the tip that is shown."""
    if explained is None or not explained[0]:
        QToolTip.hideText()
        return
    text, place = explained[0], explained[1].toAlignedRect() or widget.rect()
    on_screen = QRect(widget.mapToGlobal(place.topLeft()), place.size())
    QToolTip.showText(on_screen.bottomLeft(), text, widget, place)
    shown = tip_label()
    if shown is not None:  # its size is known now; Qt places it by the pointer, wherever the number is
        shown.move(beside(on_screen, shown.size(), widget.screen().availableGeometry()))


def tip_label() -> QWidget | None:
    """The tip that is on the screen."""
    tops = QApplication.topLevelWidgets()
    return next((each for each in tops if each.inherits("QTipLabel") and each.isVisible()), None)
