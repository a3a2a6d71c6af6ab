"""Paints what stands in one column of the overview: maps, numbers, a strip or the classes."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPixmap, QTransform

from explorer.amounts import is_fault
from explorer.session.ranges import finite_range
from explorer.session.snapshot import LayerActivation, Prediction
from explorer.ui.common import theme
from explorer.ui.common.colour import colourise, ink_on, scale_for
from explorer.ui.common.dead_map import paint_dead
from explorer.ui.common.text import listed_percent, number
from explorer.ui.overview.columns import MORE_HEIGHT
from explorer.ui.overview.geometry import Column, TileGrid
from explorer.ui.overview.map_images import COARSE_CELLS, FINER
from explorer.ui.overview.scene import Scene, View, figures, fitted, font, shortened
from explorer.ui.tensors.cell_numbers import NUMBERS_AT_MOST, Writing, writing_for
from explorer.ui.tensors.sight import in_sight

NUMBERS_FROM = 34.0
"""Cells of many carry their numbers from this many pixels, those of few wherever all have room."""
TILE_RADIUS = 3.0
LARGEST_KEPT_TILE = 160.0
LARGEST_KEPT_PICTURE = 2_000_000
MOST_KEPT_PICTURES = 128

Places = tuple[tuple[int, QRectF], ...]


class ColumnPainter:
    """Paints columns of a scene through a view."""

    def __init__(self, painter: QPainter, scene: Scene, view: View) -> None:
        self.painter, self.scene, self.view = painter, scene, view
        self.theme = theme.current()
        scale = min(1.35, max(0.85, view.zoom))
        self.title_font = font(round(11 * scale), semibold=True)
        self.small_font = font(max(9, round(10 * scale)))

    def content(self, column: Column) -> None:
        """Whatever the column holds; its layer has run."""
        if column.entry.prediction is not None:
            self._classes(column)
        elif column.strip is not None:
            self._strip(column)
        elif column.entry.is_numbers:
            self._numbers(column)
        else:
            self._maps(column)
        self.more(column)

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
        ColumnPainter(painter, self.scene, view)._tiles(column)
        painter.end()
        return picture

    def _tiles(self, column: Column) -> None:
        maps, grid = column.entry.maps, column.grid
        assert maps is not None
        assert grid is not None
        if column.picture is not None:
            self._image(self.view.rect(column.picture), self.scene.images.colour_picture(maps))
        height, width = maps.values.shape[1:] if maps.values.ndim == 3 else (1, 1)
        pixels = grid.width * self.view.zoom
        # Shrunk cells are blended, enlarged ones stay sharp.
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, pixels < max(height, width))
        places = _places(grid, len(column.channels), self.view, width, height)
        if pixels > COARSE_CELLS < max(height, width):
            self._large_tiles(column, maps, places)
        else:
            self._small_tiles(column, maps, places)
        dead = [target for slot, target in places if column.entry.is_dead(column.channels[slot])]
        paint_dead(self.painter, dead)
        self._frames([target for _, target in places])
        cell = _cell_size(column, places[0][1]) if places else 0.0
        writing = writing_for(maps.values, cell, cell, exponent=0) if maps.values.size <= NUMBERS_AT_MOST else None
        if writing is not None or cell >= NUMBERS_FROM:
            for slot, target in places:
                self._cell_numbers(column, column.channels[slot], target, writing)

    def _small_tiles(self, column: Column, maps: LayerActivation, places: Places) -> None:
        atlas = self.scene.images.atlas(maps, column.channels)
        for slot, target in places:
            self.painter.drawImage(target, atlas.image, QRectF(atlas.part(slot)))

    def _large_tiles(self, column: Column, maps: LayerActivation, places: Places) -> None:
        """Each in the cells that are in sight of it, at most two a pixel."""
        screen = QRectF(0, 0, self.view.width, self.view.height)
        for slot, target in places:
            down, across = maps.values.shape[1] / target.height(), maps.values.shape[2] / target.width()
            seen = target.intersected(screen)
            to_cells = QTransform.fromScale(across, down).translate(-target.left(), -target.top())
            size = (FINER * math.ceil(seen.width()), FINER * math.ceil(seen.height()))
            rows, columns, extent = in_sight(to_cells.mapRect(seen), maps.values.shape[1:], size)
            image = self.scene.images.map(maps, column.channels[slot], rows, columns)
            self.painter.drawImage(to_cells.inverted()[0].mapRect(extent), image)

    def _image(self, target: QRectF, image: QImage) -> None:
        self.painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, target.width() < image.width())
        target = fitted(target, image.width(), image.height())
        self.painter.drawImage(target, image)
        self._frame(target)

    def _frame(self, target: QRectF) -> None:
        self._frames([target])

    def _frames(self, targets: list[QRectF]) -> None:
        self.painter.setPen(QPen(QColor(self.theme.border), 1))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRects([target.adjusted(-0.5, -0.5, 0.5, 0.5) for target in targets])

    def _cell_numbers(self, column: Column, channel: int, target: QRectF, writing: Writing | None) -> None:
        """The numbers in the cells that are on the screen; of few cells all with the same decimals."""
        maps = column.entry.maps
        assert maps is not None
        rows, columns = maps.values.shape[1:]
        width, height = target.width() / columns, target.height() / rows
        first_row, last_row = int(max(0, -target.top() // height)), int((self.view.height - target.top()) // height)
        first, last = int(max(0, -target.left() // width)), int((self.view.width - target.left()) // width)
        shown = maps.values[channel, first_row : last_row + 1, first : last + 1]
        colours = colourise(shown, scale_for(maps.low, maps.high))
        self.painter.setFont(figures(10 if writing is None else writing.pixels))
        for row, at in np.ndindex(shown.shape):
            left, top = target.left() + (first + at) * width, target.top() + (first_row + row) * height
            rect, value = QRectF(left, top, width, height), float(shown[row, at])
            if writing is None:
                self._value(rect, value, colours[row, at])
            else:
                self.painter.setPen(QColor(ink_on(colours[row, at])))
                self.painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, writing.text(value))

    def _numbers(self, column: Column) -> None:
        maps = column.entry.maps
        assert maps is not None
        assert column.grid is not None
        values = maps.values.reshape(-1)[list(column.channels)]
        colours = colourise(values, scale_for(maps.low, maps.high))
        self.painter.setFont(figures(max(8, min(13, round(column.grid.width * self.view.zoom / 4.6)))))
        for slot, (value, colour) in enumerate(zip(values.tolist(), colours, strict=True)):
            rect = self.view.rect(column.grid.tile(slot))
            self.painter.setPen(QPen(QColor(self.theme.border), 1))
            self.painter.setBrush(QColor(*(int(each) for each in colour)))
            self.painter.drawRoundedRect(rect, TILE_RADIUS, TILE_RADIUS)
            self._value(rect, value, colour)

    def _value(self, rect: QRectF, value: float, colour: np.ndarray) -> None:
        """The number in as many digits as fit, readable on the colour of its cell."""
        metrics = QFontMetricsF(self.painter.font())
        for digits in (3, 2):
            text = number(value, digits)
            if metrics.horizontalAdvance(text) <= rect.width() - 2:
                break
        else:
            return  # a number that does not fit is left to the tip: never half of it
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
        reach, best = _reach(prediction), int(prediction.surest[0])
        for slot, channel in enumerate(column.channels):
            rect = self.view.rect(grid.tile(slot))
            value = float(prediction.values[channel])
            is_share = prediction.is_probability and math.isfinite(value)
            text = listed_percent(value) if is_share else number(value)
            share = min(1.0, abs(value) / reach) if math.isfinite(value) else None
            is_best = is_share and channel == best
            self._class(rect, prediction.names[channel], text, share, is_best=is_best, is_fault=is_fault(value))

    def _class(self, rect: QRectF, name: str, text: str, share: float | None, *, is_best: bool, is_fault: bool) -> None:
        """A class with its number and a bar as long as `share`, 0 to 1; None for what is no number, which has none."""
        digits = figures(max(9, self.small_font.pixelSize()))
        width = QFontMetricsF(digits).horizontalAdvance(text) + 4
        words = QRectF(rect.x(), rect.y(), rect.width(), rect.height() - 8)
        self.painter.setFont(digits)
        ink = self.theme.text if is_best else self.theme.dim
        self.painter.setPen(QColor(self.theme.error if is_fault else ink))
        low = Qt.AlignmentFlag.AlignBottom
        self.painter.drawText(words, low | Qt.AlignmentFlag.AlignRight, text)
        written = self.title_font if is_best else self.small_font
        self.painter.setFont(written)
        self.painter.setPen(QColor(self.theme.text))
        room = words.adjusted(0, 0, -width, 0)
        self.painter.drawText(room, low | Qt.AlignmentFlag.AlignLeft, shortened(name, room.width(), written))
        track = QRectF(rect.x(), words.bottom() + 1, rect.width(), 4)
        self.painter.setPen(Qt.PenStyle.NoPen)
        self.painter.setBrush(QColor(self.theme.border))
        self.painter.drawRoundedRect(track, 2, 2)
        if share is None:
            return
        self.painter.setBrush(QColor(self.theme.accent))
        self.painter.drawRoundedRect(QRectF(track.x(), track.y(), max(2.0, track.width() * share), 4), 2, 2)

    def more(self, column: Column) -> None:
        """The line that opens or folds the other channels."""
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


@lru_cache(maxsize=256)
def _places(grid: TileGrid, count: int, view: View, width: int, height: int) -> Places:
    """The slots on the screen with the place of their map of `width` × `height` cells. Kept for a run's next look."""
    tiles = [(slot, grid.tile(slot)) for slot in range(count)]
    return tuple((slot, fitted(view.rect(tile), width, height)) for slot, tile in tiles if view.sees(tile))


def _reach(prediction: Prediction) -> float:
    """What the longest bar stands for."""
    return 1.0 if prediction.is_probability else max(1e-12, *map(abs, finite_range(prediction.values)))


def _cell_size(column: Column, target: QRectF) -> float:
    """The shorter side of a cell of the map that is drawn into `target`."""
    assert column.entry.maps is not None
    rows, columns = column.entry.maps.values.shape[1:]
    return min(target.width() / columns, target.height() / rows)
