"""Many small pictures in groups, painted in one widget: thousands scroll smoothly, and only what is seen is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from explorer.ui import theme
from explorer.ui.picture_captions import caption_lines, shortened, widest_caption
from explorer.ui.picture_lines import HEAD_WIDTH, MARGIN, Group, Line, Lines, laid_out, shown_size
from explorer.ui.widgets.lazy_pictures import LazyPictures, Read

WANTED = 64.0
WANTED_WITH_CAPTION = 96.0
CAPTION_LINES = 2
LEAST = 24.0
LONG_CAPTION = 64  # pixels by which it may be wider than its picture; a longer one is shortened
BAR_HEIGHT = 4
NO_LINES = Lines((), (1, 1), 0, 1, 0)


class PictureGrid(QAbstractScrollArea):
    """Emits `chosen` with the place of a picture that was clicked, or of the framed one on Enter.

    `arrived` tells that some more pictures were read.
    """

    chosen = Signal(int)
    arrived = Signal()

    def __init__(self, name: str, parent: QWidget | None = None, *, captioned: float = WANTED_WITH_CAPTION) -> None:
        """captioned: how large pictures with captions are, in pixels."""
        super().__init__(parent)
        self._captioned = captioned
        self.setAccessibleName(name)
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self._groups: tuple[Group, ...] = ()
        self._name_of: Callable[[int], str] = str
        self._lines = NO_LINES
        self._picture = (WANTED, WANTED)
        self._size = (1, 1)  # height and width of all pictures
        self._current: tuple[int, int] | None = None
        self._under: tuple[int, int] | None = None
        self._chosen: int | None = None
        self._pictures = LazyPictures(self)
        self._pictures.arrived.connect(self.viewport().update)
        self._pictures.arrived.connect(self.arrived)

    # --- what it shows ---

    def show_groups(
        self, groups: Sequence[Group], *, read: Read, size: tuple[int, int], name_of: Callable[[int], str]
    ) -> None:
        """Show `groups`; size: (height, width) of all pictures. name_of: what stands in the tip of one."""
        self._groups, self._name_of = tuple(groups), name_of
        self._current = self._under = self._chosen = None
        wanted, self._size = self._captioned if self._has_captions else WANTED, size
        self._pictures.begin(read, wanted=wanted, ratio=self.devicePixelRatioF())
        self._arrange()
        self.verticalScrollBar().setValue(0)
        self._describe()

    @property
    def lines(self) -> Lines:
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
        metrics, ratio = QFontMetrics(theme.interface_font(12)), self.devicePixelRatioF()
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
                self._paint_head(painter, line)
            for column in range(line.count):
                self._paint_cell(painter, line, column)

    def _places(self, line: Line) -> list[int]:
        places: list[int] = self._groups[line.group].places[line.first : line.first + line.count].tolist()
        return places

    def _paint_head(self, painter: QPainter, line: Line) -> None:
        group, colours = self._groups[line.group], theme.current()
        if not group.title:
            return
        place = QRect(MARGIN, line.top, HEAD_WIDTH, 18)
        for text, font, colour in (
            (group.title, theme.interface_font(semibold=True), colours.text),
            (group.facts, theme.interface_font(12), colours.dim),
        ):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, shown)
            place.translate(0, 18)
        if group.share is not None:
            self._paint_bar(painter, QRectF(place.left(), place.top() + 4, place.width() - 8, BAR_HEIGHT), group.share)

    def _paint_bar(self, painter: QPainter, track: QRectF, share: float) -> None:
        colours = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for width, colour in ((track.width(), colours.sunken), (track.width() * share, colours.accent)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(track.left(), track.top(), width, BAR_HEIGHT), 2, 2)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_cell(self, painter: QPainter, line: Line, column: int) -> None:
        cell, number = QRect(*self._lines.rect(line, column)), line.first + column
        group = self._groups[line.group]
        place = int(group.places[number])
        width, height = self._picture
        room = QRectF(cell.left() + (cell.width() - width) / 2, cell.top(), width, height)
        self._paint_picture(painter, room, self._pictures.get(place))
        if group.captions:
            self._paint_caption(painter, cell, group.captions[number])
        self._paint_frame(painter, room, (line.group, number), place)

    def _paint_picture(self, painter: QPainter, room: QRectF, found: QImage | str | None) -> None:
        colours = theme.current()
        if isinstance(found, QImage):
            painter.drawImage(room, found)  # not smoothed: its cells stay sharp
            return
        painter.fillRect(room, QColor(colours.sunken))
        if isinstance(found, str):
            painter.setFont(theme.interface_font(12))
            painter.setPen(QColor(colours.error))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, "×")

    def _paint_caption(self, painter: QPainter, cell: QRect, caption: str) -> None:
        painter.setFont(theme.interface_font(12))
        painter.setPen(QColor(theme.current().text))
        metrics = painter.fontMetrics()
        top = cell.bottom() + 1 - CAPTION_LINES * metrics.lineSpacing()
        for text in caption_lines(caption):
            place = QRect(cell.left(), top, cell.width(), metrics.lineSpacing())
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, shortened(text, metrics, cell.width()))
            top += metrics.lineSpacing()

    def _paint_frame(self, painter: QPainter, room: QRectF, at: tuple[int, int], place: int) -> None:
        colours = theme.current()
        is_current = at == self._current and self.hasFocus()
        if place == self._chosen or is_current:
            style = Qt.PenStyle.SolidLine if place == self._chosen else Qt.PenStyle.DotLine
            pen = QPen(QColor(colours.accent), 2, style)
        elif at == self._under:
            pen = QPen(QColor(colours.dim), 1)
        else:
            return
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(room.adjusted(-1, -1, 1, 1))

    # --- mouse and keys ---

    def _at(self, point: QPoint) -> tuple[int, int] | None:
        return self._lines.at(point.x(), point.y() + self._offset)

    def _place(self, at: tuple[int, int]) -> int:
        return int(self._groups[at[0]].places[at[1]])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._point_at(self._at(event.position().toPoint()))

    def leaveEvent(self, event: QEvent) -> None:
        self._point_at(None)

    def _point_at(self, at: tuple[int, int] | None) -> None:
        if at != self._under:
            self._under = at
            shape = Qt.CursorShape.ArrowCursor if at is None else Qt.CursorShape.PointingHandCursor
            self.viewport().setCursor(shape)
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._at(event.position().toPoint())
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            self._go_to(at)
            self._choose()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._choose()
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._go_to_end(-1 if key == Qt.Key.Key_End else 0)
        elif not self._walk(key):
            super().keyPressEvent(event)

    def _go_to_end(self, at: int) -> None:
        """To the first picture (0) or the last (-1)."""
        filled = [line for line in self._lines.lines if line.count]
        if filled:
            line = filled[at]
            self._go_to((line.group, line.first + (line.count - 1 if at else 0)))

    def _walk(self, key: Qt.Key) -> bool:
        """Move the frame; False where the key is not for that."""
        filled = [at for at, line in enumerate(self._lines.lines) if line.count]
        if not filled or key not in _STEPS:
            return False
        found = self._lines.of(*self._current) if self._current is not None else None
        if found is None:
            self._go_to((self._lines.lines[filled[0]].group, 0))
            return True
        line, column = found
        across, down = _STEPS[key]
        page = max(self.viewport().height() // self._lines.line_height - 1, 1)
        row = filled.index(line) + down * (page if key in _PAGES else 1)
        column += across
        if across and not 0 <= column < self._lines.lines[line].count:
            row, column = row + across, 0 if across > 0 else self._lines.columns
        if not 0 <= row < len(filled) and across:
            return True
        target = self._lines.lines[filled[min(max(row, 0), len(filled) - 1)]]
        self._go_to((target.group, target.first + min(column, target.count - 1)))
        return True

    def _go_to(self, at: tuple[int, int]) -> None:
        self._current = at
        rect, bar = self.rect_of(*at), self.verticalScrollBar()
        if rect.top() < MARGIN:
            bar.setValue(bar.value() + rect.top() - MARGIN)
        elif rect.bottom() > self.viewport().height() - MARGIN:
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height() + MARGIN)
        self._describe()
        self.viewport().update()

    def _choose(self) -> None:
        if self._current is not None:
            self._chosen = self._place(self._current)
            self.viewport().update()
            self.chosen.emit(self._chosen)

    def _tip(self, at: tuple[int, int]) -> str:
        group, place = self._groups[at[0]], self._place(at)
        found = self._pictures.get(place)
        parts = [self._name_of(place), group.words(at[1])]
        return "\n".join((*(part for part in parts if part), *([found] if isinstance(found, str) else [])))

    def _describe(self) -> None:
        amount = sum(len(group.places) for group in self._groups)
        words = f"{amount} pictures" if self._current is None else self._tip(self._current).replace("\n", ", ")
        self.setAccessibleDescription(words)

    # --- Qt's events ---

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            at = self._at(event.pos())
            QToolTip.showText(event.globalPos(), self._tip(at) if at is not None else "", self)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self._under = None
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self._current is None and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._walk(Qt.Key.Key_Down)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            self.viewport().update()


_PAGES = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_PageUp: (0, -1),
    Qt.Key.Key_PageDown: (0, 1),
}
"""What the keys do to the frame: (pictures across, lines down)."""
