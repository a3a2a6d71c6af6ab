"""The list of layer cards: choose, rename in place, drag to another place, press a card's button."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.session.soon import soon
from explorer.ui.common import theme
from explorer.ui.editor.card_model import CARD_ROLE, CardModel, Index
from explorer.ui.editor.card_painter import CardPainter, Looks
from explorer.ui.editor.layer_card import LEFT, Card, arranged, title_font

COPY = QKeySequence.StandardKey.Copy
EDGE = 24  # pixels at the top and bottom of the list where a drag scrolls
SCROLL_ROOM = 12


class CardDelegate(QStyledItemDelegate):
    """Draws a card and lends it a line editor for its name."""

    def __init__(self, view: CardList) -> None:
        super().__init__(view)
        self._view = view
        self._painter = CardPainter()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        state = option.state
        view = self._view
        is_current = index.row() == view.currentIndex().row()
        looks = Looks(
            selected=bool(state & QStyle.StateFlag.State_Selected),
            hovered=bool(state & QStyle.StateFlag.State_MouseOver),
            focused=is_current and view.hasFocus(),
            stale=view.is_stale,
            hot_button=view.hot_button[1] if view.hot_button and view.hot_button[0] == index.row() else None,
        )
        self._painter.paint(painter, option.rect, index.data(CARD_ROLE), looks)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        # Measured as if the scroll bar were there, so that its coming and going never changes a height.
        width = max(120, self._view.width() - SCROLL_ROOM)
        return QSize(width, arranged(index.data(CARD_ROLE), width).height)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName("Name of the layer")
        editor.setFont(title_font())
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        places = arranged(index.data(CARD_ROLE), option.rect.width())
        title = places.title.translated(option.rect.topLeft())
        editor.setGeometry(QRect(LEFT - 9, title.top() - 5, title.width() + 9, 28))


class CardList(QListView):
    """Cards in the order they run. Signals say what the person wants; the list itself changes only by `show_cards`."""

    chosen = Signal(str)
    fix_wanted = Signal(str, int)  # name, number of the problem
    move_wanted = Signal(str, int)  # name, row it is to have
    rename_wanted = Signal(str, str)
    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards = CardModel(self)
        self.is_stale = False
        self.hot_button: tuple[int, int] | None = None
        self._pressed_button: tuple[int, int] | None = None
        self._press: QPoint | None = None
        self._drop_row: int | None = None
        self._following = False
        self._scroller = QTimer(self, interval=30)
        self._scroller.timeout.connect(self._scroll_while_dragging)
        self.setModel(self.cards)
        self.setItemDelegate(CardDelegate(self))
        self.setMouseTracking(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        self.cards.renamed.connect(self.rename_wanted)

    def show_cards(self, cards: tuple[Card, ...], current: str | None, *, editable: bool) -> None:
        """Show `cards` with the one called `current` chosen; a selection of several that holds it stays."""
        self._following = True
        self.cards.editable = editable
        self.cards.set_cards(cards)
        index = self.cards.index(self.cards.row_of(current)) if current is not None else QModelIndex()
        if not index.isValid():
            self.selectionModel().clear()
        elif index.row() != self.currentIndex().row() or not self.selectionModel().isSelected(index):
            self.setAutoScroll(False)  # as it is shown the list is a line high: it is brought into view when laid out
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.setAutoScroll(True)
            soon(self, self._bring_current)
        self._following = False
        self.viewport().update()

    @Slot()
    def _bring_current(self) -> None:
        """Bring the chosen card into view."""
        self.scrollTo(self.currentIndex())

    def give_up_renaming(self) -> None:
        """Close the line editor of a name, if there is one, without taking what was typed: its card may be another."""
        for editor in self.viewport().findChildren(QLineEdit):
            self.closeEditor(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)

    def set_stale(self, stale: bool) -> None:
        """Draw the miniature maps pale while newer ones are computed."""
        self.is_stale = stale
        self.viewport().update()

    def card_at(self, point: QPoint) -> Card | None:
        """The card under a point of the viewport."""
        row = self.indexAt(point).row()
        return self.cards.cards[row] if row >= 0 else None

    def selected_names(self) -> tuple[str, ...]:
        """The names of the selected cards, in the order of the list, the input left out."""
        rows = sorted(index.row() for index in self.selectionModel().selectedIndexes())
        return tuple(self.cards.cards[row].name for row in rows if not self.cards.cards[row].is_input)

    def current_card(self) -> Card | None:
        """The card that has the keyboard's attention."""
        row = self.currentIndex().row()
        return self.cards.cards[row] if row >= 0 else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and not self._following:
            self.chosen.emit(self.cards.cards[current.row()].name)

    def button_rect(self, name: str, number: int = 0) -> QRect:
        """Where the button of problem `number` on the card `name` lies in the viewport."""
        index = self.cards.index(self.cards.row_of(name))
        rect = self.visualRect(index)
        return arranged(index.data(CARD_ROLE), rect.width()).problems[number].button.translated(rect.topLeft())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        was_seen = self.visualRect(self.currentIndex()).intersects(QRect(QPoint(), event.oldSize()))
        if was_seen and event.size().height() < event.oldSize().height():
            soon(self, self._bring_current)
        if event.size().width() != event.oldSize().width():
            self.doItemsLayout()  # at once: Qt waits 0.1 s, in which wrapped sentences would lie over each other

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_button = self._button_under(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and self._pressed_button is not None:
            return
        super().mousePressEvent(event)
        self._press = event.position().toPoint() if self._may_drag(event) else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self._press is not None and event.buttons() & Qt.MouseButton.LeftButton:
            far = (place - self._press).manhattanLength() >= QApplication.startDragDistance()
            if far or self._drop_row is not None:
                self._drag_to(place)
            return
        self._set_hot(self._button_under(place))
        super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed_button is not None:
            if self._button_under(event.position().toPoint()) == self._pressed_button:
                row, number = self._pressed_button
                self.fix_wanted.emit(self.cards.cards[row].name, number)
            self._pressed_button = None
            return
        drop, self._press = self._drop_row, None
        self._stop_dragging()
        if drop is None:
            super().mouseReleaseEvent(event)
            return
        self.setState(QAbstractItemView.State.NoState)
        self._drop_at(drop)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self._button_under(event.position().toPoint()) is None:  # else it would rename the card
            super().mouseDoubleClickEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._set_hot(None)
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        """The window's command with the key of Copy copies a number, which here means the cards."""
        if event.type() == QEvent.Type.ShortcutOverride and event.matches(COPY):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: object) -> None:
        if event.matches(COPY):  # type: ignore[attr-defined]  # Qt's event
            self.copy_wanted.emit()
            return
        if self._drop_row is not None and event.key() == Qt.Key.Key_Escape:  # type: ignore[attr-defined]  # Qt's event
            self._press = None
            self._stop_dragging()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._drop_row is None:
            return
        painter = QPainter(self.viewport())
        painter.setPen(QPen(QColor(theme.current().accent), 2))
        height = self._drop_height()
        painter.drawLine(6, height, self.viewport().width() - 6, height)

    def _may_drag(self, event: QMouseEvent) -> bool:
        index = self.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        return plain and self.cards.editable and index.isValid() and not index.data(CARD_ROLE).is_input

    def _button_under(self, place: QPoint) -> tuple[int, int] | None:
        index = self.indexAt(place)
        if not index.isValid() or not index.data(CARD_ROLE).problems:
            return None
        rect = self.visualRect(index)
        inside = place - rect.topLeft()
        number = arranged(index.data(CARD_ROLE), rect.width()).button_at(inside.x(), inside.y())
        return None if number is None else (index.row(), number)

    def _set_hot(self, button: tuple[int, int] | None) -> None:
        if button != self.hot_button:
            self.hot_button = button
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if button else Qt.CursorShape.ArrowCursor)
            self.viewport().update()

    def _drag_to(self, place: QPoint) -> None:
        self._drop_row = self._gap_at(place)
        near_edge = place.y() < EDGE or place.y() > self.viewport().height() - EDGE
        self._scroller.start() if near_edge else self._scroller.stop()
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self.viewport().update()

    def _gap_at(self, place: QPoint) -> int:
        """The row before which a card dropped at `place` would stand; never before the input."""
        index = self.indexAt(QPoint(10, place.y()))
        first = 1 if self.cards.cards and self.cards.cards[0].is_input else 0
        if not index.isValid():
            return first if place.y() < 0 else self.cards.rowCount()
        after = place.y() > self.visualRect(index).center().y()
        return max(first, index.row() + after)

    def _drop_height(self) -> int:
        assert self._drop_row is not None
        above = self.visualRect(self.cards.index(self._drop_row - 1))
        return above.bottom()

    @Slot()
    def _scroll_while_dragging(self) -> None:
        place = self.viewport().mapFromGlobal(self.cursor().pos())
        step = -12 if place.y() < EDGE else 12 if place.y() > self.viewport().height() - EDGE else 0
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + step)
        if step:
            self._drag_to(place)

    def _stop_dragging(self) -> None:
        self._drop_row = None
        self._scroller.stop()
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.viewport().update()

    def _drop_at(self, gap: int) -> None:
        row = self.currentIndex().row()
        wanted = gap - 1 if gap > row else gap
        if row >= 0 and wanted != row:
            self.move_wanted.emit(self.cards.cards[row].name, wanted)
