"""Tips of a part of a widget: beside the place that they explain, never over it, nor over others like it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QToolTip, QWidget

from explorer.ui.common.popup_place import beside, beside_all

if TYPE_CHECKING:
    _BesideWidget = QWidget
    _BesideArea = QAbstractScrollArea
    _BesideView = QAbstractItemView
else:
    _BesideWidget = _BesideArea = _BesideView = object

Tipped = tuple[str, QRectF]
"""What is said of a place, and the place in the widget's pixels."""


class _Tips:
    """What is said of the places of a widget."""

    def explained_at(self, point: QPoint) -> Tipped | None:
        """What is said of the place under `point`; None where there is nothing to say."""
        raise NotImplementedError

    def neighbours_at(self, _point: QPoint) -> QRectF | None:
        """Where the places lie that are compared with the one under `point`: the tip covers none of them."""
        return None

    def _is_shown(self, event: QEvent, widget: QWidget) -> bool:
        """Whether `event` asks for a tip, which is then shown beside its place in `widget`."""
        if not isinstance(event, QHelpEvent) or event.type() != QEvent.Type.ToolTip:
            return False
        point = event.pos()
        show_beside(widget, self.explained_at(point), neighbours=self.neighbours_at(point), pointer=point)
        return True


class TipsOfPlaces(_Tips, _BesideWidget):
    """Stands before the widget among the bases of a class; `explained_at` says what there is to say."""

    def event(self, event: QEvent) -> bool:
        return self._is_shown(event, self) or super().event(event)


class TipOfAll(TipsOfPlaces):
    """For what is taller than a line and has one tip: that stands beside all of it."""

    def explained_at(self, _point: QPoint) -> Tipped | None:
        return self.toolTip(), QRectF(self.rect())


class TipsInArea(_Tips, _BesideArea):
    """As `TipsOfPlaces`, for a widget that scrolls; places are in the pixels of its viewport."""

    def viewportEvent(self, event: QEvent) -> bool:
        return self._is_shown(event, self.viewport()) or bool(super().viewportEvent(event))


class TipsOfRows(TipsInArea, _BesideView):
    """For a list or table whose model has the tips."""

    def explained_at(self, point: QPoint) -> Tipped | None:
        index = self.indexAt(point)
        tip = index.data(Qt.ItemDataRole.ToolTipRole) if index.isValid() else self.toolTip()
        return (str(tip), QRectF(self.visualRect(index))) if tip else None

    def neighbours_at(self, _point: QPoint) -> QRectF | None:
        """All rows that are seen."""
        rows, seen = self.model().rowCount(), self.viewport().rect()
        end = self.visualRect(self.model().index(rows - 1, 0)).bottom() if rows else seen.bottom()
        return QRectF(seen.adjusted(0, 0, 0, min(end - seen.bottom(), 0)))


def around(point: QPoint, size: int = 24) -> QRectF:
    """A place of `size` pixels each way around `point`, where nothing better is known."""
    return QRectF(point.x() - size / 2, point.y() - size / 2, size, size)


def show_beside(
    widget: QWidget, explained: Tipped | None, *, neighbours: QRectF | None = None, pointer: QPoint | None = None
) -> None:
    """Show the tip beside its place, and over none of its `neighbours` where that is near enough to the `pointer`.

    None takes away the tip that is shown.
    """
    if explained is None or not explained[0]:
        QToolTip.hideText()
        return
    text, place = explained[0], explained[1].toAlignedRect() or widget.rect()
    on_screen = QRect(widget.mapToGlobal(place.topLeft()), place.size())
    QToolTip.showText(on_screen.bottomLeft(), text, widget, place)
    shown = tip_label()
    if shown is None:
        return
    size, screen = shown.size(), widget.screen().availableGeometry()  # known now; Qt places it by the pointer
    if neighbours is None or pointer is None:
        shown.move(beside(on_screen, size, screen))
        return
    group = neighbours.toAlignedRect().translated(widget.mapToGlobal(QPoint()))
    shown.move(beside_all(group, on_screen, widget.mapToGlobal(pointer), size=size, screen=screen))


def tip_label() -> QWidget | None:
    """The tip that is on the screen."""
    tops = QApplication.topLevelWidgets()
    return next((each for each in tops if each.inherits("QTipLabel") and each.isVisible()), None)
