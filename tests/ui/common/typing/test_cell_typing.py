"""Numbers typed where they are seen: the box over a cell, the keys that lead on, and what refuses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLabel, QMenu
from pytestqt.qtbot import QtBot
from torch import nn

import explorer
from explorer.session import Session
from explorer.ui.common.inline_editor import InlineEditor
from explorer.ui.common.typing.cell_typing import CellTyping, typing_of
from explorer.ui.common.typing.fills import RANDOM
from explorer.ui.common.typing.target import TypingTarget
from explorer.ui.debugger.into.number_grid import NumberGrid
from explorer.ui.debugger.stage import StepStage
from explorer.ui.tensors.view import TensorView
from tests.ui.fakes import make_session, wait_until_recorded

TEXT = "1x5x5 conv(1, 3) relu"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def session(qtbot: QtBot) -> Iterator[Session]:
    made = make_session(TEXT)
    made.learning.watch_steps("test", True)
    wait_until_recorded(qtbot, made)
    yield made
    assert made.close()


@pytest.fixture
def stage(session: Session, qtbot: QtBot) -> StepStage:
    return _open_stage(qtbot, session)


def _open_stage(qtbot: QtBot, session: Session) -> StepStage:
    """The stage at the first step, with the focus of the keyboard."""
    made = StepStage(session)
    qtbot.addWidget(made)
    made.resize(900, 400)
    with qtbot.waitActive(made):
        made.show()
        made.activateWindow()
    session.steps.go_to_step(0)
    return made


def _typing(view: TensorView) -> CellTyping:
    found = typing_of(view)
    assert found is not None
    return found


def _at(view: TensorView, cell: tuple[int, ...]) -> QPoint:
    rect = view.rect_of(cell)
    assert rect is not None
    return rect.center().toPoint()


def _keys(text: str) -> None:
    """Typed into whatever has the focus, as a person does."""
    for sign in text:
        assert QApplication.focusWidget() is not None
        QTest.keyClicks(QApplication.focusWidget(), sign)


def _press(key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(QApplication.focusWidget(), key, modifier)


def _weight(session: Session) -> np.ndarray:
    timeline = session.state.steps.timeline
    assert timeline is not None
    return timeline.tensors(0).by_name["weight"].values


def _output(session: Session) -> np.ndarray:
    timeline = session.state.steps.timeline
    assert timeline is not None
    return timeline.tensors(0).by_name["output"].values


def test_a_double_click_opens_a_box_with_the_number_and_enter_takes_what_is_typed(
    session: Session, stage: StepStage, qtbot: QtBot
) -> None:
    view = stage.over.weight
    before = _weight(session)
    QTest.mouseDClick(view, LEFT, pos=_at(view, (0, 0, 1, 2)))
    editor = _typing(view).editor
    assert editor.isVisible()
    assert editor.accessibleName() == "conv1.weight [0, 0, 1, 2]"
    assert float(editor.text().replace("−", "-")) == pytest.approx(before[0, 0, 1, 2])
    _keys("-1,5")  # what stood there is selected: it is typed over
    _press(Qt.Key.Key_Return)
    assert not editor.isVisible()
    assert session.state.files.undo_text == "conv1 weight [0, 0, 1, 2] = −1.5"
    wait_until_recorded(qtbot, session)
    model = explorer.Network.parse(TEXT).build(seed=0)
    with torch.no_grad():
        model.conv1.weight[0, 0, 1, 2] = -1.5
        expected = nn.functional.conv2d(
            torch.from_numpy(np.array(session.state.values))[None], model.conv1.weight, model.conv1.bias
        )
    np.testing.assert_allclose(_output(session), expected.numpy(), rtol=1e-5, atol=1e-6)
    session.editing.undo()
    wait_until_recorded(qtbot, session)
    np.testing.assert_array_equal(_weight(session), before)


def test_digits_and_tab_fill_a_filter_as_in_a_spreadsheet(session: Session, stage: StepStage, qtbot: QtBot) -> None:
    view = stage.over.weight
    QTest.mouseClick(view, LEFT, pos=_at(view, (0, 0, 0, 0)))
    for number in ("1", "0", "1", "0", "1", "0", "1", "0", "17"):
        _keys(number)
        _press(Qt.Key.Key_Tab)
    wait_until_recorded(qtbot, session)
    assert _weight(session)[0, 0].tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 17]]
    _press(Qt.Key.Key_Up)
    _keys(".5")
    _press(Qt.Key.Key_Up)  # arrows up and down take the number and go on
    _keys("-2e-3")
    _press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert _typing(view).cells is not None
    assert _typing(view).cells.head == (0, 0, 0, 1)  # type: ignore[union-attr]
    wait_until_recorded(qtbot, session)
    assert _weight(session)[0, 0].tolist() == np.float32([[1, 0, -2e-3], [0, 1, 0.5], [1, 0, 17]]).tolist()


def test_escape_leaves_the_number_and_the_same_number_is_no_change(session: Session, stage: StepStage) -> None:
    view, label = stage.over.weight, session.state.files.undo_text
    QTest.mouseClick(view, LEFT, pos=_at(view, (0, 0, 0, 0)))
    _keys("5")
    _press(Qt.Key.Key_Escape)
    assert not _typing(view).editor.isVisible()
    _press(Qt.Key.Key_F2)
    _press(Qt.Key.Key_Return)
    assert session.state.files.undo_text == label


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [("-", "is not a number"), ("1e39", "is no number that float32 can hold"), ("1.000,5", "is not a number")],
)
def test_a_wrong_text_stays_with_its_sentence(session: Session, stage: StepStage, typed: str, sentence: str) -> None:
    view, label = stage.over.weight, session.state.files.undo_text
    QTest.mouseClick(view, LEFT, pos=_at(view, (0, 0, 0, 0)))
    _keys(typed)
    _press(Qt.Key.Key_Return)
    _press(Qt.Key.Key_Return)  # and again, while the sentence stands there
    editor = _typing(view).editor
    assert editor.isVisible()
    assert editor.text() == typed
    told = stage.window().findChild(QLabel, "typedSentence", Qt.FindChildOption.FindChildrenRecursively)
    shown = [label for label in stage.window().findChildren(QLabel, "typedSentence") if label.isVisible()]
    assert told is not None
    assert [label for label in shown if sentence in label.text()]
    _press(Qt.Key.Key_Escape)
    assert session.state.files.undo_text == label


def test_a_number_that_was_typed_is_not_lost_by_a_click_elsewhere(session: Session, stage: StepStage) -> None:
    view = stage.over.weight
    QTest.mouseClick(view, LEFT, pos=_at(view, (0, 0, 0, 0)))
    _keys("42")
    QTest.mouseClick(view, LEFT, pos=_at(view, (0, 0, 2, 2)))
    assert session.state.files.undo_text == "conv1 weight [0, 0, 0, 0] = 42"
    assert _typing(view).cells.head == (0, 0, 2, 2)  # type: ignore[union-attr]


def test_the_input_of_a_picture_becomes_numbers_as_typed(session: Session, stage: StepStage, qtbot: QtBot) -> None:
    view = next(each for each in stage.over.views if each.accessibleName() == "input")
    QTest.mouseClick(view, LEFT, pos=_at(view, (0, 1, 1)))
    _keys("-17")
    _press(Qt.Key.Key_Return)
    wait_until_recorded(qtbot, session)
    assert session.state.values is not None
    assert session.state.values[0, 1, 1] == -17
    assert session.state.input.picture is None
    assert _typing(view).cells.head == (0, 2, 1)  # type: ignore[union-attr]


def test_delete_empties_the_chosen_block_in_one_entry(session: Session, stage: StepStage, qtbot: QtBot) -> None:
    view = stage.over.weight
    before = _weight(session)
    QTest.mouseClick(view, LEFT, pos=_at(view, (0, 0, 0, 0)))
    _press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    _press(Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    _press(Qt.Key.Key_Delete)
    assert session.state.files.undo_text == "conv1 weight 2 × 2 numbers at [0, 0, 0, 0]"
    wait_until_recorded(qtbot, session)
    expected = before[0, 0].copy()
    expected[:2, :2] = 0
    np.testing.assert_array_equal(_weight(session)[0, 0], expected)


def test_what_was_computed_is_led_to_and_not_typed_over(session: Session, stage: StepStage) -> None:
    view = next(each for each in stage.over.views if each.accessibleName() == "conv1")
    assert view.typing_target() is None
    QTest.mouseDClick(view, LEFT, pos=view.point_of((0, 0, 1, 1)).toPoint())  # type: ignore[union-attr]
    assert not [editor for editor in stage.findChildren(InlineEditor) if editor.isVisible()]


def _menu(view: TensorView, cell: tuple[int, ...]) -> QMenu:
    """The menu that a right click on `cell` opens."""
    at = _at(view, cell)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, view.mapToGlobal(at))
    QApplication.sendEvent(view, event)
    return next(menu for menu in view.findChildren(QMenu) if menu.isVisible())


def _trigger(menu: QMenu, text: str) -> None:
    fills = menu.findChild(QMenu)
    assert fills is not None
    assert fills.title() == "Fill with"
    next(action for action in fills.actions() if action.text() == text).trigger()
    menu.close()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Zeros", np.zeros((3, 3))),
        ("Identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ("Edge", [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]),
        ("Blur", np.full((3, 3), np.float32(1 / 9))),
    ],
)
def test_a_filter_is_filled_from_its_menu_in_one_entry(
    session: Session, stage: StepStage, qtbot: QtBot, text: str, expected: object
) -> None:
    before = _weight(session)
    _trigger(_menu(stage.over.weight, (0, 0, 1, 1)), text)
    wait_until_recorded(qtbot, session)
    np.testing.assert_array_equal(_weight(session)[0, 0], expected)
    session.editing.undo()
    wait_until_recorded(qtbot, session)
    np.testing.assert_array_equal(_weight(session), before)


def test_a_filter_is_filled_at_random_and_the_same_seed_gives_the_same_numbers(
    session: Session, stage: StepStage, qtbot: QtBot
) -> None:
    found = []
    for seed in (7, 8, 7):
        _trigger(_menu(stage.over.weight, (0, 0, 1, 1)), f"{RANDOM}")
        dialog = next(each for each in stage.over.weight.findChildren(QInputDialog, "seedDialog") if each.isVisible())
        dialog.setIntValue(seed)
        dialog.accept()
        wait_until_recorded(qtbot, session)
        found.append(_weight(session).tolist())
    assert found[0] == found[2] != found[1]
    assert np.abs(found[0]).max() <= 1


def test_dragging_with_ctrl_scales_a_number_live_and_is_one_entry(
    session: Session, stage: StepStage, qtbot: QtBot
) -> None:
    view, before, depth = stage.over.weight, _weight(session), len(session.store.history.past)
    start, ctrl = _at(view, (0, 0, 1, 1)), Qt.KeyboardModifier.ControlModifier
    QTest.mousePress(view, LEFT, ctrl, start)
    for up in (20, 40, 60):
        QTest.mouseMove(view, start - QPoint(0, up))
    QTest.mouseRelease(view, LEFT, ctrl, start - QPoint(0, 60))
    assert len(session.store.history.past) == depth + 1
    wait_until_recorded(qtbot, session)
    assert _weight(session)[0, 0, 1, 1] == pytest.approx(2 * before[0, 0, 1, 1], rel=1e-3)
    QTest.mouseMove(view, start)
    assert len(session.store.history.past) == depth + 1
    session.editing.undo()
    wait_until_recorded(qtbot, session)
    np.testing.assert_array_equal(_weight(session), before)


def test_a_bias_is_typed_over_below_its_weight(session: Session, stage: StepStage, qtbot: QtBot) -> None:
    view = stage.over.vectors.views[0]
    assert view.isVisible()
    assert view.accessibleName() == "bias"
    QTest.mouseDClick(view, LEFT, pos=_at(view, (0,)))
    _keys("-3")
    _press(Qt.Key.Key_Return)
    assert session.state.files.undo_text == "conv1 bias [0] = −3"
    wait_until_recorded(qtbot, session)
    timeline = session.state.steps.timeline
    assert timeline is not None
    assert timeline.tensors(0).by_name["bias"].values.tolist() == [-3]


def test_the_averages_of_a_batch_norm_are_typed_over(qtbot: QtBot) -> None:
    made = make_session("2x5x5 batchnorm relu")
    try:
        made.learning.watch_steps("test", True)
        wait_until_recorded(qtbot, made)
        stage = _open_stage(qtbot, made)
        view = next(each for each in stage.over.vectors.views if each.accessibleName() == "running mean")
        QTest.mouseDClick(view, LEFT, pos=_at(view, (1,)))
        _keys("0.5")
        _press(Qt.Key.Key_Return)
        assert made.state.files.undo_text == "bn1 running_mean [1] = 0.5"
        wait_until_recorded(qtbot, made)
        values = np.array(made.state.values)
        expected = (values[1] - 0.5) / np.sqrt(1 + 1e-5)
        assert made.state.maps.activations is not None
        np.testing.assert_allclose(made.state.maps.activations.by_name["bn1"].values[1], expected, rtol=1e-5)
    finally:
        assert made.close()


def test_inside_a_convolution_the_filter_and_the_patch_are_typed_over(
    session: Session, stage: StepStage, qtbot: QtBot
) -> None:
    session.steps.go_to_step(0, True)
    session.steps.choose_cell("output", (0, 0, 1, 2))
    grids = {grid.typing_target().name: grid for grid in stage.findChildren(NumberGrid) if grid.typing_target()}  # type: ignore[union-attr]
    for name, cell in (("conv1.weight", (0, 0, 2, 1)), ("input", (0, 3, 4))):
        grid = grids[name]
        rect = grid.rect_of(cell)
        assert rect is not None
        QTest.mouseDClick(grid, LEFT, pos=rect.center().toPoint())
        _keys("-17")
        _press(Qt.Key.Key_Return)
        place = ", ".join(map(str, cell))
        assert session.state.files.undo_text == f"{name.replace('.', ' ')} [{place}] = −17"
        wait_until_recorded(qtbot, session)
    assert _weight(session)[0, 0, 2, 1] == -17
    assert session.state.values is not None
    assert session.state.values[0, 3, 4] == -17
    assert session.state.steps.cursor.cell == (0, 0, 1, 2)


def test_a_persons_own_model_says_that_its_weights_are_its_own(qtbot: QtBot) -> None:
    made = Session()
    try:
        model = nn.Sequential(nn.Conv2d(1, 1, 3))
        made.files.adopt(model, np.zeros((1, 5, 5), np.float32)[None], "mine")
        made.learning.watch_steps("test", True)
        wait_until_recorded(qtbot, made)
        stage = _open_stage(qtbot, made)
        view, before = stage.over.weight, model[0].weight.detach().clone()
        QTest.mouseClick(view, LEFT, pos=_at(view, (0, 0, 1, 1)))
        _keys("5")
        assert not _typing(view).editor.isVisible()
        assert "change them in that program" in made.state.status.notice
        assert torch.equal(model[0].weight, before)
    finally:
        assert made.close()


def test_the_second_click_of_a_double_click_may_find_a_tensor_with_fewer_axes(
    stage: StepStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = stage.over.weight
    place = _at(view, (0, 0, 1, 2))
    QTest.mouseClick(view, LEFT, pos=place)
    monkeypatch.setattr(view, "typing_target", lambda: TypingTarget("conv1.weight", np.zeros((3, 3), np.float32)))
    second = QMouseEvent(
        QEvent.Type.MouseButtonDblClick, QPointF(place), view.mapToGlobal(QPointF(place)), LEFT, LEFT, NONE
    )
    QApplication.sendEvent(view, second)
    assert not _typing(view).editor.isVisible()
