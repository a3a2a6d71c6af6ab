"""The lines drawn into a number of the overview: all of them, and nothing else over what stands beside them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from explorer.ui.common import theme
from explorer.ui.common.theme_colours import DARK, LIGHT, Theme
from explorer.ui.overview.canvas import OverviewCanvas
from explorer.ui.overview.sources import MOST_DRAWN
from explorer.ui.overview.surface import FADED
from tests.ui.overview.followed import Shown, click, hover, paint_afresh, place
from tests.ui.pixels import changed

STRIP = "3x32x32 conv(12, 5, padding=2) relu maxpool(2) flatten linear(10) softmax"


@pytest.mark.parametrize("chosen", [LIGHT, DARK])
def test_lines_from_a_strip_of_thousands_are_all_there_and_nothing_is_painted_beside_them(
    shown: Shown, chosen: Theme, qapp: QApplication
) -> None:
    """A number of a strip is a tenth of a pixel high: in place of each the whole picture was painted once."""
    view = shown(STRIP)
    canvas = view.canvas
    theme.apply(qapp, chosen.name)
    paint_afresh(canvas)
    before = canvas.grab().toImage()
    hover(view, "linear1", 4)
    painted = changed(before, canvas.grab().toImage())
    assert canvas.lines is not None
    sources = [canvas.place_of(each.layer, each.channel) for each in canvas.lines.sources]
    target = canvas.place_of("linear1", 4)
    assert target is not None
    assert len(sources) == MOST_DRAWN
    for source in sources:
        assert source is not None
        assert source.height() < 0.5
        beginning = QRectF(source.right() + 2, source.center().y() - 4, 3, 8)
        assert any(beginning.contains(point) for point in painted), "its line begins here"
    strip = canvas.view.rect(canvas.column("flatten1").strip)
    between = QRectF(strip.topLeft(), QPointF(target.right(), strip.bottom())).adjusted(-3, -3, 3, 3)
    preview = QRectF(canvas.preview.geometry())
    assert all(between.contains(point) or preview.contains(point) for point in painted)


def test_a_chosen_number_keeps_the_titles_and_fades_the_classes_beside_it(shown: Shown) -> None:
    view = shown(STRIP)
    canvas = view.canvas
    view.session.selection.select(layer="linear1", channel=None)
    titles = QRect(0, 0, canvas.width(), int(canvas.view.rect(canvas.column("linear1").bar).bottom()))
    classes = canvas.view.rect(canvas.column("softmax1").body).toAlignedRect()
    old_titles, old_classes = greys(canvas, titles), greys(canvas, classes)
    hover(view, "linear1", 4)
    click(view, place(canvas, "linear1", 4))
    assert view.session.state.selection.channel == 4
    assert np.array_equal(greys(canvas, titles), old_titles)
    assert greys(canvas, classes) == pytest.approx(255 - FADED * (255 - old_classes), abs=5)


def greys(canvas: OverviewCanvas, area: QRect) -> np.ndarray:
    """The lightness of each pixel of an area without the map that lies over it."""
    canvas.preview.hide()
    pixels = canvas.grab(area).toImage().convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(pixels.constBits(), np.uint8).reshape(pixels.height(), pixels.bytesPerLine())
    return rows[:, : pixels.width()].astype(float)


def test_what_fades_stays_faint_as_the_titles_leave_the_screen(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas
    canvas.zoom(1.5)
    view.session.selection.select(layer="conv1", channel=1)

    def strength(bottom: float) -> float:
        """How far all is from white, with so many pixels of the titles in sight."""
        canvas.pan(0, bottom - canvas.view.rect(canvas.column("conv1").bar).bottom())
        return 255 - float(greys(canvas, canvas.rect()).mean())

    assert strength(0.3) == pytest.approx(strength(2), rel=0.1)
