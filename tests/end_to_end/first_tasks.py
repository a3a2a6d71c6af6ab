"""The ten things that are asked of the window first, each from the start of the program unless its words say more."""

from __future__ import annotations

import re

import pytest
import torch
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QComboBox, QLabel, QListView, QPushButton

from explorer.ui.common.explanation_view import ExplanationView
from explorer.ui.debugger.into.view import IntoView
from explorer.ui.debugger.timeline_bar import TimelineBar
from explorer.ui.debugger.why_panel import WhyPanel
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.maps.why import WhyOfMaps
from tests.end_to_end.cat_in_pytorch import Pass, pass_of
from tests.end_to_end.counting_hand import Hand, number_in
from tests.ui.listed_terms import sections_of

CELL = (3, 5, 7)


def conv1_at(found: Pass, channel: int, row: int, column: int) -> float:
    """What the first convolution gives there: the sum over a window of 3 × 3, padded with zeros, and the bias."""
    padded = torch.nn.functional.pad(found.input, (1, 1, 1, 1))[0]
    window = padded[:, row : row + 3, column : column + 3]
    bias = found.model.get_submodule("conv1").bias
    with torch.no_grad():
        return float((found.parameter("conv1.weight")[channel] * window).sum() + (0 if bias is None else bias[channel]))


def line_of(panel: ExplanationView) -> str:
    """The whole arithmetic of the cell that is explained."""
    return panel.line.toolTip() or panel.line.whole()


def the_maps_of_conv2(hand: Hand) -> None:
    cards = hand.find(QListView, "layerList")
    hand.click(cards.viewport(), hand.in_list(cards, "conv2"))
    hand.press("Ctrl+2")
    said = hand.words(hand.part("featureMaps"))
    channels, height, width = pass_of(hand.window).outputs["conv2"].shape[1:]
    assert "conv2" in said
    assert f"{channels} feature maps · {height} × {width}" in said


def the_value_of_a_cell(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.point(hand.maps.canvas.viewport(), hand.in_maps(*CELL))
    said = hand.find(QLabel, "hoveredValue")
    assert "row 5, column 7" in said.accessibleName()
    read = float(said.accessibleName().rpartition(" · ")[2].replace("−", "-"))
    assert read == pytest.approx(conv1_at(pass_of(hand.window), *CELL), rel=1e-5)


def where_a_number_comes_from(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.click(hand.maps.canvas.viewport(), hand.in_maps(*CELL))
    why = hand.find(WhyOfMaps, "explanation")
    hand.wait(lambda: why.check.text().startswith("✓ same as PyTorch"))
    expected = conv1_at(pass_of(hand.window), *CELL)
    assert number_in(line_of(why)) == pytest.approx(expected, rel=1e-3)
    for section in sections_of(why.terms.terms.rows):
        assert sum(row.value for row in section) == pytest.approx(expected, rel=1e-4)


def which_input_cells_a_cell_sees(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.point(hand.maps.canvas.viewport(), hand.in_maps(*CELL))
    seen = hand.find(PictureCanvas, "fedPicture").outline
    assert seen is not None
    assert (seen.top(), seen.left(), seen.height(), seen.width()) == (4, 6, 3, 3)


def the_gradient_of_one_weight_of_a_filter_in_sight(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.choose(hand.find(QComboBox, "Show"), "filters")
    hand.begin()
    hand.right_click(hand.maps.canvas.viewport(), hand.in_maps(5, 1, 2))
    hand.pick("Its gradient, in the debugger")
    hand.wait_for_step()
    place = re.search(r"\((\d+), (\d+), (\d+), (\d+)\)", hand.step_title)
    assert place is not None, hand.step_title
    cell = tuple(int(at) for at in place.groups())
    assert (cell[0], *cell[2:]) == (5, 1, 2)
    read = number_in(line_of(hand.find(WhyPanel, "stepExplanation")))
    assert read == pytest.approx(float(pass_of(hand.window).gradient("conv1.weight")[cell]), rel=1e-3)


def a_step_forward(hand: Hand) -> None:
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("F10")
    assert " · bn1" in hand.step_title


def a_step_back(hand: Hand) -> None:
    hand.press("Ctrl+3")
    hand.wait_for_step()
    for _ in range(3):
        hand.press("F10")
    before = hand.step_title
    hand.begin()
    hand.press("F9")
    assert " · relu1" in hand.step_title
    assert before != hand.step_title


def into_a_cell(hand: Hand) -> None:
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("F11")
    assert hand.find(IntoView, "stepIntoView").isVisible()
    place = re.search(r"cell \((\d+), (\d+), (\d+)\)", hand.step_title)
    assert place is not None, hand.step_title
    expected = conv1_at(pass_of(hand.window), *(int(at) for at in place.groups()))
    assert number_in(line_of(hand.find(WhyPanel, "stepExplanation"))) == pytest.approx(expected, rel=1e-3)


def to_the_loss(hand: Hand) -> None:
    hand.press("Ctrl+3")
    hand.wait_for_step()
    timeline = hand.window.findChild(TimelineBar)
    assert timeline is not None
    names = dict(timeline.names())
    hand.click(timeline, QPoint(round(names["loss"].center().x()), timeline.height() // 2))
    assert "cross entropy" in hand.step_title, hand.step_title
    read = number_in(line_of(hand.find(WhyPanel, "stepExplanation")))
    assert read == pytest.approx(float(pass_of(hand.window).loss), rel=1e-3)


def one_step_of_training(hand: Hand) -> None:
    hand.press("F6")
    hand.click(hand.find(QPushButton, "Train on Textures and tissues"))
    hand.wait(lambda: hand.window.training.facts_label.whole().endswith("paused"))
    hand.wait_for_step()
    assert "step 1" in hand.window.training.facts_label.whole()


FIRST_TASKS = (
    the_maps_of_conv2,
    the_value_of_a_cell,
    where_a_number_comes_from,
    which_input_cells_a_cell_sees,
    the_gradient_of_one_weight_of_a_filter_in_sight,
    a_step_forward,
    a_step_back,
    into_a_cell,
    to_the_loss,
    one_step_of_training,
)
