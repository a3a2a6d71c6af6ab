"""Many small pictures in groups, painted in one widget: thousands scroll smoothly, and only what is seen is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from explorer.ui.common import theme
from explorer.ui.common.tips import Tipped, TipsInArea, around
from explorer.ui.data.lazy_pictures import LazyPictures, Read
from explorer.ui.data.picture_captions import widest_caption
from explorer.ui.data.picture_cell import (
    CAPTION_LINES,
    caption_font,
    head_at,
    paint_caption,
    paint_frame,
    paint_head,
    paint_picture,
)
from explorer.ui.data.picture_lines import MARGIN, Group, PictureLine, PictureLines, laid_out, shown_size
from explorer.ui.data.picture_walk import Spot

WANTED = 64.0
WANTED_WITH_CAPTION = 96.0
LEAST = 24.0
LONG_CAPTION = 64  # pixels by which it may be wider than its picture; a longer one is shortened
NO_LINES = PictureLines((), (1, 1), 0, 1, 0)


class PictureField(TipsInArea, QAbstractScrollArea):
    """Shows pictures, captions and headings, and tells in a tip what is under the pointer.

    `arrived` is emitted when more pictures were read.
    """

    arrived = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, captioned: float = WANTED_WITH_CAPTION) -> None:
        """captioned: how large pictures with captions are, in pixels."""
        super().__init__(parent)
        self._captioned = captioned
        self.setAccessibleName(name)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._groups: tuple[Group, ...] = ()
        self._name_of: Callable[[int], str] = str
        self._read: Read | None = None
        self._lines = NO_LINES
        self._picture = (WANTED, WANTED)
        self._size = (1, 1)  # height and width of all pictures
        self._pictures = LazyPictures(self)
        self._pictures.arrived.connect(self.viewport().update)
        self._pictures.arrived.connect(self.arrived)

    # --- what it shows ---

    def show_groups(
        self, groups: Sequence[Group], *, read: Read, size: tuple[int, int], name_of: Callable[[int], str]
    ) -> None:
        """Show `groups`; size: (height, width) of all pictures. name_of: what stands in the tip of one."""
        self._groups, self._name_of, self._read = tuple(groups), name_of, read
        wanted, self._size = self._captioned if self._has_captions else WANTED, size
        self._pictures.begin(read, wanted=wanted, ratio=self.devicePixelRatioF())
        self._arrange()
        self.verticalScrollBar().setValue(0)

    @property
    def lines(self) -> PictureLines:
        """Where everything stands, from the start of the whole."""
        return self._lines

    @property
    def groups(self) -> tuple[Group, ...]:
        """What is shown."""
        return self._groups

    @property
    def is_reading(self) -> bool:
        """Whether pictures in view are still to come."""
        return self._pictures.is_reading()

    def rect_of(self, group: int, number: int) -> QRect:
        """Where a picture stands in the viewport, captions included; empty if there is none."""
        found = self._lines.of(group, number)
        if found is None:
            return QRect()
        return QRect(*self._lines.rect(self._lines.lines[found[0]], found[1])).translated(0, -self._offset)

    def sizeHint(self) -> QSize:
        return QSize(720, 480)

    @property
    def _has_captions(self) -> bool:
        return any(group.captions for group in self._groups)

    @property
    def _offset(self) -> int:
        return self.verticalScrollBar().value()

    def _arrange(self) -> None:
        metrics, ratio = QFontMetrics(caption_font()), self.devicePixelRatioF()
        caption_height = 4 + CAPTION_LINES * metrics.lineSpacing() if self._has_captions else 0
        wanted = self._captioned_size(caption_height) if self._has_captions else WANTED
        self._picture = shown_size(*self._size, wanted=wanted, ratio=ratio)
        width, height = (round(side + 0.49) for side in self._picture)
        height += caption_height
        if self._has_captions:
            width = max(width, min(widest_caption(self._groups, metrics), round(self._captioned) + LONG_CAPTION))
        has_heads = any(group.title for group in self._groups)
        counts = [len(group.places) for group in self._groups]
        self._lines = laid_out(counts, width=self.viewport().width(), cell=(width, height), has_heads=has_heads)
        bar = self.verticalScrollBar()
        bar.setRange(0, max(self._lines.height - self.viewport().height(), 0))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(max(self._lines.line_height // 2, 1))
        self.viewport().update()

    def _captioned_size(self, caption_height: int) -> float:
        """Pictures as large as wanted, or in a low view so small that the first line's captions are seen."""
        room, longest = self.viewport().height() - MARGIN - caption_height, max(self._size)
        if room >= self._captioned:
            return self._captioned
        # Sharp at whole multiples only; a little smaller than themselves they would be drawn as they are.
        return max(room // longest * longest if room >= longest else min(room, 0.75 * longest), LEAST)

    # --- painting ---

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(theme.current().pane))
        seen = self._lines.between(self._offset, self._offset + self.viewport().height())
        self._pictures.want([place for line in seen for place in self._places(line)])
        painter.translate(0, -self._offset)
        for line in seen:
            if line.first == 0:
                paint_head(painter, head_at(MARGIN, line.top), self._groups[line.group])
            for column in range(line.count):
                self._paint_cell(painter, line, column)

    def _places(self, line: PictureLine) -> list[int]:
        places: list[int] = self._groups[line.group].places[line.first : line.first + line.count].tolist()
        return places

    def _paint_cell(self, painter: QPainter, line: PictureLine, column: int) -> None:
        cell, number = QRect(*self._lines.rect(line, column)), line.first + column
        group = self._groups[line.group]
        place = int(group.places[number])
        width, height = self._picture
        room = QRectF(cell.left() + (cell.width() - width) / 2, cell.top(), width, height)
        paint_picture(painter, room, self._pictures.get(place))
        if group.captions:
            paint_caption(painter, cell, group.captions[number])
        pen = self._frame_pen((line.group, number), place)
        if pen is not None:
            paint_frame(painter, room, pen)

    def _frame_pen(self, _at: Spot, _place: int) -> QPen | None:
        """What is drawn around a picture."""
        return None

    # --- what is at a place ---

    def told(self, at: Spot) -> str:
        """What is said of a picture: its name, and a line on its class."""
        return self._tip(at)

    def pixels(self, at: Spot) -> np.ndarray | None:
        """The picture as the data set has it, uint8 (H, W, 1 or 3); None where it cannot be read."""
        try:
            return None if self._read is None else self._read([self._place(at)])[0]
        except ValueError:  # DataError is one
            return None

    def _at(self, point: QPoint) -> Spot | None:
        return self._lines.at(point.x(), point.y() + self._offset)

    def _place(self, at: Spot) -> int:
        return int(self._groups[at[0]].places[at[1]])

    def _tip(self, at: Spot) -> str:
        group, place = self._groups[at[0]], self._place(at)
        found = self._pictures.get(place)
        parts = [self._name_of(place), group.words(at[1])]
        return "\n".join((*(part for part in parts if part), *([found] if isinstance(found, str) else [])))

    # --- Qt's events ---

    def explained_at(self, point: QPoint) -> Tipped | None:
        at = self._at(point)
        return None if at is None else (self._tip(at), around(point))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        self.viewport().update()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.viewport().update()
