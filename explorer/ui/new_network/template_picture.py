"""A network as a small picture: a box a layer by its shape and in the colour of its kind, or neurons where few."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import log2

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from explorer.network import Network, Shape
from explorer.network.names import INPUT
from explorer.ui.common import theme
from explorer.ui.common.saved_painter import saved

MOST_NEURONS = 10
ARC_SHARE = 0.3  # of the height, for skips above the boxes
LEAST_HEIGHT = 0.12
NEURON_GAP, NEURON_RADIUS = 26.0, 3.2
LARGEST_UNIT = 9.0


@dataclass(frozen=True)
class DrawnLayer:
    """A layer, or the input: how wide and how high it is among the others, both from 0 to 1, and what it takes."""

    name: str
    family: str
    shape: Shape
    width: float
    height: float
    takes: tuple[str, ...] = ()


def boxes_of(network: Network) -> tuple[DrawnLayer, ...]:
    """The input and the layers that have a shape, in their order."""
    largest = max((shape[1] for shape in _shapes(network) if len(shape) == 3), default=1)
    boxes = [_box(INPUT, "input", network.input_shape, largest, ())]
    for layer, shape in zip(network.layers, network.shapes(), strict=True):
        if shape is not None:
            boxes.append(_box(layer.name, layer.family, shape, largest, network.inputs(layer.name)))
    return tuple(boxes)


def draw_network(painter: QPainter, boxes: tuple[DrawnLayer, ...], rect: QRectF) -> None:
    """Draw `boxes` into `rect`, in the middle of it."""
    is_small = all(len(box.shape) == 1 and box.shape[0] <= MOST_NEURONS for box in boxes)
    with saved(painter):
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_neurons(painter, boxes, rect) if is_small else _draw_boxes(painter, boxes, rect)


def _shapes(network: Network) -> Iterator[Shape]:
    yield network.input_shape
    yield from (shape for shape in network.shapes() if shape is not None)


def _box(name: str, family: str, shape: Shape, largest: int, takes: tuple[str, ...]) -> DrawnLayer:
    """Maps are as high as they are and as wide as they are many; a row of numbers is a thin tall box."""
    if len(shape) == 1:
        return DrawnLayer(name, family, shape, 0.15, min(1.0, max(0.25, log2(shape[0] + 1) / 12)), takes)
    height = max(LEAST_HEIGHT, (shape[1] / largest) ** 0.6)
    is_wide = family not in ("activation", "normalization")
    return DrawnLayer(name, family, shape, 0.15 + log2(shape[0] + 1) / 10 * is_wide, height, takes)


def _draw_boxes(painter: QPainter, boxes: tuple[DrawnLayer, ...], rect: QRectF) -> None:
    room = rect.height() * (1 - ARC_SHARE)
    middle = rect.bottom() - room / 2
    total = sum(box.width for box in boxes) + 0.12 * (len(boxes) - 1)
    unit = min(rect.width() / total, LARGEST_UNIT * 3)
    left = rect.left() + (rect.width() - unit * total) / 2
    places: dict[str, QRectF] = {}
    painter.setPen(Qt.PenStyle.NoPen)
    for box in boxes:
        high = room * box.height
        places[box.name] = QRectF(left, middle - high / 2, max(1.5, unit * box.width), high)
        painter.setBrush(QColor(theme.current().kinds[box.family]))
        painter.drawRoundedRect(places[box.name], 1.5, 1.5)
        left += unit * (box.width + 0.12)
    _draw_skips(painter, boxes, places, rect.top())
    if len(boxes) == 1:
        _draw_place_for_more(painter, places[boxes[0].name])


def _draw_skips(painter: QPainter, boxes: tuple[DrawnLayer, ...], places: dict[str, QRectF], top: float) -> None:
    """An arc for each input that is not the box before."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(theme.current().dim), 1.2))
    for before, box in pairwise(boxes):
        for name in box.takes:
            if name != before.name and name in places:
                begin, end = places[name], places[box.name]
                path = QPainterPath(QPointF(begin.center().x(), begin.top() - 1))
                high = 2 * top - max(begin.top(), end.top()) + 8
                path.quadTo(
                    QPointF((begin.center().x() + end.center().x()) / 2, max(high, top - 8)),
                    QPointF(end.center().x(), end.top() - 1),
                )
                painter.drawPath(path)


def _draw_place_for_more(painter: QPainter, beside: QRectF) -> None:
    """Where the first layer would stand."""
    painter.setPen(QPen(QColor(theme.current().dim), 1, Qt.PenStyle.DashLine))
    painter.drawRoundedRect(beside.translated(beside.width() + 8, 0), 2, 2)


def _draw_neurons(painter: QPainter, boxes: tuple[DrawnLayer, ...], rect: QRectF) -> None:
    """A dot a number, a line a weight. What changes single numbers stands in the same dots."""
    columns = [box for box in boxes if box.family != "activation"]
    gap = min(NEURON_GAP * 2, rect.width() / max(1, len(columns)))
    left = rect.center().x() - gap * (len(columns) - 1) / 2
    dots = [_dots(box.shape[0], left + gap * at, rect) for at, box in enumerate(columns)]
    painter.setPen(QPen(QColor(theme.current().border), 1))
    for before, after in pairwise(dots):
        painter.drawLines([QLineF(begin, end) for begin in before for end in after])
    for column, box in zip(dots, columns, strict=True):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.current().kinds[box.family]))
        for dot in column:
            painter.drawEllipse(dot, NEURON_RADIUS, NEURON_RADIUS)


def _dots(count: int, x: float, rect: QRectF) -> list[QPointF]:
    step = min(14.0, rect.height() / max(1, count))
    top = rect.center().y() - step * (count - 1) / 2
    return [QPointF(x, top + step * at) for at in range(count)]
