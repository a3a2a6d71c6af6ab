"""Curves as pictures: what is drawn on the screen, as PNG and SVG."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QRect, QSize
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from explorer.ui.common.drawn_files import drawn_bytes

Paint = Callable[[QPainter], None]
SCALE = 2  # pixels of a PNG for one on the screen


def image(paint: Paint, size: QSize) -> QImage:
    """What `paint` draws into `size`, at twice the resolution of the screen."""
    drawn = QImage(size * SCALE, QImage.Format.Format_ARGB32)
    drawn.setDevicePixelRatio(SCALE)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    paint(painter)
    painter.end()
    return drawn


def png(paint: Paint, size: QSize) -> bytes:
    """The same as a PNG file."""
    return drawn_bytes(lambda buffer: image(paint, size).save(buffer, "PNG"))


def svg(paint: Paint, size: QSize, *, title: str) -> bytes:
    """What `paint` draws into `size`, as lines and letters that stay sharp."""

    def draw(buffer: QBuffer) -> None:
        generator = QSvgGenerator()
        generator.setOutputDevice(buffer)
        generator.setSize(size)
        generator.setViewBox(QRect(0, 0, size.width(), size.height()))
        generator.setTitle(title)
        painter = QPainter(generator)
        paint(painter)
        painter.end()

    return drawn_bytes(draw)
