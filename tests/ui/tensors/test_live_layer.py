"""The live layer: output, weight and their gradients against autograd, before, during and after a run."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from explorer.session import Cell, Session
from explorer.ui.common import theme
from explorer.ui.tensors.learned import CHOOSE, NO_INPUT, NOT_IN_FILM, shown_example
from explorer.ui.tensors.live_layer import LiveLayer
from explorer.ui.tensors.tiles import Shown
from tests.ui.fakes import make_session, wait_until_drawn, wait_until_shown

WAIT_MS = 60_000


@pytest.fixture
def session(qtbot: QtBot, qapp: QApplication) -> Iterator[Session]:
    theme.apply(qapp, "light")
    made = make_session("2 linear(4) tanh linear(2)")
    made.input.set_values(np.array([0.3, -0.2], np.float32))
    made.learning.set_hyperparameters(epochs=100_000, batch_size=50, learning_rate=0.1)
    made.learning.set_target(1)
    made.data.use_data("points:moons")
    qtbot.waitUntil(lambda: made.state.data.data_set is not None, timeout=WAIT_MS)
    _settle(qtbot, made)
    made.selection.select(layer="linear1")
    yield made
    assert made.close()


@pytest.fixture
def view(session: Session, qtbot: QtBot) -> LiveLayer:
    made = LiveLayer(session)
    qtbot.addWidget(made)
    made.resize(860, 215)
    made.show()
    qtbot.waitUntil(lambda: _titles(made) == LINEAR1, timeout=WAIT_MS)
    return made


LINEAR1 = ["linear1", "gradient of linear1", "linear1.weight", "gradient of linear1.weight"]


def _settle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.state.maps.computing and not session.store.runner.is_busy(), timeout=WAIT_MS)
    wait_until_drawn(qtbot)


def _shown(view: LiveLayer) -> list[Shown | None]:
    return [pane.view.shown for pane in view.panes]


def _titles(view: LiveLayer) -> list[str]:
    return [shown.title if shown else "" for shown in _shown(view)]


def _sentences(view: LiveLayer) -> list[str]:
    return [pane.missing.text() if pane.missing.isVisible() else "" for pane in view.panes]


def _by_autograd(session: Session, target: int) -> list[np.ndarray]:
    """Output of linear1, its gradient, weight, its gradient: worked out by PyTorch alone."""
    entries = session.state.maps.activations.by_name
    weights = {name: torch.tensor(entries[name].weight, requires_grad=True) for name in ("linear1", "linear2")}
    biases = {name: torch.tensor(entries[name].bias) for name in weights}
    output = torch.tensor(session.state.input.numbers) @ weights["linear1"].T + biases["linear1"]
    output.retain_grad()
    logits = torch.tanh(output) @ weights["linear2"].T + biases["linear2"]
    torch.nn.functional.cross_entropy(logits[None], torch.tensor([target])).backward()
    found = (output, output.grad, weights["linear1"], weights["linear1"].grad)
    return [tensor.detach().numpy() for tensor in found]


def test_before_a_run_the_four_are_those_of_a_recorded_step(view: LiveLayer, session: Session) -> None:
    assert "training step" in view.words.whole()
    for shown, expected in zip(_shown(view), _by_autograd(session, 1), strict=True):
        np.testing.assert_allclose(shown.values, expected, rtol=1e-5, atol=1e-7)


def test_while_the_network_learns_the_four_follow(view: LiveLayer, session: Session, qtbot: QtBot) -> None:
    before = _shown(view)
    session.training.train()
    qtbot.waitUntil(lambda: "of the run" in view.words.whole(), timeout=WAIT_MS)
    assert _titles(view) == LINEAR1
    first = _shown(view)
    assert all(one is not other for one, other in zip(first, before, strict=True))
    qtbot.waitUntil(lambda: not np.array_equal(_shown(view)[2].values, first[2].values), timeout=WAIT_MS)
    learned = session.state.watching.live.learned
    for shown, tensor in zip(_shown(view), learned.all, strict=True):
        assert shown.values.size * (len(tensor.values) if shown.prefix else 1) == tensor.values.size


def test_the_cell_of_the_output_under_the_mouse_is_pointed_at_elsewhere_and_the_other_way_round(
    view: LiveLayer, session: Session
) -> None:
    seen: list[Cell | None] = []
    session.selection.hovered.connect(seen.append)
    output, gradient = view.panes[0].view, view.panes[1].view
    QTest.mouseMove(output, output.point_of((0, 2)).toPoint())
    assert seen[-1] == Cell("linear1", (0, 2))
    QTest.mouseMove(gradient, gradient.point_of((0, 1)).toPoint())
    assert seen[-1] is None
    session.selection.hover(Cell("linear1", (0, 3)))
    assert view.panes[0].view.told() == (0, 3)
    session.selection.hover(Cell("tanh1", (0, 3)))
    assert view.panes[0].view.told() is None


def test_another_layer_is_followed_at_once(view: LiveLayer, session: Session, qtbot: QtBot) -> None:
    session.training.train()
    qtbot.waitUntil(lambda: "of the run" in view.words.whole(), timeout=WAIT_MS)
    session.selection.select(layer="tanh1")
    qtbot.waitUntil(lambda: _titles(view)[0] == "tanh1", timeout=WAIT_MS)
    assert _sentences(view) == ["", "", "tanh1 has no weight.", "tanh1 has no weight."]


def test_gradients_are_asked_for_only_while_it_is_looked_at(view: LiveLayer, session: Session, qtbot: QtBot) -> None:
    session.training.train()
    qtbot.waitUntil(
        lambda: session.state.watching.live is not None and session.state.watching.live.learned is not None,
        timeout=WAIT_MS,
    )
    assert not session.state.steps.is_watched
    view.hide()
    qtbot.waitUntil(lambda: session.state.watching.live.learned is None, timeout=WAIT_MS)
    session.training.pause()
    assert not session.state.steps.is_watched


def test_a_pause_shows_what_was_learned_until_then(view: LiveLayer, session: Session, qtbot: QtBot) -> None:
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 20, timeout=WAIT_MS)
    session.training.pause()
    qtbot.waitUntil(lambda: "training step" in view.words.whole(), timeout=WAIT_MS)
    _settle(qtbot, session)
    for shown, expected in zip(_shown(view), _by_autograd(session, 1), strict=True):
        np.testing.assert_allclose(shown.values, expected, rtol=1e-4, atol=1e-6)


def test_at_a_pause_nothing_falls_back_to_before_the_run(view: LiveLayer, session: Session, qtbot: QtBot) -> None:
    untrained = _shown(view)[2].values.copy()
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.step > 20, timeout=WAIT_MS)
    qtbot.waitUntil(lambda: "of the run" in view.words.whole(), timeout=WAIT_MS)
    seen: list[np.ndarray] = []
    session.changed.connect(lambda _old, _new: seen.append(_shown(view)[2].values))
    session.training.pause()
    qtbot.waitUntil(lambda: "training step" in view.words.whole(), timeout=WAIT_MS)
    assert not any(np.array_equal(weight, untrained) for weight in seen)


def test_a_frame_of_the_film_shows_output_and_weight_of_then(view: LiveLayer, session: Session, qtbot: QtBot) -> None:
    untrained = _shown(view)[2].values.copy()
    session.learning.set_hyperparameters(epochs=1)
    session.training.train()
    qtbot.waitUntil(lambda: session.state.training.status == "ended", timeout=WAIT_MS)
    session.watching.show_frame(0)
    qtbot.waitUntil(lambda: "step 0 in the film" in view.words.whole(), timeout=WAIT_MS)
    np.testing.assert_array_equal(_shown(view)[2].values, untrained)
    assert _sentences(view) == ["", NOT_IN_FILM, "", NOT_IN_FILM]


def test_a_click_on_a_cell_selects_it_everywhere(view: LiveLayer, session: Session) -> None:
    output, weight = view.panes[0].view, view.panes[2].view
    QTest.mouseClick(output, Qt.MouseButton.LeftButton, pos=output.point_of((0, 2)).toPoint())
    assert session.state.selection.channel == 2
    QTest.mouseClick(weight, Qt.MouseButton.LeftButton, pos=weight.point_of((3, 1)).toPoint())
    assert session.state.selection.channel == 3


def test_without_a_layer_it_says_how_to_choose_one(view: LiveLayer, session: Session) -> None:
    session.selection.select(layer=None)
    assert view.empty.findChild(QLabel).text() == CHOOSE
    session.selection.select(layer="input")
    assert view.empty.findChild(QLabel).text() == NO_INPUT


def test_maps_are_shown_for_a_picture_and_a_cell_of_them_is_selected(qtbot: QtBot) -> None:
    session = make_session()
    wait_until_shown(qtbot, session)
    session.selection.select(layer="conv1")
    view = LiveLayer(session)
    qtbot.addWidget(view)
    view.resize(860, 215)
    view.show()
    qtbot.waitUntil(lambda: _titles(view)[0] == "conv1", timeout=WAIT_MS)
    np.testing.assert_allclose(
        _shown(view)[0].values, session.state.maps.activations.by_name["conv1"].values, atol=1e-6
    )
    pane = view.panes[1].view
    QTest.mouseClick(pane, Qt.MouseButton.LeftButton, pos=pane.point_of((0, 1, 4, 7)).toPoint())
    chosen = session.state.selection
    assert (chosen.layer, chosen.channel, chosen.row, chosen.column) == ("conv1", 1, 4, 7)
    view.hide()
    assert not session.state.steps.is_watched
    assert session.close()


def test_of_a_weight_with_too_many_slices_the_first_filter_is_shown() -> None:
    from explorer.session.timeline import Tensor

    weight = np.arange(64 * 32 * 9, dtype=np.float32).reshape(64, 32, 3, 3)
    shown = shown_example(Tensor("weight", "conv1.weight", weight, "weight"), 0)
    np.testing.assert_array_equal(shown.values, weight[0])
    assert shown.prefix == (0,)
    batch = np.arange(24, dtype=np.float32).reshape(3, 8)
    second = shown_example(Tensor("output", "linear1", batch, "activation", has_batch=True), 1)
    np.testing.assert_array_equal(second.values, batch[1])
    assert second.prefix == (1,)
