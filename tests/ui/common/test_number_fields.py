"""The boxes of a row of numbers, as many as there are."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLayout, QWidget, QWidgetItem
from pytestqt.qtbot import QtBot
from shiboken6 import Shiboken

from explorer.ui.common.number_fields import NumberFields


def _known_items() -> set[int]:
    """The addresses at which Python believes an item of a layout to be."""
    return {Shiboken.getCppPointer(each)[0] for each in Shiboken.getAllValidWrappers() if type(each) is QWidgetItem}


def _items(widget: QWidget) -> set[int]:
    """The addresses of all items of the layouts in `widget`."""
    layouts = widget.findChildren(QLayout)
    found = (layout.itemAt(at) for layout in layouts for at in range(layout.count()))
    return {Shiboken.getCppPointer(each)[0] for each in found if each is not None}


def test_there_are_as_many_boxes_as_numbers(qtbot: QtBot) -> None:
    fields = NumberFields()
    qtbot.addWidget(fields)
    for amount in (3, 1, 0, 2):
        fields.show_numbers(np.zeros(amount, np.float32))
        assert len(fields.boxes) == amount


def test_a_box_that_goes_leaves_nothing_behind_that_python_would_take_for_something_else(qtbot: QtBot) -> None:
    """Once a plot drew no line: at the address of its points Python still knew the item of a box that had gone."""
    before = _known_items()
    fields = NumberFields()
    qtbot.addWidget(fields)
    fields.show_numbers(np.zeros(3, np.float32))
    fields.show_numbers(np.zeros(1, np.float32))
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    known = _known_items() - before
    assert known <= _items(fields)


@pytest.mark.parametrize("copied", ["3.2, 1.3, 0.2", "3.2\t1.3\t0.2", "3.2\n1.3\n0.2", "logits = [3.2, 1.3, 0.2]"])
def test_several_numbers_that_are_pasted_go_on_into_the_boxes_behind(copied: str, qtbot: QtBot) -> None:
    fields, told = _fields(qtbot, 4)
    _paste(fields, 1, copied)
    assert [numbers.tolist() for numbers in told] == [pytest.approx([0, 3.2, 1.3, 0.2])]


def test_more_numbers_than_there_are_boxes_are_refused_in_a_sentence(qtbot: QtBot) -> None:
    fields, told = _fields(qtbot, 4)
    refused: list[str] = []
    fields.refused.connect(refused.append)
    _paste(fields, 2, "1 2 3")
    assert refused == ["Input x₃: 3 numbers do not fit, there is room for 2 from here on."]
    assert not told


def test_a_single_number_is_pasted_as_text_is(qtbot: QtBot) -> None:
    fields, told = _fields(qtbot, 2)
    fields.boxes[1].selectAll()
    _paste(fields, 1, "−7")
    assert told[-1].tolist() == [0, -7]


def _fields(qtbot: QtBot, amount: int) -> tuple[NumberFields, list[np.ndarray]]:
    fields = NumberFields()
    qtbot.addWidget(fields)
    fields.show_numbers(np.zeros(amount, np.float32))
    told: list[np.ndarray] = []
    fields.edited.connect(told.append)
    fields.show()
    return fields, told


def _paste(fields: NumberFields, index: int, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    QTest.keyClick(fields.boxes[index], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
