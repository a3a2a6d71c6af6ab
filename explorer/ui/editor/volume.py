"""A layer drawn as the volumes that go in and come out: boxes of height × width × depth in perspective."""

from __future__ import annotations

from dataclasses import dataclass
from math import log2, prod

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.amounts import VeiledCount
from explorer.ui.common import text, theme
from explorer.ui.common.tips import TipOfAll
from explorer.ui.editor.layer_card import mixed, small_font

Shape = tuple[int, ...]
SLANT_X, SLANT_Y = 0.55, -0.32  # how far a step into the depth goes right and up
CAPTION = 18
LABEL = 15
UNKNOWN_LENGTH = 24.0
BETWEEN = 22


@dataclass(frozen=True)
class VolumeBox:
    """One volume on the screen: lengths in pixels of a shape (height, width, depth).

    What is deep in more than one axis, slices of channels, has the sizes of all of them.
    """

    sizes: tuple[int, ...]
    height: float
    width: float
    depth: float

    @property
    def across(self) -> float:
        """Its whole extent to the right."""
        return self.width + SLANT_X * self.depth

    @property
    def deep(self) -> str:
        """ "3"; of channels of slices "8 × 16"."""
        return text.shape_text(self.sizes[2:])

    @property
    def up(self) -> float:
        """Its whole extent upwards."""
        return self.height - SLANT_Y * self.depth


def length(size: int) -> float:
    """Pixels for an edge of `size` cells. Logarithmic, so that 1 and 4,096 can both be seen; the same in all layers.
    Of one that a lesson asks for it is the same for every size."""
    if isinstance(size, VeiledCount):
        return UNKNOWN_LENGTH
    return 6 + 5.5 * log2(max(1, size))


def box_of(shape: Shape, scale: float = 1.0) -> VolumeBox:
    """The box of (C, H, W) or (C, D, H, W), or of (features,) as one cell deep in features."""
    *depths, height, width = shape if len(shape) > 2 else (shape[0], 1, 1)
    sizes = (height, width, *depths)
    return VolumeBox(sizes, scale * length(height), scale * length(width), scale * length(prod(depths)))


class VolumeView(TipOfAll, QWidget):
    """Draws what goes in, an arrow, and what comes out, with the kernel that slides over it if there is one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inputs: tuple[Shape, ...] = ()
        self._output: Shape | None = None
        self._family = "other"
        self._kernel: tuple[int, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Volumes that go in and come out")

    def show_layer(
        self,
        inputs: tuple[Shape, ...],
        output: Shape | None,
        *,
        family: str = "other",
        kernel: tuple[int, int] | None = None,
    ) -> None:
        """Draw a layer of `family` from `inputs` to `output`; `kernel` is (rows, columns) of what slides over a map."""
        wanted = (inputs, output, family, kernel)
        if wanted == (self._inputs, self._output, self._family, self._kernel):
            return
        self._inputs, self._output, self._family, self._kernel = wanted
        whole = " and ".join(text.shape_text(shape) for shape in inputs)
        given = text.shape_text(output) if output else ""
        words = f"{whole} → {given}" if inputs and given else given
        order = "channels × height × width" if output and len(output) == 3 else "from shape to shape"
        self.setToolTip(f"{order}: {words}.\nEdges are drawn on a logarithmic scale." if words else "")
        self.setAccessibleDescription(words)
        self.setVisible(output is not None)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        tallest = max((box_of(shape).up for shape in self._shapes()), default=20.0)
        return QSize(260, round(tallest) + LABEL + CAPTION + 8)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self.sizeHint().height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)

    def _shapes(self) -> tuple[Shape, ...]:
        return (*self._inputs[:2], *((self._output,) if self._output else ()))

    def _room(self, box: VolumeBox) -> float:
        """Width that a box takes with its edge numbers."""
        return self._before(box) + box.across + self.fontMetrics().horizontalAdvance(box.deep) + 4

    def _before(self, box: VolumeBox) -> float:
        return self.fontMetrics().horizontalAdvance(text.count(box.sizes[0])) + 4

    def _boxes(self) -> list[VolumeBox]:
        """The boxes, made smaller together until they fit side by side."""
        scale = 1.0
        boxes = [box_of(shape) for shape in self._shapes()]
        while scale > 0.3 and sum(map(self._room, boxes)) + BETWEEN * (len(boxes) - 1) > self.width():
            scale -= 0.05
            boxes = [box_of(shape, scale) for shape in self._shapes()]
        return boxes

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._output is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small_font())
        boxes = self._boxes()
        corners = self._corners(boxes)
        for number, (box, corner) in enumerate(zip(boxes, corners, strict=True)):
            is_output = number == len(boxes) - 1
            _draw_box(painter, box, corner, theme.current().kinds[self._family if is_output else "input"])
        if self._kernel is not None and len(boxes) == 2:
            _draw_kernel(painter, boxes, corners, self._kernel)
        for shape, box, corner in zip(self._shapes(), boxes, corners, strict=True):
            if len(shape) > 1:  # of a row of numbers the caption tells all there is to tell
                _draw_numbers(painter, box, corner)
        if self._kernel is None or len(boxes) != 2:
            self._draw_between(painter, boxes, corners)
        self._draw_captions(painter, boxes, corners)

    def _corners(self, boxes: list[VolumeBox]) -> list[QPointF]:
        """The bottom left corner of each box's front, the boxes spread over the width."""
        rooms = [self._room(box) for box in boxes]
        free = max(0.0, self.width() - sum(rooms))
        each = free / len(boxes)
        left, floor = each / 2, self.height() - CAPTION - LABEL - 2.0
        corners = []
        for box, room in zip(boxes, rooms, strict=True):
            corners.append(QPointF(left + self._before(box), floor))
            left += room + each
        return corners

    def _draw_between(self, painter: QPainter, boxes: list[VolumeBox], corners: list[QPointF]) -> None:
        painter.setPen(QColor(theme.current().dim))
        for number, box in enumerate(boxes[:-1]):
            start = corners[number].x() - self._before(box) + self._room(box)
            end = corners[number + 1].x() - self._before(boxes[number + 1])
            sign = "→" if number == len(boxes) - 2 else "&"
            middle = corners[number].y() - max(box.up, boxes[number + 1].up) / 2
            place = QRectF(start - 10, middle - 9, end - start + 20, 18)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)

    def _draw_captions(self, painter: QPainter, boxes: list[VolumeBox], corners: list[QPointF]) -> None:
        """Its shape under each box, as everywhere in the window, where there is room for all of them."""
        words = [text.shape_text(shape) for shape in self._shapes()]
        wide = [painter.fontMetrics().horizontalAdvance(word) + 4.0 for word in words]
        if sum(wide) + 8 * (len(wide) - 1) > self.width():
            return
        painter.setPen(QColor(theme.current().dim))
        left = 0.0
        for number, (box, corner, word) in enumerate(zip(boxes, corners, words, strict=True)):
            middle = corner.x() - self._before(box) + self._room(box) / 2
            after = sum(wide[number:]) + 8 * (len(wide) - number - 1)
            left = max(left, min(middle - wide[number] / 2, self.width() - after))
            painter.drawText(QRectF(left, self.height() - CAPTION, wide[number], CAPTION), _CENTRE, word)
            left += wide[number] + 8


