"""What is cut for want of room is never cut inside a number."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication

from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.pane import ElidedLabel

MODES = (Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle, Qt.TextElideMode.ElideLeft)
TEXTS = (
    "280,266 parameters · CIFAR-10, with skips",
    "output[0, 22, 15, 15] = −1.32·0.49949 + −1.317·0.43375 + −1.2717·0.34117 = −4.8065",
    "epoch 7 of 20 · step 1,840 · 1.5e−7",
)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("text", TEXTS)
def test_numbers_go_whole_or_stay_whole(qapp: QApplication, text: str, mode: Qt.TextElideMode) -> None:
    metrics = QFontMetrics(theme.interface_font())
    numbers = re.findall(r"\d[\d,.]*\d|\d", text)
    shortened = set()
    for width in range(90, metrics.horizontalAdvance(text) + 20, 7):
        shown = elided(text, metrics, width, mode)
        assert metrics.horizontalAdvance(shown) <= width + 1
        for part in shown.split("…"):
            assert set(re.findall(r"\d[\d,.]*\d|\d", part)) <= set(numbers), shown
        shortened.add(shown)
    assert text in shortened
    assert len(shortened) > 4


def test_a_label_keeps_the_whole_in_its_tip(qapp: QApplication) -> None:
    label = ElidedLabel(TEXTS[0])
    label.resize(label.fontMetrics().horizontalAdvance("280,266 parameters · CIFAR-1…") + 2, 20)
    label.show()
    assert label.text() == "280,266 parameters · CIFAR…"
    assert label.toolTip() == TEXTS[0]
    label.close()


def test_a_number_that_has_no_room_at_all_is_cut_as_before(qapp: QApplication) -> None:
    metrics = QFontMetrics(theme.interface_font())
    assert elided("123456789", metrics, metrics.horizontalAdvance("1234…") + 1).endswith("…")
