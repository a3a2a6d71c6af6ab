"""The stage: a step as a whole. What is drawn, what a click asks for, and that stepping moves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from explorer.session import cursor as moves
from explorer.session.timeline import Timeline
from explorer.ui.common import theme
from explorer.ui.debugger.over_plan import over_plan
from explorer.ui.debugger.stage import EMPTY, RECORDING, StepStage
from explorer.ui.tensors.view import TensorView
from tests.ui.step_sessions import CLASSES, SteppedSession, recorded

SMALL = "3x12x12 conv(4, 3, padding=1) relu conv(5, 3) maxpool(2) flatten linear(10)"
TINY = "2 linear(2) relu linear(2)"
Opened = Callable[..., tuple[SteppedSession, StepStage]]


@cache
def small() -> Timeline:
    return recorded(SMALL, steps_before=1)


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Opened:
    theme.apply(qapp, "light")
    kept = []

    def make(timeline: Timeline | None, classes: tuple[str, ...] = CLASSES) -> tuple[SteppedSession, StepStage]:
        session = SteppedSession(timeline, classes=classes)
        stage = StepStage(session)  # type: ignore[arg-type]
        kept.append(session)
        qtbot.addWidget(stage)
        stage.resize(860, 330)
        stage.show()
        return session, stage

    return make


def views(stage: StepStage) -> dict[str, TensorView]:
    """The tensor views on screen, by their titles."""
    found = stage.findChildren(TensorView)
    return {view.accessibleName(): view for view in found if view.isVisible()}


def click(view: TensorView, cell: tuple[int, ...]) -> None:
    point = view.point_of(cell)
    assert point is not None
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=point.toPoint())


def test_a_forward_step_shows_what_goes_in_its_filters_and_what_comes_out(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("forward", "conv2")
    assert list(views(stage)) == ["relu1", "conv2.weight", "bias", "conv2"]


def test_on_the_way_back_the_gradients_of_input_weight_and_bias_stand_beside_each_other(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("backward", "conv2")
    assert [name for name in views(stage) if "gradient" in name] == [
        "gradient of conv2",
        "gradient of relu1",
        "gradient of conv2.weight",
        "gradient of conv2.bias",
    ]


def test_an_update_shows_before_gradient_momentum_after_and_difference(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("update", "conv2")
    assert list(views(stage)) == ["before", "gradient", "momentum", "after", "difference"]
    before, after = views(stage)["before"].shown, views(stage)["after"].shown
    assert before is not None
    assert after is not None
    assert before.scale == after.scale


def test_the_loss_shows_outputs_and_target_by_class_and_its_value(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("loss", "loss")
    shown = {name: view.shown for name, view in views(stage).items()}
    assert shown["linear1"] is not None
    assert shown["target"] is not None
    assert shown["loss"] is not None
    assert shown["linear1"].names == shown["target"].names == CLASSES
    assert shown["target"].values.tolist().index(1) == 3
    assert float(shown["loss"].values) == pytest.approx(small().loss)


def test_a_batch_norm_in_training_shows_what_it_leaves_in_its_buffers(opened: Opened) -> None:
    session, stage = opened(recorded("2x4x4 batchnorm flatten linear(10)", training=True))
    session.go("forward", "bn1")
    after = ["bn1.running_mean after", "bn1.running_var after"]
    assert [name for name in views(stage) if "after" in name] == after
    assert views(stage)[after[0]].typing_target() is None
    click(views(stage)[after[0]], (1,))
    assert (session.state.steps.cursor.of, session.state.steps.cursor.cell) == ("running_mean_after", (1,))
    session.go("forward", "bn1", of="running_var_after", inside=True)
    assert stage.pages.currentWidget() is stage.into
    session.go("forward", "linear1")
    assert not any("after" in name for name in views(stage))


def test_clicking_a_made_cell_asks_where_it_comes_from_and_clicking_a_given_one_does_not(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("backward", "conv2")
    click(views(stage)["gradient of conv2.weight"], (2, 1, 0, 2))
    assert (session.state.steps.cursor.of, session.state.steps.cursor.cell) == ("weight", (2, 1, 0, 2))
    click(views(stage)["gradient of conv2"], (0, 1, 2, 3))
    assert session.state.steps.cursor.cell == (2, 1, 0, 2)


def test_double_clicking_what_was_read_follows_it(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("forward", "conv2")
    view = views(stage)["relu1"]
    point = view.point_of((0, 3, 4, 5))
    assert point is not None
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=point.toPoint())
    assert session.followed == [("input", (0, 3, 4, 5))]


def test_stepping_moves_no_tensor_of_a_step(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("forward", "conv2")
    places = {name: (view.geometry(), view.picture_rect()) for name, view in views(stage).items()}
    session.steps.choose_cell("output", (0, 4, 9, 0))
    assert {name: (view.geometry(), view.picture_rect()) for name, view in views(stage).items()} == places


@pytest.mark.parametrize("size", [(860, 330), (560, 200), (1500, 520)])
def test_nothing_overlaps_and_nothing_leaves_the_stage(opened: Opened, size: tuple[int, int]) -> None:
    session, stage = opened(small())
    stage.resize(*size)
    for entry in small().steps:
        for inside in (False, True):
            session.go(entry.phase, entry.call, inside=inside)
            page = stage.pages.currentWidget()
            parts = [part for part in page.children() if isinstance(part, QWidget) and part.isVisible()]
            for at, part in enumerate(parts):
                assert page.rect().contains(part.geometry()), (entry.call, part)
                assert not any(part.geometry().intersects(other.geometry()) for other in parts[:at]), entry.call


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_step_is_painted_in_both_themes(opened: Opened, qapp: QApplication, name: str) -> None:
    session, stage = opened(small())
    theme.apply(qapp, name)
    for entry in small().steps:
        session.go(entry.phase, entry.call)
        image = stage.grab().toImage()
        assert len({image.pixel(x, y) for x in range(0, image.width(), 3) for y in range(0, 200, 3)}) > 4
    theme.apply(qapp, "light")


def test_without_a_recording_the_stage_says_what_would_appear(opened: Opened) -> None:
    session, stage = opened(None)
    assert stage.empty.text() == EMPTY
    session.show(message="There is no target yet.")
    assert stage.empty.text() == "There is no target yet."
    session.show(message="", is_recording=True)
    session.show(message=" ")
    session.show(message="")
    assert stage.empty.text() == RECORDING


def test_a_hidden_stage_catches_up_when_it_is_shown(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("forward", "conv1")
    stage.hide()
    session.go("forward", "conv2")
    stage.show()
    assert "conv2" in views(stage)


def test_a_new_timeline_replaces_the_old_pictures(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("forward", "conv1")
    old = views(stage)["conv1"].shown
    fresh = recorded(SMALL, seed=1)
    session.show(timeline=fresh, cursor=replace(session.state.steps.cursor, step=0))
    new = views(stage)["conv1"].shown
    assert old is not None
    assert new is not None
    assert not (old.values == new.values).all()


def test_a_tiny_network_can_be_seen_as_a_drawing_or_as_tensors(opened: Opened) -> None:
    session, stage = opened(recorded(TINY, target=(1,)), classes=())
    buttons = {button.text(): button for button in stage.findChildren(QToolButton) if button.text()}
    assert stage.pages.currentWidget() is stage.drawing
    buttons["Tensors"].click()
    assert stage.pages.currentWidget() is stage.over
    session.go("forward", "linear1", inside=True)
    assert stage.pages.currentWidget() is stage.into
    buttons["Drawing"].click()
    assert stage.pages.currentWidget() is stage.drawing


def test_large_networks_offer_no_drawing(opened: Opened) -> None:
    _, stage = opened(small())
    assert stage.drawing is None
    assert not any(button.isVisible() for button in stage.findChildren(QToolButton) if button.text() == "Drawing")


def test_the_other_example_of_a_batch_is_drawn_when_asked_for(opened: Opened) -> None:
    timeline = recorded(SMALL, examples=2, target=(3, 5))
    session, stage = opened(timeline)
    session.go("forward", "conv1")
    first = views(stage)["conv1"].shown
    session.show(cursor=replace(session.state.steps.cursor, example=1, cell=(1, 0, 2, 2)))
    second = views(stage)["conv1"].shown
    assert first is not None
    assert second is not None
    assert second.prefix == (1,)
    assert (second.values == timeline.tensors(0).by_name["output"].values[1]).all()
    assert not (first.values == second.values).all()


def test_pointing_at_a_row_of_the_explanation_marks_its_cells_alone(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("forward", "conv2")
    before = views(stage)["relu1"].grab().toImage()
    stage.point_at((("input", np.array([[0, 2, 3, 3]])),))
    assert views(stage)["relu1"].grab().toImage() != before
    stage.point_at(())
    assert views(stage)["relu1"].grab().toImage() == before


def test_what_the_operation_is_stands_whole_in_its_tip_below_it(opened: Opened) -> None:
    session, stage = opened(small())
    session.go("forward", "conv2")
    explained = [stage.over.explained_at(QPoint(x, 8)) for x in range(0, stage.over.width(), 8)]
    found = next(each for each in explained if each is not None)
    assert found[0].splitlines()[0] == "conv2d"
    assert "3 × 3 filters" in found[0]
    place = found[1].center().toPoint()
    QApplication.sendEvent(stage.over, QHelpEvent(QHelpEvent.Type.ToolTip, place, stage.over.mapToGlobal(place)))
    assert QToolTip.text() == found[0]
    QToolTip.hideText()


def test_the_two_betas_are_written_as_in_the_formula() -> None:
    """They stood there as sizes do, "0.9 × 0.999", and cut."""
    timeline = recorded("3x6x6 conv(2, 3) relu flatten linear(5)", optimizer="Adam")
    step = next(each for each in timeline.steps if each.phase == "update")
    facts = over_plan(timeline, moves.at(timeline, step.index), ()).facts
    assert facts == ("lr 0.05", "β₁ 0.9", "β₂ 0.999")
