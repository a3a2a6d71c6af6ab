"""A tip stands beside the place that it explains, on the screen, and never over it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QRect, QRectF, QSize
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QListWidget, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from explorer.ui.common.popup_place import FAR, beside, beside_all
from explorer.ui.common.tips import Tipped, TipsOfPlaces, TipsOfRows, tip_label

SCREEN = QRect(0, 0, 800, 600)


@pytest.fixture(autouse=True)
def _no_tip_is_left() -> Iterator[None]:
    yield
    QToolTip.hideText()
    tip = tip_label()
    if tip is not None:
        tip.hide()


@pytest.mark.parametrize("left", [0, 300, 780])
@pytest.mark.parametrize("top", [0, 250, 570])
@pytest.mark.parametrize("size", [(60, 20), (250, 90), (400, 300)])
def test_a_popup_covers_nothing_of_what_it_belongs_to(left: int, top: int, size: tuple[int, int]) -> None:
    anchor = QRect(left, top, 20, 30)
    place = QRect(beside(anchor, QSize(*size), SCREEN), QSize(*size))
    assert not place.intersects(anchor)
    assert SCREEN.contains(place)


def test_where_neither_below_nor_above_has_room_it_stands_at_a_side() -> None:
    anchor = QRect(300, 20, 40, 560)
    place = QRect(beside(anchor, QSize(200, 300), SCREEN), QSize(200, 300))
    assert not place.intersects(anchor)
    assert SCREEN.contains(place)


@pytest.mark.parametrize("row", [0, 5, 9])
@pytest.mark.parametrize("left", [20, 300, 560])
def test_a_popup_covers_none_of_the_rows_around_its_own(row: int, left: int) -> None:
    rows = QRect(left, 150, 220, 300)
    anchor = QRect(left, 150 + 30 * row, 220, 30)
    place = QRect(beside_all(rows, anchor, anchor.center(), size=QSize(180, 60), screen=SCREEN), QSize(180, 60))
    assert not place.intersects(rows)
    assert SCREEN.contains(place)


def test_a_popup_rather_stands_below_than_above_where_both_are_near() -> None:
    """The tip of a term covered the line that it is a term of."""
    rows = QRect(100, 300, 600, 24)
    place = QRect(beside_all(rows, rows, QPoint(300, 310), size=QSize(180, 40), screen=SCREEN), QSize(180, 40))
    assert place.top() > rows.bottom()


def test_a_popup_that_would_be_far_away_stands_beside_what_it_is_of() -> None:
    screen, rows = QRect(0, 0, 2000, 1500), QRect(10, 10, 1900, 1400)
    anchor = QRect(900, 700, 40, 20)
    place = QRect(beside_all(rows, anchor, anchor.center(), size=QSize(180, 60), screen=screen), QSize(180, 60))
    assert not place.intersects(anchor)
    assert (place.center() - anchor.center()).manhattanLength() < FAR


class Cells(TipsOfPlaces, QWidget):
    """Cells of 40 pixels."""

    def explained_at(self, point: QPoint) -> Tipped | None:
        row, column = point.y() // 40, point.x() // 40
        return f"the number of row {row}, column {column}\nand where it comes from", QRectF(
            column * 40, row * 40, 40, 40
        )


class Rows(TipsOfRows, QListWidget):
    """A list whose rows have tips."""


def _ask(widget: QWidget, point: QPoint) -> QRect:
    """Where the tip stands that is shown for `point`, on the screen."""
    QApplication.sendEvent(widget, QHelpEvent(QHelpEvent.Type.ToolTip, point, widget.mapToGlobal(point)))
    tip = tip_label()
    assert tip is not None
    return tip.geometry()


@pytest.mark.parametrize("place", [(4, 4), (150, 150), (356, 4), (4, 356), (356, 356)])
@pytest.mark.parametrize("corner", [(0, 0), (400, 400)])
def test_the_tip_of_a_cell_leaves_the_cell_free(qtbot: QtBot, place: tuple[int, int], corner: tuple[int, int]) -> None:
    cells = Cells()
    qtbot.addWidget(cells)
    cells.resize(400, 400)
    cells.move(*corner)
    cells.show()
    qtbot.waitExposed(cells)
    at = QPoint(*place)
    explained = cells.explained_at(at)
    assert explained is not None
    cell = explained[1].toAlignedRect()
    tip = _ask(cells, at)
    assert not tip.intersects(QRect(cells.mapToGlobal(cell.topLeft()), cell.size()))
    assert QToolTip.text() == explained[0]


def test_the_tip_of_a_row_leaves_the_row_free(qtbot: QtBot) -> None:
    rows = Rows()
    qtbot.addWidget(rows)
    for at in range(8):
        rows.addItem(f"row {at}")
        rows.item(at).setToolTip(f"all digits of row {at}")
    rows.show()
    qtbot.waitExposed(rows)
    for at in (0, 3, 7):
        place = rows.visualItemRect(rows.item(at))
        tip = _ask(rows.viewport(), place.center())
        assert QToolTip.text() == f"all digits of row {at}"
        assert not tip.intersects(QRect(rows.viewport().mapToGlobal(place.topLeft()), place.size()))


def test_the_tip_of_a_row_leaves_all_rows_free(qtbot: QtBot) -> None:
    """The tip of a probability covered the one below it."""
    rows = Rows()
    qtbot.addWidget(rows)
    rows.resize(200, 200)
    rows.move(300, 100)
    for at in range(40):
        rows.addItem(f"row {at}")
        rows.item(at).setToolTip(f"all digits of row {at}")
    rows.show()
    qtbot.waitExposed(rows)
    seen = QRect(rows.viewport().mapToGlobal(QPoint()), rows.viewport().size())
    for at in (0, 3, 7):
        assert not _ask(rows.viewport(), rows.visualItemRect(rows.item(at)).center()).intersects(seen)


def test_where_there_is_nothing_to_say_no_tip_is_shown(qtbot: QtBot) -> None:
    rows = Rows()
    qtbot.addWidget(rows)
    rows.show()
    QApplication.sendEvent(
        rows.viewport(), QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(5, 5), rows.mapToGlobal(QPoint(5, 5)))
    )
    assert tip_label() is None
