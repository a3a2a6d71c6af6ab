"""Paints the overview: labels, bars, tiles, edges; only what is visible, and plain boxes when it is far away."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPixmap

from explorer.ui import theme
from explorer.ui.colour import colourise, ink_on, scale_for
from explorer.ui.overview_columns import MORE_HEIGHT
from explorer.ui.overview_geometry import Column, Edge, Layout, Rect
from explorer.ui.text import number, plural, shape_text
from explorer.ui.widgets.map_images import MapImages

BOXES_BELOW = 0.5
"""Under this zoom a column is a plain box with its name."""
EDGES_FROM = 0.1
"""Under this zoom the gaps between columns are less than a pixel or two: no room for a line."""
NUMBERS_FROM = 34.0
"""Cells carry their numbers from this many pixels."""
TILE_RADIUS = 3.0
LARGEST_KEPT_TILE = 160.0
LARGEST_KEPT_PICTURE = 2_000_000
MOST_KEPT_PICTURES = 128


@dataclass(frozen=True)
class View:
    """Where the world is seen: screen = world · zoom + (x, y), on `width` × `height` pixels."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def rect(self, rect: Rect) -> QRectF:
        """A world rectangle on the screen."""
        return QRectF(
            rect.x * self.zoom + self.x, rect.y * self.zoom + self.y, rect.width * self.zoom, rect.height * self.zoom
        )

    def point(self, x: float, y: float) -> QPointF:
        """A world point on the screen."""
        return QPointF(x * self.zoom + self.x, y * self.zoom + self.y)

    def world(self, point: QPointF) -> tuple[float, float]:
        """A screen point in the world."""
        return (point.x() - self.x) / self.zoom, (point.y() - self.y) / self.zoom

    @property
    def is_far(self) -> bool:
        return self.zoom < BOXES_BELOW

    def span(self) -> tuple[float, float]:
        """The world's x from the left to the right side of the screen."""
        return -self.x / self.zoom, (self.width - self.x) / self.zoom

    def sees(self, rect: Rect) -> bool:
        """Whether any of a world rectangle is on the screen."""
        on_screen = self.rect(rect)
        return (
            on_screen.right() >= 0
            and on_screen.left() <= self.width
            and on_screen.bottom() >= 0
            and on_screen.top() <= self.height
        )


@dataclass(frozen=True, eq=False)
class Scene:
    """What is painted: the layout and what is chosen in it."""

    layout: Layout
    images: MapImages
    selected: str | None = None
    pictures: dict[Column, tuple[float, QPixmap]] = field(default_factory=dict)
    """The tiles of each column as painted last, with the zoom they were painted at."""


