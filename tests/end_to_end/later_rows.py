"""The second half of the lecture, L16 to L30: each row begins where its function says before `Hand.begin`.

Those that say nothing begin at the start of the program, with the network that knows the cat.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QListView,
    QPushButton,
    QToolButton,
)
from torch.nn.functional import conv2d

from explorer.data import DATA_SETS
from explorer.ui.data.browser import DataBrowser
from explorer.ui.data.card import DataCard
from explorer.ui.debugger.into.view import IntoView
from explorer.ui.input.canvas import PictureCanvas
from explorer.ui.input.thumbnails import ThumbnailPopup
from explorer.ui.maps.depth_view import DepthView
from explorer.ui.maps.value_bars import ValueBars
from explorer.ui.tensors.view import TensorView
from explorer.ui.training.question import TrainQuestion
from tests.end_to_end.cat_in_pytorch import pass_of
from tests.end_to_end.counting_hand import Hand, number_in
from tests.end_to_end.loss_rows import LOSS_ROWS
from tests.end_to_end.row_acts import begin_in_debugger, begin_with, create, explained, hovered, output_of, paste
from tests.end_to_end.size_rows import SIZE_ROWS
from tests.end_to_end.slides import slides
from tests.ui.fakes import values_of


def l18_low_middle_and_high_features(hand: Hand) -> None:
    hand.press("Ctrl+2")
    cards = hand.find(QListView, "layerList")
    seen = []
    for layer in ("conv1", "conv3", "conv6"):
        hand.click(cards.viewport(), hand.in_list(cards, layer))
        expected = pass_of(hand.window).outputs[layer][0]
        channels, height, width = expected.shape
        assert f"{channels} feature maps · {height} × {width}" in hand.words(hand.part("featureMaps"))
        hand.point(hand.maps.canvas.viewport(), hand.in_maps(1, height // 2, width // 2))
        value = float(expected[1, height // 2, width // 2])
        assert hovered(hand) == pytest.approx(value, rel=1e-4, abs=1e-5)
        outline = hand.find(PictureCanvas, "fedPicture").outline
        assert outline is not None
        assert f"{layer} sees {outline.height():.0f} × {outline.width():.0f} × 3 numbers." in hand.words(hand.window)
        seen.append(outline.height())
    assert seen == [3, 12, 31]  # an edge, a part, nearly the whole picture


def l23_all_channels_at_one_place(hand: Hand) -> None:
    """Begins with five filters of 5 × 5 over a picture."""
    hand.window.session.files.new_network("3x32x32 conv(5, 5)")
    hand.wait_for_maps()
    hand.begin()
    hand.press("Ctrl+2")
    assert "5 feature maps · 28 × 28" in hand.words(hand.part("featureMaps"))
    hand.click(hand.maps.canvas.viewport(), hand.in_maps(2, 10, 12))
    hand.click(hand.find(QToolButton, "All channels"))
    column = hand.find(DepthView, "depthColumn")
    assert "all 5 see the same 5 × 5 × 3 of the input" in hand.words(column)
    outline = hand.find(PictureCanvas, "fedPicture").outline
    assert outline is not None
    assert (outline.top(), outline.left(), outline.height(), outline.width()) == (10, 12, 5, 5)
    (bars,) = column.findChildren(ValueBars)
    found = values_of(hand.window.session, "conv1")[:, 10, 12]
    for row, channel in enumerate(np.argsort(-found, kind="stable")):
        hand.point(bars.viewport(), bars.row_rect(row).center().toPoint())
        assert f" · channel {channel} · row 10, column 12 · " in hand.find(QLabel, "hoveredValue").accessibleName()
        assert hovered(hand) == pytest.approx(float(found[channel]), rel=1e-4)
    fed = hand.window.session.state.values
    assert fed is not None
    layer = hand.window.session.state.maps.activations.by_name["conv1"]
    given = fed[None, :, 10:15, 12:17], layer.weight, layer.bias
    expected = conv2d(*(torch.from_numpy(each.copy()) for each in given))
    np.testing.assert_allclose(found, expected.flatten(), rtol=1e-4)


def l24_which_pixel_went_where(hand: Hand) -> None:
    create(hand, "3x32x32 flatten linear(10)")
    hand.press("Ctrl+3")
    hand.wait_for_step()
    hand.press("F11")
    assert output_of(hand, "flatten1") == (3072,)
    assert hand.find(IntoView, "stepIntoView").isVisible()
    found = re.fullmatch(r"output\[0, (\d+)\] = input\[0, (\d), (\d+), (\d+)\] = \S+", explained(hand))
    assert found is not None, explained(hand)
    place, channel, row, column = map(int, found.groups())
    assert place == (channel * 32 + row) * 32 + column
    fed = hand.window.session.state.values
    assert fed is not None
    assert number_in(explained(hand)) == pytest.approx(float(fed.flatten()[place]), rel=1e-3)


def l25_softmax(hand: Hand) -> None:
    """Begins in the debugger, before a softmax of four numbers."""
    table = slides()["softmax"]
    begin_in_debugger(hand, "4 softmax")
    fed, made = hand.find(TensorView, "input"), hand.find(TensorView, "softmax1")
    hand.click(fed, hand.in_view(fed, (0, 0)))
    paste(hand, table["logits"])
    shares = []
    hand.click(made, hand.in_view(made, (0, 0)))
    line = explained(hand)
    parts = re.search(r"= ([\d.]+) / \(([\d. +]+)\) = ", line)
    assert parts is not None, line
    assert [float(each) for each in parts[2].split(" + ")] == pytest.approx(table["exponentials"], rel=1e-4)
    assert f"{number_in(line):.3f}" == f"{table['first']}"
    hand.end()
    for cell in range(4):
        hand.click(made, hand.in_view(made, (0, cell)))
        shares.append(number_in(explained(hand)))
    assert sum(shares) == pytest.approx(1, abs=1e-4)


def l26_one_neuron_learns_with_the_binary_cross_entropy(hand: Hand) -> None:
    """Begins with the lecture's network of one neuron."""
    begin_with(hand, "one-neuron")
    hand.press("F6")
    hand.click(hand.find(QPushButton, "Choose data…", hand.find(TrainQuestion, "trainQuestion")))
    browser = hand.find(DataBrowser, "dataBrowser")
    hand.click(hand.find(QAbstractButton, "data.textures", browser))
    state = hand.window.session.store
    hand.wait(lambda: state.state.data.data_set is not None and state.state.data.progress is None)
    hand.click(hand.find(QPushButton, "Group the classes: brick against the rest", browser))
    hand.press("Esc")
    hand.press("F6")
    hand.wait(lambda: hand.window.training.facts_label.whole().endswith("paused"))
    assert hand.find(QAbstractButton, "binary cross entropy, SGD").isVisible()
    hand.wait_for_maps()
    chance = float(values_of(hand.window.session, "sigmoid1").item())
    answers = hand.find(QListView, "answers").model()
    said = [str(answers.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(answers.rowCount())]
    assert f"brick {100 * chance:.1f} %" in said


def l30_pictures_of_many_trades(hand: Hand) -> None:
    """The digits are part of scikit-learn: without it their card is there, and says so."""
    hand.press("Ctrl+Shift+D")
    browser = hand.find(DataBrowser, "dataBrowser")
    listed = {each.accessibleName(): each.accessibleDescription() for each in browser.findChildren(DataCard)}
    for title, words in (
        ("CIFAR-10", "Colour photographs"),
        ("MNIST", "Handwritten digits"),
        ("Fashion-MNIST", "Pieces of clothing"),
        ("Textures and tissues", "micrographs"),
    ):
        assert words in listed[title]
    digits = next(entry for entry in DATA_SETS if entry.card.name == "digits")
    assert digits.card.title in listed
    for name, classes in (("textures", "stained tissue"), ("digits", "7")):
        if name == "digits" and not digits.is_here():
            continue
        hand.click(hand.find(DataCard, f"data.{name}", browser))
        hand.wait(lambda: hand.window.session.state.data.progress is None)
        hand.wait_for_curves()
        assert classes in [group.title for group in browser.shown.examples.grid.groups]
    hand.press("Esc")
    hand.click(hand.find(QToolButton, "samplePictures"))
    popup = hand.window.findChildren(ThumbnailPopup)[-1]
    hand.click(hand.find(QToolButton, "Tissue", popup))
    hand.wait_for_maps()
    assert any(words.startswith("Tissue · ") for words in hand.words(hand.window))


LATER_ROWS: dict[str, Callable[[Hand], None]] = {
    **SIZE_ROWS,
    "L18": l18_low_middle_and_high_features,
    "L23": l23_all_channels_at_one_place,
    "L24": l24_which_pixel_went_where,
    "L25": l25_softmax,
    "L26": l26_one_neuron_learns_with_the_binary_cross_entropy,
    **LOSS_ROWS,
    "L30": l30_pictures_of_many_trades,
}
