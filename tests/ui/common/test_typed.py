"""What people type for a number is that number or is refused in a sentence, wherever and in whatever language."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QLocale, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractSpinBox, QApplication
from pytestqt.qtbot import QtBot

import explorer.ui
from explorer.engine.training.weight import Weight
from explorer.ui.common import theme
from explorer.ui.common.number_boxes import FloatBox, WholeBox
from explorer.ui.common.number_fields import NumberFields
from explorer.ui.common.text import number
from explorer.ui.common.typed import beyond, typed_cell, typed_number, typed_whole, written
from explorer.ui.training.plane.weight_picker import WeightPicker

NUMBERS = {
    "−0.5": -0.5,
    "-0.5": -0.5,
    "0,5": 0.5,
    "-1,25": -1.25,
    "1e-2": 0.01,
    "1E−2": 0.01,
    "1,5e3": 1500.0,
    " 3 ": 3.0,
    "+.25": 0.25,
    ",5": 0.5,
    "5,": 5.0,
    "٠٫٥": 0.5,
    "１２": 12.0,
}
NO_NUMBERS = [
    "",
    "abc",
    "nan",
    "inf",
    "−∞",
    "1_000",
    "--1",
    "1e999",
    "1.000,5",
    "1,000.5",
    "1 000",
    "1e",
    "0x10",
    "5 %",
]
WHOLES = {"12": 12, "1e3": 1000, "1,5e3": 1500, "−4": -4, " 7 ": 7}
NO_WHOLES = ["12,5", "12.5", "1,000", "1.000", "12.0", "1e-3", "2,5e0", "1e30", *NO_NUMBERS]


@pytest.fixture(params=["C", "de_DE", "ar_EG"])
def _language(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield
    QLocale.setDefault(before)


def _type(box: QAbstractSpinBox, text: str) -> None:
    box.setFocus()
    box.selectAll()
    QTest.keyClick(box, Qt.Key.Key_Delete)
    for figure in text:  # QTest's own clicks know no "−"
        QApplication.sendEvent(box, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, figure))
    QTest.keyClick(box, Qt.Key.Key_Return)


def _said(box: FloatBox | WholeBox) -> tuple[list[float], list[str]]:
    """The numbers that `box` tells from now on, and its sentences."""
    numbers: list[float] = []
    sentences: list[str] = []
    box.valueChanged.connect(numbers.append)
    box.refused.connect(sentences.append)
    return numbers, sentences


# --- reading ---


@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert typed_number(text) == value


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=rf"^“{re.escape(text)}” is not a number, such as .*\.$"):
        typed_number(text)


@pytest.mark.parametrize(("text", "value"), WHOLES.items())
def test_whole_numbers_may_have_an_exponent(text: str, value: int) -> None:
    assert typed_whole(text) == value


@pytest.mark.parametrize("text", ["12,5", "1,000", "12.0", "1e-3"])
def test_a_whole_number_has_no_decimal_mark_which_may_mean_thousands(text: str) -> None:
    with pytest.raises(ValueError, match="is not a whole number"):
        typed_whole(text)


@pytest.mark.parametrize("text", ["2, 0, 1", "2,0,1", "2 0 1", "2×0×1", "2; 0; 1"])
def test_a_cell_is_read_with_any_mark_between_its_indices(text: str) -> None:
    assert typed_cell(text, (3, 1, 2)) == (2, 0, 1)


def test_indices_left_out_are_the_first_and_one_beyond_the_edge_is_the_last() -> None:
    assert typed_cell("9", (3, 1, 2)) == (2, 0, 0)
    assert typed_cell("", ()) == ()


@pytest.mark.parametrize("text", ["-1, 0, 1", "0, 0, 0, 0", "a, b, c", "0.5, 0, 0"])
def test_what_is_no_cell_is_refused_not_made_one(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        typed_cell(text, (3, 1, 2))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_to_be_typed_again_is_the_same_to_the_last_digit(value: float) -> None:
    assert typed_number(written(value)) == value


@given(st.floats(-1e6, 1e6, width=32))
def test_a_number_that_was_written_out_can_be_typed_again(value: float) -> None:
    assert math.isclose(typed_number(number(value, 9)), value, rel_tol=1e-7, abs_tol=1e-30)


# --- boxes ---


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize(("text", "value"), NUMBERS.items())
def test_a_box_reads_the_same_in_every_language(text: str, value: float, qtbot: QtBot) -> None:
    box = FloatBox(-1e6, 1e6, name="Rate")
    qtbot.addWidget(box)
    _, sentences = _said(box)
    _type(box, text)
    assert box.value() == value
    assert sentences == []
    assert box.text() == written(value)


def test_a_double_click_marks_the_whole_number_so_that_typing_replaces_it(qtbot: QtBot) -> None:
    """Qt's own marks the digits on one side of the point: 0.25 typed over 0.01 was 0.0.25, and refused."""
    box = FloatBox(0, 1, name="Rate")
    qtbot.addWidget(box)
    box.setValue(0.01)
    box.show()
    numbers, sentences = _said(box)
    at = box.lineEdit().cursorRect().center()
    QTest.mouseClick(box.lineEdit(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(box.lineEdit(), Qt.MouseButton.LeftButton, pos=at)
    assert box.lineEdit().selectedText() == "0.01"
    QTest.keyClicks(box.lineEdit(), "0.25")
    QTest.keyClick(box.lineEdit(), Qt.Key.Key_Return)
    assert (box.value(), numbers, sentences) == (0.25, [0.25], [])


@pytest.mark.parametrize("across", [1, 3, 5])
def test_a_double_click_on_the_margin_marks_the_number_too(across: int, qtbot: QtBot) -> None:
    """It marked nothing, and 0.25 typed over 0.01 was 0.250.01."""
    box = FloatBox(0, 1, name="Rate")
    qtbot.addWidget(box)
    box.setValue(0.01)
    box.show()
    at, left = QPoint(across, box.height() // 2), Qt.MouseButton.LeftButton
    on = box.childAt(at) or box
    QTest.mouseClick(on, left, pos=on.mapFrom(box, at))
    QTest.mouseDClick(on, left, pos=on.mapFrom(box, at))
    assert box.lineEdit().selectedText() == "0.01"
    QTest.keyClicks(box, "0.25")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 0.25


def test_a_double_click_on_a_caret_is_two_steps(qtbot: QtBot) -> None:
    box = WholeBox(1, 99, name="Filters")
    qtbot.addWidget(box)
    box.setValue(8)
    box.show()
    at = QPoint(box.width() - 8, box.height() // 2 - 6)
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(box, Qt.MouseButton.LeftButton, pos=at)
    assert box.value() == 10


def test_a_third_click_leaves_the_whole_number_marked(qtbot: QtBot) -> None:
    """It took the mark away: 40 typed over 32 filters made 3240 of them."""
    box = WholeBox(1, 9999, name="Filters")
    qtbot.addWidget(box)
    box.setValue(32)
    box.show()
    line, left = box.lineEdit(), Qt.MouseButton.LeftButton
    at = line.cursorRect().center()
    QTest.mouseClick(line, left, pos=at)
    QTest.mouseDClick(line, left, pos=at)
    QTest.mouseClick(line, left, pos=at)
    assert line.selectedText() == "32"
    QTest.keyClicks(line, "40")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert box.value() == 40


@pytest.mark.usefixtures("_language")
@pytest.mark.parametrize("is_live", [False, True])
@pytest.mark.parametrize("text", NO_WHOLES)
def test_a_refused_text_leaves_the_number_from_before_the_typing(text: str, is_live: bool, qtbot: QtBot) -> None:
    box = WholeBox(-100_000, 100_000, name="Filters", live=is_live)
    qtbot.addWidget(box)
    box.setValue(8)
    numbers, sentences = _said(box)
    _type(box, text)
    assert box.value() == 8
    assert box.text() == "8"
    assert numbers[-1:] in ([], [8])
    assert len(sentences) == 1
    assert sentences[0].startswith("Filters: ")
    assert sentences[0].endswith(".")


@pytest.mark.parametrize("text", ["abc", "12,5", "1e-3", ""])
def test_what_is_no_whole_number_is_told_so_with_an_example_of_one(text: str) -> None:
    with pytest.raises(ValueError, match=rf"^“{re.escape(text)}” is not a whole number, such as 12 or 1e3\.$"):
        typed_whole(text)


def test_a_number_outside_of_the_range_is_refused_with_the_range(qtbot: QtBot) -> None:
    box = FloatBox(-1, 1, name="Share")
    qtbot.addWidget(box)
    _, sentences = _said(box)
    _type(box, "1,5")
    assert sentences == ["Share: 1,5 does not lie between −1 and 1."]
    assert box.value() == 0


def test_what_is_wrong_is_marked_while_it_stands_there(qtbot: QtBot) -> None:
    box = WholeBox(0, 100, name="Neurons", live=True)
    qtbot.addWidget(box)
    box.selectAll()
    QTest.keyClicks(box, "12,5")
    assert theme.current().error in box.styleSheet()
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    QTest.keyClick(box, Qt.Key.Key_Backspace)
    assert theme.current().error not in box.styleSheet()
    assert box.value() == 12


def test_words_around_a_number_are_no_part_of_it(qtbot: QtBot) -> None:
    box = WholeBox(1, 1_000_000, name="At most")
    qtbot.addWidget(box)
    box.setPrefix("at most ")
    box.setSuffix(" steps")
    box.setValue(123_456)
    assert box.text() == "at most 123456 steps"
    _type(box, "1e3")
    assert box.value() == 1000
    box.lineEdit().setCursorPosition(len("at most 1"))
    QTest.keyClicks(box, "2")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.value() == 12_000


def test_a_step_is_taken_from_what_was_just_typed(qtbot: QtBot) -> None:
    box = FloatBox(0, 10, name="Rate")
    qtbot.addWidget(box)
    box.selectAll()
    QTest.keyClicks(box, "0,5")
    QTest.keyClick(box, Qt.Key.Key_Up)
    assert box.value() == 0.51


def test_a_box_shows_a_number_to_its_last_digit_and_keeps_it_when_it_is_left(qtbot: QtBot) -> None:
    box = FloatBox(0, 1, name="Rate")
    qtbot.addWidget(box)
    box.show_number(0.12345678912345678)
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Return)
    box.clearFocus()
    assert box.value() == 0.12345678912345678


def test_typing_one_number_of_a_row_leaves_the_others_to_the_last_digit(qtbot: QtBot) -> None:
    numbers = np.array([0.1, 0.123456789, -3.0000002], np.float32)
    fields = NumberFields()
    qtbot.addWidget(fields)
    edited: list[np.ndarray] = []
    fields.edited.connect(edited.append)
    fields.show_numbers(numbers)
    _type(fields.boxes[0], "0,5")
    assert edited[-1].tolist() == [0.5, *numbers[1:].tolist()]
    assert [np.float32(box.value()) for box in fields.boxes[1:]] == numbers[1:].tolist()


def test_a_cell_that_is_none_is_said_and_the_one_before_comes_back(qtbot: QtBot) -> None:
    picker = WeightPicker("upwards", may_be_none=True)
    qtbot.addWidget(picker)
    chosen: list[object] = []
    sentences: list[str] = []
    picker.chosen.connect(chosen.append)
    picker.refused.connect(sentences.append)
    picker.set_parameters({"fc.weight": (3, 2)})
    picker.parameter.setCurrentText("fc.weight")
    picker.parameter.activated.emit(picker.parameter.currentIndex())
    for text in ("2, 1", "-1, 1"):
        picker.cell.selectAll()
        QTest.keyClicks(picker.cell, text)
        QTest.keyClick(picker.cell, Qt.Key.Key_Return)
    assert chosen[-1] == Weight("fc.weight", (2, 1))
    assert picker.cell.text() == "2, 1"
    assert sentences == ["Cell upwards: “-1, 1” is not a cell of 3 × 2, counted from 0."]


def test_there_is_no_other_box_for_numbers() -> None:
    """Qt's own boxes drop the keys that they do not know: 0,5 was taken for 5."""
    qt_box = re.compile(r"\bQ(Double)?SpinBox\b|Q(Int|Double)Validator\b|getInt\b|getDouble\b")
    folder = Path(explorer.ui.__file__).parent
    found = {path.name for path in folder.rglob("*.py") if qt_box.search(path.read_text())}
    assert found == {"guard.py", "number_boxes.py", "style_sheet.py"}  # the guard tells them apart, and makes none


@pytest.mark.parametrize("kind", ["float16", "float32", "float64", "int8", "uint8", "int64"])
def test_what_a_type_cannot_hold_is_told_with_what_it_can(kind: str) -> None:
    dtype = np.dtype(kind)
    limits = np.finfo(dtype) if dtype.kind == "f" else np.iinfo(dtype)
    assert beyond(float(limits.min), dtype) == beyond(float(limits.max), dtype) == beyond(1.0, dtype) == ""
    for far, side in ((float(limits.max), "at most"), (float(limits.min) - (dtype.kind == "u"), "at least")):
        told = beyond(far * 1.5, dtype) if abs(far) < 1e308 else ""
        assert (f"is no number that {kind} can hold: {side}" in told) == (abs(far) < 1e308)
    assert beyond(1e300, np.dtype(bool)) == ""


def test_a_number_between_two_whole_ones_is_refused_where_no_other_can_be_held() -> None:
    assert beyond(0.5, np.dtype(np.int64)) == "0.500 is no whole number, and int64 can hold no other."
    assert beyond(-3.0, np.dtype(np.int64)) == ""
    assert beyond(0.5, np.dtype(np.float32)) == ""
