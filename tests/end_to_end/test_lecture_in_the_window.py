"""The lecture's worked examples, stepped through in the window with its buttons: every number is a written line.

The numbers are those of the slides, but for two slips of theirs: the dot product of the printed pixels is 15 (the
slide's own sum ends in 1·1), and the second window of the third pooling holds no number above 0 in its lower half.
"""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.ui.debugger.why_panel import WhyPanel
from explorer.ui.shell.main_window import MainWindow
from tests.ui.fakes import wait_until_still
from tests.ui.windows import new_window

IMAGE = [[1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [0, 0, 1, 1, 1], [0, 0, 1, 1, 0], [0, 1, 1, 0, 0]]
FILTER = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
FEATURE = [4, 3, 4, 2, 4, 3, 2, 3, 4]


@pytest.fixture
def window(qtbot: QtBot) -> MainWindow:
    made = new_window(qtbot)
    made.show_late_parts()
    return made


def _network(qtbot: QtBot, window: MainWindow, text: str, values: object) -> None:
    """The network written in `text`, looking at `values`, with the debugger in front."""
    session = window.session
    session.files.new_network(text)
    session.input.set_values(np.asarray(values, np.float32))
    window.action("showDebugger").trigger()
    wait_until_still(qtbot, window.session)


def _weights(qtbot: QtBot, window: MainWindow, layer: str, values: np.ndarray) -> None:
    for cell in np.ndindex(*values.shape):
        window.session.editing.set_cell(f"{layer}.weight", cell, float(values[cell]))
        qtbot.waitUntil(lambda: not window.session.store.runner.is_busy(), timeout=20_000)
    wait_until_still(qtbot, window.session)


def _press(qtbot: QtBot, window: MainWindow, name: str) -> None:
    button = window.findChild(QToolButton, name)
    assert button is not None
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def _line(window: MainWindow) -> str:
    """What the explanation says, and under it in the lecture's letters."""
    panel = window.findChild(WhyPanel, "stepExplanation")
    assert panel is not None
    assert panel.line.isVisible()
    return f"{panel.line.toolTip() or panel.line.whole()} | {panel.second.whole()}"


def _walk_cells(qtbot: QtBot, window: MainWindow) -> list[str]:
    """Into the present step, over every cell from the first, and out again behind the last: the lines read."""
    session = window.session
    entry = session.state.steps.timeline.steps[session.state.steps.cursor.step]
    of = session.state.steps.cursor.of
    _press(qtbot, window, "stepInto")
    session.steps.choose_cell(of, (0,) * len(entry.asked[of]))
    lines = [_line(window)]
    for _ in range(int(np.prod(entry.asked[of])) - 1):
        _press(qtbot, window, "stepOver")
        lines.append(_line(window))
    _press(qtbot, window, "stepOut")
    return lines


def _results(lines: list[str]) -> list[float]:
    return [float(line.partition(" | ")[0].rpartition("= ")[2].replace("−", "-")) for line in lines]


def _walk_all(qtbot: QtBot, window: MainWindow) -> list[str]:
    """Every cell of every tensor of every step, from the start to the end of the timeline."""
    session, lines = window.session, []
    assert session.state.steps.cursor.step == 0
    count = len(session.state.steps.timeline.steps)
    for index in range(count):
        for of in session.state.steps.timeline.steps[index].asked:
            session.steps.choose_tensor(of)
            lines += _walk_cells(qtbot, window)
        if index < count - 1:
            _press(qtbot, window, "stepOver")
            assert session.state.steps.cursor.step == index + 1
    return lines


def test_backpropagation_from_u_to_the_second_outputs(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.files.open_network("two-two-two")
    session.input.set_values(np.array([0, 1], np.float32))
    session.learning.set_target((1.0, 0.0))
    window.action("showDebugger").trigger()
    wait_until_still(qtbot, window.session)
    lines = "\n".join(_walk_all(qtbot, window))
    for expected in (
        "u₁ = 0·(−1) + 1·0 + 1 = 1",
        "u₂ = 0·0 + 1·1 + 1 = 2",
        "z₁ = u₁ = 1",
        "z₂ = u₂ = 2",
        "y₁ = a₁ = 2",
        "y₂ = a₂ = 2",
        "½·(2 − 1)² + ½·(2 − 0)² = 2.5",
        "Δ₁ = (d₁ − y₁)·g′(a₁) = (1 − 2)·1 = −1",
        "Δ₂ = (d₂ − y₂)·g′(a₂) = (0 − 2)·1 = −2",
        "δ₁ = g′(u₁)·(Δ₁·w₁₁ + Δ₂·w₂₁) = 1·(−1·1 − 2·(−1)) = 1",
        "δ₂ = g′(u₂)·(Δ₁·w₁₂ + Δ₂·w₂₂) = 1·(−1·0 − 2·1) = −2",
        "v₁₁ ← v₁₁ + η·δ₁·x₁ = −1 + 0.1·1·0 = −1",
        "v₁₂ ← v₁₂ + η·δ₁·x₂ = 0 + 0.1·1·1 = 0.1",
        "v₂₁ ← v₂₁ + η·δ₂·x₁ = 0 + 0.1·(−2)·0 = 0",
        "v₂₂ ← v₂₂ + η·δ₂·x₂ = 1 + 0.1·(−2)·1 = 0.8",
        "v₁₀ ← v₁₀ + η·δ₁·1 = 1 + 0.1·1·1 = 1.1",
        "v₂₀ ← v₂₀ + η·δ₂·1 = 1 + 0.1·(−2)·1 = 0.8",
        "w₁₁ ← w₁₁ + η·Δ₁·z₁ = 1 + 0.1·(−1)·1 = 0.9",
        "w₁₂ ← w₁₂ + η·Δ₁·z₂ = 0 + 0.1·(−1)·2 = −0.2",
        "w₂₁ ← w₂₁ + η·Δ₂·z₁ = −1 + 0.1·(−2)·1 = −1.2",
        "w₂₂ ← w₂₂ + η·Δ₂·z₂ = 1 + 0.1·(−2)·2 = 0.6",
        "w₁₀ ← w₁₀ + η·Δ₁·1 = 1 + 0.1·(−1)·1 = 0.9",
        "w₂₀ ← w₂₀ + η·Δ₂·1 = 1 + 0.1·(−2)·1 = 0.8",
    ):
        assert expected in lines, expected
    first = session.state.steps.timeline
    _press(qtbot, window, "stepOver")  # past the end: the step is taken
    qtbot.waitUntil(
        lambda: session.state.steps.timeline is not first and session.state.steps.timeline is not None, timeout=20_000
    )
    wait_until_still(qtbot, window.session)
    lines = [_walk_cells(qtbot, window)]
    for _ in range(3):
        _press(qtbot, window, "stepOver")
        lines.append(_walk_cells(qtbot, window))
    assert _results(lines[1]) == pytest.approx([1.2, 1.6])
    assert _results(lines[3]) == pytest.approx([1.66, 0.32])


def test_a_convolution_window_by_window(qtbot: QtBot, window: MainWindow) -> None:
    _network(qtbot, window, "1x5x5 conv(1, 3, bias=False)", [IMAGE])
    _weights(qtbot, window, "conv1", np.array([[FILTER]], np.float32))
    assert _results(_walk_cells(qtbot, window)) == FEATURE


def test_the_dot_product_of_nine_pixels(qtbot: QtBot, window: MainWindow) -> None:
    _network(qtbot, window, "9 linear(1, bias=False)", [9, 4, 1, 1, 1, 1, 1, 2, 0])
    _weights(qtbot, window, "linear1", np.array([[0, 2, 1, 4, 1, 0, 1, 0, 1]], np.float32))
    (line,) = _walk_cells(qtbot, window)
    assert "9·0 + 4·2 + 1·1 + 1·4 + 1·1 + 1·0 + 1·1 + 2·0 + 0·1 = 15" in line


@pytest.mark.parametrize(
    ("rows", "largest", "mean"),
    [
        ([[1, 1, 2, 4], [5, 6, 7, 8], [3, 2, 1, 0], [1, 2, 3, 4]], [6, 8, 3, 4], [3.25, 5.25, 2, 2]),
        ([[15, 9, 4, 2], [11, 5, 8, 6], [8, 7, 3, 17], [2, 3, 7, 3]], [15, 8, 8, 17], [10, 5, 5, 7.5]),
        ([[1, 2, -2, -1], [2, -1, 0, 3], [-1, 0, -1, 2], [-1, -2, 2, 1]], [2, 3, 0, 2], [1, 0, -1, 1]),
    ],
)
def test_pooling_window_by_window(
    qtbot: QtBot, window: MainWindow, rows: list[list[int]], largest: list[float], mean: list[float]
) -> None:
    _network(qtbot, window, "1x4x4 maxpool(2)", [rows])
    lines = _walk_cells(qtbot, window)
    assert "max(" in lines[0]
    assert _results(lines) == largest
    _network(qtbot, window, "1x4x4 avgpool(2)", [rows])
    assert _results(_walk_cells(qtbot, window)) == mean


def test_softmax_term_by_term(qtbot: QtBot, window: MainWindow) -> None:
    _network(qtbot, window, "4 softmax", [3.2, 1.3, 0.2, 0.8])
    lines = _walk_cells(qtbot, window)
    exponentials = np.array([24.5325, 3.6693, 1.2214, 2.2255])
    for number in exponentials:
        assert f"{number:.5g}"[:5] in lines[0]
    assert _results(lines) == pytest.approx(list(exponentials / exponentials.sum()), abs=1e-4)
    assert round(_results(lines)[0], 3) == 0.775


@pytest.mark.parametrize(
    ("scores", "target", "loss"),
    [([-0.39, 1.49, 4.21], 0, 8.48), ([-4.61, 3.28, 1.46], 1, 0.0), ([1.03, -2.37, -2.27], 2, 5.20)],
)
def test_hinge_loss_of_three_pictures(
    qtbot: QtBot, window: MainWindow, scores: list[float], target: int, loss: float
) -> None:
    _network(qtbot, window, "3 identity", scores)
    window.session.learning.set_hyperparameters(loss="hinge")
    window.session.learning.set_target(target)
    wait_until_still(qtbot, window.session)
    _press(qtbot, window, "stepOver")
    (line,) = _walk_cells(qtbot, window)
    assert "max(0, " in line
    assert round(_results([line])[0], 2) == loss
