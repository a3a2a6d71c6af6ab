"""Draws the pictures of the start list from what the networks that come with the program really compute.

    QT_QPA_PLATFORM=offscreen python packaging/start_pictures.py

Writes resources/networks/NAME-light.png and NAME-dark.png, 320 × 200, without a ground, in the colours of each theme.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QApplication

import explorer
from explorer.data import read_sample
from explorer.engine.model.load import Loaded
from explorer.engine.opening.efficientnet_lite0 import open_efficientnet_lite0
from explorer.network import Network
from explorer.network.model_names import extra_model
from explorer.resources import resource
from explorer.ui.common import theme
from explorer.ui.common.colour import colourise, scale_for

WIDTH, HEIGHT = 320, 200
SCALE = 4  # drawn this much larger and then shrunk, so that cells and lines keep soft edges
MARGIN = 14
BARS_WIDTH, MOST_BARS = 46, 10


@dataclass(frozen=True)
class Column:
    """The strongest maps of a layer, one above the other."""

    layer: str
    count: int
    size: int  # pixels a map


@dataclass(frozen=True)
class Plan:
    sample: str
    input_size: int
    columns: tuple[Column, ...]


PLANS = {
    "cifar10": Plan("cat", 72, (Column("relu1", 4, 38), Column("add1", 4, 38), Column("relu6", 4, 38))),
    "lecture": Plan("cat", 76, (Column("relu1", 3, 52), Column("pool1", 3, 52))),
    "efficientnet-lite0": Plan(
        "cat", 72, (Column("relu6", 4, 38), Column("blocks.4.relu6", 4, 38), Column("blocks.10.relu6:2", 4, 38))
    ),
    "one-neuron": Plan("cat", 76, (Column("conv1", 3, 52), Column("pool1", 3, 52))),
}


class Sheet:
    """What is drawn on, in the colours of the present theme; nothing is behind it."""

    def __init__(self) -> None:
        self.image = QImage(WIDTH * SCALE, HEIGHT * SCALE, QImage.Format.Format_ARGB32_Premultiplied)
        self.image.fill(Qt.GlobalColor.transparent)
        self.painter = QPainter(self.image)
        self.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.painter.scale(SCALE, SCALE)
        self.colours = theme.current()

    def edges(self, starts: Sequence[QRectF], ends: Sequence[QRectF]) -> None:
        self.painter.setPen(QPen(QColor(self.colours.border), 1))
        for start in starts:
            for end in ends:
                self.painter.drawPath(_curve(_right(start), _left(end)))

    def lines(self, starts: Sequence[QPointF], ends: Sequence[QPointF]) -> None:
        self.painter.setPen(QPen(QColor(self.colours.border), 1.5))
        for start in starts:
            for end in ends:
                self.painter.drawLine(start, end)

    def tile(self, place: QRectF, pixels: np.ndarray) -> None:
        """`pixels` (H, W, 3) uint8, cells kept sharp, corners rounded."""
        height, width, _ = pixels.shape
        content = np.ascontiguousarray(pixels)
        image = QImage(content.data, width, height, 3 * width, QImage.Format.Format_RGB888)
        clip = QPainterPath()
        clip.addRoundedRect(place, 4, 4)
        self.painter.save()
        self.painter.setClipPath(clip)
        self.painter.drawImage(place, image)
        self.painter.restore()
        self.painter.setPen(QPen(QColor(self.colours.border), 1))
        self.painter.setBrush(Qt.BrushStyle.NoBrush)
        self.painter.drawRoundedRect(place, 4, 4)

    def bars(self, probabilities: np.ndarray) -> list[QRectF]:
        """One bar a class, the strongest in the accent colour; returns where each begins."""
        left = WIDTH - MARGIN - BARS_WIDTH
        step = min(17.0, (HEIGHT - 2 * MARGIN) / len(probabilities))
        top = (HEIGHT - step * len(probabilities)) / 2
        self.painter.setPen(Qt.PenStyle.NoPen)
        for index, probability in enumerate(probabilities):
            is_best = index == probabilities.argmax()
            self.painter.setBrush(QColor(self.colours.signed_high if is_best else self.colours.border))
            place = QRectF(left, top + index * step + 2, max(3.0, BARS_WIDTH * float(probability)), step - 5)
            self.painter.drawRoundedRect(place, 3, 3)
        return [QRectF(left, top, 0, step * len(probabilities))]

    def circle(self, centre: QPointF, text: str, *, radius: float, colour: str) -> None:
        self.painter.setPen(QPen(QColor(colour), 2))
        self.painter.setBrush(QColor(self.colours.sunken))
        self.painter.drawEllipse(centre, radius, radius)
        font = QFont("Inter")
        font.setPixelSize(round(radius * 0.9))
        self.painter.setFont(font)
        self.painter.setPen(QColor(self.colours.text))
        around = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        self.painter.drawText(around, Qt.AlignmentFlag.AlignCenter, text)

    def save(self, name: str) -> None:
        self.painter.end()
        smooth = Qt.TransformationMode.SmoothTransformation
        small = self.image.scaled(WIDTH, HEIGHT, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        path = resource("networks", f"{name}-{self.colours.name}.png")
        if not small.save(str(path)):
            raise OSError(f"{path} could not be written.")


def draw_maps(name: str, plan: Plan) -> None:
    """The picture, a column of maps for each chosen layer, and what the network says."""
    loaded = _loaded(name)
    x = loaded.prepare(read_sample(plan.sample).pixels)
    with torch.no_grad():
        recording = explorer.record(loaded.model, x)
    sheet = Sheet()
    before = [QRectF(MARGIN, (HEIGHT - plan.input_size) / 2, plan.input_size, plan.input_size)]
    begin, end = before[0].right(), WIDTH - MARGIN - BARS_WIDTH
    gap = (end - begin - sum(column.size for column in plan.columns)) / (len(plan.columns) + 1)
    columns = []
    for column in plan.columns:
        places = _stack(begin + gap, column)
        begin += gap + column.size
        sheet.edges(before, places)
        columns.append((places, _strongest(recording[column.layer].output[0].detach(), column.count)))
        before = places
    probabilities = _probabilities(recording.outputs[0].detach())
    sheet.edges(before, [QRectF(end, HEIGHT / 2, 0, 0)])
    sheet.tile(QRectF(MARGIN, (HEIGHT - plan.input_size) / 2, plan.input_size, plan.input_size), _pixels(loaded, x))
    for places, maps in columns:
        for place, values in zip(places, maps, strict=True):
            sheet.tile(place, _coloured(values))
    sheet.bars(np.sort(probabilities)[::-1][:MOST_BARS] if len(probabilities) > MOST_BARS else probabilities)
    print(name, {loaded.classes[i]: round(float(probabilities[i]), 2) for i in probabilities.argsort()[::-1][:2]})
    sheet.save(name)


def _loaded(name: str) -> Loaded:
    """A network that comes along, or a model that comes as an extra, which has to be installed."""
    extra = extra_model(name)
    if extra is None:
        return explorer.load(name)
    opened = open_efficientnet_lite0(extra)
    expected = opened.expected
    shape = Network(expected.shape or (), ())
    return Loaded(shape, opened.module, expected.classes, mean=expected.mean, std=expected.std)


def draw_numbers(name: str) -> None:
    """Every neuron as a circle with its number for the input 0, 1."""
    loaded = explorer.load(name)
    recording = explorer.record(loaded.model, torch.tensor([[0.0, 1.0]]))
    layers = [[0.0, 1.0], *(recording[layer].output[0].tolist() for layer in ("linear1", "linear2"))]
    sheet, radius = Sheet(), 25.0
    ink = sheet.colours.signed_high
    centres = [[QPointF(60 + 100 * column, 58 + 84 * row) for row in (0, 1)] for column in range(3)]
    for starts, ends in pairwise(centres):
        sheet.lines(starts, ends)
    for column, (points, values) in enumerate(zip(centres, layers, strict=True)):
        for point, value in zip(points, values, strict=True):
            sheet.circle(point, f"{value:g}", radius=radius, colour=ink if column == 2 else sheet.colours.dim)
    sheet.save(name)


def _stack(left: float, column: Column) -> list[QRectF]:
    gap = (HEIGHT - 2 * MARGIN - column.count * column.size) / max(1, column.count - 1)
    gap = min(gap, 8.0)
    top = (HEIGHT - column.count * column.size - (column.count - 1) * gap) / 2
    return [QRectF(left, top + i * (column.size + gap), column.size, column.size) for i in range(column.count)]


def _strongest(maps: torch.Tensor, count: int) -> list[np.ndarray]:
    """The `count` maps (H, W) that vary most beside their peak, in the order of their channels."""
    flat = maps.flatten(1)
    contrast = flat.std(dim=1) / flat.abs().amax(dim=1).clamp(min=1e-6)
    order = contrast.argsort(descending=True)[:count].sort().values
    return [maps[int(channel)].numpy() for channel in order]


def _coloured(values: np.ndarray) -> np.ndarray:
    """As the window colours a map, but for its few largest values."""
    reach = max(float(np.quantile(np.abs(values), 0.99)), 1e-9)
    return colourise(values, scale_for(-reach if values.min() < 0 else 0.0, reach))[..., :3]


def _pixels(loaded: Loaded, x: torch.Tensor) -> np.ndarray:
    """What the network was fed, as a picture again."""
    mean, std = (torch.tensor(values).view(-1, 1, 1) for values in (loaded.mean, loaded.std))
    values = ((x[0] * std + mean) * 255).round().clamp(0, 255)
    return values.permute(1, 2, 0).to(torch.uint8).numpy()


def _probabilities(outputs: torch.Tensor) -> np.ndarray:
    if len(outputs) == 1:
        return np.array([1 - outputs.item(), outputs.item()])
    return outputs.softmax(0).numpy()


def _curve(start: QPointF, end: QPointF) -> QPainterPath:
    middle = (start.x() + end.x()) / 2
    path = QPainterPath(start)
    path.cubicTo(QPointF(middle, start.y()), QPointF(middle, end.y()), end)
    return path


def _right(place: QRectF) -> QPointF:
    return QPointF(place.right(), place.center().y())


def _left(place: QRectF) -> QPointF:
    return QPointF(place.left(), place.center().y())


def main() -> None:
    application = QApplication(sys.argv)
    for choice in ("light", "dark"):
        theme.apply(application, choice)
        for name, plan in PLANS.items():
            draw_maps(name, plan)
        draw_numbers("two-two-two")


if __name__ == "__main__":
    main()
