"""Finding one's way in the overview: folding, zooming, panning, the minimap."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtTest import QTest

from tests.ui.overview.followed import (
    LONG,
    WIDE,
    Shown,
    click,
    place,
    turn_wheel,
)


def test_more_channels_than_fit_open_and_fold_with_a_click(shown: Shown) -> None:
    view = shown(WIDE)
    folded = view.canvas.column("conv1")
    assert folded is not None
    assert folded.more is not None
    assert folded.hidden > 0
    middle = view.canvas.view.rect(folded.more).center()
    tip = view.canvas.tip_at(middle)
    assert tip == f"The {len(folded.channels)} most active of 400 channels. Click to see all."
    click(view, middle.toPoint())
    opened = view.canvas.column("conv1")
    assert opened is not None
    assert opened.channels == tuple(range(400))
    assert opened.more is not None
    click(view, view.canvas.view.rect(opened.more).center().toPoint())
    again = view.canvas.column("conv1")
    assert again is not None
    assert again.channels == folded.channels


def test_a_folded_map_chosen_elsewhere_comes_into_sight(shown: Shown) -> None:
    view = shown(WIDE)
    view.session.selection.select(layer="conv1", channel=399)
    column = view.canvas.column("conv1")
    assert column is not None
    assert column.place(399) is not None


def test_a_long_network_folds_into_groups_that_open_and_fold_again(shown: Shown) -> None:
    view = shown(LONG)
    folded = view.canvas.scene.layout.columns
    group = next(column for column in folded if column.group is not None)
    assert group.group is not None
    click(view, view.canvas.view.rect(group.label).center().toPoint())
    assert len(view.canvas.scene.layout.columns) > len(folded)
    bracket = view.canvas.scene.layout.brackets[0]
    click(view, view.canvas.view.rect(bracket.rect).center().toPoint())
    assert len(view.canvas.scene.layout.columns) == len(folded)


def test_a_group_opens_and_folds_with_keys(shown: Shown) -> None:
    view = shown(LONG)
    folded = len(view.canvas.scene.layout.columns)
    group = next(column for column in view.canvas.scene.layout.columns if column.group is not None)
    view.session.selection.select(layer=group.name)
    QTest.keyClick(view.canvas, Qt.Key.Key_Space)
    assert len(view.canvas.scene.layout.columns) > folded
    QTest.keyClick(view.canvas, Qt.Key.Key_Backspace)
    assert len(view.canvas.scene.layout.columns) == folded


def test_the_wheel_zooms_about_the_pointer(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas
    at = QPointF(place(canvas, "conv2", 2))
    before = canvas.view.world(at)
    turn_wheel(canvas, at, 5)
    assert canvas.view.zoom == pytest.approx(1.2**5)
    assert canvas.view.world(at) == pytest.approx(before)


def test_the_minimap_is_there_only_when_something_is_out_of_sight(shown: Shown) -> None:
    view = shown()
    turn_wheel(view.canvas, QPointF(200, 200), 5)
    minimap = view.canvas.minimap
    assert minimap.isVisible()
    assert minimap.geometry().bottom() <= view.canvas.height()
    QTest.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=QPoint(minimap.width() - 8, minimap.height() // 2))
    last = view.canvas.scene.layout.columns[-1]
    assert view.canvas.view.sees(last.box)
    QTest.keyClick(view.canvas, Qt.Key.Key_F)
    assert not minimap.isVisible()
    assert view.canvas.view.zoom == 1


def test_a_drag_pans_and_chooses_nothing(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas
    start = place(canvas, "conv2", 2)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, start + QPoint(30, 20))
    QTest.mouseMove(canvas, start + QPoint(60, 40))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=start + QPoint(60, 40))
    assert (canvas.view.x, canvas.view.y) == (60, 40)
    assert view.session.state.selection.layer is None


def test_far_away_there_are_only_boxes(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas
    turn_wheel(canvas, QPointF(400, 250), -6)
    assert canvas.view.is_far
    assert canvas.spot_at(canvas.view.rect(canvas.scene.layout.columns[1].box).center()) is None
    assert not canvas.grab().isNull()


def test_zoomed_in_far_enough_cells_carry_their_numbers(shown: Shown) -> None:
    view = shown()
    canvas = view.canvas

    def darkest() -> int:
        pixels = canvas.grab(QRect(300, 150, 200, 150)).toImage()
        return min(pixels.pixelColor(x, y).lightness() for x in range(200) for y in range(150))

    tile = canvas.column("conv1").place(1)  # type: ignore[union-attr]
    assert tile is not None
    canvas.zoom(6)
    canvas.centre_on(*tile.middle)
    before = darkest()
    canvas.zoom(4)
    canvas.centre_on(*tile.middle)
    assert darkest() < before - 40


@pytest.mark.parametrize("size", [(640, 420), (900, 560), (1500, 900), (2400, 1300)])
def test_it_fits_windows_of_all_sizes(shown: Shown, size: tuple[int, int]) -> None:
    view = shown(size=size)
    for column in view.canvas.scene.layout.columns:
        assert QRectF(view.canvas.rect()).contains(view.canvas.view.rect(column.box))


def test_a_chosen_layer_that_is_folded_away_marks_its_group(shown: Shown) -> None:
    view = shown(LONG)
    group = next(column for column in view.canvas.scene.layout.columns if column.group is not None)
    assert group.group is not None
    view.session.selection.select(layer=group.group.first.name)
    assert view.canvas.scene.selected == group.name
