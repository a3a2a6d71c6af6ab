"""A step from inside: one cell's numbers, the patch moved by hand, channel by channel."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QToolTip
from pytestqt.qtbot import QtBot

from explorer.arithmetic.explanation import plain_number
from explorer.session import cursor as moves
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.common.tips import tip_label
from explorer.ui.debugger.into.grid_row import LINE_HEIGHT
from explorer.ui.debugger.into.number_grid import RING, NumberGrid
from explorer.ui.debugger.into.plan import into_plan
from explorer.ui.debugger.into.view import IntoView
from explorer.ui.debugger.stage import StepStage
from tests.ui.pixels import changed
from tests.ui.step_sessions import CLASSES, SteppedSession, recorded

SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))
SMALL = "3x14x14 conv(4, 3, padding=1) relu conv(5, 3) maxpool(2) flatten linear(10)"


@cache
def small() -> Timeline:
    return recorded(SMALL, steps_before=1)


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication) -> Iterator[tuple[SteppedSession, IntoView]]:
    theme.apply(qapp, "light")
    session = SteppedSession(small(), classes=CLASSES)
    shown = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(shown)
    shown.resize(860, 330)
    shown.show()
    yield session, shown.into
    shown.hide()


def grids(view: IntoView) -> dict[str, NumberGrid]:
    """The grids on screen by what they hold."""
    return {grid.accessibleName(): grid for grid in view.findChildren(NumberGrid) if grid.isVisible()}


def test_a_convolution_shows_patch_filter_and_products(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    assert list(grids(view)) == ["patch", "filter", "products"]
    assert view.given.accessibleName() == "relu1"
    assert view.made.accessibleName() == "conv2"


def test_maps_beside_a_patch_and_its_largest_take_the_room_of_a_filter(
    stage: tuple[SteppedSession, IntoView],
) -> None:
    """Half of the width between a pooling's two maps was empty."""
    session, view = stage
    view.window().resize(1260, 470)
    session.go("forward", "conv2", inside=True)
    QApplication.processEvents()
    beside_three = view.given.width()
    session.go("forward", "pool1", inside=True)
    QApplication.processEvents()
    assert view.given.width() > 1.3 * beside_three
    shown = grids(view)
    assert list(shown) == ["patch", "largest"]
    assert all(grid.area().width() / grid.grid.values.shape[1] >= 40 for grid in shown.values() if grid.grid)


