"""What is cut for want of room is never cut inside a number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import QApplication, QLabel, QTableWidget, QTableWidgetItem, QWidget

import explorer.ui
from explorer.ui.common import theme
from explorer.ui.common.eliding import elided
from explorer.ui.common.eliding_delegate import ElidingDelegate
from explorer.ui.common.pane import ElidedLabel

UI = Path(explorer.ui.__file__).parent
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


def test_of_several_ways_to_say_it_the_longest_that_has_room_is_shown(qapp: QApplication) -> None:
    ways = ("Point at a cell to read its value.", "Point at a cell.", "Point.")
    label = ElidedLabel()
    label.set_ways(ways)
    shown = []
    for width in range(300, 20, -10):
        label.resize(width, 20)
        label.show()
        QApplication.processEvents()
        shown.append(label.text())
        assert label.whole() == label.accessibleName() == ways[0]
        assert label.toolTip() == ("" if label.text() == ways[0] else ways[0])
    assert list(dict.fromkeys(shown))[:3] == list(ways)
    label.close()


def test_a_label_keeps_the_whole_in_its_tip(qapp: QApplication) -> None:
    label = ElidedLabel(TEXTS[0])
    label.resize(label.fontMetrics().horizontalAdvance("280,266 parameters · CIFAR-1…") + 2, 20)
    label.show()
    assert label.text() == "280,266 parameters · CIFAR…"
    assert label.toolTip() == TEXTS[0]
    label.close()


@pytest.mark.parametrize("role", ["", "dim", "formula"])
@pytest.mark.parametrize("mode", MODES)
def test_what_a_label_shows_is_whole_in_its_pixels(qapp: QApplication, role: str, mode: Qt.TextElideMode) -> None:
    """Also where the style sheet pads it."""
    theme.apply(qapp, "light")
    ground = QWidget()
    shortened, whole = ElidedLabel(TEXTS[1], ground, mode=mode), QLabel(ground)
    for label in (shortened, whole):
        label.setProperty("role", role)
        label.setFont(theme.number_font())
    ground.resize(1_200, 80)
    ground.show()
    whole.move(0, 40)
    shown = set()
    for width in range(160, shortened.fontMetrics().horizontalAdvance(TEXTS[1]) + 60, 9):
        shortened.resize(width, 30)
        QApplication.processEvents()
        whole.setText(shortened.text())
        whole.resize(whole.sizeHint().width() + 40, 30)
        assert _ink(shortened) == _ink(whole), f"{shortened.text()} in {width}"
        shown.add(shortened.text())
    assert len(shown) > 4
    assert TEXTS[1] in shown
    ground.close()


def _ink(label: QLabel) -> int:
    """How many pixels of what it shows are of its text."""
    picture = label.window().grab(label.geometry()).toImage()
    pixels = [picture.pixelColor(x, y).lightness() for x in range(picture.width()) for y in range(6, 26)]
    return sum(lightness < 160 for lightness in pixels)


def test_a_label_is_shortened_anew_for_another_font(qapp: QApplication) -> None:
    label = ElidedLabel("twelve filters of three by three")
    label.resize(label.fontMetrics().horizontalAdvance(label.whole()) + 2, 20)
    assert label.text() == label.whole()
    label.setFont(theme.number_font(30))
    assert label.text() != label.whole() == label.toolTip()
    label.deleteLater()


def test_a_number_that_has_no_room_at_all_is_cut_as_before(qapp: QApplication) -> None:
    metrics = QFontMetrics(theme.interface_font())
    assert elided("123456789", metrics, metrics.horizontalAdvance("1234…") + 1).endswith("…")


def test_metrics_in_fractions_of_pixels_cut_the_same(qapp: QApplication) -> None:
    font = theme.interface_font()
    for text in TEXTS:
        for width in range(90, 300, 30):
            cut = elided(text, QFontMetricsF(font), width + 0.5)
            assert cut in {elided(text, QFontMetrics(font), width + more) for more in (-1, 0, 1, 2)}


def test_cells_of_tables_are_cut_in_the_same_way(qapp: QApplication) -> None:
    theme.apply(qapp, "light")
    words = "filters = 128, padding = 4096"
    pictures = {}
    for name, text, is_ours in (
        ("ours", words, True),
        ("by hand", "filters = 128, padding =…", False),
        ("Qt's", words, False),
    ):
        view = QTableWidget(1, 1)
        if is_ours:
            view.setItemDelegate(ElidingDelegate(view))
        view.setItem(0, 0, QTableWidgetItem(text))
        view.setColumnWidth(0, view.fontMetrics().horizontalAdvance("filters = 128, padding = 40…") + 12)
        view.show()
        pictures[name] = view.viewport().grab(view.visualItemRect(view.item(0, 0)).adjusted(0, 0, -1, -1)).toImage()
        view.close()
    assert pictures["ours"] == pictures["by hand"]
    assert pictures["ours"] != pictures["Qt's"]


def test_nothing_in_the_window_is_cut_by_qt_itself_which_cuts_numbers() -> None:
    files = {str(path.relative_to(UI)) for path in UI.rglob("*.py") if "elidedText" in path.read_text("utf-8")}
    assert files == {"common/eliding.py"}
