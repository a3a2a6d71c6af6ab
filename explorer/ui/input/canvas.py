"""A picture with what lies over it: a frame around the part that is used, and the field that a cell sees."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QTransform,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.arithmetic.operation import Index
from explorer.ui.common import theme
from explorer.ui.common.arrow_keys import ARROWS, PRESSING, walked
from explorer.ui.common.images import image_of
from explorer.ui.common.saved_painter import saved
from explorer.ui.common.tips import Tipped, TipsOfPlaces
from explorer.ui.common.typing.cell_widget import CellWidget
from explorer.ui.tensors.cell_numbers import NUMBERS_AT_MOST, writing_for
from explorer.ui.tensors.sight import sampled

CORNER = 4.0
RIM = 2  # pixels around the picture, in which half of a frame about all of it lies
FINER = 2
VEIL_ALPHA = 80
UNUSED_ALPHA = 165
WHOLE_ZOOM_LOSS = 0.8


class PictureCanvas(TipsOfPlaces, CellWidget):
    """Shows a picture whole, as large as there is room, its pixels square.

    Places are (row, column) of the picture's own pixels. `pointed` tells the one under the mouse or, moved by the
    arrow keys, the chosen one; None when the mouse leaves. `pressed`, `dragged` and `released` follow the left
    button; Space and Return press and release at the place that the arrow keys chose.
    """

    pointed = Signal(object)
    pressed = Signal(int, int)
    dragged = Signal(int, int)
    released = Signal()

    def __init__(self, *, is_sharp: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_sharp = is_sharp
        self._pixels: np.ndarray | None = None
        self._numbers: np.ndarray | None = None
        self._scene = QRectF()
        self._frame: QRectF | None = None
        self._veil: QImage | None = None
        self._field_area = QRectF()
        self._outline: QRectF | None = None
        self._boxes: tuple[tuple[QRectF, QColor], ...] = ()
        self._place: tuple[int, int] | None = None
        self._is_walked_to = False
        self._scaled: tuple[tuple[int, int], QPixmap] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(256, 256)

    def minimumSizeHint(self) -> QSize:
        return QSize(64, 64)

    # --- what it shows ---

    def set_picture(self, pixels: np.ndarray | None, *, frame: QRectF | None = None) -> None:
        """Show uint8 `pixels` (H, W, 3). Of `frame`, the part in use, what lies outside the picture is shown black."""
        self._pixels = None if pixels is None else np.ascontiguousarray(pixels)
        self._scaled = None
        self._frame = frame
        if self._pixels is not None:
            whole = QRectF(0, 0, self._pixels.shape[1], self._pixels.shape[0])
            self._scene = whole if frame is None else whole.united(frame)
        self.update()

    def set_numbers(self, numbers: np.ndarray | None) -> None:
        """The numbers (H, W) to write into the cells where they are large enough."""
        self._numbers = numbers
        self.update()

    def set_boxes(self, boxes: tuple[tuple[QRectF, QColor], ...]) -> None:
        """Frame parts of the picture, in its own pixels, each in its colour; the last one on top."""
        self._boxes = boxes
        self.update()

    def set_field(self, mask: np.ndarray | None, box: tuple[int, int, int, int], area: QRectF | None = None) -> None:
        """Outline the cells of `mask` (H, W), which lies over `area` of the picture, and dim the rest a little.

        `box` (top, left, bottom, right), half-open, is the smallest one around them; None takes the field away.
        """
        if mask is None or self._pixels is None or box[2] <= box[0] or box[3] <= box[1]:
            self._veil = self._outline = None
            self.update()
            return
        area = area or QRectF(0, 0, mask.shape[1], mask.shape[0])
        across, down = area.width() / mask.shape[1], area.height() / mask.shape[0]
        top, left, bottom, right = box
        self._field_area = area
        self._outline = QRectF(
            area.left() + left * across, area.top() + top * down, (right - left) * across, (bottom - top) * down
        )
        self._veil = None if mask.all() else _veil(mask)
        self.update()

    @property
    def outline(self) -> QRectF | None:
        """The box drawn around the field, in pixels of the picture."""
        return self._outline

    # --- what is typed over: (H, W), or one channel (1, H, W) ---

    def cell_under(self, point: QPointF) -> Index | None:
        """The cell of the target under a point."""
        place, target = self.place_at(point), self.typing_target()
        return None if place is None or target is None else (*(0,) * (target.values.ndim - 2), *place)

    def standing(self) -> Index | None:
        """The cell of the target that is pointed at."""
        return None if self._place is None else self.cell_under(self.point_of(*self._place))

    def rect_of(self, cell: Index) -> QRectF | None:
        """The pixels of a cell of the target; None where it is not shown."""
        row, column = cell[-2:]
        return self._to_screen().mapRect(QRectF(column, row, 1, 1)) if self._has(row, column) else None

    def explained_at(self, point: QPoint) -> Tipped | None:
        """The tip is of the pixel under the pointer where that is drawn large, else of the whole picture."""
        place = self.place_at(QPointF(point))
        rect = None if place is None or not self._is_sharp else self.rect_of(place)
        return self.toolTip(), rect or self.picture_area()

    # --- where things are ---

    def picture_area(self) -> QRectF:
        """Where the scene is drawn, in the widget's own coordinates."""
        zoom = self._zoom()
        width, height = self._scene.width() * zoom, self._scene.height() * zoom
        ratio = self.devicePixelRatioF()
        left = round((self.width() - width) / 2 * ratio) / ratio
        top = round((self.height() - height) / 2 * ratio) / ratio
        return QRectF(left, top, width, height)

    def _zoom(self) -> float:
        if self._scene.isEmpty():
            return 1.0
        zoom = min((self.width() - 2 * RIM) / self._scene.width(), (self.height() - 2 * RIM) / self._scene.height())
        ratio = self.devicePixelRatioF()
        whole = int(zoom * ratio) / ratio
        # Whole screen pixels for each cell keep all cells equal, unless that gives away too much room.
        return whole if self._is_sharp and whole >= WHOLE_ZOOM_LOSS * zoom else max(zoom, 1e-6)

    def _to_screen(self) -> QTransform:
        area, zoom = self.picture_area(), self._zoom()
        turned = QTransform.fromTranslate(area.left(), area.top())
        return turned.scale(zoom, zoom).translate(-self._scene.left(), -self._scene.top())

    def place_at(self, point: QPointF) -> tuple[int, int] | None:
        """The (row, column) under `point`, or None outside the picture."""
        if self._pixels is None:
            return None
        there = self._to_screen().inverted()[0].map(point)
        row, column = int(there.y() // 1), int(there.x() // 1)
        return (row, column) if self._has(row, column) else None

    def point_of(self, row: int, column: int) -> QPointF:
        """The middle of a pixel of the picture, in the widget's own coordinates."""
        return self._to_screen().map(QPointF(column + 0.5, row + 0.5))

    def _has(self, row: int, column: int) -> bool:
        return self._pixels is not None and 0 <= row < self._pixels.shape[0] and 0 <= column < self._pixels.shape[1]

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._pixels is None:
            return
        painter = QPainter(self)
        area = self.picture_area()
        clip = QPainterPath()
        clip.addRoundedRect(area, CORNER, CORNER)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        with saved(painter):
            painter.setClipPath(clip)
            self._paint_picture(painter, area)
            self._paint_unused(painter, area)
            if self._veil is not None:
                painter.drawImage(self._to_screen().mapRect(self._field_area), self._veil)
            self._paint_numbers(painter)
        self._paint_marks(painter, area)

    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        assert self._pixels is not None
        if self._frame is not None:
            painter.fillRect(area, QColor("black"))
        place = self._to_screen().mapRect(QRectF(0, 0, self._pixels.shape[1], self._pixels.shape[0]))
        painter.drawPixmap(place, self._pixmap(place), QRectF(self._pixmap(place).rect()))

    def _pixmap(self, place: QRectF) -> QPixmap:
        """The picture at the size it is drawn: a large one is made small once, not at every paint."""
        assert self._pixels is not None
        ratio = self.devicePixelRatioF()
        size = (max(round(place.width() * ratio), 1), max(round(place.height() * ratio), 1))
        if self._scaled is None or self._scaled[0] != size:
            is_blown_up = self._is_sharp and size[0] >= self._pixels.shape[1]
            mode = Qt.TransformationMode
            how = mode.FastTransformation if is_blown_up else mode.SmoothTransformation
            scaled = image_of(_thinned(self._pixels, size)).scaled(*size, Qt.AspectRatioMode.IgnoreAspectRatio, how)
            self._scaled = (size, QPixmap.fromImage(scaled))
        return self._scaled[1]

    def _paint_unused(self, painter: QPainter, area: QRectF) -> None:
        """What lies outside the frame is not seen by the network."""
        if self._frame is None:
            return
        unused = QPainterPath()
        unused.addRect(area)
        used = QPainterPath()
        used.addRect(self._to_screen().mapRect(self._frame))
        veil = QColor(theme.current().pane)
        veil.setAlpha(UNUSED_ALPHA)
        painter.fillPath(unused.subtracted(used), veil)

    def _paint_numbers(self, painter: QPainter) -> None:
        zoom = self._zoom()
        if self._numbers is None or self._pixels is None or self._numbers.size > NUMBERS_AT_MOST:
            return
        writing = writing_for(self._numbers, zoom, zoom, exponent=0)
        if writing is None:
            return
        painter.setFont(theme.number_font(writing.pixels))
        to_screen = self._to_screen()
        for row, column in np.ndindex(*self._numbers.shape):
            ink = "black" if int(self._pixels[row, column].max()) > 140 else "white"
            cell = to_screen.mapRect(QRectF(column, row, 1, 1))
            painter.setPen(QColor(ink))
            painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, writing.text(float(self._numbers[row, column])))

    def _paint_marks(self, painter: QPainter, area: QRectF) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._is_sharp:  # white cells have the pane's own colour, and black ones that of the dark theme's
            painter.setPen(QPen(QColor(theme.current().border), 1))
            painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), CORNER, CORNER)
        if self._frame is not None:
            _outline(painter, self._to_screen().mapRect(self._frame), QColor(theme.current().accent))
        for framed, colour in self._boxes:
            _outline(painter, self._to_screen().mapRect(framed).intersected(area), colour)
        if self._outline is not None:
            box = self._to_screen().mapRect(self._outline)
            # A field smaller than a few screen pixels is still found.
            grow = max(0.0, (6 - min(box.width(), box.height())) / 2)
            _outline(painter, box.adjusted(-grow, -grow, grow, grow).intersected(area), QColor("white"))
        if self._is_walked_to:
            painter.setPen(QPen(QColor(theme.current().accent), 2))
            painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), CORNER, CORNER)

    # --- mouse and keys ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.buttons() & Qt.MouseButton.LeftButton and place is not None:
            self.dragged.emit(*place)
        self._point(place)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.pressed.emit(*place)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.released.emit()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._point(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        # The ring is for those who come here by keyboard; after a click it would only look like a selection.
        self._is_walked_to = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._is_walked_to = False
        self._point(None)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = ARROWS.get(Qt.Key(event.key()))
        if step is not None and self._pixels is not None:
            height, width = self._pixels.shape[:2]
            self._point((0, 0) if self._place is None else walked(self._place, step, (height, width)))
        elif event.key() in PRESSING and self._place is not None:
            self.pressed.emit(*self._place)
            self.released.emit()
        else:
            super().keyPressEvent(event)

    def _point(self, place: tuple[int, int] | None) -> None:
        if place != self._place:
            self._place = place
            self.pointed.emit(place)


def _thinned(pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """At most `FINER` pixels of the picture for each one of `size` (width, height) that it is drawn in."""
    rows, columns = (
        sampled(0, there, FINER * drawn) for there, drawn in zip(pixels.shape[:2], size[::-1], strict=True)
    )
    return pixels if len(rows) * len(columns) == pixels[..., 0].size else pixels[rows[:, None], columns]


def _veil(mask: np.ndarray) -> QImage:
    """Black, see-through where `mask` is True."""
    colours = np.zeros((*mask.shape, 4), np.uint8)
    colours[~mask, 3] = VEIL_ALPHA
    height, width = mask.shape
    return QImage(colours.data, width, height, width * 4, QImage.Format.Format_RGBA8888_Premultiplied).copy()


def _outline(painter: QPainter, box: QRectF, colour: QColor) -> None:
    """A frame that stands out from light and from dark: `colour` on a dark rim."""
    painter.setPen(QPen(QColor(0, 0, 0, 150), 2 * RIM - 0.5))
    painter.drawRect(box)
    painter.setPen(QPen(colour, 1.75))
    painter.drawRect(box)