def test_the_lines_below_lead_from_a_channel_to_what_pytorch_computed(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    products = grids(view)["products"].grid
    assert products is not None
    own, whole = view.patches.lines()
    assert own.endswith(f"= {plain_number(float(np.nansum(products.values)))}")
    cursor = session.state.steps.cursor
    computed = small().asked(cursor.step, "output").values[cursor.cell]
    assert float(whole.rsplit("= ", 1)[1].replace("−", "-")) == pytest.approx(float(computed), rel=1e-3)


def test_channels_are_gone_through_one_by_one_or_by_size(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    view.patches.largest.setChecked(False)
    first = view.patches.group
    QTest.mouseClick(view.patches.next, Qt.MouseButton.LeftButton)
    second = view.patches.group
    assert first is not None
    assert second is not None
    assert second.key[1] == (first.key[1] + 1) % 4
    assert view.given.shown is not None
    assert view.given.shown.prefix == second.key
    totals = {first.key: abs(first.total), second.key: abs(second.total)}
    for _ in range(2):
        QTest.mouseClick(view.patches.next, Qt.MouseButton.LeftButton)
        assert view.patches.group is not None
        totals[view.patches.group.key] = abs(view.patches.group.total)
    assert len(totals) == 4
    view.patches.largest.setChecked(True)
    assert view.patches.group is not None
    assert abs(view.patches.group.total) == max(totals.values())


def test_the_chosen_channel_stays_while_the_patch_moves(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    QTest.mouseClick(view.patches.strip, Qt.MouseButton.LeftButton, pos=QPoint(3, 8))
    assert view.patches.group is not None
    assert view.patches.group.key[1] == 0
    for column in range(6):
        session.steps.choose_cell("output", (0, 1, 5, column))
        assert view.patches.group.key[1] == 0


def test_stepping_from_cell_to_cell_moves_no_grid(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv1", inside=True)
    session.steps.choose_cell("output", (0, 0, 5, 5))
    before = [(grid.geometry(), grid.area()) for grid in grids(view).values()]
    chooser = view.patches.chooser.geometry()
    for cell in ((0, 0, 0, 0), (0, 3, 13, 13), (0, 2, 0, 7)):
        session.steps.choose_cell("output", cell)
        assert [(grid.geometry(), grid.area()) for grid in grids(view).values()] == before
        assert view.patches.chooser.geometry() == chooser


def test_clicking_and_dragging_on_the_source_moves_the_patch(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    channel = session.state.steps.cursor.cell[1]  # type: ignore[index]
    assert view.given.shown is not None
    prefix = view.given.shown.prefix
    start, end = view.given.point_of((*prefix, 4, 6)), view.given.point_of((*prefix, 9, 2))
    assert start is not None
    assert end is not None
    QTest.mousePress(view.given, Qt.MouseButton.LeftButton, pos=start.toPoint())
    assert session.state.steps.cursor.cell == (0, channel, 3, 5)
    QTest.mouseMove(view.given, end.toPoint())
    QTest.mouseRelease(view.given, Qt.MouseButton.LeftButton, pos=end.toPoint())
    assert session.state.steps.cursor.cell == (0, channel, 8, 1)


def test_clicking_the_result_chooses_its_cell(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    channel = session.state.steps.cursor.cell[1]  # type: ignore[index]
    point = view.made.point_of((0, channel, 2, 7))
    assert point is not None
    QTest.mouseClick(view.made, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert session.state.steps.cursor.cell == (0, channel, 2, 7)


def test_double_clicking_a_number_of_the_patch_follows_it(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    patch = grids(view)["patch"]
    assert patch.grid is not None
    QTest.mouseDClick(patch, Qt.MouseButton.LeftButton, pos=patch.cell_rect(1, 2).center().toPoint())
    assert session.followed == [("input", patch.grid.cell(1, 2))]


def test_the_tip_over_a_number_has_every_digit_and_its_place(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv1", inside=True)
    session.steps.choose_cell("output", (0, 0, 0, 0))
    patch = grids(view)["patch"]
    assert patch.tip(0, 0) == "Padding: a 0 that adds nothing."
    assert patch.tip(1, 1).startswith("input[0, ")


def test_clicking_a_neighbour_in_an_update_explains_it(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("update", "conv2", inside=True)
    assert list(grids(view)) == ["before", "gradient", "momentum", "after"]
    assert not view.made.isVisible()
    grid = grids(view)["after"]
    assert grid.grid is not None
    wanted = grid.grid.cell(0, 0)
    QTest.mouseClick(grid, Qt.MouseButton.LeftButton, pos=grid.cell_rect(0, 0).center().toPoint())
    assert session.state.steps.cursor.cell == wanted


SCENES = ("patches", "table", "curve", "note", "grids", "message")


@pytest.mark.parametrize(
    ("phase", "call", "scene"),
    [
        ("forward", "pool1", "patches"),
        ("backward", "pool1", "grids"),
        ("forward", "relu1", "curve"),
        ("backward", "relu1", "curve"),
        ("forward", "linear1", "table"),
        ("forward", "flatten1", "note"),
        ("loss", "loss", "table"),
        ("backward", "loss", "table"),
        ("update", "linear1", "grids"),
    ],
)
def test_each_kind_of_step_has_its_own_picture(
    stage: tuple[SteppedSession, IntoView], phase: str, call: str, scene: str
) -> None:
    session, view = stage
    session.go(phase, call, inside=True)
    wanted = getattr(view, scene)
    assert wanted.isVisible()
    assert not any(getattr(view, other).isVisible() for other in SCENES if other != scene)
    assert not view.grab().isNull()


@pytest.mark.parametrize(("phase", "last"), [("forward", "g′(u) = "), ("backward", "gradient · g′(u) = ")])
def test_an_activation_is_drawn_with_its_derivative_on_the_way_there_and_back(
    stage: tuple[SteppedSession, IntoView], phase: str, last: str
) -> None:
    session, view = stage
    session.go(phase, "relu1", inside=True)
    curve = view.curve.curve
    assert curve is not None
    u = torch.tensor(curve.xs, requires_grad=True)
    z = torch.relu(u)
    assert np.allclose(curve.ys, z.detach())
    (slopes,) = torch.autograd.grad(z.sum(), u)
    assert np.allclose(curve.slopes, slopes)
    assert curve.slope == float(curve.u > 0)
    assert view.curve.lines()[-1].startswith(last)


@pytest.mark.parametrize("phase", ["forward", "backward"])
def test_the_tangent_at_the_point_has_the_slope_there(stage: tuple[SteppedSession, IntoView], phase: str) -> None:
    session, view = stage
    session.go(phase, "relu1", inside=True)
    plot = view.curve
    assert plot.curve is not None
    before = plot.grab().toImage()
    plot.show_curve(replace(plot.curve, slope=plot.curve.slope + 1))
    words = LINE_HEIGHT * len(plot.lines()) + 8  # which tell the slope, too
    assert len([at for at in changed(before, plot.grab().toImage()) if at.y() < plot.height() - words]) > 20


def test_walking_through_a_whole_step_from_cell_to_cell_shows_each(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    cursor = moves.into(small(), moves.at(small(), small().find("forward", "pool1") or 0))
    seen = set()
    while cursor.step == session.state.steps.cursor.step or not seen:
        session.show(cursor=cursor)
        seen.add(cursor.cell)
        cursor = moves.over(small(), replace(cursor, is_inside=True))
        if not cursor.is_inside:
            break
    assert len(seen) >= 2
    assert view.made.shown is not None


def test_every_control_has_a_name_and_a_tip(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    for button in view.findChildren(QToolButton):
        assert button.accessibleName()
        assert button.toolTip().endswith(".")


def test_pointing_at_a_channel_of_the_explanation_shows_it(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    view.point_at((("input", np.array([[0, 3, 4, 4]])),))
    assert view.patches.group is not None
    assert view.patches.group.key == (0, 3)
    view.point_at(())
    assert view.patches.group.key == (0, 3)


@pytest.mark.parametrize(("phase", "part"), [("forward", "made"), ("backward", "given")])
def test_what_the_loss_reads_has_the_class_names_in_every_step(phase: str, part: str) -> None:
    """Over a step, inside it, and in the gradient that comes back: it was 0, 1, 2 in the step beside the loss."""
    timeline = small()
    step = timeline.find(phase, "linear1")
    assert step is not None
    shown = getattr(into_plan(timeline, moves.at(timeline, step), CLASSES), part)
    assert shown.names == CLASSES


@pytest.mark.parametrize("height", [120, 150, 200, 330])
def test_in_a_low_stage_the_result_stays_and_no_line_lies_over_the_cells(
    stage: tuple[SteppedSession, IntoView], height: int
) -> None:
    session, view = stage
    view.window().resize(600, height)
    for phase, call in (("forward", "conv2"), ("backward", "pool1")):
        session.go(phase, call, inside=True)
        row = view.patches.row if phase == "forward" else view.grids
        shown = row.fitting_lines()
        assert shown
        assert shown[-1] == row.lines[-1]
        cells = max(grid.y() + grid.area().bottom() for grid in row.grids if grid.isVisible())
        assert row.content_bottom() - 20 * len(shown) >= cells - 0.5
        assert row.content_bottom() <= max(row.height(), cells + 20)


def test_the_tip_of_a_number_stands_beside_it(stage: tuple[SteppedSession, IntoView]) -> None:
    session, view = stage
    session.go("forward", "conv2", inside=True)
    for grid in grids(view).values():
        assert grid.grid is not None
        title = grid.explained_at(QPoint(4, 4))
        assert title is not None
        assert title[0].startswith(grid.grid.title)
        width, height = grid.cell_size()
        for row, column in ((0, 0), (2, 1), (2, 2)):
            place = QPoint(round((column + 0.5) * width), round(grid.area().top() + (row + 0.5) * height))
            QApplication.sendEvent(grid, QHelpEvent(QHelpEvent.Type.ToolTip, place, grid.mapToGlobal(place)))
            tip = tip_label()
            assert tip is not None
            assert QToolTip.text() == grid.tip(row, column)
            cell = QRect(0, 0, int(width) - 2, int(height) - 2)
            cell.moveCenter(grid.mapToGlobal(place))
            assert not tip.geometry().intersects(cell)
    QToolTip.hideText()


@pytest.mark.parametrize("width", [560, 860])
def test_a_number_keeps_inside_the_frame_of_its_cell(stage: tuple[SteppedSession, IntoView], width: int) -> None:
    session, view = stage
    view.window().resize(width, 330)
    session.go("backward", "pool1", inside=True)
    QApplication.processEvents()
    ringed = [each for each in grids(view).values() if each.grid is not None and each.grid.ringed is not None]
    assert ringed
    for grid in ringed:
        assert grid.grid is not None
        writing = grid.writing()
        assert writing is not None
        metrics = QFontMetricsF(theme.number_font(writing.pixels))
        widest = max(metrics.horizontalAdvance(writing.text(float(value))) for value in grid.grid.values.flat)
        assert widest <= grid.cell_size()[0] - 2 * RING


def framed_cells(view: IntoView, size: int) -> set[tuple[int, int]]:
    """The cells within the first map with lines of the accent's colour on all four sides, as they are painted."""
    accent, picture = QColor(theme.current().accent), view.given.grab().toImage()
    pitch = at(view, 0, 1).x() - at(view, 0, 0).x()

    def is_lined(middle: QPointF, across: int, down: int) -> bool:
        edges = [middle + (pitch / 2 + by) * QPointF(across, down) for by in (-2, -1, 0, 1, 2)]
        return any(picture.pixelColor(edge.toPoint()) == accent for edge in edges)

    cells = itertools.product(range(1, size - 1), repeat=2)
    return {cell for cell in cells if all(is_lined(at(view, *cell), *side) for side in SIDES)}


def at(view: IntoView, row: int, column: int) -> QPointF:
    found = view.given.point_of((0, 0, row, column))
    assert found is not None
    return found


def test_a_dilated_patch_frames_each_cell_that_it_reads(qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    session = SteppedSession(recorded("1x9x9 conv(1, 3, dilation=2) flatten linear(10)"))
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(1300, 500)
    stage.show()
    session.go("forward", "conv1", inside=True)
    session.steps.choose_cell("output", (0, 0, 1, 2))
    assert framed_cells(stage.into, 9) == set(itertools.product((1, 3, 5), (2, 4, 6)))


def test_a_group_of_channels_is_counted_by_itself(qtbot: QtBot) -> None:
    session = SteppedSession(recorded("4x5x5 conv(4, 3, groups=2) flatten linear(10)"))
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(860, 330)
    stage.show()
    session.go("forward", "conv1", inside=True)
    session.steps.choose_cell("output", (0, 2, 1, 1))
    patches = stage.into.patches
    QTest.mouseClick(patches.strip, Qt.MouseButton.LeftButton, pos=QPoint(30, 8))
    assert patches.label.text() == "channel 3 · 2 of 2"
    told, _ = patches.strip.explained_at(QPoint(30, 8))
    assert told.startswith("channel 3: ")
