"""What the painters of the overview share: where the world is seen, what is painted, and in which type."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QFontMetricsF, QPixmap

from explorer.ui.common import theme
from explorer.ui.common.box import Box
from explorer.ui.common.eliding import elided
from explorer.ui.overview.geometry import Column, Layout
from explorer.ui.overview.map_images import MapImages

BOXES_BELOW = 0.5
"""Under this zoom a column is a plain box with its name."""


@dataclass(frozen=True)
class View:
    """Where the world is seen: screen = world · zoom + (x, y), on `width` × `height` pixels."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0
    width: float = 1.0
    height: float = 1.0

    def rect(self, rect: Box) -> QRectF:
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

    def sees(self, rect: Box) -> bool:
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


@cache
def font(pixels: int, *, semibold: bool = False) -> QFont:
    """The interface's font, kept."""
    # Asking for a font looks through the installed ones: 1 ms each, too long for every label of every frame.
    return theme.interface_font(pixels, semibold=semibold)


@cache
def figures(pixels: int) -> QFont:
    """The font of numbers, kept."""
    return theme.number_font(pixels)


def shortened(text: str, width: float, font_of_it: QFont) -> str:
    """`text`, ending in … where there is no room; of a dotted name the end tells it apart, so its first parts go."""
    metrics = QFontMetricsF(font_of_it)
    parts = text.split(".") if " " not in text else [text]
    shorter = (f"…{'.'.join(parts[gone:])}" for gone in range(1, len(parts)))
    fitting = (each for each in (text, *shorter) if metrics.horizontalAdvance(each) <= width)
    return next(fitting, elided(parts[-1], metrics, width))


def fitted(rect: QRectF, columns: int, rows: int) -> QRectF:
    """The largest rectangle of `columns` × `rows` square cells in the middle of `rect`."""
    scale = min(rect.width() / columns, rect.height() / rows)
    width, height = columns * scale, rows * scale
    return QRectF(rect.center().x() - width / 2, rect.center().y() - height / 2, width, height)
