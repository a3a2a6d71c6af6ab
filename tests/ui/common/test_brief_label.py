"""A sentence in a place of a fixed height is shortened by whole words, and its tip has it all."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from explorer.ui.common.brief_label import BriefLabel

SENTENCE = "The window of 31 × 31 is larger than the 16 × 16 cells of its input: 1,048,576 numbers would be read."


@pytest.fixture
def label(qtbot: QtBot) -> BriefLabel:
    made = BriefLabel(2)
    qtbot.addWidget(made)
    made.set_whole(SENTENCE)
    return made


def test_where_there_is_room_all_of_it_is_shown(label: BriefLabel) -> None:
    label.resize(2_000, label.sizeHint().height())
    label.show()
    assert (label.text(), label.toolTip()) == (SENTENCE, "")


@pytest.mark.parametrize("width", range(90, 300, 30))
def test_in_less_room_whole_words_are_left_out(label: BriefLabel, width: int) -> None:
    label.resize(width, label.sizeHint().height())
    label.show()
    assert label.text().endswith(" …")
    words = label.text().removesuffix(" …").split(" ")
    assert words == SENTENCE.split(" ")[: len(words)]
    assert label.heightForWidth(width) <= label.height()
    assert (label.toolTip(), label.whole(), label.accessibleName()) == (SENTENCE, SENTENCE, SENTENCE)


def test_a_single_long_word_is_cut_in_its_middle(label: BriefLabel) -> None:
    label.set_whole("x" * 500)
    label.resize(100, label.sizeHint().height())
    label.show()
    assert "…" in label.text()
    assert label.toolTip() == "x" * 500
