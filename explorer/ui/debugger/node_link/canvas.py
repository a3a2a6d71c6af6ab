"""The surface of the node-link drawing: it paints, and tells what is hovered, clicked or to be changed. No session."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ARROWS, ENTERING
from explorer.ui.common.box import Box
from explorer.ui.common.late import late_veil
from explorer.ui.common.spoken import tell
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.debugger.node_link import Edge, Item, Node, NodeLink, ShownNumbers, describe, fan, positions
from explorer.ui.debugger.node_link.edge_layers import EdgeLayers
from explorer.ui.debugger.node_link.layout import FOOT, MARGIN
from explorer.ui.debugger.node_link.legend import paint_legend
from explorer.ui.debugger.node_link.painter import NodeLinkPainter
from explorer.ui.debugger.node_link.scene import NodeLinkScene
from explorer.ui.debugger.node_link.walking import neighbour

NAME = "Neurons and weights"


class NodeLinkCanvas(TipsOfPlaces, QWidget):
    """Emits `chosen` (an item, and the line of a node that was hit or None) and `edit_asked` (an item)."""

    chosen = Signal(object, object)
    edit_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nodeLinkCanvas")
        self.setAccessibleName(NAME)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.scene: NodeLinkScene | None = None
        self.legend_width = 10_000.0
        self._hovered: Item | None = None
        self._focused: Item | None = None
        self._layers = EdgeLayers()
        self._by_keyboard = False
        self.message, self._is_fault = "", False
        self._is_dimmed = False

    def sizeHint(self) -> QSize:
        return QSize(860, 330)

    def minimumSizeHint(self) -> QSize:
        return QSize(360, 110)

    # --- what is shown ---

    def show_drawing(self, drawing: NodeLink | None, shown: ShownNumbers | None) -> None:
        """Show a drawing at a cursor; what was hovered or had the focus keeps it where it still exists."""
        if drawing is None or shown is None:
            self.scene = self._hovered = self._focused = None
        else:
            is_same = self.scene is not None and self.scene.drawing == drawing
            places = self.scene.places if is_same and self.scene else positions(drawing, self.width(), self.height())
            self.scene = NodeLinkScene(drawing, places, shown)
            self._hovered = self._hovered if self._hovered in shown.written else None
            self._focused = self._focused if self._focused in shown.written else None
        self._look()

    def set_focused(self, item: Item | None) -> None:
        """Move the keyboard's place; its weights show their numbers."""
        self._focused = item
        self._look()

    @property
    def focused(self) -> Item | None:
        return self._focused

    def set_message(self, text: str, is_fault: bool = False) -> None:
        """Say something in the legend's place, or in the middle while there is no drawing; "" gives the legend back."""
        self.message, self._is_fault = text, is_fault
        self.update()

    def set_dimmed(self, is_dimmed: bool) -> None:
        """Lay a veil over numbers that are being worked out anew."""
        self._is_dimmed = is_dimmed
        self.update()

    def description(self, item: Item) -> str:
        """An item in words."""
        return describe(self.scene.drawing, self.scene.shown, item) if self.scene is not None else ""

    def box(self, item: Item) -> Box:
        """Where an item's number is."""
        assert self.scene is not None
        fan_box = self.scene.fan.get(item) if isinstance(item, Edge) else None
        return fan_box or self.scene.places.box(item)

    def chosen_point(self) -> QPointF | None:
        """The middle of the item that the keys are at."""
        if self._focused is None or self.scene is None:
            return None
        return QPointF(*self.box(self._focused).middle)

    def _look(self) -> None:
        """Labels of a fan belong to what the mouse is over, else to what has the keyboard."""
        if self.scene is not None:
            looked_at = self._hovered or self._focused or self.scene.shown.chosen
            self.scene = replace(
                self.scene,
                looked_at=self._hovered or (self._focused if self._by_keyboard and self.hasFocus() else None),
                focused=self._focused if self.hasFocus() else None,
                fan=fan(self.scene.drawing, self.scene.places, looked_at),
            )
        tell(self, self.description(self._focused) if self._focused is not None else "")
        self.update()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.current().pane))
        if self.scene is None:
            self._paint_message(painter, Box(24, 24, self.width() - 48, self.height() - 48))
            return
        NodeLinkPainter(painter, self.scene, self._layers).paint()
        if self._is_dimmed:
            painter.fillRect(self.rect(), late_veil())
        foot = Box(MARGIN, self.height() - FOOT, min(self.legend_width, self.width()) - 2 * MARGIN, FOOT)
        if self.message:
            self._paint_message(painter, foot)
        else:
            paint_legend(painter, foot, self.scene.drawing)

    def _paint_message(self, painter: QPainter, box: Box) -> None:
        painter.setFont(theme.interface_font(12))
        painter.setPen(QColor(theme.current().error if self._is_fault else theme.current().dim))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
        painter.drawText(int(box.x), int(box.y), int(box.width), int(box.height), flags, self.message)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.scene is not None:
            places = positions(self.scene.drawing, self.width(), self.height())
            self.scene = replace(self.scene, places=places)
            self._look()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    # --- mouse ---

    def item_at(self, x: float, y: float) -> Item | None:
        """What lies under a point of the widget."""
        return None if self.scene is None else self.scene.places.item_at(x, y, self.scene.fan)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover(self.item_at(event.position().x(), event.position().y()))

    def leaveEvent(self, event: QEvent) -> None:
        self._hover(None)
        super().leaveEvent(event)

    def _hover(self, item: Item | None) -> None:
        if item != self._hovered:
            self._hovered = item
            self.setCursor(Qt.CursorShape.ArrowCursor if item is None else Qt.CursorShape.PointingHandCursor)
            self._look()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        item = self.item_at(event.position().x(), event.position().y())
        self._by_keyboard = False
        if event.button() == Qt.MouseButton.LeftButton and item is not None:
            self.chosen.emit(item, self.line_at(item, event.position().y()))
            self.set_focused(item)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        item = self.item_at(event.position().x(), event.position().y())
        if event.button() == Qt.MouseButton.LeftButton and item is not None:
            self.set_focused(item)
            self.edit_asked.emit(item)

    def line_at(self, item: Item, y: float) -> int | None:
        """Which of a node's numbers is written there; None where its box has one."""
        assert self.scene is not None
        style = self.scene.places.styles[item.column]
        if not isinstance(item, Node) or not style.is_stacked:
            return None
        line = int((y - self.scene.places.nodes[item].y - style.pad) // style.row)
        return min(max(line, 0), len(self.scene.shown.written[item]) - 1)

    def explained_at(self, point: QPoint) -> Tipped | None:
        item = self.item_at(point.x(), point.y())
        if item is None:
            return None
        box = self.box(item)
        return self.description(item), QRectF(box.x, box.y, box.width, box.height)

    # --- keyboard ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if self.scene is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
            return
        self._by_keyboard = True
        item = self._focused or self.scene.shown.chosen or self.scene.drawing.nodes[0]
        if key in ARROWS:
            self.set_focused(item if self._focused is None else self._beside(self.scene, item, *ARROWS[key]))
        elif key in ENTERING:
            self.set_focused(item)
            self.edit_asked.emit(item)
        elif key == Qt.Key.Key_Space:
            self.chosen.emit(item, None)
            self.set_focused(item)
        else:
            super().keyPressEvent(event)

    def _beside(self, scene: NodeLinkScene, item: Item, down: int, right: int) -> Item:
        return neighbour(scene.drawing, scene.places, item, right=right, down=down)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.scene is not None and self._focused is None:
            self._focused = self.scene.shown.chosen or self.scene.drawing.nodes[0]
        self._look()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._look()
