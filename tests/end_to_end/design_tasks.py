"""Ten things of the design's kind that are asked next, each from the start of the program unless its words say more."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QListView, QPushButton, QToolButton, QWidget

from explorer.ui.debugger.why_panel import WhyPanel
from explorer.ui.input.thumbnails import ThumbnailPopup
from explorer.ui.maps.depth_view import DepthView
from explorer.ui.maps.value_bars import ValueBars
from explorer.ui.maps.why import WhyOfMaps
from explorer.ui.shell.start_list import StartList
from tests.end_to_end.cat_in_pytorch import pass_of
from tests.end_to_end.counting_hand import Hand, number_in
from tests.end_to_end.first_tasks import CELL, conv1_at, line_of
from tests.ui.listed_terms import sections_of


def what_the_network_says(hand: Hand) -> None:
    answers = hand.find(QListView, "answers")
    said = str(answers.model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    surest = int(pass_of(hand.window).chances.argmax())
    assert said.startswith(hand.window.session.state.classes[surest])
    assert f"{100 * float(pass_of(hand.window).chances[surest]):.0f}" in said


def every_term_of_a_cell_by_itself(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.click(hand.maps.canvas.viewport(), hand.in_maps(*CELL))
    why = hand.find(WhyOfMaps, "explanation")
    hand.wait(lambda: why.terms.terms.rowCount() > 0)
    assert hand.acts == 2
    _by_channel, by_itself = sections_of(why.terms.terms.rows)
    terms = [row.value for row in by_itself]
    assert len(terms) == pass_of(hand.window).parameter("conv1.weight")[0].numel()
    assert sum(terms) == pytest.approx(conv1_at(pass_of(hand.window), *CELL), rel=1e-4)


def all_channels_at_one_place(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.click(hand.maps.canvas.viewport(), hand.in_maps(*CELL))
    hand.click(hand.find(QToolButton, "All channels"))
    (bars,) = hand.find(DepthView, "depthColumn").findChildren(ValueBars)
    row = next(row for row in range(bars.verticalScrollBar().maximum() + 2) if bars.row_rect(row).top() >= 0)
    hand.point(bars.viewport(), bars.row_rect(row).center().toPoint())
    ranked, order = pass_of(hand.window).outputs["conv1"][0, :, CELL[1], CELL[2]].sort(descending=True, stable=True)
    said = hand.find(QLabel, "hoveredValue").accessibleName()
    assert f" · channel {int(order[row])} · row 5, column 7 · " in said
    assert float(said.rpartition(" · ")[2].replace("−", "-")) == pytest.approx(float(ranked[row]), rel=1e-5)


def the_filters_of_a_layer(hand: Hand) -> None:
    hand.press("Ctrl+2")
    hand.choose(hand.find(QComboBox, "Show"), "filters")
    hand.point(hand.maps.canvas.viewport(), hand.in_maps(4, 0, 2))
    said = hand.find(QLabel, "hoveredValue").accessibleName()
    red = float(pass_of(hand.window).parameter("conv1.weight")[4, 0, 0, 2].detach())
    assert said.startswith("filter 4 · row 0, column 2 · red ")
    read = float(said.split("red ")[1].split(",")[0].replace("−", "-"))
    assert read == pytest.approx(red, rel=1e-5)


def the_gradient_of_the_loss(hand: Hand) -> None:
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("Ctrl+G")
    found = pass_of(hand.window)
    expected = found.chances.clone()
    expected[found.target] -= 1
    read = number_in(line_of(hand.find(WhyPanel, "stepExplanation")))
    assert min(abs(read - float(each)) for each in expected) < 1e-3 * abs(read)


def the_update_of_a_weight(hand: Hand) -> None:
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("Ctrl+End")
    place = re.search(r"update · linear1\.bias · cell \((\d+)\)", hand.step_title)
    assert place is not None, hand.step_title
    bias = pass_of(hand.window).parameter("linear1.bias")
    torch.optim.SGD([bias], lr=hand.window.session.state.document.hyperparameters.learning_rate).step()
    read = number_in(line_of(hand.find(WhyPanel, "stepExplanation")))
    assert read == pytest.approx(float(bias.detach()[int(place[1])]), rel=1e-3)


def another_count_of_filters(hand: Hand) -> None:
    field = hand.part("layerForm").findChild(QWidget, "out_channels")
    assert field is not None
    box = field.findChild(QAbstractSpinBox)
    assert box is not None
    hand.double_click(box.lineEdit())
    hand.write("7")
    hand.press("Return")
    hand.wait_for_maps()
    cards = hand.find(QListView, "layerList")
    said = str(cards.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole))
    assert said.startswith("conv1")
    assert "7 × 32 × 32" in said, said


def an_edit_taken_back(hand: Hand) -> None:
    another_count_of_filters(hand)
    hand.begin()
    hand.press("Ctrl+Z")
    hand.wait_for_maps()
    cards = hand.find(QListView, "layerList")
    assert "32 × 32 × 32" in str(cards.model().index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole))


def another_network(hand: Hand) -> None:
    hand.click(hand.find(QToolButton, "startList"))
    dialog = hand.find(StartList, "startList")
    hand.click(hand.find(QPushButton, "network.lecture", dialog))
    hand.wait_for_maps()
    assert hand.window.windowTitle().startswith("The lecture's network")


def another_sample(hand: Hand) -> None:
    hand.click(hand.find(QToolButton, "samplePictures"))
    hand.click(hand.find(QToolButton, "Rocket", hand.window.findChildren(ThumbnailPopup)[-1]))
    hand.wait_for_maps()
    assert any(words.startswith("Rocket · ") for words in hand.words(hand.window))


DESIGN_TASKS: tuple[Callable[[Hand], None], ...] = (
    what_the_network_says,
    every_term_of_a_cell_by_itself,
    all_channels_at_one_place,
    the_filters_of_a_layer,
    the_gradient_of_the_loss,
    the_update_of_a_weight,
    another_count_of_filters,
    an_edit_taken_back,
    another_network,
    another_sample,
)
