"""With texts 40 % longer, as another language's are, every word still has its room, at both sizes that are promised."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.shell.main_window import MainWindow
from tests.ui.everything import EVERYTHING, Opened, close_all, parts_of
from tests.ui.pixels import is_whole_in_its_pixels
from tests.ui.windows import shared_window

LONGER = 140  # percent
SIZES = ((1280, 720), (1440, 900))
SLACK, ROUNDS_MS = 1, 2_000
CHECK_SLACK = 4  # pixels that are empty at its end
WORDED = (QLabel, QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit)


@pytest.fixture(scope="module")
def window(module_qtbot: QtBot, qapp: QApplication) -> Iterator[MainWindow]:
    """Whose interface's font is wider, in everything that is painted too: numbers are no longer in another language."""
    if "Inter" not in QFontDatabase.families():
        pytest.skip("the interface's font, Inter, is not installed: other fonts are wider")
    plain = theme.interface_font

    def longer(*given: int, **chosen: bool) -> QFont:
        font = plain(*given, **chosen)
        font.setStretch(LONGER)
        return font

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(theme, "interface_font", longer)
        qapp.setStyleSheet("")  # the theme is put on anew
        for made in shared_window(module_qtbot):
            yield made
            close_all(made)
    qapp.setStyleSheet("")
    theme.apply(qapp, "light")


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("strip", ["folded", "open"])
@pytest.mark.parametrize("opened", EVERYTHING, ids=str)
def test_longer_words_have_their_room(
    opened: Opened, strip: str, size: tuple[int, int], window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.training_dock.choose(strip == "folded")
    window.resize(*size)
    root = opened.open(window, qtbot, tmp_path)
    with suppress(qtbot.TimeoutError):  # a layout may take two rounds
        qtbot.waitUntil(lambda: not [*_faults(root), *_larger(root, size)], timeout=ROUNDS_MS)
    assert not [*_faults(root), *_larger(root, size)]
    assert (window.width(), window.height()) == size


def _faults(root: QWidget) -> list[str]:
    parts = [each for each in parts_of(root) if not each.visibleRegion().isEmpty()]
    return [*_cut(parts), *_overlapping(parts), *_beyond(parts)]


def _larger(root: QWidget, size: tuple[int, int]) -> list[str]:
    """Whether it asks for more than the screen has."""
    width, height = root.minimumSizeHint().toTuple()
    return [f"wants {width} × {height}"] if width > size[0] or height > size[1] else []


def _cut(parts: list[QWidget]) -> list[str]:
    """Labels and controls that are smaller than their words, unless these are elided and the tip has the whole."""
    return [f"cut: {_words(each)}" for each in parts if isinstance(each, WORDED) and not _has_room(each)]


def _has_room(part: QWidget) -> bool:
    if isinstance(part, ElidedLabel):
        return is_whole_in_its_pixels(part) and (part.text() == part.whole() or bool(part.toolTip()))
    if isinstance(part, QLabel):
        return _label_has_room(part)
    if isinstance(part, QAbstractButton):
        is_elided = isinstance(part, QToolButton) and part.text() in part.toolTip()  # Qt does so in its middle
        slack = CHECK_SLACK if isinstance(part, QCheckBox) else SLACK
        return not _shows_words(part) or is_elided or part.width() + slack >= part.sizeHint().width()
    return part.height() + SLACK >= part.minimumSizeHint().height()


def _label_has_room(label: QLabel) -> bool:
    if not label.text():
        return True
    if label.wordWrap():
        return label.heightForWidth(label.width()) <= label.height() + SLACK
    return label.sizeHint().width() <= label.width() + SLACK


def _shows_words(button: QAbstractButton) -> bool:
    is_icon = isinstance(button, QToolButton) and button.toolButtonStyle().name == "ToolButtonIconOnly"
    return bool(button.text()) and not (is_icon and not button.icon().isNull())


def _overlapping(parts: list[QWidget]) -> list[str]:
    worded = [each for each in parts if isinstance(each, WORDED) and not isinstance(each.parentWidget(), QTabBar)]
    return [
        f"over one another: {_words(one)} and {_words(other)}"
        for one, other in combinations(worded, 2)
        if one.parentWidget() is other.parentWidget()
        and min(one.geometry().intersected(other.geometry()).size().toTuple()) > SLACK
    ]


def _beyond(parts: list[QWidget]) -> list[str]:
    """What lies in an area that scrolls up and down only, and is wider than it but for its margin."""
    areas = [each for each in parts if isinstance(each, QScrollArea) and not _scrolls_across(each)]
    return [
        f"wider than its area: {_words(area)} {area.widget().width()} > {area.viewport().width()}"
        for area in areas
        if area.widget() is not None and _right(area.widget()) > area.viewport().width() + SLACK
    ]


def _right(page: QWidget) -> int:
    layout = page.layout()
    return page.width() - (0 if layout is None else layout.contentsMargins().right())


def _scrolls_across(area: QAbstractScrollArea) -> bool:
    return area.horizontalScrollBar().isVisible()


def _words(part: QWidget) -> str:
    text = part.text() if isinstance(part, QLabel | QAbstractButton | QLineEdit) else part.accessibleName()
    size = f"{part.width()} × {part.height()}, wants {part.sizeHint().width()} × {part.sizeHint().height()}"
    return f"{type(part).__name__}#{part.objectName()} {text[:40]!r} {size}"
