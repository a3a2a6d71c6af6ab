"""Every view is drawn in every state: each kind of layer, tensors of every shape, hidden and shown again, at the edges.

One window goes through all of it. What a view does wrong there is caught by the guard, and passed on: the test fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shiboken6
import torch
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QComboBox, QWidget
from pytestqt.qtbot import QtBot
from torch import Tensor, nn

from explorer.app import open_window
from explorer.arithmetic.families import family_of
from explorer.engine import record
from explorer.network import LAYERS, Network
from explorer.session import Session, State
from explorer.ui.shell.main_window import MainWindow
from explorer.ui.shell.tabs import TABS
from tests.ui.fakes import make_picture, wait_until_shown

ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
KEYS = (*ARROWS, Qt.Key.Key_End)
STEPS_LOOKED_AT = 3
NETWORKS = (
    "3x9x9 conv(4, 3, padding=1) batchnorm relu conv(4, (1, 3), stride=2, groups=2) groupnorm(2) leakyrelu "
    "convtranspose(6, 2, stride=2, groups=2) layernorm maxpool(2, padding=1) avgpool((1, 2)) flatten linear(3) softmax",
    "3x6x6 a=conv(3, 1) b=gelu add(a, b) c=silu concat(a, c) elu upsample(2) adaptiveavgpool(1) tanh dropout(0.5) "
    "identity flatten layernorm linear(3) sigmoid",
    "1x1x1 flatten linear(2)",
    "5 linear(1) tanh linear(7) linear(2)",
)


class Spreading(nn.Module):
    """A person's own model with a call for each tensor of `tensors`, whose last one gives two numbers."""

    def __init__(self, tensors: Sequence[Tensor]) -> None:
        super().__init__()
        self.tensors, self.one = tensors, nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        factor = self.one(x).sum()
        sums = [torch.mul(each.unsqueeze(0), factor).sum() for each in self.tensors]
        return torch.stack([factor, *sums])[None, :2]


SHAPES = (
    (),
    (1,),
    (7,),
    (40_000,),
    (3, 5),
    (900, 1),
    (3, 4, 5),
    (1, 1, 1),
    (2, 1, 3000),
    (700, 2, 2),
    (2, 3, 4, 5),
    (2, 2, 2, 3, 2),
    (0, 4, 4),
    (3, 0, 4),
    (0,),
)


@pytest.fixture(scope="module")
def window(qapp: QApplication) -> Iterator[MainWindow]:
    made = open_window()
    made.show_late_parts()
    yield made
    made.session.store.set(replace(made.session.state.files, unsaved=False))
    made.close()
    made.deleteLater()


@pytest.fixture(autouse=True)
def _no_thread_left() -> None:
    """That of the window lives as long as the window, which goes through all of this."""


def test_there_is_a_network_with_every_kind_of_layer() -> None:
    networks = [Network.parse(text) for text in NETWORKS]
    missing = {kind.kind for kind in LAYERS} - {layer.kind for network in networks for layer in network.layers}
    assert not missing, f"{missing} is in no network of NETWORKS of {Path(__file__).name}: add the layer to one of them"
    assert not [found for network in networks for found in network.problems() if found.severity == "error"]


@pytest.mark.parametrize("text", NETWORKS)
def test_a_layer_has_the_colour_of_its_call(text: str) -> None:
    network = Network.parse(text)
    recording = record(network.build(seed=0).eval(), torch.rand(1, *network.input_shape))
    told = {layer.name: (layer.family, family_of(recording[layer.name].kind)) for layer in network.layers}
    assert {name: families for name, families in told.items() if len(set(families)) > 1} == {}


@pytest.mark.parametrize("text", NETWORKS)
def test_every_kind_of_layer_is_drawn(window: MainWindow, qtbot: QtBot, text: str) -> None:
    session = window.session
    session.files.new_network(text)
    session.input.use_picture(make_picture())
    wait_until_shown(qtbot, session)
    _look_at_everything(window, qtbot)
    _step_through(window, qtbot)


def test_tensors_of_every_shape_are_drawn(window: MainWindow, qtbot: QtBot) -> None:
    tensors = [torch.linspace(-1, 1, int(np.prod(shape))).reshape(shape) for shape in SHAPES]
    window.session.files.adopt(Spreading(tensors), np.array([0.5, -0.5], np.float32)[None], "shapes")
    wait_until_shown(qtbot, window.session)
    _look_at_everything(window, qtbot)
    _step_through(window, qtbot)


@pytest.mark.parametrize("shape", [(7,), (3, 4, 5)])
def test_numbers_of_any_size_are_drawn(window: MainWindow, qtbot: QtBot, shape: tuple[int, ...]) -> None:
    tensors = [torch.full(shape, fill) for fill in (np.nan, np.inf, -np.inf, 0.0, 3e38, 1e-40)]
    window.session.files.adopt(Spreading(tensors), np.array([0.5, -0.5], np.float32)[None], "numbers")
    wait_until_shown(qtbot, window.session)
    _look_at_everything(window, qtbot)


@pytest.mark.parametrize("fill", [np.nan, np.inf], ids=str)
def test_weights_that_are_no_numbers_are_drawn(window: MainWindow, qtbot: QtBot, fill: float) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(64, 3)).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(fill)
    window.session.files.adopt(model, np.ones((3, 6, 6), np.float32)[None], "broken")
    wait_until_shown(qtbot, window.session)
    _look_at_everything(window, qtbot)
    _step_through(window, qtbot)