class OverviewPainter:
    """One painting of a scene through a view."""

    def __init__(self, painter: QPainter, scene: Scene, view: View) -> None:
        self.painter, self.scene, self.view = painter, scene, view
        self.theme = theme.current()
        scale = min(1.35, max(0.85, view.zoom))
        self.title_font = _font(round(11 * scale), semibold=True)
        self.small_font = _font(max(9, round(10 * scale)))
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
            for room, title in self._over_maps:
                self._line(room, title, self.title_font, self.theme.text)

    # --- far away ---

    def _boxes(self, visible: list[int]) -> None:
        """A box a column; of columns that fall on the same pixel only the first is painted."""
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
        wider = min(3.0, box.width() * 0.14)  # into the gap, for the name's sake
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
        painter.save()
        painter.translate(box.center())
        painter.rotate(-90)
        painter.setFont(self.small_font)
        painter.setPen(QColor(self.theme.text))
        room = QRectF(-box.height() / 2 + 4, -box.width() / 2, box.height() - 8, box.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self._elided(text, room.width(), self.small_font))
        painter.restore()

    # --- a column ---

    def _column(self, column: Column) -> None:
        if column.name == self.scene.selected:
            self._chosen_column(column)
        self._label(column)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(self._family(column))
        self.painter.drawRoundedRect(self.view.rect(column.bar), 2, 2)
        if column.entry.maps is None and column.entry.prediction is None:
            self._empty(column)
            return
        if column.entry.prediction is not None:
            self._classes(column)
        elif column.strip is not None:
            self._strip(column)
        elif column.entry.is_numbers:
            self._numbers(column)
        else:
            self._maps(column)
        self._more(column)

    def _chosen_column(self, column: Column) -> None:
        fill = QColor(self.theme.selection)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(fill)
        rect = self.view.rect(column.box)
        rect.setTop(self.view.rect(column.bar).top())
        self.painter.drawRoundedRect(rect.adjusted(-3, -3, 3, 0), 6, 6)

    def _label(self, column: Column) -> None:
        """Name and shape, centred over the column; lower labels of its neighbours leave room for its tick."""
        label, bar = self.view.rect(column.label), self.view.rect(column.bar)
        if bar.bottom() < 0:
            self._label_at_top(column)
            return
        if label.bottom() < bar.top() - label.height() * 0.6:
            self.painter.setPen(QPen(QColor(self.theme.border), 1))
            self.painter.drawLine(QPointF(bar.center().x(), label.bottom()), QPointF(bar.center().x(), bar.top()))
        room = self._label_room(label)
        title_colour = self.theme.accent if column.name == self.scene.selected else self.theme.text
        if column.entry.is_broken:
            title_colour = self.theme.error
        half = room.height() / 2
        self._line(QRectF(room.x(), room.y(), room.width(), half), _title(column), self.title_font, title_colour)
        below = QRectF(room.x(), room.y() + half - 1, room.width(), half)
        if column.group is not None:
            self._line(below, f"+ {plural(column.group.count, 'layer')}", self.small_font, self.theme.accent)
        elif column.entry.shape is not None:
            self._line(below, _narrow_shape(column), self.small_font, self.theme.dim)

    def _label_at_top(self, column: Column) -> None:
        """The name of a column whose head is out of sight, at the upper edge."""
        box = self.view.rect(column.box)
        left, right = max(0.0, box.left()), min(self.view.width, box.right())
        self._over_maps.append((QRectF(left, 4, right - left, 18), _title(column)))

    def _label_room(self, label: QRectF) -> QRectF:
        """The label's place; the outermost ones are moved in, not cut off."""
        whole = self.view.rect(Rect(0, 0, self.scene.layout.width, 1))
        left = max(whole.left() + 2, min(label.left(), whole.right() - label.width() - 2))
        return QRectF(left, label.y(), label.width(), label.height())

    def _line(self, room: QRectF, text: str, font: QFont, colour: str) -> None:
        """One centred line with the pane behind it, so that ticks of other labels do not run through."""
        metrics = QFontMetricsF(font)
        shown = self._elided(text, room.width(), font)
        width = metrics.horizontalAdvance(shown)
        self.painter.setFont(font)
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
            font = _font(18, semibold=True)
            self.painter.setFont(font)
            self.painter.setPen(QColor(self.theme.error))
            self.painter.drawText(self.view.rect(column.body), Qt.AlignmentFlag.AlignCenter, "!")

    def _maps(self, column: Column) -> None:
        """Small tiles come from the column's own picture, which panning only moves; large ones are painted afresh."""
        assert column.grid is not None
        body = self.view.rect(column.body)
        if (
            column.grid.width * self.view.zoom > LARGEST_KEPT_TILE
            or body.width() * body.height() > LARGEST_KEPT_PICTURE
        ):
            self._tiles(column)
            return
        kept = self.scene.pictures.get(column)
        if kept is None or kept[0] != self.view.zoom:
            kept = (self.view.zoom, self._column_picture(column, body))
            self.scene.pictures.pop(column, None)  # so that the newest stands last
            self.scene.pictures[column] = kept
            if len(self.scene.pictures) > MOST_KEPT_PICTURES:
                del self.scene.pictures[next(iter(self.scene.pictures))]
        self.painter.drawPixmap(body.topLeft().toPoint() - QPoint(2, 2), kept[1])

    def _column_picture(self, column: Column, body: QRectF) -> QPixmap:
        ratio = self.painter.device().devicePixelRatioF()
        picture = QPixmap(math.ceil((body.width() + 5) * ratio), math.ceil((body.height() + MORE_HEIGHT) * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        x, y = 2 - column.body.x * self.view.zoom, 2 - column.body.y * self.view.zoom
        view = View(self.view.zoom, x, y, picture.width(), picture.height())
        OverviewPainter(painter, self.scene, view)._tiles(column)
        painter.end()
        return picture

    def _tiles(self, column: Column) -> None:
        maps, grid = column.entry.maps, column.grid
        assert maps is not None
        assert grid is not None
        if column.picture is not None:
            self._image(self.view.rect(column.picture), self.scene.images.colour_picture(maps))
        atlas = self.scene.images.atlas(maps, grid.width * self.view.zoom)
        # Shrunk cells are blended, enlarged ones stay sharp.
        smooth = grid.width * self.view.zoom < max(atlas.width, atlas.height)
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
        for slot, channel in enumerate(column.channels):
            tile = grid.tile(slot)
            if self.view.sees(tile):
                target = fitted(self.view.rect(tile), atlas.width, atlas.height)
                self.painter.drawImage(target, atlas.image, QRectF(atlas.part(channel)))
                self._frame(target)
                self._cell_numbers(column, channel, target)

    def _image(self, target: QRectF, image: QImage) -> None:
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, target.width() < image.width())
        target = fitted(target, image.width(), image.height())
        self.painter.drawImage(target, image)
        self._frame(target)

    def _frame(self, target: QRectF) -> None:
        self.painter.setPen(QPen(QColor(self.theme.border), 1))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRect(target.adjusted(-0.5, -0.5, 0.5, 0.5))

    def _cell_numbers(self, column: Column, channel: int, target: QRectF) -> None:
        """The numbers in the cells, once those are large enough to hold them."""
        maps = column.entry.maps
        assert maps is not None
        rows, columns = maps.values.shape[1:]
        width, height = target.width() / columns, target.height() / rows
        if min(width, height) < NUMBERS_FROM:
            return
        first_row, last_row = int(max(0, -target.top() // height)), int((self.view.height - target.top()) // height)
        first, last = int(max(0, -target.left() // width)), int((self.view.width - target.left()) // width)
        self.painter.setFont(_figures(10))
        for row in range(first_row, min(rows, last_row + 1)):
            for at in range(first, min(columns, last + 1)):
                cell = QRectF(target.left() + at * width, target.top() + row * height, width, height)
                self._value(cell, float(maps.values[channel, row, at]), column)

    def _numbers(self, column: Column) -> None:
        maps = column.entry.maps
        assert maps is not None
        assert column.grid is not None
        values = maps.values.reshape(-1)
        colours = colourise(values, scale_for(maps.low, maps.high))
        self.painter.setFont(_figures(max(8, min(13, round(column.grid.width * self.view.zoom / 4.6)))))
        for slot, channel in enumerate(column.channels):
            rect = self.view.rect(column.grid.tile(slot))
            self.painter.setPen(QPen(QColor(self.theme.border), 1))
            self.painter.setBrush(QColor(*(int(each) for each in colours[channel])))
            self.painter.drawRoundedRect(rect, TILE_RADIUS, TILE_RADIUS)
            self._value(rect, float(values[channel]), column)

    def _value(self, rect: QRectF, value: float, column: Column) -> None:
        maps = column.entry.maps
        assert maps is not None
        text = number(value)
        metrics = QFontMetricsF(self.painter.font())
        for digits in (3, 2):
            text = number(value, digits)
            if metrics.horizontalAdvance(text) <= rect.width() - 2:
                break
        else:
            return  # a number that does not fit is left to the tip: never half of it
        colour = colourise(np.array([value], np.float32), scale_for(maps.low, maps.high))[0]
        self.painter.setPen(QColor(ink_on(colour)))
        self.painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    def _strip(self, column: Column) -> None:
        maps = column.entry.maps
        assert maps is not None
        assert column.strip is not None
        atlas = self.scene.images.strip(maps)
        target = self.view.rect(column.strip)
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, target.height() < atlas.height())
        self.painter.drawImage(target, atlas)
        self._frame(target)

    def _classes(self, column: Column) -> None:
        prediction, grid = column.entry.prediction, column.grid
        assert prediction is not None
        assert grid is not None
        reach = 1.0 if prediction.is_probability else max(1e-12, float(abs(prediction.values).max()))
        best = int(prediction.values.argmax())
        for slot, channel in enumerate(column.channels):
            rect = self.view.rect(grid.tile(slot))
            value = float(prediction.values[channel])
            strong = channel == best and prediction.is_probability
            text = f"{100 * value:.1f} %" if prediction.is_probability else number(value)
            self._class(rect, prediction.names[channel], text, min(1.0, abs(value) / reach), is_best=strong)

    def _class(self, rect: QRectF, name: str, text: str, share: float, *, is_best: bool) -> None:
        figures = _figures(max(9, self.small_font.pixelSize()))
        width = QFontMetricsF(figures).horizontalAdvance(text) + 4
        words = QRectF(rect.x(), rect.y(), rect.width(), rect.height() - 8)
        self.painter.setFont(figures)
        self.painter.setPen(QColor(self.theme.text if is_best else self.theme.dim))
        low = Qt.AlignmentFlag.AlignBottom
        self.painter.drawText(words, low | Qt.AlignmentFlag.AlignRight, text)
        font = self.title_font if is_best else self.small_font
        self.painter.setFont(font)
        self.painter.setPen(QColor(self.theme.text))
        room = words.adjusted(0, 0, -width, 0)
        self.painter.drawText(room, low | Qt.AlignmentFlag.AlignLeft, self._elided(name, room.width(), font))
        track = QRectF(rect.x(), words.bottom() + 1, rect.width(), 4)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.theme.border))
        self.painter.drawRoundedRect(track, 2, 2)
        self.painter.setBrush(QColor(self.theme.accent))
        self.painter.drawRoundedRect(QRectF(track.x(), track.y(), max(2.0, track.width() * share), 4), 2, 2)

    def _more(self, column: Column) -> None:
        if column.more is None:
            return
        rect = self.view.rect(column.more)
        texts = (f"+ {column.hidden} more", f"+{column.hidden}") if column.hidden else ("show fewer", "fewer", "−")
        metrics = QFontMetricsF(self.small_font)
        room = rect.width() + 6
        text = next((each for each in texts if metrics.horizontalAdvance(each) <= room), texts[-1])
        self.painter.setFont(self.small_font)
        self.painter.setPen(QColor(self.theme.dim if column.entry.prediction is not None else self.theme.accent))
        rect = rect.adjusted(-6, 0, 6, min(0.0, MORE_HEIGHT - rect.height()))
        self.painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)

    # --- edges ---

    def _edges(self, visible: set[int]) -> None:
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(QColor(self.theme.dim if not self.view.is_far else self.theme.border), 1)
        self.painter.setPen(pen)
        for edge in self._on_screen(visible):
            self.painter.drawPath(self._path(edge))

    def _on_screen(self, visible: set[int]) -> Iterable[Edge]:
        left, right = self.view.span()
        if self.view.zoom < EDGES_FROM:
            return
        for edge in self.scene.layout.edges:
            xs = edge.points[0][0], edge.points[-1][0]
            if edge.source in visible or edge.target in visible or (edge.is_arc and xs[0] <= right and xs[1] >= left):
                yield edge

    def _path(self, edge: Edge) -> QPainterPath:
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
        return QColor(self.theme.kinds.get(column.entry.family, self.theme.kinds["other"]))

    def _elided(self, text: str, width: float, font: QFont) -> str:
        return QFontMetricsF(font).elidedText(text, Qt.TextElideMode.ElideRight, width)


@cache
def _font(pixels: int, *, semibold: bool = False) -> QFont:
    # Asking for a font looks through the installed ones: 1 ms each, too long for every label of every frame.
    return theme.interface_font(pixels, semibold=semibold)


@cache
def _figures(pixels: int) -> QFont:
    return theme.number_font(pixels)


def fitted(rect: QRectF, columns: int, rows: int) -> QRectF:
    """The largest rectangle of `columns` × `rows` square cells in the middle of `rect`."""
    scale = min(rect.width() / columns, rect.height() / rows)
    width, height = columns * scale, rows * scale
    return QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)


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
    return shape_text(column.entry.shape).replace(" × ", "×")
