"""The lines drawn into a hovered or chosen map, and the maps they come from, lifted over the faded rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.overview.geometry import Column
from explorer.ui.overview.sources import Source

CORNER_MARGIN = 8


@dataclass(frozen=True)
class Spot:
    """A channel of a column, and the cell of it where there is one."""

    column: str
    channel: int
    row: int | None = None
    cell: int | None = None


@dataclass(frozen=True, eq=False)
class Lines:
    """The map lines are drawn into, and what it was made of."""

    spot: Spot
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class _Drawn:
    """How a map lies in its tile, its proportions kept: its corner, how large a cell is, and how many there are."""

    left: float
    top: float
    scale: float
    rows: int
    columns: int


def _drawn(column: Column, place: Box) -> _Drawn | None:
    shape = column.entry.maps.values.shape if column.entry.maps is not None else ()
    if len(shape) != 3:
        return None
    rows, columns = shape[1:]
    scale = min(place.width / columns, place.height / rows)
    x, y = place.middle
    return _Drawn(x - columns * scale / 2, y - rows * scale / 2, scale, rows, columns)


def cell_at(column: Column, place: Box, x: float, y: float) -> tuple[int | None, int | None]:
    """Row and column of the cell of a map under a point; a map keeps its proportions inside its tile."""
    drawn = _drawn(column, place)
    if drawn is None:
        return None, None
    row, cell = int((y - drawn.top) // drawn.scale), int((x - drawn.left) // drawn.scale)
    return (row, cell) if 0 <= row < drawn.rows and 0 <= cell < drawn.columns else (None, None)


def box_of(column: Column, spot: Spot) -> Box | None:
    """Where the cell of a spot lies, a map's proportions kept; None where it is not drawn.

    A block shows the maps that leave it: of those inside it no cell is drawn.
    """
    is_shown = spot.column in (column.entry.name, column.entry.layer)
    place = column.place(spot.channel) if is_shown else None
    drawn = None if place is None else _drawn(column, place)
    if drawn is None or spot.row is None or spot.cell is None:
        return None
    if not (spot.row < drawn.rows and spot.cell < drawn.columns):
        return None
    x, y, size = drawn.left + spot.cell * drawn.scale, drawn.top + spot.row * drawn.scale, drawn.scale
    return Box(x, y, size, size)


def lift(painter: QPainter, picture: QPixmap, place: QRectF) -> None:
    """Draw what `picture` shows at a place there again: every pixel that the place touches."""
    # Asked for less than half a pixel of it, such as one of thousands of numbers in a strip, Qt draws all of a picture.
    ratio = picture.devicePixelRatioF()
    scaled = QRectF(place.x() * ratio, place.y() * ratio, place.width() * ratio, place.height() * ratio)
    pixels = scaled.toAlignedRect().intersected(picture.rect())
    if pixels.isEmpty():
        return
    shown = QRectF(pixels.x() / ratio, pixels.y() / ratio, pixels.width() / ratio, pixels.height() / ratio)
    painter.drawPixmap(shown, picture, QRectF(pixels))


class LinesPainter:
    """Paints lines between places on the screen. `background` is the picture the lifted maps are taken from."""

    def __init__(self, painter: QPainter, background: QPixmap) -> None:
        self.painter, self.background = painter, background
        self.accent = QColor(theme.current().accent)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def paint(self, target: QRectF, sources: Iterable[tuple[QRectF, float]]) -> None:
        """Lines from each source (its place and share) into `target`; several at one place become one line."""
        heaviest: dict[tuple[float, float, float, float], float] = {}
        for place, share in sources:
            key = (place.x(), place.y(), place.width(), place.height())
            heaviest[key] = max(share, heaviest.get(key, 0.0))
        for key, share in heaviest.items():
            if QRectF(*key) != target:
                self._line(QRectF(*key), target, share)
        for key, share in heaviest.items():
            # In a narrow gap lines lie on top of each other: the frames tell the weights there.
            self._lift(QRectF(*key), QPen(self._shade(0.35 + 0.65 * share), 0.7 + 1.5 * share))
        self._lift(target, QPen(self.accent, 2.5))

    def _shade(self, opacity: float) -> QColor:
        shade = QColor(self.accent)
        shade.setAlphaF(min(1.0, opacity))
        return shade

    def _line(self, source: QRectF, target: QRectF, share: float) -> None:
        start, end = QPointF(source.right(), source.center().y()), QPointF(target.left(), target.center().y())
        bend = max(12.0, (end.x() - start.x()) / 2)
        # From further back it comes as an arc, so as not to look like a line from the layers in between.
        rise = min(70.0, bend * 0.5) if end.x() - start.x() > 2 * source.width() else 0.0
        path = QPainterPath(start)
        path.cubicTo(QPointF(start.x() + bend, start.y() - rise), QPointF(end.x() - bend, end.y() - rise), end)
        self.painter.setPen(QPen(self._shade(0.25 + 0.75 * share), 0.6 + 3.4 * share))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawPath(path)

    def _lift(self, place: QRectF, pen: QPen) -> None:
        """A tile at full strength over the faded rest, framed."""
        lift(self.painter, self.background, place)
        self.painter.setPen(pen)
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(place.adjusted(-1, -1, 1, 1), 2, 2)


class Corners:
    """Chooses the corner in which a preview covers least of what is looked at.

    It stays in its corner while it covers nothing there: what jumps about is hard to read.
    """

    def __init__(self) -> None:
        self._last = 0

    def choose(self, room: QSize, size: QSize, looked: list[QRectF], taken: QRectF | None) -> QPoint:
        """The preview's upper left. The first of `looked` is the map itself; `taken` is where the minimap lies."""
        right, bottom = room.width() - size.width() - CORNER_MARGIN, room.height() - size.height() - CORNER_MARGIN
        corners = [QPoint(x, y) for y in (bottom, CORNER_MARGIN) for x in (right, CORNER_MARGIN)]
        costs = [_covered(QRectF(QPointF(corner), size.toSizeF()), looked, taken) for corner in corners]
        if costs[self._last] > 0:
            self._last = min(range(len(corners)), key=lambda index: costs[index])
        return corners[self._last]


def _covered(place: QRectF, looked: list[QRectF], taken: QRectF | None) -> float:
    covered = 100.0 if taken is not None and place.intersects(taken) else 0.0
    for rank, each in enumerate(looked):
        shared = place.adjusted(-6, -6, 6, 6).intersected(each)
        covered += shared.width() * shared.height() * (50 if rank == 0 else 1)
    return covered
