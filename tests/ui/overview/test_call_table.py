"""The table of calls: grouped by module, measured, and moved through with the debugger's cursor."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.session import Session
from explorer.session.timeline import TimelineStep
from explorer.ui.overview.call_model import COLUMNS, SOURCE
from explorer.ui.overview.call_table import CallTable
from explorer.ui.overview.call_tree import call_tree
from tests.ui.fakes import make_session


class Block(torch.nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.conv(x))


@pytest.fixture
def table(qtbot: QtBot):
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Conv2d(3, 4, 3), Block(4), Block(4), torch.nn.Flatten(), torch.nn.Linear(4 * 36, 2)
    )
    session = Session()
    session.files.adopt(model, np.random.default_rng(0).random((3, 8, 8), np.float32)[None], "mine")
    made = CallTable(session)
    qtbot.addWidget(made)
    made.resize(860, 600)
    made.show()
    qtbot.waitUntil(
        lambda: session.state.steps.timeline is not None and not session.state.steps.is_recording, timeout=60_000
    )
    yield made, session, model
    assert session.close()


def _texts(made: CallTable, path: str) -> list[str]:
    index = made.model.index_of(path)
    return [made.model.data(index.siblingAtColumn(column)) for column in range(len(COLUMNS))]


def test_calls_lie_under_their_modules_and_functional_ones_too(table) -> None:
    made, _, _ = table
    roots = [made.model.branch(made.model.index(row, 0)) for row in range(made.model.rowCount())]
    assert [branch.label for branch in roots] == ["0", "1", "2", "3", "4"]
    assert [child.step.kind for child in roots[1].children] == ["conv2d", "add", "relu"]
    assert roots[1].call_count == 3
    assert roots[1].seconds == pytest.approx(sum(child.seconds for child in roots[1].children))


def test_a_call_tells_its_size_its_gradient_and_the_line_that_made_it(table) -> None:
    made, session, model = table
    texts = dict(zip([column.title for column in COLUMNS], _texts(made, "1.relu"), strict=True))
    x = torch.tensor(np.array(session.state.values))[None]
    hidden = model[1](model[0](x)).detach().requires_grad_()
    output = model[4](model[3](model[2](hidden)))
    (((output - torch.tensor([[1.0, 0.0]])) ** 2).sum() / 2).backward()
    assert float(texts["size"]) == pytest.approx(hidden.square().mean().sqrt().item(), rel=1e-3)
    assert float(texts["gradient"]) == pytest.approx(hidden.grad.square().mean().sqrt().item(), rel=1e-3)
    assert texts["output"] == "1 × 4 × 6 × 6"
    assert texts["memory"] == "576 bytes"
    assert texts["source"].startswith("test_call_table.py:")
    assert _texts(made, "0")[-1] == ""  # made by PyTorch's own Sequential


@pytest.mark.parametrize("text", ["3x8x8 conv(4, 3) relu flatten linear(2)", "3x8x8 conv(3, 1) add(conv1, input) relu"])
def test_where_no_line_is_known_there_is_no_column_for_it(table, qtbot: QtBot, text: str) -> None:
    """Every row of a network with branches named the line of the program that calls its layers one by one."""
    made, _, _ = table
    assert not made.tree.isColumnHidden(SOURCE)
    session = make_session(text)
    network = CallTable(session)
    qtbot.addWidget(network)
    network.resize(860, 600)
    network.show()
    qtbot.waitUntil(lambda: session.state.steps.timeline is not None, timeout=60_000)
    assert network.tree.isColumnHidden(SOURCE)
    header = network.tree.header()
    assert header.length() >= network.tree.viewport().width(), "the last one that is shown takes what is left"
    index = network.model.index(0, 0)
    assert network.model.data(index, Qt.ItemDataRole.ToolTipRole) == network.model.branch(index).path
    network.close()
    assert session.close()


def test_choosing_a_row_moves_the_cursor_and_the_cursor_marks_its_row(table) -> None:
    made, session, _ = table
    made.tree.setCurrentIndex(made.model.index_of("2.conv"))
    step = session.state.steps.timeline.steps[session.state.steps.cursor.step]
    assert (step.phase, step.call) == ("forward", "2.conv")
    assert [pane.accessibleName() for pane in made.panes] == [
        "2.conv",
        "gradient of 2.conv",
        "2.conv.weight",
        "gradient of 2.conv.weight",
    ]
    session.steps.go_to_step(session.state.steps.timeline.find("backward", "1.add"))
    assert made.model.branch(made.tree.currentIndex()).path == "1.add"
    assert session.state.steps.timeline.steps[session.state.steps.cursor.step].phase == "backward"


def test_the_four_panes_hold_output_weight_and_their_gradients(table) -> None:
    made, _session, model = table
    made.tree.setCurrentIndex(made.model.index_of("0"))
    shown = [pane.shown.values for pane in made.panes]
    assert [values.shape for values in shown] == [(4, 6, 6), (4, 6, 6), (4, 3, 3, 3), (4, 3, 3, 3)]
    np.testing.assert_array_equal(shown[2], model[0].weight.detach().numpy())
    made.tree.setCurrentIndex(made.model.index_of("1.relu"))
    assert made.panes[2].shown is None
    assert "no weight" in made.panes[2].toolTip()


def test_titles_stand_over_what_they_are_titles_of(table) -> None:
    made, _, _ = table
    header, tree = made.tree.header(), made.tree
    for name in ("kind", "time"):
        column = [each.title for each in COLUMNS].index(name)
        index = made.model.index_of("0").siblingAtColumn(column)
        row = tree.visualRect(index)
        title = QRect(header.sectionViewportPosition(column), 0, header.sectionSize(column), header.height() - 2)
        above, below = (_inked(part.grab(place).toImage()) for part, place in ((header, title), (tree.viewport(), row)))
        side = -1 if name == "time" else 0
        assert abs(above[side] - below[side]) <= 2, name


def _inked(picture: QImage) -> tuple[int, int]:
    """The first and the last column of pixels that differs from the first one."""
    grey = picture.convertToFormat(QImage.Format.Format_Grayscale8)
    pixels = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), -1)[:, : grey.width()].astype(int)
    columns = np.flatnonzero((abs(pixels - pixels[:, :1]) > 40).any(axis=0))
    return int(columns[0]), int(columns[-1])


def test_nothing_is_recorded_once_the_table_is_hidden(table) -> None:
    made, session, _ = table
    assert session.state.steps.is_watched
    made.hide()
    assert not session.state.steps.is_watched


def test_five_thousand_calls_make_a_tree_at_once(qtbot: QtBot) -> None:
    steps = [
        TimelineStep(index, "forward", f"stage{index // 100}.{index}", "relu", "", "activation", {"output": (1, 2)})
        for index in range(5000)
    ]
    root = call_tree(steps)
    assert len(root.children) == 50
    assert sum(branch.call_count for branch in root.children) == 5000


def test_in_a_low_pane_rows_and_tensors_share_the_height(table) -> None:
    """What a window of 1280 × 720 leaves beside an open training strip; in a high pane the rows get the more."""
    made, _, _ = table
    assert made.minimumSizeHint().height() <= 240
    made.resize(700, 300)
    QApplication.processEvents()
    assert made.tree.viewport().height() >= 4 * made.tree.rowHeight(made.model.index(0, 0))
    assert all(pane.height() >= 100 for pane in made.panes)
    made.resize(700, 900)
    QApplication.processEvents()
    assert all(pane.height() == 240 for pane in made.panes)
    assert made.tree.height() > 500


def test_columns_that_fit_need_no_scroll_bar(table) -> None:
    """The last one has what the view leaves it, which counted as what it needs: all got more than there was."""
    made, _, _ = table
    bar = made.tree.horizontalScrollBar()
    needed = sum(made.tree.sizeHintForColumn(column) for column in range(len(COLUMNS)))
    assert needed < made.tree.viewport().width()
    assert bar.maximum() == bar.minimum()
