"""Bars of numbers: from zero, by their sign; a fault is red, what a lesson asks for is not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from explorer.amounts import VEILED
from explorer.ui.common import theme
from explorer.ui.debugger.node_link.edge_layers import Stroke
from explorer.ui.debugger.node_link.segment import Segment
from explorer.ui.tensors.cell_bars import paint_bar
from tests.ui.pixels import colours_near

Draw = Callable[[QPainter, float], None]


def _bar(painter: QPainter, value: float) -> None:
    paint_bar(painter, QRectF(4, 4, 80, 20), value, low=-1, high=1)


def _stroke(painter: QPainter, value: float) -> None:
    Stroke(Segment(4, 14, 84, 14), value, 1.0).paint(painter)


@pytest.mark.parametrize("draw", [_bar, _stroke])
@pytest.mark.parametrize(("value", "is_red"), [(np.nan, True), (np.inf, True), (VEILED, False), (0.5, False)])
def test_a_fault_is_red_and_what_is_asked_for_is_not(
    draw: Draw, value: float, is_red: bool, qapp: QApplication
) -> None:
    theme.apply(qapp, "light")
    picture = QImage(90, 28, QImage.Format.Format_RGB32)
    picture.fill(Qt.GlobalColor.white)
    painter = QPainter(picture)
    draw(painter, value)
    painter.end()
    assert bool(colours_near(picture, theme.current().error)) is is_red
