"""The hovered map, large, with its name, its range and the number under the pointer."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.session.snapshot import Prediction
from explorer.ui.common import theme
from explorer.ui.common.dead_map import DEAD
from explorer.ui.common.eliding import elided
from explorer.ui.common.text import hovered, listed_percent, number
from explorer.ui.overview.entries import Entry
from explorer.ui.overview.lines import Spot
from explorer.ui.overview.map_images import FINER, MapImages
from explorer.ui.overview.scene import fitted
from explorer.ui.tensors.sight import sampled

MAP = 184
MARGIN = 10
LINE = 18


@dataclass(frozen=True, eq=False)
class Preview:
    """What is shown: `part` of `image` (nothing for a plain number), and up to four lines of text."""

    title: str
    facts: str
    value: str
    where: str = ""
    image: QImage | None = None
    part: QRectF = field(default_factory=QRectF)
    cell: tuple[int, int] | None = None


def preview_of(entry: Entry, spot: Spot, images: MapImages) -> Preview:
    """What there is to show of a channel: its map with the cell of `spot`, the share of a class, or a number."""
    maps, title = entry.maps, entry.title_of(spot.channel)
    assert maps is not None
    if entry.prediction is not None:
        return Preview(title, entry.prediction.title, _chance(entry.prediction, spot.channel))
    facts = DEAD if entry.is_dead(spot.channel) else f"layer: {number(maps.low)} to {number(maps.high)}"
    if maps.values.ndim == 1:
        return Preview(title, facts, hovered(maps.values[spot.channel]))
    rows, columns = (sampled(0, size, FINER * MAP) for size in maps.values.shape[1:])
    image = images.map(maps, spot.channel, rows, columns)
    part = QRectF(image.rect())
    if spot.row is None or spot.cell is None:
        return Preview(title, facts, "", image=image, part=part)
    value, where = hovered(maps.values[spot.channel, spot.row, spot.cell]), f"row {spot.row}, column {spot.cell}"
    rows, columns = maps.values.shape[1:]
    cell = (int(spot.row * part.height() / rows), int(spot.cell * part.width() / columns))
    return Preview(title, facts, value, where, image, part, cell)


def _chance(prediction: Prediction, channel: int) -> str:
    chance = float(prediction.values[channel])
    return listed_percent(chance) if prediction.is_probability else hovered(chance)


def _told(preview: Preview) -> tuple[str, ...]:
    """The number, and where it stands."""
    return (preview.value, preview.where) if preview.where else (preview.value,)


class MapPreview(QWidget):
    """Lies over the overview where it covers nothing that is looked at; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._shown: Preview | None = None
        self.setObjectName("overviewPreview")
        self.setAccessibleName("Hovered map, large")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def shown(self) -> Preview | None:
        """What is on show, None while hidden."""
        return self._shown if self.isVisible() else None

    def set_preview(self, preview: Preview) -> None:
        """Show `preview`; the size follows from whether there is a map."""
        self._shown = preview
        self.setAccessibleDescription(". ".join((preview.title, preview.facts, *_told(preview))))
        self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        shown = self._shown
        picture = MAP + 6 if shown is not None and shown.image is not None else 0
        lines = 4 if shown is not None and shown.where else 3
        return QSize(MAP + 2 * MARGIN, picture + lines * LINE + 2 * MARGIN - 4)

    def paintEvent(self, _event: QPaintEvent) -> None:
        shown, colours = self._shown, theme.current()
        if shown is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours.border), 1))
        painter.setBrush(QColor(colours.pane))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7)
        y = float(MARGIN - 2)
        y = self._line(painter, y, shown.title, colours.text, semibold=True)
        if shown.image is not None:
            self._map(painter, y + 2, shown)
            y += MAP + 6
        for line in _told(shown):
            y = self._line(painter, y, line, colours.text)
        self._line(painter, y, shown.facts, colours.dim)

    def _line(self, painter: QPainter, y: float, text: str, colour: str, *, semibold: bool = False) -> float:
        painter.setFont(theme.interface_font(12, semibold=semibold))
        painter.setPen(QColor(colour))
        room = QRectF(MARGIN, y, MAP, LINE)
        shown = elided(text, painter.fontMetrics(), MAP)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        return y + LINE

    def _map(self, painter: QPainter, y: float, shown: Preview) -> None:
        assert shown.image is not None
        target = fitted(QRectF(MARGIN, y, MAP, MAP), int(shown.part.width()), int(shown.part.height()))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, target.width() < shown.part.width())
        painter.drawImage(target, shown.image, shown.part)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(theme.current().border), 1))
        painter.drawRect(target)
        if shown.cell is not None:
            self._mark(painter, target, shown)

    def _mark(self, painter: QPainter, target: QRectF, shown: Preview) -> None:
        assert shown.cell is not None
        row, column = shown.cell
        width, height = target.width() / shown.part.width(), target.height() / shown.part.height()
        cell = QRectF(target.x() + column * width, target.y() + row * height, width, height)
        painter.setPen(QPen(QColor(theme.current().pane), 3))
        painter.drawRect(cell.adjusted(-1, -1, 1, 1))
        painter.setPen(QPen(QColor(theme.current().accent), 1.5))
        painter.drawRect(cell.adjusted(-1, -1, 1, 1))