def _draw_box(painter: QPainter, box: VolumeBox, corner: QPointF, colour: str) -> None:
    """Front, top and right side; `corner` is the front's bottom left."""
    pane = theme.current().pane
    right, up = QPointF(box.width, 0), QPointF(0, -box.height)
    back = QPointF(SLANT_X * box.depth, SLANT_Y * box.depth)
    painter.setPen(QPen(mixed(colour, pane, 0.9), 1))
    faces = (
        ((corner, corner + right, corner + right + up, corner + up), 0.3),
        ((corner + up, corner + up + right, corner + up + right + back, corner + up + back), 0.16),
        ((corner + right, corner + right + back, corner + right + back + up, corner + right + up), 0.45),
    )
    for points, share in faces:
        painter.setBrush(mixed(colour, pane, share))
        painter.drawPolygon(QPolygonF(list(points)))


def _draw_numbers(painter: QPainter, box: VolumeBox, corner: QPointF) -> None:
    """Height at the left edge, width below, depth at the slanted edge."""
    height, width = box.sizes[:2]
    colours = theme.current()
    painter.setPen(QColor(colours.text))
    side = QRectF(corner.x() - 60, corner.y() - box.height, 56, box.height)
    flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | _LOOSE
    written = painter.boundingRect(side, int(flags), text.count(height))
    painter.fillRect(written, QColor(colours.pane))  # the lines of the kernel pass behind the number
    painter.drawText(side, flags, text.count(height))
    below = QRectF(corner.x() - 20, corner.y() + 1, box.width + 40, LABEL)
    painter.drawText(below, Qt.AlignmentFlag.AlignCenter | _LOOSE, text.count(width))
    slanted = corner + QPointF(box.width + SLANT_X * box.depth / 2 + 5, SLANT_Y * box.depth / 2 - 2)
    painter.drawText(QRectF(slanted, QSize(60, LABEL).toSizeF()), Qt.AlignmentFlag.AlignLeft | _LOOSE, box.deep)


_LOOSE = Qt.TextFlag.TextDontClip
_CENTRE = Qt.AlignmentFlag.AlignCenter


def _draw_kernel(painter: QPainter, boxes: list[VolumeBox], corners: list[QPointF], kernel: tuple[int, int]) -> None:
    """The sliding kernel on the input's front, and the one cell of the output it gives."""
    colours = theme.current()
    inside, outside = boxes
    rows, columns = (min(1.0, part / whole) for part, whole in zip(kernel, inside.sizes[:2], strict=True))
    wide, high = max(4.0, columns * inside.width), max(4.0, rows * inside.height)
    wide, high = min(wide, inside.width), min(high, inside.height)
    left = corners[0].x() + (inside.width - wide) * 0.7
    top = corners[0].y() - inside.height + (inside.height - high) * 0.35
    seen = QRectF(left, top, wide, high)
    cell = corners[1] + QPointF(outside.width * 0.5, -outside.height * 0.6)
    painter.setPen(QPen(mixed(colours.accent, colours.pane, 0.55), 1))
    for corner in (seen.topRight(), seen.bottomRight()):
        painter.drawLine(corner, cell)
    painter.setPen(QPen(QColor(colours.accent), 1.5))
    painter.setBrush(mixed(colours.accent, colours.pane, 0.35))
    painter.drawRect(seen)
    painter.setBrush(QColor(colours.accent))
    painter.drawEllipse(cell, 2, 2)
