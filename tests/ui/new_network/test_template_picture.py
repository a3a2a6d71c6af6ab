"""The picture of a template is drawn from the network: as high as its maps, as wide as they are many, by kind."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from explorer.network import Network
from explorer.network.templates import TEMPLATES, Template
from explorer.ui.common import theme
from explorer.ui.new_network.template_picture import MOST_NEURONS, DrawnLayer, boxes_of, draw_network

WIDTH, HEIGHT = 220, 60
GROUND = "#000001"


def _drawn(boxes: tuple[DrawnLayer, ...]) -> dict[str, int]:
    """How many pixels there are of each colour."""
    image = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    image.fill(QColor(GROUND))
    painter = QPainter(image)
    draw_network(painter, boxes, QRectF(2, 2, WIDTH - 4, HEIGHT - 4))
    painter.end()
    found: dict[str, int] = {}
    for x in range(WIDTH):
        for y in range(HEIGHT):
            name = image.pixelColor(x, y).name()
            found[name] = found.get(name, 0) + 1
            if x in (0, WIDTH - 1) or y == HEIGHT - 1:
                assert name == GROUND, "something lies beyond its room"
    return found


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.name)
@pytest.mark.parametrize("choice", ["light", "dark"])
def test_each_kind_is_there_in_its_colour(qapp: QApplication, template: Template, choice: str) -> None:
    theme.apply(qapp, choice)
    boxes = boxes_of(template.network)
    colours = _drawn(boxes)
    are_neurons = all(len(box.shape) == 1 and box.shape[0] <= MOST_NEURONS for box in boxes)
    families = {box.family for box in boxes if not (are_neurons and box.family == "activation")}
    missing = {family for family in families if theme.current().kinds[family] not in colours}
    assert not missing - {"activation", "normalization"}, "but slivers may be blended with what is beside them"


def test_larger_maps_are_higher_and_more_of_them_wider() -> None:
    boxes = boxes_of(Network.parse("3x32x32 conv(8, 3, padding=1) maxpool(2) conv(64, 3, padding=1) flatten linear(4)"))
    large, pooled, many = boxes[1], boxes[2], boxes[3]
    assert large.height > pooled.height == many.height
    assert many.width > large.width == pooled.width
    assert boxes[-1].height < boxes[-2].height


def test_a_layer_without_a_shape_is_left_out_and_the_rest_is_drawn() -> None:
    boxes = boxes_of(Network.parse("3x8x8 conv(4, 3) linear(3) relu"))
    assert [box.name for box in boxes] == ["input", "conv1"]


def test_a_skip_is_an_arc_above(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    text = "3x16x16 conv(8, 3, padding=1) relu conv(8, 3, padding=1) relu {} relu"
    plain, skipping = (boxes_of(Network.parse(text.format(layer))) for layer in ("relu", "add(relu1, relu2)"))
    assert skipping[5].takes == ("relu1", "relu2")
    plain_colours, skipping_colours = _drawn(plain), _drawn(skipping)
    assert skipping_colours[GROUND] < plain_colours[GROUND]
