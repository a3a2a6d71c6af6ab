"""How large what a layer makes is, L16 to L22: each row begins where its function says before `Hand.begin`.

Those that say nothing begin at the start of the program, with the network that knows the cat.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QListView,
    QPushButton,
    QStyle,
    QStyleOptionSpinBox,
)
from torch.nn.functional import conv2d

from explorer.ui.editor.facts import FormulaLabel
from explorer.ui.new_network.page import NewNetworkPage
from explorer.ui.new_network.problem_lines import ProblemLines
from tests.end_to_end.counting_hand import Hand
from tests.end_to_end.row_acts import begin_with, create, output_of, said_of, write_network, written_layers
from tests.end_to_end.slides import slides


def l16_filters_stride_and_padding_decide_the_volume(hand: Hand) -> None:
    """Begins with the lecture's network."""
    begin_with(hand, "lecture")
    _type_over(hand, "Filters", "3")
    assert output_of(hand, "conv1") == _convolved((3, 32, 32), filters=3, size=5, padding=2) == (3, 32, 32)
    learned = _formula(hand, "parameterFormula")
    _turn_up(hand, "Stride")
    assert output_of(hand, "conv1") == _convolved((3, 32, 32), filters=3, size=5, padding=2, stride=2) == (3, 16, 16)
    _pad(hand, "valid")
    assert output_of(hand, "conv1") == _convolved((3, 32, 32), filters=3, size=5, stride=2) == (3, 14, 14)
    assert _formula(hand, "parameterFormula") == learned == "5·5·3·3 + 3 = 228"  # shared by all places


def l17_valid_same_and_full_padding(hand: Hand) -> None:
    """Begins with the lecture's network."""
    begin_with(hand, "lecture")
    for name, padding, formula in (
        ("valid", 0, "(32 + 2·0 − 5)/1 + 1 = 28"),
        ("same", "same", "(32 + 2·2 − 5)/1 + 1 = 32"),
        ("full", 4, "(32 + 2·4 − 5)/1 + 1 = 36"),
    ):
        _pad(hand, name)
        assert output_of(hand, "conv1") == _convolved((3, 32, 32), filters=12, size=5, padding=padding)
        assert _formula(hand, "sizeFormula") == formula


def l19_the_size_and_the_parameters_of_each_layer(hand: Hand) -> None:
    """Begins with the lecture's network."""
    begin_with(hand, "lecture")
    ten = next(each for each in slides()["count"] if each["what"].startswith("ten 5x5"))
    _type_over(hand, "Filters", "10")
    assert _formula(hand, "sizeFormula") == "(32 + 2·2 − 5)/1 + 1 = 32"
    learned = _formula(hand, "parameterFormula")
    assert learned == f"5·5·3·10 + {ten['biases']} = {ten['weights'] + ten['biases']}"
    cards = hand.find(QListView, "layerList")
    for layer, name, formula in (
        ("pool1", "sizeFormula", "(32 + 2·0 − 2)/2 + 1 = 16"),
        ("linear1", "parameterFormula", "2,560·10 + 10 = 25,610"),
    ):
        hand.click(cards.viewport(), hand.in_list(cards, layer))
        assert _formula(hand, name) == formula


def l20_strides_that_fit_and_one_that_does_not(hand: Hand) -> None:
    steps = [each for each in slides()["size"] if (each["n"], each["f"], each["padding"]) == (7, 3, 0)]
    assert [each["stride"] for each in steps] == [1, 2, 3]
    create(hand, "1x7x7 conv(1, 3)")
    for step in steps:
        if step["stride"] > 1:
            _turn_up(hand, "Stride")
        size = _convolved((1, 7, 7), size=3, stride=step["stride"])
        assert output_of(hand, "conv1") == size
        told = _formula(hand, "sizeFormula")
        assert told.startswith(f"(7 + 2·0 − 3)/{step['stride']} + 1 = {step.get('out', step.get('exact')):.3g}")
        assert ("rounds down to 2" in told) == ("exact" in step)
    assert "the last row and the last column" in hand.words(hand.part("layerForm"))
    cards = hand.find(QListView, "layerList")
    assert "So the last row and the last column are never read." in said_of(cards, "conv1")


def l21_zeros_around_the_map_keep_its_size(hand: Hand) -> None:
    small, large = [each for each in slides()["size"] if each["padding"]]
    written = f"1x7x7 conv(1, {small['f']}, padding={small['padding']})"
    assert [row[3] for row in write_network(hand, written)] == [f"1 × {small['out']} × {small['out']}"]
    written = f"3x32x32 conv(10, {large['f']}, padding={large['padding']})"
    assert [row[3:] for row in write_network(hand, written)] == [[f"10 × {large['out']} × {large['out']}", "760"]]
    hand.press("Ctrl+Return")
    hand.wait_for_maps()
    assert output_of(hand, "conv1") == _convolved((3, 32, 32), filters=10, size=5, padding=2)
    assert _formula(hand, "sizeFormula") == "(32 + 2·2 − 5)/1 + 1 = 32"


def l22_without_padding_the_maps_shrink_to_nothing(hand: Hand) -> None:
    rows = write_network(hand, "3x32x32" + 8 * " conv(8, 5)")
    assert [row[3] for row in rows] == [*(f"8 × {32 - 4 * at} × {32 - 4 * at}" for at in range(1, 8)), "?"]
    page = hand.find(NewNetworkPage, "newNetworkPage")
    told = [sentence for lines in page.findChildren(ProblemLines) for sentence in lines.sentences]
    assert told == ["The 5×5 kernel window is larger than the 4×4 map that arrives."]
    hand.click(hand.find(QPushButton, "Set window = 4", page))
    assert written_layers(page)[-1][3] == "8 × 1 × 1"


def _type_over(hand: Hand, setting: str, number: str) -> None:
    """Three acts."""
    hand.double_click(hand.find(QAbstractSpinBox, setting).lineEdit())
    hand.write(number)
    hand.press("Return")
    hand.wait_for_maps()


def _turn_up(hand: Hand, setting: str) -> None:
    """Click the upper caret of a number."""
    box = hand.find(QAbstractSpinBox, setting)
    option = QStyleOptionSpinBox()
    box.initStyleOption(option)
    parts = QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxUp, box
    hand.click(box, box.style().subControlRect(*parts).center())
    hand.wait_for_maps()


def _pad(hand: Hand, rule: str) -> None:
    """Two acts."""
    hand.choose(hand.find(QComboBox, "Padding: number or rule"), rule)
    hand.wait_for_maps()


def _formula(hand: Hand, name: str) -> str:
    """The arithmetic under the form."""
    return hand.find(FormulaLabel, name).plain


def _convolved(
    shape: tuple[int, ...], *, filters: int = 1, size: int, stride: int = 1, padding: int | str = 0
) -> tuple[int, ...]:
    """The shape that PyTorch gives a convolution's output."""
    filled = torch.zeros(1, *shape), torch.zeros(filters, shape[0], size, size)
    return tuple(conv2d(*filled, stride=stride, padding=padding).shape[1:])


SIZE_ROWS: dict[str, Callable[[Hand], None]] = {
    "L16": l16_filters_stride_and_padding_decide_the_volume,
    "L17": l17_valid_same_and_full_padding,
    "L19": l19_the_size_and_the_parameters_of_each_layer,
    "L20": l20_strides_that_fit_and_one_that_does_not,
    "L21": l21_zeros_around_the_map_keep_its_size,
    "L22": l22_without_padding_the_maps_shrink_to_nothing,
}
