"""A frame of the film as a picture for a file: the layer's maps, which step it is, and the loss up to there."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from explorer.session import LayerActivation
from explorer.ui.common import theme
from explorer.ui.common.images import image_of
from explorer.ui.common.mosaic import arrange
from explorer.ui.common.text import count, number
from explorer.ui.maps.sheet import map_sheet
from explorer.ui.tensors.layout import lay_out
from explorer.ui.tensors.tiles import Shown, scale_of
from explorer.ui.training.film.curve import FilmCurve, paint_curve

WIDTH, HEIGHT = 640, 560
MARGIN, CAPTION, CURVE = 16, 40, 96


def film_picture(entry: LayerActivation, curve: FilmCurve, step: int, *, names: tuple[str, ...] = ()) -> np.ndarray:
    """(HEIGHT, WIDTH, 3) uint8: `entry` after `step`, as the feature maps show it. names: of a row of numbers."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB888)
    image.fill(QColor(theme.current().pane))
    painter = QPainter(image)
    _paint_caption(painter, entry, curve, step)
    maps = QRectF(MARGIN, CAPTION, WIDTH - 2 * MARGIN, HEIGHT - CAPTION - CURVE - MARGIN)
    if entry.values.ndim == 3:
        _paint_maps(painter, entry, maps)
    else:
        _paint_numbers(painter, entry, maps, names)
    below = QRectF(MARGIN, HEIGHT - CURVE, WIDTH - 2 * MARGIN, CURVE - MARGIN)
    paint_curve(painter, below, curve, until=step)
    painter.fillRect(QRectF(curve.x(step, below), below.top(), 1, below.height()), QColor(theme.current().accent))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(HEIGHT, image.bytesPerLine())
    return rows[:, : 3 * WIDTH].reshape(HEIGHT, WIDTH, 3).copy()


def _paint_caption(painter: QPainter, entry: LayerActivation, curve: FilmCurve, step: int) -> None:
    colours, line = theme.current(), QRectF(MARGIN, 0, WIDTH - 2 * MARGIN, CAPTION)
    loss = curve.loss_at(step)
    facts = f"{number(entry.low)} to {number(entry.high)}" + ("" if loss is None else f" · loss {number(loss)}")
    painter.setFont(theme.interface_font(15, semibold=True))
    painter.setPen(QColor(colours.text))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, f"{entry.name} · step {count(step)}")
    painter.setFont(theme.interface_font())
    painter.setPen(QColor(colours.dim))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, facts)


def _paint_maps(painter: QPainter, entry: LayerActivation, area: QRectF) -> None:
    sheet = map_sheet(entry)
    mosaic = arrange(sheet.count, *sheet.size, pane=(int(area.width()), int(area.height())))
    picture = image_of(sheet.coloured(mosaic, *mosaic.whole))
    zoom = min(area.width() / picture.width(), area.height() / picture.height())
    zoom = float(int(zoom)) if zoom >= 1 else zoom
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, zoom < 1)
    width, height = picture.width() * zoom, picture.height() * zoom
    painter.drawImage(QRectF(area.center().x() - width / 2, area.top(), width, height), picture)


def _paint_numbers(painter: QPainter, entry: LayerActivation, area: QRectF, names: tuple[str, ...]) -> None:
    values = entry.values
    labels = names if len(names) == len(values) else ()
    shown = Shown(entry.name, entry.name, "", values, scale_of(values, is_signed=False), names=labels)
    lay_out(shown, area).paint(painter, shown, ratio=1.0)
