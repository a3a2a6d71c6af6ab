"""A slider along the frames of a film, with the loss of the run behind it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QSlider, QWidget

from explorer.ui.common import theme
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.spoken import tell
from explorer.ui.common.text import count
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.training.film.curve import FilmCurve, paint_curve

MARGIN, AXIS, HEAD = 10, 26, 18
TICK, HANDLE = 5, 5
LABEL_PIXELS = 11
MOST_TICKS = 400


class FilmTrack(TipsOfPlaces, QSlider):
    """Emits `chosen` with a frame's place when a person goes there, with the mouse or with Qt's keys of a slider."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setObjectName("filmSlider")
        self.setAccessibleName("Frames of the film")
        self.setToolTip("Click or drag to see what the network saw then.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setPageStep(10)
        self._curve = FilmCurve()
        self._is_live = True
        self._is_told = False
        self.valueChanged.connect(self._tell)

    def sizeHint(self) -> QSize:
        return QSize(400, 110)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, HEAD + AXIS + 20)

    # --- what it shows ---

    def show_film(self, curve: FilmCurve, at: int | None) -> None:
        """Show `curve` with the frame `at`; None: the network as it is now, which is after all frames."""
        self._curve, self._is_live = curve, at is None
        last = max(len(curve.frames) - 1, 0)
        self._is_told = True
        self.setRange(0, last)
        self.setValue(last if at is None else min(at, last))
        self._is_told = False
        tell(self, "as the network is now" if at is None else self._words(self.value()))
        self.update()

    def place_of(self, frame: int) -> QPointF:
        """Where a frame stands on the axis."""
        area = self._area()
        return QPointF(self._curve.x(self._curve.frames[frame], area), area.bottom() + AXIS / 2)

    def frame_at(self, x: float) -> int:
        """The frame that lies nearest to a place across."""
        return self._curve.frame_at(x, self._area())

    def _words(self, frame: int) -> str:
        return f"step {count(self._curve.frames[frame])}" if frame < len(self._curve.frames) else ""

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(MARGIN, HEAD, -MARGIN, -AXIS)

    def _tell(self, frame: int) -> None:
        if not self._is_told:
            self.chosen.emit(frame)

    # --- mouse ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self._curve.frames:
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton and self._curve.frames:
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Nothing is left to do: the frame was chosen when the button went down."""

    def _go_to(self, x: float) -> None:
        frame = self.frame_at(x)
        if frame == self.value():
            self.chosen.emit(frame)  # it may be the last one while the film was not shown
        self.setValue(frame)

    def explained_at(self, point: QPoint) -> Tipped | None:
        if not self._curve.frames:
            return self.toolTip(), QRectF(self.rect())
        words = self._words(self.frame_at(point.x()))
        return f"{words}: click to see what the network saw then.", QRectF(point.x() - 12, 0, 24, self.height())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, area, colours = QPainter(self), self._area(), theme.current()
        curve = self._curve
        if not curve.frames:
            return
        step = None if self._is_live else curve.frames[self.value()]
        paint_curve(painter, area, curve, until=step)
        axis = area.bottom() + 4
        painter.fillRect(QRectF(area.left(), axis, area.width(), 1), QColor(colours.border))
        for frame in curve.frames if len(curve.frames) <= MOST_TICKS else ():
            painter.fillRect(QRectF(round(curve.x(frame, area)), axis, 1, TICK), QColor(colours.dim))
        if step is not None:
            self._paint_handle(painter, curve.x(step, area), area.top(), axis)
        self._paint_labels(painter, area, axis + TICK + 2)
        if self.hasFocus():
            painter.setPen(QColor(colours.accent))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)

    def _paint_handle(self, painter: QPainter, x: float, top: float, axis: float) -> None:
        accent = QColor(theme.current().accent)
        with saved(painter):
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.fillRect(QRectF(x - 0.5, top, 1, axis - top), accent)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(accent)
            painter.drawPolygon(
                QPolygonF(
                    [QPointF(x - HANDLE, axis + HANDLE + 2), QPointF(x + HANDLE, axis + HANDLE + 2), QPointF(x, axis)]
                )
            )

    def _paint_labels(self, painter: QPainter, area: QRectF, top: float) -> None:
        """The steps of both ends and of the frame shown, which has the room if they meet."""
        colours, frames = theme.current(), self._curve.frames
        painter.setFont(theme.interface_font(LABEL_PIXELS))
        metrics = painter.fontMetrics()
        if len(self._curve.steps):
            painter.setPen(QColor(colours.dim))
            head = QRectF(area.left(), 0, area.width(), HEAD)
            painter.drawText(head, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, "loss of every step")
        taken: list[QRectF] = []
        wanted = [(frames[0], colours.dim), (frames[-1], colours.dim)]
        if not self._is_live:
            wanted.insert(0, (frames[self.value()], colours.text))
        for step, ink in wanted:
            words = f"step {count(step)}"
            width = metrics.horizontalAdvance(words)
            left = min(max(self._curve.x(step, area) - width / 2, area.left()), area.right() - width)
            room = QRectF(left, top, width + 1, metrics.height())
            if not any(room.adjusted(-8, 0, 8, 0).intersects(other) for other in taken):
                painter.setPen(QColor(ink))
                painter.drawText(room, 0, words)
                taken.append(room)
