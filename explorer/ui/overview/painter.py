"""Paints the overview: labels, bars, tiles, edges; only what is visible, and plain boxes when it is far away."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.text import plural, shape_text
from explorer.ui.overview.column_painter import ColumnPainter
from explorer.ui.overview.folding import LayerGroup
from explorer.ui.overview.geometry import Column, ColumnEdge
from explorer.ui.overview.scene import Scene, View, font, shortened

NAME_GAP = 3.0  # between a block's name and how many layers it folds
EDGES_FROM = 0.1
"""Under this zoom the gaps between columns are less than a pixel or two: no room for a line."""


class OverviewPainter:
    """One painting of a scene through a view."""

    def __init__(self, painter: QPainter, scene: Scene, view: View) -> None:
        self.painter, self.scene, self.view = painter, scene, view
        self.theme = theme.current()
        self.columns = ColumnPainter(painter, scene, view)
        self.title_font, self.small_font = self.columns.title_font, self.columns.small_font
        self._over_maps: list[tuple[QRectF, str]] = []

    def paint(self) -> None:
        """Everything but what hovering adds."""
        visible = self.scene.layout.between(*self.view.span())
        self._edges(set(visible))
        if self.view.is_far:
            self._boxes(visible)
        else:
            for index in visible:
                if self.view.sees(self.scene.layout.columns[index].box):
                    self._column(self.scene.layout.columns[index])
        if not self.view.is_far:
            self._arc_labels(set(visible))
            self._brackets()
            self._lines_over_maps()

    def paint_again(self, index: int) -> None:
        """What a near column holds, over what was painted of it before: only its values changed."""
        column = self.scene.layout.columns[index]
        if column.is_empty or not self.view.sees(column.box):
            return
        self.painter.setClipRect(self._held(column))
        self.painter.fillRect(self._held(column), QColor(self.theme.pane))
        self._draw(edge for edge in self.scene.layout.edges if index in (edge.source, edge.target))
        if column.name == self.scene.selected:
            self._chosen_column(column)
        self.columns.content(column)
        if self._is_headless(column):
            self._label_at_top(column)
            self._lines_over_maps()
        self.painter.setClipping(False)

    def _held(self, column: Column) -> QRect:
        """The pixels of what it holds, without its head."""
        inside = self.view.rect(column.body)
        return (inside if column.more is None else inside.united(self.view.rect(column.more))).toAlignedRect()

    def _lines_over_maps(self) -> None:
        for room, title in self._over_maps:
            self._line(room, title, self.title_font, self.theme.text)
        self._over_maps.clear()

    # --- far away ---

    def _boxes(self, visible: list[int]) -> None:
        """A box for each column; where several fall on the same pixel only the first is painted."""
        painted: set[tuple[int, int]] = set()
        zoom, x, columns = self.view.zoom, self.view.x, self.scene.layout.columns
        for index in visible:
            column = columns[index]
            pixel = (int(column.box.x * zoom + x), column.lane)
            if pixel not in painted:
                painted.add(pixel)
                self._box(column)

    def _box(self, column: Column) -> None:
        box = self.view.rect(column.box)
        wider = min(3.0, box.width() * 0.14)  # reaching into the gap, so that the name fits
        box.adjust(-wider, 0, wider, 0)
        colour = self._family(column)
        if box.width() < 3:
            box.setWidth(max(1.0, box.width()))
            self.painter.fillRect(box, colour)
            return
        fill = QColor(colour)
        fill.setAlphaF(0.45 if column.name == self.scene.selected else 0.2)
        self.painter.setPen(QPen(colour, 1))
        self.painter.setBrush(fill)
        self.painter.drawRoundedRect(box, min(4, box.width() / 4), min(4, box.width() / 4))
        if box.width() >= 9 and box.height() >= 30:
            self._upright(box, _title(column))

    def _upright(self, box: QRectF, text: str) -> None:
        """A name that runs up its narrow box."""
        painter = self.painter
        with saved(painter):
            painter.translate(box.center())
            painter.rotate(-90)
            painter.setFont(self.small_font)
            painter.setPen(QColor(self.theme.text))
            room = QRectF(-box.height() / 2 + 4, -box.width() / 2, box.height() - 8, box.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shortened(text, room.width(), self.small_font))

    # --- a column ---

    def _column(self, column: Column) -> None:
        if column.name == self.scene.selected:
            self._chosen_column(column)
        self._label(column)
        self._bar(column)
        if column.is_empty:
            self._empty(column)
        else:
            self.columns.content(column)

    def _bar(self, column: Column) -> None:
        """In the colour of its family; a block's has a piece in the colour of each layer inside."""
        bar, families = self.view.rect(column.bar), column.families
        each = bar.width() / len(families)
        self.painter.setPen(Qt.PenStyle.NoPen)
        for place, family in enumerate(families):
            self.painter.setBrush(self._colour(family))
            piece = QRectF(bar.x() + place * each, bar.y(), each, bar.height())
            self.painter.drawRoundedRect(piece.adjusted(0, 0, -1 if place < len(families) - 1 else 0, 0), 2, 2)

    def _chosen_column(self, column: Column) -> None:
        fill = QColor(self.theme.selection)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(fill)
        rect = self.view.rect(column.box)
        rect.setTop(self.view.rect(column.bar).top())
        self.painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 0), 6, 6)

    def _label(self, column: Column) -> None:
        """Name and shape, centred over the column."""
        if self._is_headless(column):
            self._label_at_top(column)
            return
        room = self._label_room(self.view.rect(column.label))
        title_colour = self.theme.accent if column.name == self.scene.selected else self.theme.text
        if column.entry.is_broken:
            title_colour = self.theme.error
        half = room.height() / 2
        self._name(column, QRectF(room.x(), room.y(), room.width(), half), title_colour)
        below = QRectF(room.x(), room.y() + half - 1, room.width(), half)
        if column.group is not None and column.block is None:
            self._line(below, self._count_line(column.group, below.width()), self.small_font, self.theme.accent)
        elif column.entry.shape is not None:
            shape = _narrow_shape(column)
            if (
                QFontMetricsF(self.small_font).horizontalAdvance(shape) <= below.width() + 8
            ):  # half a shape would mislead
                self._line(below.adjusted(-4, 0, 4, 0), shape, self.small_font, self.theme.dim)

    def _name(self, column: Column, room: QRectF, colour: str) -> None:
        """The name; of a block also how many layers are folded behind the one that names it."""
        if column.block is None:
            self._line(room, _title(column), self.title_font, colour)
            return
        more = f"+{column.block.count - 1}"
        beside = QFontMetricsF(self.small_font).horizontalAdvance(more)
        name = shortened(_title(column), room.width() - beside - NAME_GAP, self.title_font)
        wide = QFontMetricsF(self.title_font).horizontalAdvance(name)
        left = room.center().x() - (wide + NAME_GAP + beside) / 2
        self._line(QRectF(left, room.y(), wide, room.height()), name, self.title_font, colour)
        behind = QRectF(left + wide + NAME_GAP, room.y(), beside, room.height())
        self._line(behind, more, self.small_font, self.theme.accent)

    def _count_line(self, group: LayerGroup, width: float) -> str:
        """How many layers a group folds, as much of it as has room."""
        whole, short = f"+ {plural(group.count, 'layer')}", f"+{group.count}"
        return whole if QFontMetricsF(self.small_font).horizontalAdvance(whole) <= width else short

    def _is_headless(self, column: Column) -> bool:
        return self.view.rect(column.bar).bottom() < 0

    def _label_at_top(self, column: Column) -> None:
        """The name of a column whose head is out of sight, at the upper edge."""
        box = self.view.rect(column.box)
        left, right = max(0.0, box.left()), min(self.view.width, box.right())
        self._over_maps.append((QRectF(left, 4, right - left, 18), _title(column)))

    def _label_room(self, label: QRectF) -> QRectF:
        """The label's place; the outermost ones are moved in, not cut off."""
        whole = self.view.rect(Box(0, 0, self.scene.layout.width, 1))
        left = max(whole.left() + 2, min(label.left(), whole.right() - label.width() - 2))
        return QRectF(left, label.y(), label.width(), label.height())

    def _line(self, room: QRectF, text: str, written: QFont, colour: str) -> None:
        """One centred line with the pane behind it, so that ticks of other labels do not run through."""
        metrics = QFontMetricsF(written)
        shown = shortened(text, room.width(), written)
        width = metrics.horizontalAdvance(shown)
        self.painter.setFont(written)
        back = QRectF(room.center().x() - width / 2 - 1, room.y(), width + 2, room.height())
        self.painter.fillRect(back, QColor(self.theme.pane))
        self.painter.setPen(QColor(colour))
        self.painter.drawText(room, Qt.AlignmentFlag.AlignCenter, shown)

    def _empty(self, column: Column) -> None:
        pen = QPen(QColor(self.theme.error if column.entry.is_broken else self.theme.border), 1.2)
        pen.setStyle(Qt.PenStyle.DashLine)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        # Dashes with soft edges cost 0.25 ms a column.
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self.painter.drawRect(self.view.rect(column.body).adjusted(1, 0, -1, 0))
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if column.entry.is_broken:
            self.painter.setFont(font(18, semibold=True))
            self.painter.setPen(QColor(self.theme.error))
            self.painter.drawText(self.view.rect(column.body), Qt.AlignmentFlag.AlignCenter, "!")

    # --- edges ---

    def _edges(self, visible: set[int]) -> None:
        self._draw(self._on_screen(visible))

    def _draw(self, edges: Iterable[ColumnEdge]) -> None:
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(self.theme.dim if not self.view.is_far else self.theme.border), 1)
        self.painter.setPen(pen)
        for edge in edges:
            self.painter.drawPath(self._path(edge))

    def _on_screen(self, visible: set[int]) -> Iterable[ColumnEdge]:
        left, right = self.view.span()
        if self.view.zoom < EDGES_FROM:
            return
        for edge in self.scene.layout.edges:
            xs = edge.points[0][0], edge.points[-1][0]
            if edge.source in visible or edge.target in visible or (edge.is_arc and xs[0] <= right and xs[1] >= left):
                yield edge

    def _path(self, edge: ColumnEdge) -> QPainterPath:
        points = [self.view.point(*point) for point in edge.points]
        path = QPainterPath(points[0])
        if not edge.is_arc:
            middle = (points[0].x() + points[1].x()) / 2
            path.cubicTo(QPointF(middle, points[0].y()), QPointF(middle, points[1].y()), points[1])
            return path
        for before, corner, after in zip(points, points[1:], points[2:], strict=False):
            path.lineTo(_towards(corner, before))
            path.quadTo(corner, _towards(corner, after))
        path.lineTo(points[-1])
        return path

    def _arc_labels(self, visible: set[int]) -> None:
        """The shape that flows, on each arc that has room for it; between neighbours it stands over the column."""
        metrics = QFontMetricsF(self.small_font)
        for edge in self._on_screen(visible):
            if not edge.is_arc or not edge.label:
                continue
            width = (edge.points[3][0] - edge.points[2][0]) * self.view.zoom
            if metrics.horizontalAdvance(edge.label) + 16 <= width:
                centre = self.view.point(*edge.label_at)
                room = QRectF(centre.x() - width / 2, centre.y() - 7, width, 14)
                self._line(room, edge.label, self.small_font, self.theme.dim)

    def _brackets(self) -> None:
        for bracket in self.scene.layout.brackets:
            if not self.view.sees(bracket.rect):
                continue
            rect = self.view.rect(bracket.rect)
            self.painter.setPen(QPen(QColor(self.theme.accent), 1))
            path = QPainterPath(rect.bottomLeft())
            path.lineTo(rect.left(), rect.center().y())
            path.lineTo(rect.right(), rect.center().y())
            path.lineTo(rect.bottomRight())
            self.painter.setBrush(Qt.BrushStyle.NoBrush)
            self.painter.drawPath(path)
            room = QRectF(rect)
            room.setLeft(max(rect.left(), 0.0))
            room.setRight(min(rect.right(), self.view.width))
            self._line(room, f"− {bracket.group.title}", self.small_font, self.theme.accent)

    def _family(self, column: Column) -> QColor:
        """The colour of the layer that names it."""
        head = None if column.block is None else column.block.head
        return self._colour((head or column.entry).family)

    def _colour(self, family: str) -> QColor:
        return QColor(self.theme.kinds.get(family, self.theme.kinds["other"]))


def _towards(corner: QPointF, other: QPointF, radius: float = 5.0) -> QPointF:
    """The point `radius` before a corner, less where the way there is short."""
    dx, dy = other.x() - corner.x(), other.y() - corner.y()
    length = max(1e-6, (dx * dx + dy * dy) ** 0.5)
    share = min(0.5, radius / length)
    return QPointF(corner.x() + dx * share, corner.y() + dy * share)


def _title(column: Column) -> str:
    return column.group.title if column.group is not None else column.name


def _narrow_shape(column: Column) -> str:
    """Without the spaces: a column is narrow."""
    assert column.entry.shape is not None
    return shape_text(column.entry.sizes).replace(" × ", "×")
