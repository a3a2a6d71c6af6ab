"""Sizes and parameters of a convolution beside a fully connected layer: what PyTorch has, on any input."""

from __future__ import annotations

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from torch import nn

from explorer.ui.editor.calculator import SizeCalculator
from explorer.ui.editor.facts import FormulaLabel


@pytest.fixture
def dialog(qtbot: QtBot) -> SizeCalculator:
    made = SizeCalculator((1, 28, 28))
    qtbot.addWidget(made)
    made.show()
    return made


def feed(dialog: SizeCalculator, *shape: int) -> None:
    for box, size in zip(dialog.sizes, shape, strict=True):
        box.setValue(size)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    shape=st.tuples(st.integers(1, 4), st.integers(5, 12), st.integers(5, 12)),
    filters=st.integers(1, 6),
    kernel=st.integers(1, 5),
    stride=st.integers(1, 3),
    padding=st.integers(0, 2),
    neurons=st.integers(1, 20),
)
def test_what_it_says_is_what_pytorch_has(
    dialog: SizeCalculator,
    shape: tuple[int, int, int],
    filters: int,
    kernel: int,
    stride: int,
    padding: int,
    neurons: int,
) -> None:
    feed(dialog, *shape)
    for name, value in (
        ("out_channels", filters),
        ("kernel_size", kernel),
        ("stride", stride),
        ("padding", padding),
    ):
        dialog.convolution.grid.edited.emit(name, value, True)
    dialog.connected.grid.edited.emit("out_features", neurons, True)
    conv = nn.Conv2d(shape[0], filters, kernel, stride=stride, padding=padding)
    linear = nn.Linear(torch.Size(shape).numel(), neurons)
    assert dialog.convolution.shape == tuple(conv(torch.zeros(1, *shape)).shape[1:])
    assert dialog.convolution.parameters == sum(each.numel() for each in conv.parameters())
    assert dialog.connected.parameters == sum(each.numel() for each in linear.parameters())


def test_it_begins_with_the_input_of_the_network_that_is_open(dialog: SizeCalculator) -> None:
    assert dialog.input_shape == (1, 28, 28)
    formulas = [label.plain for label in dialog.convolution.findChildren(FormulaLabel)]
    assert any("28" in formula and "= 24" in formula for formula in formulas)


def test_as_many_neurons_as_the_convolution_has_cells(dialog: SizeCalculator) -> None:
    feed(dialog, 3, 32, 32)
    QTest.mouseClick(dialog.as_many, Qt.MouseButton.LeftButton)
    assert dialog.connected.shape == (12 * 28 * 28,)
    assert dialog.connected.parameters == 3072 * 12 * 28 * 28 + 12 * 28 * 28
    assert f"{3073 * 9408 / 912:,.0f} times as many" in dialog.words.text()


def test_what_does_not_fit_is_told_in_a_sentence(dialog: SizeCalculator) -> None:
    feed(dialog, 1, 3, 3)
    assert dialog.convolution.shape is None
    assert dialog.convolution.problem.text().endswith(".")
    assert not dialog.as_many.isEnabled()
    assert dialog.words.text() == ""