def test_a_smaller_network_takes_the_place_of_a_larger_one_everywhere(window: MainWindow, qtbot: QtBot) -> None:
    """What is chosen, hovered and stepped to in the larger one is not there in the smaller one."""
    large, small = "3x16x16 conv(9, 3) relu conv(9, 3) flatten linear(9)", "1x4x4 conv(2, 3) flatten linear(2)"
    for text in (small, "2 linear(3) linear(2)", "1x1x1 flatten linear(1)"):
        for tab in TABS:
            window.show_part(tab.name)
            window.session.files.new_network(large)
            window.session.input.use_picture(make_picture())
            wait_until_shown(qtbot, window.session)
            window.session.selection.select(layer="conv2", channel=8, row=11, column=11)
            _point_everywhere(window)
            _draw(window)
            window.session.files.new_network(text)
            _draw(window)  # beside the maps of the one before
            wait_until_shown(qtbot, window.session)
            _draw(window)
            window.session.editing.undo()
            _draw(window)


# --- what is looked at ---


def _look_at_everything(window: MainWindow, qtbot: QtBot) -> None:
    session = window.session
    for tab in ("overview", "maps"):
        window.show_part(tab)
        for layer in _layers(session.state):
            session.selection.select(layer=layer)
            _draw(window)
            for cell in _corners(session.state, layer) if tab == "maps" else ():
                session.selection.select(layer=layer, channel=cell[0], row=cell[1], column=cell[2])
                _draw(window)
        _point_everywhere(window)
        _press_everything(window)
    _hide_and_show(window)
    _choose_every_way(window, session)


def _step_through(window: MainWindow, qtbot: QtBot) -> None:
    window.show_part("debugger")
    _wait(window, qtbot)
    session = window.session
    timeline = session.state.steps.timeline
    if timeline is None:
        return
    spread = range(0, len(timeline.steps), max(1, len(timeline.steps) // STEPS_LOOKED_AT))
    for step in (*spread, len(timeline.steps) - 1):
        for of, shape in timeline.steps[step].asked.items():
            for inside in (False, True):
                session.steps.go_to_step(step, inside=inside)
                session.steps.choose_tensor(of)
                session.steps.choose_cell(of, tuple(size - 1 for size in shape))
                _draw(window)
        _press_everything(window)
    _point_everywhere(window)
    _hide_and_show(window)


def _choose_every_way(window: MainWindow, session: Session) -> None:
    """The filters of every layer, then another scale and another order."""
    for box in window.view("maps").findChildren(QComboBox):
        box.setCurrentIndex(box.count() - 1)
        for layer in _layers(session.state) if box.currentText() == "filters" else ("input",):
            session.selection.select(layer=layer, channel=None)
            _draw(window)
            session.selection.select(layer=layer, channel=0)
            _draw(window)
        box.setCurrentIndex(0)
    _point_everywhere(window)


def _draw(window: MainWindow) -> None:
    """Have painted what is outdated; the offscreen screen is painted like any other."""
    QApplication.processEvents()


def _press_everything(window: MainWindow) -> None:
    for widget in _seen(window):
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and _is_a_canvas(widget):
            for key in KEYS:
                QTest.keyClick(widget, key)
    _draw(window)


def _point_everywhere(window: MainWindow) -> None:
    """The mouse at the corners and in the middle of everything that follows it."""
    for widget in _seen(window):
        # What the worker answers meanwhile takes labels out: where the machine is busy, in the middle of this.
        if shiboken6.isValid(widget) and _is_a_canvas(widget):
            right, bottom = widget.width() - 1, widget.height() - 1
            for x, y in ((1, 1), (right, bottom), (right // 2, bottom // 2)):
                QTest.mouseMove(widget, QPoint(x, y))
    _draw(window)


def _hide_and_show(window: MainWindow) -> None:
    for dock in window.docks:
        dock.hide()
    _draw(window)
    for dock in window.docks:
        dock.show()
    window.training.setVisible(True)
    _draw(window)


def _seen(window: MainWindow) -> list[QWidget]:
    return [each for each in window.findChildren(QWidget) if each.isVisible()]


def _is_a_canvas(widget: QWidget) -> bool:
    """One of our own that paints itself, or the inside of a list."""
    is_inside = isinstance(widget.parentWidget(), QAbstractScrollArea) and not isinstance(widget, QAbstractScrollArea)
    return type(widget).__module__.startswith("explorer.ui") and (widget.hasMouseTracking() or is_inside)


def _layers(state: State) -> list[str]:
    return list(state.maps.activations.by_name) if state.maps.activations else []


def _corners(state: State, layer: str) -> list[tuple[int | None, int | None, int | None]]:
    """The first and the last cell of a layer."""
    assert state.maps.activations is not None
    shape = state.maps.activations.by_name[layer].values.shape
    if not all(shape):
        return []
    first, last = (0,) * len(shape), tuple(size - 1 for size in shape)
    return [(*cell, None, None)[:3] for cell in (first, last)]


def _wait(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not window.session.store.runner.owes_answers() and not window.session.state.maps.computing)
    QApplication.processEvents()
