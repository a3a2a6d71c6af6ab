"""The small editors of a layer's settings, driven by keys and mouse."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.number_boxes import ChoiceBox
from explorer.ui.editor.box_editors import BoolEditor, ChoiceEditor, FloatEditor, IntEditor, OptionalIntEditor
from explorer.ui.editor.editor import Editor
from explorer.ui.editor.inputs_editor import InputsEditor
from explorer.ui.editor.setting_editors import editor_for
from explorer.ui.editor.size_editors import PaddingEditor, PairEditor
from explorer.ui.editor.volume import VolumeView, box_of

RULES = ("valid", "same", "full")


@pytest.fixture(autouse=True)
def _style(qapp: QApplication) -> None:
    theme.apply(qapp, "light")


def shown(qtbot: QtBot, editor: Editor, value: Any) -> list[tuple[Any, bool]]:
    """Show `editor` with `value` and return what it says from then on."""
    said: list[tuple[Any, bool]] = []
    qtbot.addWidget(editor)
    editor.edited.connect(lambda value, settled: said.append((value, settled)))
    editor.set_value(value)
    editor.show()
    qtbot.waitExposed(editor)
    assert said == []
    return said


def test_a_number_is_spun_with_the_arrow_keys(qtbot: QtBot) -> None:
    editor = IntEditor("filters", 1, 99)
    said = shown(qtbot, editor, 12)
    QTest.keyClick(editor.box, Qt.Key.Key_Up)
    assert said == [(13, False)]


def test_a_number_is_spun_with_its_caret(qtbot: QtBot) -> None:
    editor = IntEditor("filters", 1, 99)
    said = shown(qtbot, editor, 12)
    QTest.mouseClick(editor.box, Qt.MouseButton.LeftButton, pos=QPoint(editor.box.width() - 8, editor.box.height() - 6))
    assert said == [(11, False)]


def test_a_number_typed_is_not_touched_by_being_shown_again(qtbot: QtBot) -> None:
    editor = IntEditor("filters", 1, 999)
    said = shown(qtbot, editor, 12)
    editor.box.lineEdit().selectAll()
    for figure in "207":
        QTest.keyClicks(editor.box, figure)
        editor.set_value(said[-1][0])
    assert [value for value, _ in said] == [2, 20, 207]
    assert editor.box.text() == "207"


def test_a_value_out_of_range_is_shown_all_the_same(qtbot: QtBot) -> None:
    editor = IntEditor("groups", 1, 8)
    shown(qtbot, editor, 1)
    editor.set_value(-4)
    assert editor.box.value() == -4


def test_an_optional_number_begins_below_the_lowest(qtbot: QtBot) -> None:
    editor = OptionalIntEditor("in_features", 1, 99, unset="as it arrives")
    said = shown(qtbot, editor, None)
    assert editor.box.text() == "as it arrives"
    QTest.keyClick(editor.box, Qt.Key.Key_Up)
    QTest.keyClick(editor.box, Qt.Key.Key_Down)
    assert [value for value, _ in said] == [1, None]


def test_a_pair_is_one_number_until_its_link_is_opened(qtbot: QtBot) -> None:
    editor = PairEditor("size", 1, 99)
    said = shown(qtbot, editor, 3)
    assert not editor.columns.isVisible()
    QTest.mouseClick(editor.link, Qt.MouseButton.LeftButton)
    editor.set_value(3)  # a network keeps (3, 3) as 3: the link stays open
    assert editor.columns.isVisible()
    QTest.keyClick(editor.columns, Qt.Key.Key_Up)
    assert said[-1] == ((3, 4), False)


def test_two_different_numbers_open_the_link(qtbot: QtBot) -> None:
    editor = PairEditor("size", 1, 99)
    shown(qtbot, editor, (3, 5))
    assert editor.columns.isVisible()
    assert (editor.rows.value(), editor.columns.value()) == (3, 5)


def test_an_optional_pair_has_a_word_for_none(qtbot: QtBot) -> None:
    editor = PairEditor("stride", 1, 99, none_text="as the window")
    said = shown(qtbot, editor, None)
    assert editor.rows.text() == "as the window"
    QTest.keyClick(editor.rows, Qt.Key.Key_Up)
    assert said == [(1, False)]


def test_padding_is_a_number_or_a_rule(qtbot: QtBot) -> None:
    editor = PaddingEditor("padding", RULES, 0, 99)
    said = shown(qtbot, editor, 2)
    editor.rule.setCurrentText("same")
    assert said == [("same", True)]
    assert not editor.pair.isVisible()
    editor.rule.setCurrentText("number")
    assert said[-1] == (2, True)


def test_the_list_of_paddings_says_what_each_rule_does(qtbot: QtBot) -> None:
    editor = PaddingEditor("padding", RULES, 0, 99)
    qtbot.addWidget(editor)
    rule = editor.rule
    told = [rule.itemData(at, Qt.ItemDataRole.AccessibleTextRole) for at in range(rule.count())]
    assert told == ["number, as many zeros", "valid, no zeros", "same, keeps the size", "full, wherever it touches"]


def test_a_small_float_is_shown_as_pytorch_and_the_sentences_write_it(qtbot: QtBot) -> None:
    editor = FloatEditor("eps", 0.0, 1.0)
    shown(qtbot, editor, 1e-5)
    assert editor.box.text() == "1e-5"


def test_a_check_box_says_yes_or_no_at_once(qtbot: QtBot) -> None:
    editor = BoolEditor("bias")
    said = shown(qtbot, editor, True)
    QTest.keyClick(editor.box, Qt.Key.Key_Space)
    assert said == [(False, True)]


def test_a_choice_gives_the_chosen_word(qtbot: QtBot) -> None:
    editor = ChoiceEditor("mode", ("nearest", "bilinear"))
    said = shown(qtbot, editor, "nearest")
    QTest.keyClick(editor.box, Qt.Key.Key_Down)
    assert said == [("bilinear", True)]


VALUES = {
    "int": 3,
    "float": 0.5,
    "bool": True,
    "choice": "valid",
    "pair": (1, 2),
    "padding": "same",
    "optional int": None,
    "optional pair": None,
}


@pytest.mark.parametrize(("kind", "value"), VALUES.items())
def test_there_is_an_editor_for_each_kind_of_setting(kind: str, value: Any, qtbot: QtBot) -> None:
    editor = editor_for(kind, "label", minimum=0, maximum=None, choices=RULES)
    assert shown(qtbot, editor, value) == []


def test_one_input_is_the_layer_before_or_a_name(qtbot: QtBot) -> None:
    editor = InputsEditor("takes", many=False)
    editor.set_names(("input", "conv1"), "conv1")
    said = shown(qtbot, editor, ())
    box = editor.findChild(ChoiceBox)
    assert box.currentText() == "conv1 (above)"
    box.setCurrentText("input")
    assert said == [(("input",), True)]


def test_inputs_of_a_merging_layer_are_added_and_taken_away(qtbot: QtBot) -> None:
    editor = InputsEditor("takes", many=True)
    editor.set_names(("input", "conv1", "relu1"), "relu1")
    said = shown(qtbot, editor, ("relu1", "input"))
    QTest.mouseClick(editor.more, Qt.MouseButton.LeftButton)
    assert said[-1] == (("relu1", "input", "conv1"), True)
    editor.set_value(said[-1][0])
    first = next(each for each in editor.findChildren(QToolButton) if each.toolTip() == "Stop taking this input.")
    QTest.mouseClick(first, Qt.MouseButton.LeftButton)
    assert said[-1] == (("input", "conv1"), True)
    editor.set_value(said[-1][0])
    assert editor.value() == ("input", "conv1")


def test_a_name_that_is_gone_stays_to_be_seen(qtbot: QtBot) -> None:
    editor = InputsEditor("takes", many=True)
    editor.set_names(("input", "relu1"), "relu1")
    shown(qtbot, editor, ("relu1", "conv7"))
    assert editor.value() == ("relu1", "conv7")


def test_a_volume_is_written_height_first(qtbot: QtBot) -> None:
    assert box_of((12, 32, 16)).sizes == (32, 16, 12)
    assert box_of((10,)).sizes == (1, 1, 10)
    view = VolumeView()
    qtbot.addWidget(view)
    view.show_layer(((3, 32, 32),), (12, 32, 32), family="convolution", kernel=(5, 5))
    assert view.accessibleDescription() == "3 × 32 × 32 → 12 × 32 × 32"
    view.show_layer(((3, 32, 32),), None)
    assert view.isHidden()


def test_a_wheel_that_passes_over_a_number_does_not_turn_it(qtbot: QtBot) -> None:
    editor = IntEditor("filters", 1, 99)
    said = shown(qtbot, editor, 12)
    editor.box.clearFocus()
    centre = QPointF(editor.box.rect().center())
    wheel = QWheelEvent(
        centre,
        editor.box.mapToGlobal(centre),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor.box, wheel)
    assert said == []
    assert not wheel.isAccepted()
