"""One family of icons, Phosphor, in the colour of the theme.

The font is the one that qtawesome brings. qtawesome itself is not imported: with its nine other fonts that takes a
quarter of a second, which is a third of the time to the first painted window.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache

from explorer.ui.common import theme
from explorer.ui.common.saved_painter import saved

PREFIX = "ph."
GLYPH_SHARE = 0.94  # share of the icon's height


def icon(name: str, colour: str | None = None) -> QIcon:
    """The Phosphor icon `name`, such as "ph.plus", in `colour` or the theme's text colour."""
    return _icon(name.removeprefix(PREFIX), colour)


def draw_icon(painter: QPainter, name: str, colour: str, place: QRect) -> None:
    """The icon `name` in `colour`, sharp at the device's pixels."""
    ratio = painter.device().devicePixelRatioF()
    key = f"{name} {colour} {place.width()} {place.height()} {ratio}"
    pixmap = QPixmap()
    if not QPixmapCache.find(key, pixmap):
        pixmap = icon(name, colour).pixmap(place.size(), ratio)
        QPixmapCache.insert(key, pixmap)
    painter.drawPixmap(place, pixmap)


@cache
def _icon(name: str, colour: str | None) -> QIcon:
    return QIcon(_Glyph(chr(int(_glyphs()[name], 16)), colour))


@cache
def _glyphs() -> dict[str, str]:
    """Code points, in hexadecimal, by name."""
    glyphs: dict[str, str] = json.loads(_font_file("phosphor-charmap*.json").read_text(encoding="utf-8"))
    return glyphs


@cache
def _family() -> str:
    return QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(_font_file("phosphor*.ttf"))))[0]


def _font_file(pattern: str) -> Path:
    """Raises FileNotFoundError if the installed qtawesome has no such file."""
    spec = find_spec("qtawesome")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        for path in sorted((Path(folder) / "fonts").glob(pattern)):
            return path
    raise FileNotFoundError("The icons are missing: install qtawesome again.")


class _Glyph(QIconEngine):
    """Draws one character of the icon font at any size; without a colour of its own, in the theme's of that moment."""

    def __init__(self, character: str, colour: str | None) -> None:
        super().__init__()
        self._character, self._colour = character, colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        font = QFont(_family())
        font.setPixelSize(max(1, round(rect.height() * GLYPH_SHARE)))
        with saved(painter):
            painter.setFont(font)
            chosen = theme.current()
            painter.setPen(QColor(chosen.dim if mode == QIcon.Mode.Disabled else self._colour or chosen.text))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, self._character)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        if pixmap.isNull():  # a button may be squeezed to nothing
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _Glyph(self._character, self._colour)
