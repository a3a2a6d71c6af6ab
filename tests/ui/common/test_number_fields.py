"""The boxes of a row of numbers, as many as there are."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent
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
