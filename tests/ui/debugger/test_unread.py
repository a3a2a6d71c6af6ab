"""What a step leaves out: rows and columns that no patch reaches, and the cells that max pooling discards."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import cursor as moves
from explorer.session.step_tensors import StepTensors
from explorer.session.timeline import Timeline, TimelineStep
from explorer.ui.common import theme
from explorer.ui.debugger.over_plan import over_plan
from explorer.ui.debugger.stage import StepStage
from explorer.ui.debugger.unread import discarded_of, unread_of
from explorer.ui.debugger.words import step_words
from explorer.ui.tensors.view import TensorView
from tests.ui.step_sessions import CLASSES, SteppedSession, recorded

HEAD = " flatten linear(10)"


def step_of(text: str, call: str, phase: str = "forward") -> tuple[TimelineStep, StepTensors, Timeline]:
    timeline = recorded(text + HEAD)
    at = timeline.find(phase, call)
    assert at is not None
    return timeline.steps[at], timeline.tensors(at), timeline


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("1x7x7 conv(2, 3, stride=3)", "conv1"),
        ("1x8x11 conv(2, 3, stride=3, padding=1)", "conv1"),
        ("1x12x9 conv(2, (2, 3), stride=(4, 3), dilation=(2, 1))", "conv1"),
        ("1x9x9 conv(2, 3, padding=same)", "conv1"),
        ("1x9x9 conv(2, 4, padding=valid, stride=2)", "conv1"),
        ("1x7x9 avgpool(2)", "pool1"),
        ("1x7x9 avgpool(3, stride=2, ceil_mode=True)", "pool1"),
        ("1x6x6 avgpool(2)", "pool1"),
    ],
)
def test_the_cells_that_are_unread_are_those_without_a_gradient(text: str, call: str) -> None:
    step, tensors, _ = step_of(text, call)
    settings = dict(tensors.settings)
    x = torch.tensor(tensors.by_name["input"].values[:1], requires_grad=True)
    if call == "conv1":
        weight = torch.ones_like(torch.tensor(tensors.by_name["weight"].values))
        given = {name: settings[name] for name in ("stride", "padding", "dilation") if name in settings}
        torch.nn.functional.conv2d(x, weight, **given).sum().backward()
    else:
        given = {name: settings[name] for name in ("kernel_size", "stride", "ceil_mode") if name in settings}
        torch.nn.functional.avg_pool2d(x, **given).sum().backward()
    assert x.grad is not None
    unread = [(x.grad[0, 0] == 0).all(dim=dim).nonzero().flatten().tolist() for dim in (1, 0)]
    found = unread_of(step, tensors)
    assert [list(found.rows), list(found.columns)] == unread
    assert bool(found.names) is any(map(len, unread))


def test_the_words_say_which_cells_do_not_come_through() -> None:
    step, tensors, _ = step_of("1x7x7 conv(2, 2, stride=2)", "conv1")
    assert step_words(step, tensors).sentence.endswith("No patch reaches the last row and the last column.")


@pytest.mark.parametrize(
    ("pool", "said"),
    [
        ("maxpool(2)", "75 %"),
        ("maxpool(3, stride=2, padding=1)", "75 %"),
        ("avgpool(4)", ""),  # every cell has its share in a mean
        ("adaptiveavgpool(1)", ""),
        ("maxpool(3, stride=1, padding=1)", ""),
    ],
)
def test_max_pooling_says_how_many_cells_it_discards(pool: str, said: str) -> None:
    step, tensors, timeline = step_of(f"2x8x8 {pool}", "pool1")
    assert discarded_of(step, tensors) == said
    at = timeline.find("forward", "pool1")
    assert at is not None
    facts = over_plan(timeline, moves.at(timeline, at), CLASSES).facts
    assert (f"discards {said}" in facts) is bool(said)
    assert (f" {said} of the cells are discarded." in step_words(step, tensors).sentence) is bool(said)


def test_on_the_way_back_nothing_is_said_of_it() -> None:
    step, tensors, _ = step_of("1x7x7 conv(2, 3, padding=1) maxpool(2)", "pool1", "backward")
    assert not unread_of(step, tensors).names
    assert not discarded_of(step, tensors)


@pytest.mark.parametrize("is_inside", [False, True])
def test_unread_rows_and_columns_are_struck_out_in_the_map(is_inside: bool, qtbot: QtBot, qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    session = SteppedSession(recorded(f"1x7x7 conv(2, 2, stride=2){HEAD}"), classes=CLASSES)
    stage = StepStage(session)  # type: ignore[arg-type]
    qtbot.addWidget(stage)
    stage.resize(860, 330)
    stage.show()
    session.go("forward", "conv1", of="output", inside=is_inside)
    view = stage.into.given if is_inside else stage.over.views[0]
    assert view.accessibleName() == "input"
    places = [(0, 0, 1, 6), (0, 0, 6, 1), (0, 0, 5, 5)]
    struck = [cell_picture(view, place) for place in places]
    view.set_unread()
    differs = [bool((cell_picture(view, place) != before).any()) for place, before in zip(places, struck, strict=True)]
    assert differs == [True, True, False]


def cell_picture(view: TensorView, cell: tuple[int, ...]) -> np.ndarray:
    """The inner pixels of a cell, (h, w, 4)."""
    middle = view.point_of(cell)
    assert middle is not None
    image = view.grab().toImage().convertToFormat(view.grab().toImage().Format.Format_RGBA8888)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    x, y = int(middle.x()), int(middle.y())
    return pixels[y - 7 : y + 7, x - 7 : x + 7].copy()
