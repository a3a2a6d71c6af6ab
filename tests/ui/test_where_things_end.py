"""In the smallest window a pane ends in round corners, a line with its last word, and a tip beside what it is of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QFontDatabase, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common import theme
from explorer.ui.common.pane import ElidedLabel
from explorer.ui.common.tips import TipsInArea, TipsOfPlaces, tip_label
from explorer.ui.shell import commands
from tests.ui.everything import EVERYTHING, close_all
from tests.ui.windows import shared_window

ROUND = {"pane": ("below", "above"), "docked-title": ("above",), "docked": ("below",)}
"""Where each role of the style sheet is round."""

LINE, RADIUS = 44, 7

Found = dict[str, str]
"""What is wrong, and the first state in which it was."""


@pytest.fixture(scope="module")
def found(module_qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    """What each of the tests looks for, of all that can be opened."""
    searches = {"covered": covered_corners, "elided": elided, "tips": tips_over_their_own}
    all_found: dict[str, Found] = {name: {} for name in searches}
    folder = tmp_path_factory.mktemp("everything")
    for window in shared_window(module_qtbot):
        window.resize(1280, 720)
        commands.set_theme("light")
        for state in EVERYTHING:
            root = state.open(window, module_qtbot, folder)
            for name, search in searches.items():
                for each in search(root):
                    all_found[name].setdefault(each, state.name)
        close_all(window)
    return all_found


def test_nothing_covers_a_corner_of_a_pane(found: dict[str, Found]) -> None:
    """Lists and drawings painted their own square ones over them."""
    assert found["covered"] == {}


def test_no_line_ends_before_its_end(found: dict[str, Found]) -> None:
    """Of the name of a network three letters were left, behind its parameters."""
    if "Inter" not in QFontDatabase.families():
        pytest.skip("the interface's font, Inter, is not installed: other fonts are wider")
    assert found["elided"] == {}


def test_no_tip_covers_what_it_is_of(found: dict[str, Found]) -> None:
    """That of the rule by which a picture was fitted lay over the rule, that of a plane over its points."""
    assert found["tips"] == {}


def seen_in(root: QWidget, kind: type[QWidget]) -> list[QWidget]:
    found = root.findChildren(kind)
    return [each for each in found if each.isVisible() and each.window() is root.window()]


def covered_corners(root: QWidget) -> Iterator[str]:
    """Corners of panes that stand on the window's ground, with the pane's colour at their outermost."""
    picture, colour = root.window().grab().toImage(), QColor(theme.current().pane)
    for pane in seen_in(root, QWidget):
        sides = ROUND.get(str(pane.property("role")), ())
        if pane.height() < 2 * RADIUS or pane.visibleRegion().boundingRect() != pane.rect():
            continue
        place = pane.mapTo(pane.window(), QPoint(1, 1))
        left, top = place.x(), place.y()
        right, bottom = left + pane.width() - 3, top + pane.height() - 3
        for side in sides:
            y = top if side == "above" else bottom
            if colour in (picture.pixelColor(left, y), picture.pixelColor(right, y)):
                yield f"{pane.objectName() or type(pane).__name__} in {pane.parentWidget().objectName()}, {side}"


def elided(root: QWidget) -> Iterator[str]:
    """Lines that end in an "…" which is not theirs."""
    for label in seen_in(root, ElidedLabel):
        assert isinstance(label, ElidedLabel)
        if label.is_cut() and not label.visibleRegion().isEmpty():
            yield f"{label.whole()}: {label.text()}"


def tips_over_their_own(root: QWidget) -> Iterator[str]:
    """What is covered by its own tip where the mouse is at its middle; below a line there is room for any tip."""
    for widget in seen_in(root, QWidget):
        surface = widget.viewport() if isinstance(widget, TipsInArea) else widget
        middle = surface.rect().center()
        told, of = widget.toolTip(), QRectF(surface.rect())
        if isinstance(widget, TipsInArea | TipsOfPlaces):
            told, of = widget.explained_at(middle) or ("", of)
        if not told or of.height() <= LINE or not surface.visibleRegion().contains(middle):
            continue
        event = QHelpEvent(QHelpEvent.Type.ToolTip, middle, surface.mapToGlobal(middle))
        QApplication.sendEvent(surface, event)
        tip, place = tip_label(), of.toAlignedRect()
        if tip is not None and tip.geometry().intersects(QRect(surface.mapToGlobal(place.topLeft()), place.size())):
            yield f"{type(widget).__name__} {widget.accessibleName() or widget.objectName()}"
        QToolTip.hideText()
