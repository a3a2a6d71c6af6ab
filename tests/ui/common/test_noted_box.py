"""A list of choices with a word beside each."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.ui.common import noted_box, theme
from explorer.ui.common.noted_box import NotedBox
from tests.ui.pixels import colours_near


def _box(qtbot: QtBot, qapp: QApplication) -> NotedBox:
    theme.apply(qapp, "light")
    made = NotedBox()
    qtbot.addWidget(made)
    made.addItems(["mean squared error", "hinge loss"])
    made.set_note(1, "8.480", tip="of this step")
    made.setFixedWidth(60)
    made.show()
    return made


def test_the_open_list_has_room_for_each_entry_and_its_note(qtbot: QtBot, qapp: QApplication) -> None:
    box = _box(qtbot, qapp)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    metrics = QFontMetrics(box.view().font())
    needed = max(metrics.horizontalAdvance(text) for text in ("mean squared error", "hinge loss" + "8.480"))
    assert box.view().viewport().width() > needed
    row = box.view().visualRect(box.model().index(1, 0))
    beside = QRect(row.right() - metrics.horizontalAdvance("8.480") - 8, row.top(), 10, row.height())
    drawn = box.view().viewport().grab(beside).toImage()
    drawn_of_other = box.view().viewport().grab(beside.translated(0, -row.height())).toImage()
    assert drawn != drawn_of_other
    box.hidePopup()


def test_the_note_of_the_chosen_entry_can_be_read(qtbot: QtBot, qapp: QApplication) -> None:
    box = _box(qtbot, qapp)
    box.setCurrentIndex(1)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    row = box.view().visualRect(box.model().index(1, 0))
    wide = QFontMetrics(box.view().font()).horizontalAdvance("8.480")
    note = box.view().viewport().grab(QRect(row.right() - wide - 10, row.top(), wide + 10, row.height())).toImage()
    box.hidePopup()
    assert colours_near(note, theme.current().selection, 4) > 100
    assert colours_near(note, theme.current().dim, 40) > 20


def test_the_closed_box_and_what_is_found_by_its_words_know_nothing_of_the_note(
    qtbot: QtBot, qapp: QApplication
) -> None:
    box = _box(qtbot, qapp)
    box.setCurrentIndex(1)
    assert box.currentText() == "hinge loss"
    assert box.findText("hinge loss") == 1
    assert box.itemData(1, Qt.ItemDataRole.AccessibleTextRole) == "hinge loss, 8.480"
    assert box.itemData(1, Qt.ItemDataRole.ToolTipRole) == "of this step"
    box.set_note(1, "")
    assert box.itemData(1, Qt.ItemDataRole.AccessibleTextRole) is None


def test_all_notes_are_measured_once(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each note measured the entries of all others anew."""
    box = _box(qtbot, qapp)
    box.addItems([f"loss {number}" for number in range(10)])
    measured: list[str] = []

    class Counted(QFontMetrics):
        def horizontalAdvance(self, text: str) -> int:
            measured.append(text)
            return super().horizontalAdvance(text)

    monkeypatch.setattr(noted_box, "QFontMetrics", Counted)
    for at in range(box.count()):
        box.set_note(at, f"{at}.5")
    QTest.mouseClick(box, Qt.MouseButton.LeftButton)
    box.hidePopup()
    assert sorted(measured) == sorted(text for at in range(box.count()) for text in (box.itemText(at), f"{at}.5"))
